#include <vnuma/schema/cpu_set.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace vnuma::schema {

namespace {

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<CpuSet> CpuSet::parse(std::string_view text) {
  if (const auto one = number(text)) return CpuSet(*one);
  CpuSet set;
  for (bool more = true; more;) {
    const std::size_t comma = text.find(',');
    more = comma != std::string_view::npos;
    std::string_view term = trim(text.substr(0, comma));
    if (more) text.remove_prefix(comma + 1);
    if (trim(text).empty()) more = false;  // libvirt allows a comma at the end
    const bool out = term.starts_with('^');
    if (out) term.remove_prefix(1);
    const std::size_t dash = term.find('-');
    // As in libvirt's virBitmapParse, ^ is followed by one number, without a space.
    if (out && (dash != std::string_view::npos || term != trim(term))) return std::nullopt;
    const auto first = number(trim(term.substr(0, dash)));
    const auto last = dash == std::string_view::npos ? first : number(trim(term.substr(dash + 1)));
    if (!first || !last || *last < *first) return std::nullopt;
    if (out)
      set.erase({*first, *last});
    else
      set.insert({*first, *last});
  }
  if (set.empty()) return std::nullopt;
  return set;
}

std::vector<CpuSet::Range>& CpuSet::many() {
  if (std::exchange(single_, false)) many_.assign(1, one_);
  return many_;
}

std::string CpuSet::format() const {
  std::string text;
  format_to(text);
  return text;
}

void CpuSet::format_to(std::string& text) const {
  text.clear();
  for (const Range& range : ranges()) {
    if (!text.empty()) text += ',';
    const auto add = [&](std::uint32_t number) {
      const fmt::format_int digits(number);
      text.append(digits.data(), digits.size());
    };
    add(range.first);
    if (range.last == range.first) continue;
    text += '-';
    add(range.last);
  }
}

bool CpuSet::contains(std::uint32_t cpu) const noexcept {
  const std::span<const Range> all = ranges();
  const auto next = std::upper_bound(all.begin(), all.end(), cpu,
                                     [](std::uint32_t value, const Range& range) { return value < range.first; });
  return next != all.begin() && std::prev(next)->last >= cpu;
}

std::uint64_t CpuSet::size() const noexcept {
  std::uint64_t size = 0;
  for (const Range& range : ranges()) size += std::uint64_t{range.last} - range.first + 1;
  return size;
}

void CpuSet::insert(Range range) {
  if (empty()) {
    *this = CpuSet(range);
    return;
  }
  std::vector<Range>& all = many();
  // The ranges that the new one overlaps or touches.
  const auto begin = std::lower_bound(all.begin(), all.end(), range.first,
                                      [](const Range& r, std::uint32_t v) { return v != 0 && r.last < v - 1; });
  auto end = begin;
  for (; end != all.end() && std::uint64_t{end->first} <= std::uint64_t{range.last} + 1; ++end) {
    range.first = std::min(range.first, end->first);
    range.last = std::max(range.last, end->last);
  }
  all.insert(all.erase(begin, end), range);
}

bool CpuSet::operator==(const CpuSet& other) const noexcept { return std::ranges::equal(ranges(), other.ranges()); }

void CpuSet::insert(const CpuSet& other) {
  for (const Range& range : other.ranges()) insert(range);
}

void CpuSet::erase(Range range) {
  std::vector<Range> left;
  for (const Range& r : ranges()) {
    if (r.first < range.first) left.push_back({r.first, std::min(r.last, range.first - 1)});
    if (r.last > range.last) left.push_back({std::max(r.first, range.last + 1), r.last});
  }
  many().swap(left);
}

CpuSet CpuSet::intersection(const CpuSet& other) const {
  CpuSet both;
  const std::span<const Range> mine = ranges();
  const std::span<const Range> others = other.ranges();
  auto a = mine.begin();
  auto b = others.begin();
  while (a != mine.end() && b != others.end()) {
    const Range range{std::max(a->first, b->first), std::min(a->last, b->last)};
    if (range.first <= range.last) both.insert(range);
    if (a->last < b->last)
      ++a;
    else
      ++b;
  }
  return both;
}

bool CpuSet::intersects(const CpuSet& other) const noexcept {
  const std::span<const Range> mine = ranges();
  const std::span<const Range> others = other.ranges();
  auto a = mine.begin();
  auto b = others.begin();
  while (a != mine.end() && b != others.end()) {
    if (std::max(a->first, b->first) <= std::min(a->last, b->last)) return true;
    if (a->last < b->last)
      ++a;
    else
      ++b;
  }
  return false;
}

}  // namespace vnuma::schema
