#include "pci_hole.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include <fmt/format.h>

#include "../bytes.hpp"
#include "../domain/address_space.hpp"
#include "address_bits_rules.hpp"
#include "qemu_settings.hpp"

namespace vnuma::placement {

namespace {

// Of the BARs alone, and of a hole that is not larger than they need; a larger one has a check of its own.
WindowAnswer check_seabios(const WindowQuestion& question, std::uint64_t window, std::optional<std::uint64_t> hole) {
  WindowAnswer answer;
  answer.why.emplace_back(
      "SeaBIOS lays BARs out above the memory as far as the address bits go, whatever pcihole64 says");
  if (window <= question.candidates.front()->least_window) return answer;
  const std::uint64_t size = question.layout.size(Space::above_4g, {.rounds = true});
  const std::uint64_t memory = memory_end(question.domain);
  const std::uint64_t of_bars = hole && *hole <= window ? *hole : 0;
  answer.add(check_bits(
      question, std::max(align_up(memory, question.layout.alignment(Space::above_4g)) + size, memory + of_bars)));
  return answer;
}

WindowAnswer check_aavmf(const WindowQuestion& question, std::uint64_t window, std::optional<std::uint64_t> hole) {
  const std::uint64_t preset = question.candidates.front()->least_window;
  const std::string path = path_of_pci_hole(question.domain);
  const std::string needed =
      fmt::format("{}; <pcihole64 unit='KiB'>{}</pcihole64> is needed", question.need(), window / KiB);
  WindowAnswer answer;
  answer.why.push_back(fmt::format("virt has {}, or what pcihole64 says", size_text(preset)));
  if (hole && *hole < question.window()) {
    answer.add(question.is_strict,
               make_diagnostic(Code::window, path, fmt::format("{}, but the domain gives {}", needed, size_text(*hole)),
                               fmt::format("set it to {} KiB", window / KiB)));
  } else if (!hole && window > preset && question.is_automatic) {
    answer.pci_hole64 = window;
  } else if (!hole && window > preset) {
    answer.add(false, make_diagnostic(Code::window, path, fmt::format("{}, but virt has {}", needed, size_text(preset)),
                                      {}, {{Option::mmio_automatic}}));
  }
  return answer;
}

}  // namespace

WindowAnswer check_pci_hole(const WindowQuestion& question) {
  const std::uint64_t window = std::bit_ceil(std::max(question.window(), MiB));
  const auto hole = pci_hole64(question.domain);
  return question.kind == FirmwareKind::seabios ? check_seabios(question, window, hole)
                                                : check_aavmf(question, window, hole);
}

}  // namespace vnuma::placement
