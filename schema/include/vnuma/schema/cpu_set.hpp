/// \file
/// CpuSet: a set of CPU or node numbers in libvirt's syntax.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <vnuma/schema/export.hpp>

namespace vnuma::schema {

/// A set of numbers from 0 to 4294967295, held as sorted, disjoint, non-adjacent ranges: "0-4294967295" costs as much
/// as "7".
class VNUMA_SCHEMA_EXPORT CpuSet {
 public:
  struct Range {
    std::uint32_t first = 0;
    std::uint32_t last = 0;  ///< inclusive
    bool operator==(const Range&) const = default;
  };

  CpuSet() = default;
  /// The set of one number.
  explicit CpuSet(std::uint32_t cpu) : CpuSet(Range{cpu, cpu}) {}
  /// The set of the numbers of one range, which must not run backwards.
  explicit CpuSet(Range range) : single_(true), one_(range) {}

  /// Reads libvirt's syntax (virBitmapParse): "0-3,^2,8". ^ takes one number out of what stands before it, ranges run
  /// upwards, spaces around terms and a comma at the end are allowed. The kernel's cpulist is a part of it. nullopt if
  /// the text is not of that syntax, or the set is empty. Linear for ascending terms, else at most quadratic.
  static std::optional<CpuSet> parse(std::string_view text);

  /// "0-1,3,8": ascending, adjacent numbers joined. parse(format(s)) == s for every set but the empty one ("").
  std::string format() const;
  /// The same in place of `text`, whose memory is used.
  void format_to(std::string& text) const;

  bool empty() const noexcept { return ranges().empty(); }
  bool contains(std::uint32_t cpu) const noexcept;
  /// How many numbers are in it, up to 2^32.
  std::uint64_t size() const noexcept;
  // Not of a set that is about to go.
  std::span<const Range> ranges() const&& = delete;
  std::span<const Range> ranges() const& noexcept { return single_ ? std::span(&one_, 1) : std::span(many_); }

  /// A range must not run backwards.
  void insert(Range range);
  void insert(const CpuSet& other);
  void erase(Range range);
  CpuSet intersection(const CpuSet& other) const;
  /// Linear in the numbers of ranges.
  bool intersects(const CpuSet& other) const noexcept;

  bool operator==(const CpuSet& other) const noexcept { return std::ranges::equal(ranges(), other.ranges()); }

 private:
  std::vector<Range>& many();

  // Most sets are one range, a CPU or those of a node, and need no vector.
  bool single_ = false;
  Range one_;
  std::vector<Range> many_;  // where not single_
};

}  // namespace vnuma::schema
