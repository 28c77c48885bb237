#include "mmio.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <vnuma/schema/size.hpp>

#include "bytes.hpp"
#include "guest_memory.hpp"
#include "passthrough.hpp"
#include "rules.hpp"
#include "window.hpp"

namespace vnuma::placement {

namespace {

constexpr std::string_view ovmf_item = "opt/ovmf/X-PciMmio64Mb";
// The window that every OVMF gives (PcdPciMmio64Size in OvmfPkg). From 2022 on it is an eighth of the guest's address
// space where that is larger and OVMF trusts the processor's word for it; no domain says how old its OVMF is.
constexpr std::uint64_t ovmf_default = 32 * GiB;
// A larger one is ignored (OvmfPkg/Library/PlatformInitLib/MemDetect.c).
constexpr std::uint64_t ovmf_most = 16 * (GiB << 10);
// What OVMF's hot-plug driver reserves in the window for each port, beside BARs: measured as a 256th of the window.
constexpr std::uint64_t ovmf_share_of_port = 256;
// OVMF's windows of q35 below 4 GiB, 0xc0000000 to 0xfbffffff, and for I/O, 0x6000 to 0xffff: ten times the 4 KiB that
// a bridge counts in, one of which the root bus takes. It reserves I/O for each port that devices can be plugged into,
// and forgoes that, or some ports, where there is not enough: but not so that the rest always fits.
constexpr std::uint64_t ovmf_below_4g = 960 * MiB;
constexpr unsigned ovmf_io_ports = 9;
// SeaBIOS has 0xc0000000 to 0xfebfffff, and I/O from 0x1000 to 0xffff for ports whose devices have an I/O BAR, the same
// way. It stops where that does not suffice.
constexpr std::uint64_t seabios_below_4g = 1004 * MiB;
constexpr unsigned seabios_io_ports = 14;
// The windows that QEMU declares to the guest: Q35_PCI_HOST_HOLE64_SIZE_DEFAULT in include/hw/pci-host/q35.h, and
// VIRT_HIGH_PCIE_MMIO in hw/arm/virt.c.
constexpr std::uint64_t q35_default = 32 * GiB;
constexpr std::uint64_t virt_default = 512 * GiB;

enum class Firmware { ovmf, seabios, arm };

bool is_uefi(const schema::OS& os) {
  return os.firmware == "efi" || (os.boot_loader && os.boot_loader->type == "pflash");
}

Firmware firmware_of(const schema::Domain& domain) {
  const schema::OS* os = domain.os ? &*domain.os : nullptr;
  if (os && os->type && (os->type->arch == "aarch64" || is_virt(*os->type))) return Firmware::arm;
  return os && is_uefi(*os) ? Firmware::ovmf : Firmware::seabios;
}

std::string fw_cfg(std::uint64_t window) { return fmt::format("name={},string={}", ovmf_item, window / MiB); }

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

// What the domain sets for OVMF, as it is written; nullopt if nothing. QEMU refuses two.
std::optional<std::string> ovmf_setting(const schema::Domain& domain) {
  for (const std::string_view argument : option_arguments(domain, "fw_cfg")) {
    if (value_of(argument, "name", "name") == ovmf_item) return std::string(value_of(argument, "string", "name"));
  }
  return std::nullopt;
}

// 0 for what is no number, or one that OVMF ignores.
std::uint64_t ovmf_window(const std::string& setting) {
  std::uint64_t mebibytes = 0;
  const char* end = setting.data() + setting.size();
  const auto [stop, error] = std::from_chars(setting.data(), end, mebibytes);
  return error == std::errc() && stop == end && mebibytes <= ovmf_most / MiB ? mebibytes * MiB : 0;
}

bool has_global(const schema::Domain& domain, std::string_view setting) {
  const auto all = option_arguments(domain, "global");
  return std::count(all.begin(), all.end(), setting) > 0;
}

bool is_pcie_root(const schema::Controller& controller) {
  return controller.type == "pci" && controller.model == "pcie-root";
}

// In bytes.
std::optional<std::uint64_t> pci_hole64(const schema::Domain& domain) {
  for (const schema::Controller& controller : domain.devices->controllers) {
    if (!is_pcie_root(controller) || !controller.pci_hole64) continue;
    return schema::bytes(*controller.pci_hole64, "/domain/devices/controller/pcihole64");
  }
  return std::nullopt;
}

class MmioPlanner {
 public:
  // Faults go to `collected`, if that is not null; else they are warnings of the plan, or thrown.
  MmioPlanner(Plan& plan, const schema::Domain& domain, const Options& options, const Windows& windows,
              const Faults* collected)
      : plan_(plan),
        domain_(domain),
        options_(options),
        windows_(windows),
        collected_(collected),
        firmware_(firmware_of(domain)) {}

