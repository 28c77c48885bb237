#include "sink.hpp"

namespace vnuma::placement {

Diagnostic diagnostic_of(Code code, const schema::Error& error) {
  return make_diagnostic(code, error.path(), error.message(), error.remedy().empty() ? "correct it" : error.remedy());
}

void DiagnosticSink::add(Diagnostic diagnostic) const {
  if (!list_) throw PlanError(std::move(diagnostic));
  list_->push_back(std::move(diagnostic));
}

}  // namespace vnuma::placement
