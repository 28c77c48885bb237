#include "faults.hpp"

#include <utility>

#include <vnuma/placement/plan.hpp>

namespace vnuma::placement {

// Messages of errors are "path: message; remedy".
Fault fault_of(Rule rule, const schema::Error& error) {
  std::string_view text = error.what();
  const std::string prefix = error.path() + ": ";
  if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
  const std::size_t end = text.find("; ");
  Fault fault{.rule = rule, .path = error.path(), .message = std::string(text.substr(0, end)), .remedy = "correct it"};
  if (end != text.npos) fault.remedy = text.substr(end + 2);
  return fault;
}

void Faults::add(Fault fault) const {
  if (!list_) throw PlanError(fault.path, fault.text());
  list_->push_back(std::move(fault));
}

}  // namespace vnuma::placement
