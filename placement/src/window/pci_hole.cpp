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

WindowAnswer check_pci_hole(const WindowQuestion& question) {
  const bool is_seabios = question.kind == FirmwareKind::seabios;
  const std::uint64_t preset = question.candidates.front()->least_window;
  const std::string path = path_of_pci_hole(question.domain);
  const std::uint64_t window = std::bit_ceil(std::max(question.window(), MiB));
  auto hole = pci_hole64(question.domain);
  WindowAnswer answer;
  answer.why.push_back(
      is_seabios ? "SeaBIOS lays BARs out above the memory as far as the address bits go, whatever pcihole64 says"
                 : fmt::format("virt has {}, or what pcihole64 says", size_text(preset)));
  const std::string needed =
      fmt::format("{}; <pcihole64 unit='KiB'>{}</pcihole64> is needed", question.need(), window / KiB);
  const bool matters = !question.is_check || !is_seabios;  // SeaBIOS assigns all BARs beyond it
  if (hole && *hole < question.window() && matters) {
    answer.add(question.is_strict,
               make_diagnostic(Code::window, path, fmt::format("{}, but the domain gives {}", needed, size_text(*hole)),
                               fmt::format("set it to {} KiB", window / KiB)));
  } else if (!hole && window > preset && question.is_automatic) {
    answer.pci_hole64 = hole = window;
  } else if (!hole && window > preset && !is_seabios) {
    answer.add(false, make_diagnostic(Code::window, path, fmt::format("{}, but virt has {}", needed, size_text(preset)),
                                      {}, {{Option::mmio_automatic}}));
  }
  if (!is_seabios || window <= preset) return answer;
  const std::uint64_t size = question.layout.size(Space::above_4g, {.rounds = true});
  const std::uint64_t memory = memory_end(question.domain);
  const std::uint64_t of_bars = hole && *hole <= window ? *hole : 0;  // a larger one has a check of its own
  answer.add(check_bits(
      question, std::max(align_up(memory, question.layout.alignment(Space::above_4g)) + size, memory + of_bars)));
  return answer;
}

}  // namespace vnuma::placement