  void run() {
    plan_.mmio.io_ports = windows_.io_ports();
    if (!collected_) list_unknown();
    check_io();
    plan_.mmio.window = windows_.size(Space::above_4g);
    say(fmt::format("{} of 64-bit prefetchable BARs, each at a multiple of its size and bridge by bridge, need {}",
                    size_text(windows_.sum(Space::above_4g)), size_text(*plan_.mmio.window)));
    if (*plan_.mmio.window > ovmf_most) {
      refuse(true, {Rule::window, "/domain/devices", fmt::format("{}, more than any firmware gives", need()),
                    "pass fewer devices through"});
      return;
    }
    switch (firmware_) {
      case Firmware::ovmf: check_ovmf(); break;
      case Firmware::seabios: check_hole(q35_default); break;
      case Firmware::arm: check_hole(virt_default); break;
    }
    check_below_4g();
  }

 private:
  bool automatic() const { return options_.mmio == Mmio::automatic; }

  // An error where `error` says so, else a warning.
  void refuse(bool error, Fault fault) {
    if (collected_) return collected_->add(std::move(fault));
    if (error) throw PlanError(fault.path, fault.text());
    plan_.warnings.push_back(fault.warning());
  }

  void say(std::string why) {
    if (options_.explain && *plan_.mmio.window > 0) plan_.mmio.why.push_back(std::move(why));
  }

  std::string need() const {
    return fmt::format("the BARs of the passthrough devices need a 64-bit window of {}", size_text(*plan_.mmio.window));
  }

  void list_unknown() {
    for (const PlannedDevice* device : windows_.unknown()) plan_.mmio.not_counted.push_back(device->name());
  }

  // The root bus has room for a device of the domain's own in any case.
  bool fits_ovmf(std::uint64_t window) const {
    const std::uint64_t share = std::max(2 * MiB, std::bit_floor(window) / ovmf_share_of_port);
    const std::uint64_t own = std::max(2 * MiB, windows_.alignment(Space::above_4g));
    const Rules rules{.least_of_port = share};
    return own <= window && windows_.size(Space::above_4g, rules) <= window - own;
  }

  void check_ovmf() {
    const std::string path = "/domain/qemu:commandline";
    std::uint64_t window = ovmf_default;
    while (!fits_ovmf(window) && window < ovmf_most) window *= 2;
    if (!fits_ovmf(window)) {
      return refuse(true, {Rule::window, path, need() + ", more than any OVMF gives", "pass fewer devices through"});
    }
    const std::string needed = fmt::format("{}; OVMF needs {}={}", need(), ovmf_item, window / MiB);
    say(fmt::format(
        "in OVMF's window each port takes a 256th of it besides, and the domain's own devices come first: {} "
        "are needed, and every OVMF gives {}",
        size_text(window), size_text(ovmf_default)));
    if (const auto setting = ovmf_setting(domain_)) {
      const std::uint64_t given = ovmf_window(*setting);
      if (given == 0 || !fits_ovmf(given)) {
        refuse(options_.strict,
               {Rule::window, path, fmt::format("{}, and the domain gives it {}", needed, *setting), "change it"});
      } else
        window = given;
    } else if (window == ovmf_default) {
      return;
    } else if (automatic()) {
      plan_.mmio.ovmf_mmio64_mb = window / MiB;
      set("-fw_cfg", fw_cfg(window));
    } else {
      refuse(false, {Rule::window, path, needed,
                     fmt::format("{} sets it, as do <qemu:arg value='-fw_cfg'/> and <qemu:arg value='{}'/>",
                                 options_.names.mmio, fw_cfg(window))});
    }
    // OVMF begins the window at a multiple of its size, or of the power of two below.
    check_bits(align_up(memory_end(domain_), std::bit_floor(window)) + window);
  }

