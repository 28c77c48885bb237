#include "spelling.hpp"

#include <fmt/format.h>

namespace placement = vnuma::placement;

std::string tool_spelling(const placement::OptionHint& hint) {
  using enum placement::Option;
  switch (hint.option) {
    case plan: return "vnuma place";
    case readdress: return "--readdress";
    case numa_nodes: return fmt::format("--numa-node {}=NODE", hint.device);
    case unaligned: return "--unaligned nearest or cell";
    case mmio_automatic: return "--mmio auto";
    case mirror_switch: return "--mirror switch";
    case firmware: return "--firmware if the version is known";
    case cells_add: return "--cells add";
    case cpus: return "--cpus";
    case nodes: return "--nodes";
    case all_warnings: return "--verbose";
  }
  return {};
}

std::string check_spelling(const placement::OptionHint& hint) {
  const std::string option = tool_spelling(hint);
  using enum placement::Option;
  const bool is_of_check = hint.option == firmware || hint.option == numa_nodes;
  return is_of_check || hint.option == plan ? option : "vnuma place " + option;
}
