#include "ovmf_window.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "../bytes.hpp"
#include "../domain/address_space.hpp"
#include "address_bits_rules.hpp"
#include "qemu_settings.hpp"

namespace vnuma::placement {

namespace {

constexpr const char* path = "/domain/qemu:commandline";

// What is known of the size of a window.
struct Range {
  std::uint64_t least = 0;
  std::uint64_t most = 0;
};

// The window that a version of OVMF gives by itself. Whether it trusts the processor's address bits, and whether there
// are 1 GiB pages, a domain does not say, unless the processor is the host's.
Range default_window(const WindowQuestion& question, const FirmwareFacts& row) {
  const std::uint64_t memory = memory_end(question.domain);
  const auto share = [&](unsigned bits) {
    const std::uint64_t space = std::uint64_t{1} << std::min(bits, ovmf_limits::most_bits);
    const std::uint64_t window = space / row.share_of_space;
    // At the end of the address space, if nothing else reaches there.
    return align_up(memory, row.least_window) + window < space ? std::max(window, row.least_window) : row.least_window;
  };
  const auto bits = address_bits(question.domain, question.host);
  if (!bits) {
    const unsigned most = std::max(qemu_address_bits, question.host.address_bits.value_or(ovmf_limits::most_bits));
    return {row.least_window, share(most)};
  }
  const std::uint64_t most = share(bits->bits);
  const bool is_trusted = bits->bits > qemu_address_bits && bits->source != AddressBits::Source::limit;
  if (is_trusted && bits->source == AddressBits::Source::host) return {most, most};
  const std::uint64_t least = is_trusted ? std::min(most, share(ovmf_limits::bits_without_1g_pages)) : row.least_window;
  return {least, most};
}

// The window that OVMF gives if the domain sets `given`.
Range window_of(const WindowQuestion& question, const FirmwareFacts& row, std::optional<std::uint64_t> given) {
  if (given && row.takes_less) return {*given, *given};
  return default_window(question, row);
}

// Whether a window holds the BARs, the share of each port, and a device of the domain's own on the root bus.
bool fits(const WindowQuestion& question, std::uint64_t window) {
  const std::uint64_t share = std::max(2 * MiB, std::bit_floor(window) / ovmf_limits::share_of_port);
  const std::uint64_t own = std::max(2 * MiB, question.layout.alignment(Space::above_4g));
  const LayoutRules rules{.least_of_port = share};
  return own <= window && question.layout.size(Space::above_4g, rules) <= window - own;
}

// OVMF begins a window that is set at a multiple of its size, or of the power of two below.
std::uint64_t end_of(const WindowQuestion& question, std::uint64_t window) {
  return align_up(memory_end(question.domain), std::bit_floor(window)) + window;
}

// Whether every candidate gives enough, whatever the guest's address bits are.
bool gives_enough(const WindowQuestion& question, std::optional<std::uint64_t> given) {
  return question
      .those([&](const FirmwareFacts& row) { return !fits(question, window_of(question, row, given).least); })
      .empty();
}

// "OVMF 2022.11 and OVMF 2025.02 give 32 GiB to 128 GiB, by the guest's address bits"
std::string offers(const WindowQuestion& question, const Candidates& some, std::optional<std::uint64_t> given) {
  std::map<std::pair<std::uint64_t, std::uint64_t>, Candidates> by_range;
  for (const FirmwareFacts* row : some) {
    const Range range = window_of(question, *row, given);
    by_range[{range.least, range.most}].push_back(row);
  }
  std::string text;
  for (const auto& [range, rows] : by_range) {
    text += fmt::format("{}{} give{} {}", text.empty() ? "" : ", ", names(rows), rows.size() == 1 ? "s" : "",
                        size_text(range.first));
    if (range.second > range.first) text += fmt::format(" to {}, by the guest's address bits", size_text(range.second));
  }
  return text;
}

// Reports a window that is, or may be, too small. `given`: what the setting of the domain amounts to.
WindowAnswer report_shortage(const WindowQuestion& question, const OvmfSetting& setting,
                             std::optional<std::uint64_t> given, std::uint64_t window) {
  const auto may_lack = [&](const FirmwareFacts& row) {
    return !fits(question, window_of(question, row, given).least);
  };
  const auto surely_lacks = [&](const FirmwareFacts& row) {
    return !fits(question, window_of(question, row, given).most);
  };
  const Candidates lacking = question.those(may_lack);
  WindowAnswer answer;
  if (lacking.empty()) return answer;
  const bool is_set = setting.count > 0;
  Diagnostic diagnostic = make_diagnostic(
      Code::window, path, fmt::format("{}; OVMF needs {}={}", question.need(), ovmf_item, window / MiB),
      is_set ? fmt::format("change it to {}", window / MiB)
             : fmt::format("add <qemu:arg value='-fw_cfg'/> and <qemu:arg value='{}'/>", fw_cfg(window)));
  if (is_set) diagnostic.message += ", but the domain sets " + (setting.value.empty() ? "no value" : setting.value);
  if (!is_set) diagnostic.options.push_back({Option::mmio_automatic});
  if (question.those(surely_lacks).size() < question.candidates.size()) {
    diagnostic.severity = Severity::doubt;
    diagnostic.message += "; " + offers(question, lacking, given);
  }
  if (lacking.size() < question.candidates.size()) diagnostic.options.push_back({Option::firmware});
  answer.add(is_set && question.is_strict, std::move(diagnostic));
  return answer;
}

// The smallest window that fits, from OVMF's own up; one beyond the largest if none does.
std::uint64_t needed_window(const WindowQuestion& question) {
  std::uint64_t window = question.candidates.front()->least_window;
  while (!fits(question, window) && window < ovmf_limits::largest_window) window *= 2;
  return fits(question, window) ? window : ovmf_limits::largest_window + 1;
}

}  // namespace

WindowAnswer check_ovmf_window(const WindowQuestion& question) {
  WindowAnswer answer;
  const std::uint64_t least = question.candidates.front()->least_window;
  const std::uint64_t window = needed_window(question);
  if (window > ovmf_limits::largest_window) {
    answer.add(true, make_diagnostic(Code::window, path, question.need() + ", more than any OVMF gives",
                                     "pass fewer devices through"));
    return answer;
  }
  answer.why.push_back(
      fmt::format("in OVMF's window each port takes a 256th of it besides, and the domain's own devices come first: {} "
                  "are needed, and every OVMF gives {}",
                  size_text(window), size_text(least)));
  const OvmfSetting setting = ovmf_setting(question.domain);
  if (setting.count > 1) {
    answer.add(question.is_strict,
               make_diagnostic(Code::invalid_value, path,
                               fmt::format("{} is set {} times, but QEMU accepts one", ovmf_item, setting.count),
                               "remove all but one"));
    return answer;
  }
  if (setting.is_file) return answer;  // the value is not known here
  const bool is_set = setting.count > 0;
  const auto given = is_set ? setting.window() : std::nullopt;
  if (given && fits(question, *given)) {
    answer.add(check_bits(question, end_of(question, *given)));
    return answer;
  }
  if (!is_set && (window == least || (question.is_firmware_stated && gives_enough(question, given)))) return answer;
  if (!is_set && question.is_automatic) {
    // Also if it may not be needed, unless the version is stated: older versions than those measured exist.
    answer.ovmf_mmio64_mb = window / MiB;
    answer.qemu_arguments = {"-fw_cfg", fw_cfg(window)};
  } else if (!lacks_bits(question, end_of(question, window))) {
    answer.add(report_shortage(question, setting, given, window));
  }
  answer.add(check_bits(question, end_of(question, window)));
  return answer;
}

}  // namespace vnuma::placement
