/// \file
/// CpuSet: a set of CPU or node numbers in libvirt's syntax.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <vnuma/schema/export.hpp>

namespace vnuma::schema {

/// A set of numbers from 0 to 4294967295, stored as sorted, disjoint, non-adjacent ranges: "0-4294967295" takes as much
/// memory as "7".
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
  /// The set of the numbers of one range.
  /// \param range must have `first` <= `last`
  explicit CpuSet(Range range) : single_(true), one_(range) {}

  /// Reads libvirt's syntax (virBitmapParse): "0-3,^2,8". ^ removes one number from the terms before it. Ranges must
  /// ascend. Spaces around terms and a comma at the end are allowed. The kernel's cpulist is a subset of this syntax.
  /// \return nullopt if the text is not of this syntax, or the set is empty
  /// \note Complexity: linear if the terms ascend, otherwise at most quadratic.
  static std::optional<CpuSet> parse(std::string_view text);

  /// Ascending numbers and ranges, as "0-1,3,8"; "" for the empty set. For other sets, parse(format()) is the set.
  std::string format() const;
  /// The same. Replaces `text`, and reuses its memory.
  void format_to(std::string& text) const;

  bool empty() const noexcept { return ranges().empty(); }
  bool contains(std::uint32_t cpu) const noexcept;
  /// The number of its numbers, up to 2^32.
  std::uint64_t size() const noexcept;
  // A view of a temporary set would dangle.
  std::span<const Range> ranges() const&& = delete;
  std::span<const Range> ranges() const& noexcept { return single_ ? std::span(&one_, 1) : std::span(many_); }

  /// \param range must have `first` <= `last`
  void insert(Range range);
  void insert(const CpuSet& other);
  void erase(Range range);
  CpuSet intersection(const CpuSet& other) const;
  /// Whether the sets have a number in common. Complexity: linear in the numbers of ranges.
  bool intersects(const CpuSet& other) const noexcept;

  bool operator==(const CpuSet& other) const noexcept;

 private:
  std::vector<Range>& many();

  // Most sets are one range, a CPU or the CPUs of a node, and need no vector.
  bool single_ = false;
  Range one_;
  std::vector<Range> many_;  // unless single_
};

}  // namespace vnuma::schema
