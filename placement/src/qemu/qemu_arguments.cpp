#include <vnuma/placement/qemu_arguments.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <vnuma/placement/check.hpp>
#include <vnuma/schema/visible.hpp>

#include "../check/cell_rules.hpp"
#include "../domain/machine.hpp"
#include "../sink.hpp"
#include "../window/qemu_settings.hpp"
#include "cell_arguments.hpp"
#include "option_value.hpp"
#include "pci_arguments.hpp"

namespace vnuma::placement {

namespace {

// Throws what keeps libvirt or QEMU from starting the domain, or the guest from seeing its cells.
void refuse_faults(const schema::Domain& domain) {
  if (!has_pcie_root(domain)) {
    throw PlanError(
        make_diagnostic(Code::no_pcie_root, "/domain", "the machine has no PCIe root", "use q35 (or virt on aarch64)"));
  }
  if (auto off = acpi_off(domain)) throw PlanError(*std::move(off));
  for (Diagnostic& finding : check(domain)) {
    if (finding.severity == Severity::error) throw PlanError(std::move(finding));
  }
}

// The 64-bit window that the domain sets. On virt it is a setting of the machine since QEMU 10.1.
std::vector<QemuArgument> window_arguments(const schema::Domain& domain) {
  const auto window = domain.devices ? pci_hole64(domain) : std::nullopt;
  if (!window) return {};
  if (is_q35(domain)) return {{"-global", "q35-pcihost.pci-hole64-size=" + qemu_size(*window)}};
  return {{"-machine", "highmem-mmio-size=" + qemu_size(*window)}};
}

// An option with the word after it, if that is its value.
std::vector<QemuArgument> command_line(const schema::Domain& domain) {
  std::vector<QemuArgument> arguments;
  if (!domain.qemu_cmd) return arguments;
  for (const schema::Arg& word : domain.qemu_cmd->qemu_arg) {
    if (!word.value) continue;
    const bool is_value = !word.value->starts_with('-') && !arguments.empty() && !arguments.back().value;
    if (is_value)
      arguments.back().value = *word.value;
    else
      arguments.push_back({*word.value, std::nullopt});
  }
  return arguments;
}

void refuse_control_characters(const std::vector<QemuArgument>& arguments) {
  for (const QemuArgument& argument : arguments) {
    const std::string all = argument.option + argument.value.value_or("");
    if (schema::visible(all) == all) continue;
    throw PlanError(make_diagnostic(Code::invalid_value, "/domain",
                                    fmt::format("an argument of {} has a control character: {}",
                                                schema::visible(argument.option), schema::visible(all)),
                                    "remove it"));
  }
}

std::string shell_word(std::string_view word) {
  const auto is_plain = [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("%+,-./:=@_").find(static_cast<char>(c)) != std::string_view::npos;
  };
  if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '\'')
      quoted += "'\\''";
    else
      quoted += c;
  }
  return quoted + "'";
}

}  // namespace

std::vector<QemuArgument> qemu_arguments(const schema::Domain& domain) {
  return with_codes([&] {
    refuse_faults(domain);
    const DomainView view(domain);
    std::vector<QemuArgument> arguments = cell_arguments(view);
    for (auto&& more : {window_arguments(domain), pci_arguments(view), command_line(domain)}) {
      arguments.insert(arguments.end(), more.begin(), more.end());
    }
    refuse_control_characters(arguments);
    return arguments;
  });
}

std::string qemu_text(std::span<const QemuArgument> arguments) {
  std::string text;
  for (const QemuArgument& argument : arguments) {
    text += shell_word(argument.option);
    if (argument.value) text += ' ' + shell_word(*argument.value);
    text += '\n';
  }
  return text;
}

}  // namespace vnuma::placement
