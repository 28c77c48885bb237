// DiagnosticSink: receives the faults that are found while a domain is read.
#pragma once

#include <utility>
#include <vector>

#include <vnuma/placement/diagnostic.hpp>
#include <vnuma/placement/plan.hpp>

namespace vnuma::placement {

// The diagnostic of an error that reading a value threw.
Diagnostic diagnostic_of(Code code, const schema::Error& error);

// The result of f, which reads a domain. Errors of values and of the guest map get a code.
template <class F>
auto with_codes(F&& f) {
  try {
    return f();
  } catch (const DiagnosticError&) {
    throw;
  } catch (const schema::ValueError& error) {
    throw PlanError(make_diagnostic(Code::invalid_value, error.path(), error.message(), error.remedy()));
  } catch (const schema::Error& error) {
    throw PlanError(make_diagnostic(Code::host_mismatch, error.path(), error.message(), error.remedy()));
  }
}

// plan() ends at the first diagnostic that it cannot plan on; check() lists all.
class DiagnosticSink {
 public:
  // Each diagnostic is thrown, as a PlanError.
  DiagnosticSink() = default;
  // Each diagnostic goes to the end of the list, and reading goes on.
  explicit DiagnosticSink(std::vector<Diagnostic>& list) : list_(&list) {}

  void add(Diagnostic diagnostic) const;

  // The result of f, which asks for values. If diagnostics are thrown, so is what f throws; if they are collected, what
  // f throws is a diagnostic of the code, and the result is empty. (f must not assign to variables outside of it: g++
  // 12 assumes that the assignment happened though f throws.)
  template <class F>
  auto read(F&& f, Code code = Code::invalid_value) const -> decltype(f()) {
    if (!list_) return f();
    try {
      return f();
    } catch (const DiagnosticError& error) {
      add(error.diagnostic());
    } catch (const schema::Error& error) {
      add(diagnostic_of(code, error));
    }
    return decltype(f())();
  }

  // Whether reading goes on after a diagnostic.
  bool collects() const { return list_ != nullptr; }

 private:
  std::vector<Diagnostic>* list_ = nullptr;
};

}  // namespace vnuma::placement
