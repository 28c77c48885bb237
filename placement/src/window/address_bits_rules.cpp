#include "address_bits_rules.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include <fmt/format.h>

#include "../bytes.hpp"
#include "../domain/address_space.hpp"
#include "qemu_settings.hpp"

namespace vnuma::placement {

namespace {

unsigned bits_below(std::uint64_t end) { return static_cast<unsigned>(std::bit_width(end - 1)); }

// The address bits that the guest has at most: the host's or QEMU's 40, if it is not known which of them it has.
std::optional<unsigned> most_bits(const WindowQuestion& question) {
  if (const auto given = address_bits(question.domain, question.host)) return given->bits;
  const auto of_host = question.host.address_bits;
  return of_host ? std::optional(std::max(qemu_address_bits, *of_host)) : std::nullopt;
}

std::string remedy_of_bits(const WindowQuestion& question, unsigned needed, const std::optional<AddressBits>& given) {
  const schema::Domain& domain = question.domain;
  if (domain.type == "qemu") return "pass fewer devices through, or use KVM on a host that has them";
  const auto of_host = question.host.address_bits;
  const std::string other = fmt::format("pass fewer devices through, or use a host that has {} bits", needed);
  if (of_host && *of_host < needed) return fmt::format("{}; this one has {}", other, *of_host);
  const std::string_view on_host = of_host ? "" : ", on a host that has them";
  if (has_bits_of_host(domain)) {
    return given ? fmt::format("raise the limit of <maxphysaddr> to {}{}", needed, on_host) : other;
  }
  if (has_processor_of_host(domain)) {
    return fmt::format("remove <maxphysaddr>, so that the guest has the host's bits{}", on_host);
  }
  if (given && given->source == AddressBits::Source::stated) {
    return fmt::format("raise the bits of <maxphysaddr> to {}{}", needed, on_host);
  }
  if (has_named_model(domain)) {
    return fmt::format("write <maxphysaddr mode='emulate' bits='{}'/> into <cpu>{}", needed, on_host);
  }
  return fmt::format("use <cpu mode='host-passthrough'>, which gives the guest the host's bits{}", on_host);
}

std::string bits_of_guest(const WindowQuestion& question, const std::optional<AddressBits>& given, bool is_certain) {
  if (given) return fmt::format("the guest has {}", given->bits);
  if (is_certain) return fmt::format("the guest has at most {}", *most_bits(question));
  if (has_bits_of_host(question.domain)) return "the guest has those of the host, which are not known";
  return "the domain does not say how many the guest has";
}

// What needs the bits, where it is, and what helps; without a remedy, that for BARs.
struct Needed {
  std::string path;
  std::string what;
  std::string remedy;
};

WindowAnswer check_bits(const WindowQuestion& question, std::uint64_t end, const Needed& by) {
  using enum AddressBits::Source;
  const unsigned needed = bits_below(end);
  const auto given = address_bits(question.domain, question.host);
  if (needed <= (given ? given->bits : qemu_address_bits)) return {};
  const bool is_certain = lacks_bits(question, end);
  if (question.is_check && !is_certain) return {};  // not a fault on most hosts
  Diagnostic diagnostic = make_diagnostic(Code::address_bits, by.path,
                                          fmt::format("{}, which takes {} bits of guest-physical address, and {}",
                                                      by.what, needed, bits_of_guest(question, given, is_certain)),
                                          by.remedy.empty() ? remedy_of_bits(question, needed, given) : by.remedy);
  if (!is_certain) diagnostic.severity = Severity::doubt;
  const bool is_of_domain = given && (given->source == stated || given->source == limit);
  WindowAnswer answer;
  answer.add(is_certain && (is_of_domain || question.is_strict || question.is_automatic), std::move(diagnostic));
  return answer;
}

}  // namespace

bool lacks_bits(const WindowQuestion& question, std::uint64_t end) {
  const auto most = most_bits(question);
  return most && bits_below(end) > *most;
}

WindowAnswer check_bits(const WindowQuestion& question, std::uint64_t end) {
  return check_bits(question, end, {"/domain/cpu", question.need(), ""});
}

WindowAnswer check_bits_of_hole(const WindowQuestion& question) {
  const auto hole = pci_hole64(question.domain);
  if (!hole || question.kind == FirmwareKind::aavmf) return {};
  const std::uint64_t window = std::bit_ceil(std::max(question.window(), MiB));
  if (*hole <= window) return {};  // the BARs need it
  return check_bits(
      question, memory_end(question.domain) + *hole,
      {path_of_pci_hole(question.domain), fmt::format("the domain gives the root bus {}", size_text(*hole)),
       fmt::format("lower it to {} KiB", window / KiB)});
}

WindowAnswer check_stated_bits(const WindowQuestion& question) {
  using topology::fewest_address_bits;
  using topology::most_address_bits;
  const schema::Domain& domain = question.domain;
  if (!domain.cpu || !domain.cpu->max_phys_addr || !domain.cpu->max_phys_addr->bits.valid()) return {};
  const unsigned bits = *domain.cpu->max_phys_addr->bits;
  const unsigned most =
      domain.type != "qemu" ? question.host.address_bits.value_or(most_address_bits) : most_address_bits;
  if (domain.cpu->max_phys_addr->mode != "emulate" || (bits >= fewest_address_bits && bits <= most)) return {};
  const bool is_invalid = bits < fewest_address_bits || bits > most_address_bits;
  WindowAnswer answer;
  answer.add(
      question.is_strict || question.is_automatic,
      make_diagnostic(
          is_invalid ? Code::invalid_value : Code::address_bits, "/domain/cpu/maxphysaddr/@bits",
          is_invalid ? fmt::format("{} bits of physical address are out of range", bits)
                     : fmt::format("the guest is to have {} bits of physical address, but the host has {}", bits, most),
          fmt::format("write {} to {}", fewest_address_bits, most)));
  return answer;
}

}  // namespace vnuma::placement
