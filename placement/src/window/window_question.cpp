#include "window_question.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "../bytes.hpp"

namespace vnuma::placement {

void WindowAnswer::add(WindowAnswer other) {
  std::move(other.findings.begin(), other.findings.end(), std::back_inserter(findings));
  if (other.ovmf_mmio64_mb) ovmf_mmio64_mb = other.ovmf_mmio64_mb;
  if (other.pci_hole64) pci_hole64 = other.pci_hole64;
  std::move(other.qemu_arguments.begin(), other.qemu_arguments.end(), std::back_inserter(qemu_arguments));
  std::move(other.why.begin(), other.why.end(), std::back_inserter(why));
}

std::string WindowQuestion::need() const {
  return fmt::format("the BARs of the passthrough devices need a 64-bit window of {}", size_text(window()));
}

std::string WindowQuestion::who(const Candidates& affected) const {
  return affected.size() < candidates.size() ? names(affected) : std::string(name(kind));
}

void WindowQuestion::report(WindowAnswer& answer, bool is_error, const Candidates& affected,
                            Diagnostic diagnostic) const {
  if (affected.empty()) return;
  if (affected.size() < candidates.size()) {
    const Candidates others =
        those([&](const FirmwareFacts& row) { return std::count(affected.begin(), affected.end(), &row) == 0; });
    diagnostic.severity = Severity::doubt;
    diagnostic.message += fmt::format("; {} {} not affected", names(others), others.size() == 1 ? "is" : "are");
    diagnostic.options.push_back({Option::firmware});
  }
  answer.add(is_error, std::move(diagnostic));
}

}  // namespace vnuma::placement
