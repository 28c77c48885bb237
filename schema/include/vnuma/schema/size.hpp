/// \file
/// Sizes in bytes: a number and its unit, read as libvirt does.
#pragma once

#include <cstdint>
#include <string_view>

#include <vnuma/schema/controller.hpp>
#include <vnuma/schema/cpu.hpp>
#include <vnuma/schema/export.hpp>
#include <vnuma/schema/memory.hpp>
#include <vnuma/schema/scalar.hpp>
#include <vnuma/schema/tuning.hpp>

namespace vnuma::schema {

/// `value` in units of `unit`, in bytes; KiB if the unit is absent or empty, as everywhere in libvirt's domain XML.
/// \param path where the size stands in the document, for the message
/// \throws ValueError if the value is absent or no number, the unit is not known, or the product exceeds 2^64 - 1. A
/// number or unit that was read from a document is refused with its own path, all else with `path`.
VNUMA_SCHEMA_EXPORT std::uint64_t bytes(const UInt64& value, const UnitText& unit, std::string_view path = {});

/// The same of an element.
VNUMA_SCHEMA_EXPORT std::uint64_t bytes(const Memory& size, std::string_view path = {});
VNUMA_SCHEMA_EXPORT std::uint64_t bytes(const MaxMemory& size, std::string_view path = {});
VNUMA_SCHEMA_EXPORT std::uint64_t bytes(const PCIHole64& size, std::string_view path = {});
VNUMA_SCHEMA_EXPORT std::uint64_t bytes(const NUMACacheSize& size, std::string_view path = {});
/// The size of a huge page, of the memory of a guest cell, of a share of a cache.
VNUMA_SCHEMA_EXPORT std::uint64_t bytes(const HugePage& page, std::string_view path = {});
VNUMA_SCHEMA_EXPORT std::uint64_t bytes(const NUMACell& cell, std::string_view path = {});
VNUMA_SCHEMA_EXPORT std::uint64_t bytes(const CacheTuneCache& cache, std::string_view path = {});

}  // namespace vnuma::schema
