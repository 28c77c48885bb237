/// \file
/// Sizes in bytes from a number and a unit, by the rules of libvirt.
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

/// Converts a size to bytes.
/// \param value the number of units
/// \param unit the unit; KiB if it is absent or empty, as everywhere in libvirt's domain XML
/// \param path where the size is in the document, for errors
/// \throws ValueError if the value is absent or invalid, the unit is invalid, or the product exceeds 2^64 - 1. The
/// error has the path of an invalid value or unit that was read from a document, otherwise `path`
VNUMA_SCHEMA_EXPORT std::uint64_t bytes(const UInt64& value, const UnitText& unit, std::string_view path = {});

/// The same for an element.
VNUMA_SCHEMA_EXPORT std::uint64_t bytes(const Memory& size, std::string_view path = {});
VNUMA_SCHEMA_EXPORT std::uint64_t bytes(const MaxMemory& size, std::string_view path = {});
VNUMA_SCHEMA_EXPORT std::uint64_t bytes(const PCIHole64& size, std::string_view path = {});
VNUMA_SCHEMA_EXPORT std::uint64_t bytes(const NUMACacheSize& size, std::string_view path = {});
/// The size of a huge page, of the memory of a guest cell, or of a part of a cache.
VNUMA_SCHEMA_EXPORT std::uint64_t bytes(const HugePage& page, std::string_view path = {});
VNUMA_SCHEMA_EXPORT std::uint64_t bytes(const NUMACell& cell, std::string_view path = {});
VNUMA_SCHEMA_EXPORT std::uint64_t bytes(const CacheTuneCache& cache, std::string_view path = {});

}  // namespace vnuma::schema
