#include "window.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "../bytes.hpp"
#include "address_bits_rules.hpp"
#include "io_rules.hpp"
#include "ovmf_window.hpp"
#include "pci_hole.hpp"
#include "window_question.hpp"

namespace vnuma::placement {

namespace {

WindowAnswer check_below_4g(const WindowQuestion& question) {
  std::uint64_t size = question.layout.sum(Space::below_4g);
  if (question.kind == FirmwareKind::ovmf && size > 0) {  // behind the 2 MiB of the root bus
    size = align_up(2 * MiB, question.layout.alignment(Space::below_4g)) +
           question.layout.size(Space::below_4g, {.least_of_port = 2 * MiB});
  }
  const Candidates lacking =
      question.those([&](const FirmwareFacts& row) { return row.below_4g > 0 && row.below_4g < size; });
  WindowAnswer answer;
  if (lacking.empty()) return answer;
  question.report(
      answer, question.is_strict, lacking,
      make_diagnostic(
          Code::window_below_4g, "/domain/devices",
          fmt::format("BARs that are not both 64-bit and prefetchable need {} below 4 GiB, where {} has at most {}",
                      size_text(size), question.who(lacking), size_text(lacking.back()->below_4g)),
          "pass fewer such devices through"));
  return answer;
}

WindowAnswer check_all(const WindowQuestion& question) {
  WindowAnswer answer = check_stated_bits(question);
  answer.add(check_io_ports(question));
  answer.add(check_io_reserve(question));
  answer.why.push_back(
      fmt::format("{} of 64-bit prefetchable BARs, each at a multiple of its size and bridge by bridge, need {}",
                  size_text(question.layout.sum(Space::above_4g)), size_text(question.window())));
  if (question.window() > ovmf_limits::largest_window) {
    answer.add(true, make_diagnostic(Code::window, "/domain/devices",
                                     question.need() + ", more than any firmware gives", "pass fewer devices through"));
    return answer;
  }
  answer.add(question.kind == FirmwareKind::ovmf ? check_ovmf_window(question) : check_pci_hole(question));
  answer.add(check_bits_of_hole(question));
  answer.add(check_below_4g(question));
  return answer;
}

}  // namespace

WindowPlan plan_window(const WindowInput& input, const Options& options) {
  if (options.mmio == Mmio::off) return {};
  const BarLayout layout(input.pci, input.ports_to_come, input.domain, input.host, input.devices);
  WindowAnswer answer = check_all({.domain = input.domain,
                                   .host = input.host,
                                   .layout = layout,
                                   .kind = firmware_kind(input.domain),
                                   .candidates = firmware_of(input.domain, options.firmware),
                                   .is_firmware_stated = options.firmware.has_value(),
                                   .is_strict = options.strict,
                                   .is_automatic = options.mmio == Mmio::automatic,
                                   .is_check = false});
  WindowPlan plan;
  for (WindowFinding& finding : answer.findings) {
    const bool is_doubt = finding.diagnostic.severity == Severity::doubt;
    if (finding.is_error && !is_doubt) throw PlanError(std::move(finding.diagnostic));
    plan.warnings.push_back(std::move(finding.diagnostic));
  }
  plan.mmio = {.window = layout.size(Space::above_4g),
               .io_ports = layout.io_ports(),
               .ovmf_mmio64_mb = answer.ovmf_mmio64_mb,
               .pci_hole64 = answer.pci_hole64,
               .qemu_arguments = std::move(answer.qemu_arguments),
               .not_counted = layout.unknown()};
  if (options.explain && *plan.mmio.window > 0) plan.mmio.why = std::move(answer.why);
  return plan;
}

std::vector<Diagnostic> check_window(const WindowInput& input, std::optional<Firmware> firmware) {
  const BarLayout layout(input.pci, input.ports_to_come, input.domain, input.host, input.devices);
  WindowAnswer answer = check_all({.domain = input.domain,
                                   .host = input.host,
                                   .layout = layout,
                                   .kind = firmware_kind(input.domain),
                                   .candidates = firmware_of(input.domain, firmware),
                                   .is_firmware_stated = firmware.has_value(),
                                   .is_strict = false,
                                   .is_automatic = false,
                                   .is_check = true});
  std::vector<Diagnostic> found;
  for (WindowFinding& finding : answer.findings) found.push_back(std::move(finding.diagnostic));
  return found;
}

}  // namespace vnuma::placement
