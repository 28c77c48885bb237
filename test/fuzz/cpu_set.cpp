// CPU sets: refused, or what is written is read as the same set, with ranges as documented.
#include <cstddef>
#include <cstdint>

#include <vnuma/schema/cpu_set.hpp>

#include "fuzz/require.hpp"

using vnuma::schema::CpuSet;
using vnuma::test::require;

namespace {

void check_ranges(const CpuSet& set) {
  const CpuSet::Range* last = nullptr;
  for (const CpuSet::Range& range : set.ranges()) {
    require(range.first <= range.last, "ranges run upwards");
    require(!last || std::uint64_t{last->last} + 1 < range.first, "ranges ascend and do not touch", set.format());
    require(set.contains(range.first) && set.contains(range.last), "a set contains its ranges", set.format());
    last = &range;
  }
}

// Taking a half out and putting it back gives the set.
void check_operations(const CpuSet& set) {
  CpuSet rest = set;
  CpuSet taken;
  for (std::size_t i = 0; i < set.ranges().size(); i += 2) {
    rest.erase(set.ranges()[i]);
    taken.insert(set.ranges()[i]);
  }
  require(!rest.intersects(taken) && rest.intersection(taken).empty(), "what was taken out is not there");
  require(rest.size() + taken.size() == set.size(), "the parts are as large as the whole");
  rest.insert(taken);
  require(rest == set, "the parts are the whole", rest.format());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto set = CpuSet::parse({reinterpret_cast<const char*>(data), size});
  if (!set) return 0;
  require(!set->empty(), "a set that is read is not empty");
  check_ranges(*set);
  const std::string written = set->format();
  require(CpuSet::parse(written) == set, "what is written is read as the same set", written);
  check_operations(*set);
  return 0;
}