  // SeaBIOS lays out BARs above the memory as far as the address bits go, whatever pcihole64 says, which is what QEMU
  // declares to the guest as free for the root bus. So it is not missed where it is absent.
  void check_hole(std::uint64_t preset) {
    const std::string path = "/domain/devices/controller[@model='pcie-root']/pcihole64";
    const std::uint64_t window = std::bit_ceil(std::max(*plan_.mmio.window, MiB));
    auto hole = pci_hole64(domain_);
    if (firmware_ == Firmware::seabios) {
      say("SeaBIOS lays BARs out above the memory as far as the address bits go, whatever pcihole64 says");
    } else {
      say(fmt::format("virt has {}, or what pcihole64 says", size_text(preset)));
    }
    const std::string needed = fmt::format("{}; <pcihole64 unit='KiB'>{}</pcihole64> holds it", need(), window / KiB);
    const bool matters = !collected_ || firmware_ == Firmware::arm;  // SeaBIOS assigns all BARs beyond it
    if (hole && *hole < *plan_.mmio.window && matters) {
      refuse(options_.strict,
             {Rule::window, path, fmt::format("{}, and the domain gives {}", needed, size_text(*hole)), "change it"});
    } else if (!hole && window > preset && automatic()) {
      plan_.mmio.pci_hole64 = hole = window;
    } else if (!hole && window > preset && firmware_ == Firmware::arm) {
      refuse(false, {Rule::window, path, fmt::format("{}, and virt has {}", needed, size_text(preset)),
                     fmt::format("{} sets it", options_.names.mmio)});
    }
    if (firmware_ != Firmware::seabios || window <= q35_default) return;
    const std::uint64_t size = windows_.size(Space::above_4g, {.rounds = true});
    const std::uint64_t memory = memory_end(domain_);
    check_bits(std::max(align_up(memory, windows_.alignment(Space::above_4g)) + size, memory + hole.value_or(0)));
  }

  // Firmware that cannot address its window does not finish (OVMF), QEMU does not start (pcihole64), or the last BARs
  // stay unassigned (SeaBIOS).
  void check_bits(std::uint64_t end) {
    const auto needed = static_cast<unsigned>(std::bit_width(end - 1));
    const auto given = address_bits(domain_);
    constexpr unsigned common = 40;
    if (needed <= (given ? given->bits : common)) return;
    const std::string remedy =
        domain_.type == "qemu"
            ? "an emulated processor has no more; pass fewer devices through, or use KVM"
            : fmt::format("write <maxphysaddr mode='emulate' bits='{}'/> into <cpu>, on a host that has them", needed);
    const std::string has = given ? fmt::format("the guest has {}", given->bits)
                                  : std::string("the domain does not say how many the guest has");
    if (collected_ && !given) return;  // a doubt, and no fault
    refuse(given && (given->stated || options_.strict || automatic()),
           {Rule::address_bits, "/domain/cpu",
            fmt::format("{}, which takes {} bits of guest-physical address, and {}", need(), needed, has), remedy});
  }

  void check_below_4g() {
    std::uint64_t size = windows_.sum(Space::below_4g);
    std::uint64_t room = seabios_below_4g;
    if (firmware_ == Firmware::arm) return;
    if (firmware_ == Firmware::ovmf && size > 0) {
      size = windows_.size(Space::below_4g, {.least_of_port = 2 * MiB}) + 2 * MiB;
      room = ovmf_below_4g;
    }
    if (size <= room) return;
    refuse(options_.strict,
           {Rule::window_below_4g, "/domain/devices",
            fmt::format("BARs that are not both 64-bit and prefetchable need {} below 4 GiB, where there are {}",
                        size_text(size), size_text(room)),
            "pass fewer such devices through"});
  }

  void check_io() {
    if (firmware_ == Firmware::ovmf) return check_io_ovmf();
    const unsigned ports = *plan_.mmio.io_ports;
    if (firmware_ != Firmware::seabios || ports <= seabios_io_ports) return;
    refuse(options_.strict,
           {Rule::io_ports, "/domain/devices",
            fmt::format("{} ports have devices with I/O BARs, and SeaBIOS stops where there are more than {}", ports,
                        seabios_io_ports),
            "pass fewer such devices through, or give some of them addresses on bus 0, where they need no port but "
            "are on no node"});
  }

