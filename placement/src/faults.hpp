// Faults: which rules a domain breaks, and where. plan() ends at the first that it cannot plan on; check() lists all.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <vnuma/schema/error.hpp>

namespace vnuma::placement {

// In the order of the codes of finding_kinds() (check.hpp), VN001 first. New ones come last: codes do not change.
enum class Rule {
  value,
  model,
  index_twice,
  index_of_root,
  address_twice,
  wrong_bus,
  circle,
  index_below_bus,
  no_pcie_root,
  no_node,
  unknown_cell,
  cell_without_memory,
  acpi_off,
  bus_nr_twice,
  bus_ranges_overlap,
  bus_range_beyond_255,
  bus_nr_missing,
  bus_nr_in_root_range,
  chassis_twice,
  no_function_0,
  multifunction_off,
  empty_port,
  guest_order,
  no_source,
  given_twice,
  not_on_host,
  host_cpus,
  memnodes,
  wrong_cell,
  wrong_switch,
  io_ports,
  io_reserve,
  window,
  address_bits,
  window_below_4g,
  no_cells,
  loose_cells,
};

struct Fault {
  Rule rule{};
  std::string path{};
  std::string message{};  // a sentence without its full stop; it may begin in lower case
  std::string remedy{};   // likewise
  bool doubt = false;     // it depends on what the domain does not say

  // "message; remedy", as errors and warnings have it.
  std::string text() const { return message + "; " + remedy; }
  // "path: message; remedy", behind "in doubt: " where it is.
  std::string warning() const { return (doubt ? "in doubt: " : "") + path + ": " + text(); }
};

// The fault that an error says.
Fault fault_of(Rule rule, const schema::Error& error);

// Where those who read a domain send what is wrong with it.
class Faults {
 public:
  // Each is thrown, as a PlanError.
  Faults() = default;
  // Each goes to the end of the list, and reading goes on.
  explicit Faults(std::vector<Fault>& list) : list_(&list) {}

  void add(Fault fault) const;
  // What f gives, which asks for values. Where faults are thrown, so is what f throws; else that is a fault of the
  // rule, and the result is empty. (f must not assign to what is outside of it: g++ 12 takes that for assigned though f
  // throws.)
  template <class F>
  auto read(F&& f, Rule rule = Rule::value) const -> decltype(f()) {
    if (!list_) return f();
    try {
      return f();
    } catch (const schema::Error& error) {
      add(fault_of(rule, error));
    }
    return decltype(f())();
  }
  // Whether reading goes on.
  bool collects() const { return list_ != nullptr; }

 private:
  std::vector<Fault>* list_ = nullptr;
};

}  // namespace vnuma::placement
