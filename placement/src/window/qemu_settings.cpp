#include "qemu_settings.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include <vnuma/schema/size.hpp>

#include "../bytes.hpp"
#include "../domain/element.hpp"
#include "../stale.hpp"
#include "firmware.hpp"

namespace vnuma::placement {

namespace {

// The arguments of the options with the name: "-fw_cfg" "x" and "--fw_cfg" "x".
std::vector<std::string_view> option_arguments(const schema::Domain& domain, std::string_view name) {
  std::vector<std::string_view> found;
  if (!domain.qemu_cmd) return found;
  const auto& all = domain.qemu_cmd->qemu_arg;
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    if (!all[i].value || !all[i + 1].value) continue;
    std::string_view word = *all[i].value;
    if (!word.starts_with('-')) continue;
    word.remove_prefix(word.starts_with("--") ? 2 : 1);
    if (word == name) found.push_back(*all[i + 1].value);
  }
  return found;
}

// The value of a key in "a=1,b=2"; where the first word has no key, it is the value of `first`.
std::string_view value_of(std::string_view list, std::string_view key, std::string_view first) {
  for (bool is_first = true; !list.empty(); is_first = false) {
    const std::string_view word = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), word.size() + 1));
    const std::size_t equals = word.find('=');
    if (equals == word.npos && is_first && key == first) return word;
    if (equals != word.npos && word.substr(0, equals) == key) return word.substr(equals + 1);
  }
  return {};
}

bool is_pcie_root(const schema::Controller& controller) {
  return controller.type == "pci" && controller.model == "pcie-root";
}

}  // namespace

std::string fw_cfg(std::uint64_t window) { return fmt::format("name={},string={}", ovmf_item, window / MiB); }

std::optional<std::uint64_t> OvmfSetting::window() const {
  std::uint64_t mebibytes = 0;
  const char* end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, mebibytes);
  const bool counts = error == std::errc() && stop == end && mebibytes <= ovmf_limits::largest_window / MiB;
  return counts ? std::optional(mebibytes * MiB) : std::nullopt;
}

OvmfSetting ovmf_setting(const schema::Domain& domain) {
  OvmfSetting setting;
  for (const std::string_view argument : option_arguments(domain, "fw_cfg")) {
    if (value_of(argument, "name", "name") != ovmf_item || ++setting.count > 1) continue;
    setting.value = value_of(argument, "string", "");
    setting.is_file = !value_of(argument, "file", "").empty();
  }
  return setting;
}

bool has_global(const schema::Domain& domain, std::string_view setting) {
  const auto all = option_arguments(domain, "global");
  return std::count(all.begin(), all.end(), setting) > 0;
}

std::string path_of_pci_hole(const schema::Domain& domain) {
  const auto& controllers = domain.devices->controllers;
  const auto root = std::find_if(controllers.begin(), controllers.end(), is_pcie_root);
  if (root == controllers.end()) return "/domain/devices";
  return Element{"controller", static_cast<std::size_t>(root - controllers.begin())}.path() + "/pcihole64";
}

std::optional<std::uint64_t> pci_hole64(const schema::Domain& domain) {
  for (const schema::Controller& controller : domain.devices->controllers) {
    if (!is_pcie_root(controller) || !controller.pci_hole64) continue;
    return schema::bytes(*controller.pci_hole64, path_of_pci_hole(domain));
  }
  return std::nullopt;
}

bool sets_anything(const PlannedMmio& planned) { return !planned.qemu_arguments.empty() || planned.pci_hole64; }

SettingsChange::SettingsChange(const PlannedMmio& planned, schema::Domain& domain) : domain_(domain) {
  if (!planned.qemu_arguments.empty()) {
    if (planned.ovmf_mmio64_mb && ovmf_setting(domain).count > 0)
      refuse_stale("/domain", "the domain has settings that the plan adds");
    for (const std::string& argument : planned.qemu_arguments) {
      if (argument != "-global" && has_global(domain, argument))
        refuse_stale("/domain", "the domain has settings that the plan adds");
    }
    qemu_cmd_ = domain.qemu_cmd;
    if (!qemu_cmd_) qemu_cmd_.emplace();
    for (const std::string& argument : planned.qemu_arguments) qemu_cmd_->qemu_arg.push_back({.value = argument});
  }
  if (!planned.pci_hole64) return;
  if (pci_hole64(domain)) refuse_stale("/domain", "the domain has settings that the plan adds");
  schema::PCIHole64& hole = pci_hole64_.emplace();
  hole.value = *planned.pci_hole64 / KiB;
  hole.unit = schema::Unit::KiB;
  auto& controllers = domain.devices->controllers;
  if (std::any_of(controllers.begin(), controllers.end(), is_pcie_root)) return;
  schema::Controller& root = root_.emplace_back();
  root.type = "pci";
  root.index = 0;
  root.model = "pcie-root";
}

void SettingsChange::apply() noexcept {
  if (qemu_cmd_) domain_.qemu_cmd = std::move(qemu_cmd_);
  if (!pci_hole64_) return;
  auto& controllers = domain_.devices->controllers;
  if (!root_.empty()) controllers.push_back(std::move(root_.front()));
  std::find_if(controllers.begin(), controllers.end(), is_pcie_root)->pci_hole64 = std::move(pci_hole64_);
}

}  // namespace vnuma::placement