  // Where the ports of one root complex exhaust I/O, others get no windows at all.
  void check_io_ovmf() {
    const unsigned io_ports = *plan_.mmio.io_ports;
    if (io_ports > ovmf_io_ports) {
      refuse(options_.strict,
             {Rule::io_ports, "/domain/devices",
              fmt::format("{} ports have devices with I/O BARs; OVMF has I/O for {}, and devices without it lose their "
                          "other BARs too",
                          io_ports, ovmf_io_ports),
              "pass fewer such devices through"});
    }
    constexpr std::pair<PciModel, std::string_view> spares[] = {
        {PciModel::root_port, "pcie-root-port.io-reserve=0"},
        {PciModel::downstream_port, "xio3130-downstream.hotplug=off"}};
    std::vector<PciModel> spared;
    std::vector<PciModel> set_by_domain;
    for (const auto& [model, setting] : spares) {
      spared.push_back(model);
      if (has_global(domain_, setting)) set_by_domain.push_back(model);
    }
    // A setting without which no root complex lacks more is left out.
    const auto lacking = [&](const std::vector<PciModel>& models) {
      unsigned all = 0;
      for (const unsigned ports : windows_.reserving_ports(models))
        all += std::max(ports, ovmf_io_ports) - ovmf_io_ports;
      return all;
    };
    std::vector<std::string> settings;
    for (auto spare = std::rbegin(spares); spare != std::rend(spares); ++spare) {
      const auto& [model, setting] = *spare;
      if (std::count(set_by_domain.begin(), set_by_domain.end(), model) > 0) continue;
      std::vector<PciModel> without = spared;
      std::erase(without, model);
      if (lacking(without) == lacking(spared))
        spared = without;
      else
        settings.emplace(settings.begin(), setting);
    }
    if (settings.empty()) return;
    if (automatic()) {
      for (const std::string& setting : settings) set("-global", setting);
      return;
    }
    const std::vector<unsigned> ports = windows_.reserving_ports(set_by_domain);
    std::string remedy;
    for (const std::string& setting : settings) {
      remedy +=
          fmt::format("{}<qemu:arg value='-global'/> and <qemu:arg value='{}'/>", remedy.empty() ? "" : ", ", setting);
    }
    refuse(false,
           {Rule::io_reserve, "/domain/qemu:commandline",
            fmt::format("OVMF reserves I/O for each of {} ports of a root complex and has enough for {}, so that BARs "
                        "may stay unassigned",
                        *std::max_element(ports.begin(), ports.end()), ovmf_io_ports),
            fmt::format("{} spares it, as do {}", options_.names.mmio, remedy)});
  }

  void set(const std::string& option, const std::string& value) {
    plan_.mmio.qemu_arguments.push_back(option);
    plan_.mmio.qemu_arguments.push_back(value);
  }

  Plan& plan_;
  const schema::Domain& domain_;
  const Options& options_;
  const Windows& windows_;
  const Faults* collected_;
  Firmware firmware_;
};

[[noreturn]] void stale() { throw PlanError("/domain", "the domain has settings that the plan adds; plan it again"); }

}  // namespace

void plan_mmio(Plan& plan, const schema::Domain& domain, const topology::Host& host, const Options& options,
               const GuestPci& pci, unsigned ports_to_come) {
  if (options.mmio == Mmio::off) return;
  const Windows windows(pci, ports_to_come, domain, host, plan.devices);
  MmioPlanner(plan, domain, options, windows, nullptr).run();
}

void check_mmio(const schema::Domain& domain, const topology::Host& host, const GuestPci& pci,
                const std::vector<PlannedDevice>& devices, unsigned ports_to_come, const Faults& faults) {
  const Windows windows(pci, ports_to_come, domain, host, devices);
  Plan plan;
  Options options;
  options.names.mmio = "vnuma place --mmio auto";  // who checks has no options of plan
  faults.read([&] { MmioPlanner(plan, domain, options, windows, &faults).run(); });
}

MmioSettings::MmioSettings(const PlannedMmio& planned, schema::Domain& domain) : domain_(domain) {
  if (!planned.qemu_arguments.empty()) {
    if (planned.ovmf_mmio64_mb && ovmf_setting(domain)) stale();
    for (const std::string& argument : planned.qemu_arguments) {
      if (argument != "-global" && has_global(domain, argument)) stale();
    }
    qemu_cmd_ = domain.qemu_cmd;
    if (!qemu_cmd_) qemu_cmd_.emplace();
    for (const std::string& argument : planned.qemu_arguments) qemu_cmd_->qemu_arg.push_back({.value = argument});
  }
  if (!planned.pci_hole64) return;
  if (pci_hole64(domain)) stale();
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

void MmioSettings::apply() noexcept {
  if (qemu_cmd_) domain_.qemu_cmd = std::move(qemu_cmd_);
  if (!pci_hole64_) return;
  auto& controllers = domain_.devices->controllers;
  if (!root_.empty()) controllers.push_back(std::move(root_.front()));
  std::find_if(controllers.begin(), controllers.end(), is_pcie_root)->pci_hole64 = std::move(pci_hole64_);
}

}  // namespace vnuma::placement
