#include <vnuma/schema/size.hpp>

#include <limits>

#include <fmt/format.h>

namespace vnuma::schema {

std::uint64_t bytes(const UInt64& value, const UnitText& unit, std::string_view path) {
  if (!value) throw ValueError(std::string(path), "the size is missing", "give a whole number, with a unit or in KiB");
  const std::uint64_t number = *value;
  // An empty unit is none: virScaleInteger takes it so.
  const bool given = unit.has_value() && !unit.text().empty();
  const auto scale = static_cast<std::uint64_t>(given ? *unit : Unit::KiB);
  if (number > std::numeric_limits<std::uint64_t>::max() / scale) {
    throw ValueError(std::string(path),
                     fmt::format("{} {} are more than 2^64 - 1 bytes", number, given ? unit.text() : "KiB"),
                     "give a smaller size");
  }
  return number * scale;
}

std::uint64_t bytes(const Memory& size, std::string_view path) { return bytes(size.value, size.unit, path); }
std::uint64_t bytes(const MaxMemory& size, std::string_view path) { return bytes(size.value, size.unit, path); }
std::uint64_t bytes(const PCIHole64& size, std::string_view path) { return bytes(size.value, size.unit, path); }
std::uint64_t bytes(const NUMACacheSize& size, std::string_view path) { return bytes(size.value, size.unit, path); }
std::uint64_t bytes(const HugePage& page, std::string_view path) { return bytes(page.size, page.unit, path); }
std::uint64_t bytes(const NUMACell& cell, std::string_view path) { return bytes(cell.memory, cell.unit, path); }
std::uint64_t bytes(const CacheTuneCache& cache, std::string_view path) { return bytes(cache.size, cache.unit, path); }

}  // namespace vnuma::schema
