#include "mmio.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <vnuma/schema/size.hpp>

#include "bytes.hpp"
#include "firmware.hpp"
#include "guest_memory.hpp"
#include "passthrough.hpp"
#include "window.hpp"

namespace vnuma::placement {

namespace {

constexpr std::string_view ovmf_item = "opt/ovmf/X-PciMmio64Mb";
// What QEMU gives a guest whose domain says nothing.
constexpr unsigned common_bits = 40;

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

// What the domain sets for OVMF.
struct OvmfSetting {
  unsigned count = 0;    // how often it is set
  bool is_file = false;  // the value is in a file of the host
  std::string value;     // as it is written, of the first
};

OvmfSetting ovmf_setting(const schema::Domain& domain) {
  OvmfSetting setting;
  for (const std::string_view argument : option_arguments(domain, "fw_cfg")) {
    if (value_of(argument, "name", "name") != ovmf_item || ++setting.count > 1) continue;
    setting.value = value_of(argument, "string", "");
    setting.is_file = !value_of(argument, "file", "").empty();
  }
  return setting;
}

// nullopt for what is no number, or one that OVMF ignores.
std::optional<std::uint64_t> ovmf_window(const std::string& setting) {
  std::uint64_t mebibytes = 0;
  const char* end = setting.data() + setting.size();
  const auto [stop, error] = std::from_chars(setting.data(), end, mebibytes);
  const bool counts = error == std::errc() && stop == end && mebibytes <= ovmf_limits::largest_window / MiB;
  return counts ? std::optional(mebibytes * MiB) : std::nullopt;
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

// What is known of a window.
struct Range {
  std::uint64_t least = 0;
  std::uint64_t most = 0;
};

// The window that a version of OVMF gives by itself. Whether it trusts the processor's word for the address bits, and
// whether there are 1 GiB pages, no domain says, unless the processor is the host's.
Range default_window(const FirmwareFacts& row, const schema::Domain& domain, const topology::Host& host) {
  const std::uint64_t memory = memory_end(domain);
  const auto share = [&](unsigned bits) {
    const std::uint64_t space = std::uint64_t{1} << std::min(bits, ovmf_limits::most_bits);
    const std::uint64_t window = space / row.share_of_space;
    // At the end of the address space, if nothing else reaches there.
    return align_up(memory, row.least_window) + window < space ? std::max(window, row.least_window) : row.least_window;
  };
  const auto bits = address_bits(domain, host);
  if (!bits)
    return {row.least_window, share(std::max(common_bits, host.address_bits.value_or(ovmf_limits::most_bits)))};
  const std::uint64_t most = share(bits->bits);
  const bool is_trusted = bits->bits > common_bits && bits->source != AddressBits::Source::limit;
  if (is_trusted && bits->source == AddressBits::Source::host) return {most, most};
  return {is_trusted ? std::min(most, share(ovmf_limits::bits_without_1g_pages)) : row.least_window, most};
}

class MmioPlanner {
 public:
  // Faults go to `collected`, if that is not null; else they are warnings of the plan, or thrown.
  MmioPlanner(Plan& plan, const schema::Domain& domain, const topology::Host& host, const Options& options,
              const Windows& windows, const Faults* collected)
      : plan_(plan),
        domain_(domain),
        host_(host),
        options_(options),
        windows_(windows),
        collected_(collected),
        kind_(firmware_kind(domain)),
        candidates_(firmware_of(domain, options.firmware)) {}

  void run() {
    plan_.mmio.io_ports = windows_.io_ports();
    if (!collected_) list_unknown();
    check_stated_bits();
    check_io_ports();
    check_io_reserve();
    plan_.mmio.window = windows_.size(Space::above_4g);
    say(fmt::format("{} of 64-bit prefetchable BARs, each at a multiple of its size and bridge by bridge, need {}",
                    size_text(windows_.sum(Space::above_4g)), size_text(*plan_.mmio.window)));
    if (*plan_.mmio.window > ovmf_limits::largest_window) {
      refuse(true, {Rule::window, "/domain/devices", fmt::format("{}, more than any firmware gives", need()),
                    "pass fewer devices through"});
      return;
    }
    if (kind_ == FirmwareKind::ovmf)
      check_ovmf();
    else
      check_hole();
    check_size_of_hole();
    check_below_4g();
  }

 private:
  bool automatic() const { return options_.mmio == Mmio::automatic; }

  // An error where `error` says so, else a warning.
  void refuse(bool error, Fault fault) {
    if (collected_) return collected_->add(std::move(fault));
    if (error && !fault.doubt) throw PlanError(fault.path, fault.text());
    plan_.warnings.push_back(fault.warning());
  }

  // Who is at fault: the versions, where other candidates are not.
  std::string who(const Candidates& at_fault) const {
    return at_fault.size() < candidates_.size() ? names(at_fault) : std::string(name(kind_));
  }

  // A fault of those candidates that lack what is needed; where others do not, it is a doubt.
  void refuse(bool error, const Candidates& at_fault, Fault fault) {
    if (at_fault.empty()) return;
    if (at_fault.size() < candidates_.size()) {
      const Candidates spared =
          those([&](const FirmwareFacts& row) { return std::count(at_fault.begin(), at_fault.end(), &row) == 0; });
      fault.doubt = true;
      fault.message += fmt::format("; {} {} not affected", names(spared), spared.size() == 1 ? "is" : "are");
      fault.remedy += say_firmware();
    }
    refuse(error, std::move(fault));
  }

  template <class Is>
  Candidates those(Is is) const {
    Candidates some;
    std::copy_if(candidates_.begin(), candidates_.end(), std::back_inserter(some),
                 [&](const FirmwareFacts* row) { return is(*row); });
    return some;
  }

  std::string say_firmware() const {
    return fmt::format("; if the version of the guest's firmware is known, state it with {}", options_.names.firmware);
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
    const std::uint64_t share = std::max(2 * MiB, std::bit_floor(window) / ovmf_limits::share_of_port);
    const std::uint64_t own = std::max(2 * MiB, windows_.alignment(Space::above_4g));
    const Rules rules{.least_of_port = share};
    return own <= window && windows_.size(Space::above_4g, rules) <= window - own;
  }

  void check_ovmf() {
    const std::string path = "/domain/qemu:commandline";
    const std::uint64_t least = candidates_.front()->least_window;
    std::uint64_t window = least;
    while (!fits_ovmf(window) && window < ovmf_limits::largest_window) window *= 2;
    if (!fits_ovmf(window)) {
      return refuse(true, {Rule::window, path, need() + ", more than any OVMF gives", "pass fewer devices through"});
    }
    say(fmt::format(
        "in OVMF's window each port takes a 256th of it besides, and the domain's own devices come first: {} "
        "are needed, and every OVMF gives {}",
        size_text(window), size_text(least)));
    const OvmfSetting setting = ovmf_setting(domain_);
    if (setting.count > 1) {
      return refuse(options_.strict, {Rule::value, path,
                                      fmt::format("{} is set {} times, but QEMU accepts one", ovmf_item, setting.count),
                                      "remove all but one"});
    }
    if (setting.is_file) return;  // the value is not known here
    const auto given = setting.count > 0 ? ovmf_window(setting.value) : std::nullopt;
    if (given && fits_ovmf(*given)) return check_bits(end_of_ovmf(*given));
    if (setting.count == 0 && (window == least || (options_.firmware && gives_enough(given)))) return;
    if (setting.count == 0 && automatic()) {
      // Also where it may not be missed, unless the version is stated: there are older ones than those measured.
      plan_.mmio.ovmf_mmio64_mb = window / MiB;
      set("-fw_cfg", fw_cfg(window));
    } else if (!lacks_bits(end_of_ovmf(window))) {
      check_ovmf_window(setting, given, window);
    }
    check_bits(end_of_ovmf(window));
  }

  // Whether every candidate gives a window that suffices, whatever is not known of the guest's address bits.
  bool gives_enough(std::optional<std::uint64_t> given) const {
    return those([&](const FirmwareFacts& row) { return !fits_ovmf(ovmf_gives(row, given).least); }).empty();
  }

  // OVMF begins a window that is set at a multiple of its size, or of the power of two below.
  std::uint64_t end_of_ovmf(std::uint64_t window) const {
    return align_up(memory_end(domain_), std::bit_floor(window)) + window;
  }

  // The window that OVMF gives where the domain sets `given`.
  Range ovmf_gives(const FirmwareFacts& row, std::optional<std::uint64_t> given) const {
    if (given && row.takes_less) return {*given, *given};
    return default_window(row, domain_, host_);
  }

  // "OVMF 2022.11 and OVMF 2025.02 give 32 GiB to 128 GiB, by the guest's address bits"
  std::string offers(const Candidates& some, std::optional<std::uint64_t> given) const {
    std::map<std::pair<std::uint64_t, std::uint64_t>, Candidates> by_range;
    for (const FirmwareFacts* row : some) {
      const Range range = ovmf_gives(*row, given);
      by_range[{range.least, range.most}].push_back(row);
    }
    std::string text;
    for (const auto& [range, rows] : by_range) {
      text += fmt::format("{}{} give{} {}", text.empty() ? "" : ", ", names(rows), rows.size() == 1 ? "s" : "",
                          size_text(range.first));
      if (range.second > range.first)
        text += fmt::format(" to {}, by the guest's address bits", size_text(range.second));
    }
    return text;
  }

  // Where what OVMF gives suffices in any case nothing is said; where it may suffice, it is a doubt. `given` is what
  // the setting of the domain amounts to.
  void check_ovmf_window(const OvmfSetting& setting, std::optional<std::uint64_t> given, std::uint64_t window) {
    const auto may_lack = [&](const FirmwareFacts& row) { return !fits_ovmf(ovmf_gives(row, given).least); };
    const auto surely_lacks = [&](const FirmwareFacts& row) { return !fits_ovmf(ovmf_gives(row, given).most); };
    const Candidates lacking = those(may_lack);
    if (lacking.empty()) return;
    Fault fault{
        Rule::window, "/domain/qemu:commandline", fmt::format("{}; OVMF needs {}={}", need(), ovmf_item, window / MiB),
        setting.count > 0 ? fmt::format("change it to {}", window / MiB)
                          : fmt::format("{} sets it, as do <qemu:arg value='-fw_cfg'/> and <qemu:arg value='{}'/>",
                                        options_.names.mmio, fw_cfg(window))};
    if (setting.count > 0) {
      fault.message += ", and the domain gives it " + (setting.value.empty() ? "no value" : setting.value);
    }
    fault.doubt = those(surely_lacks).size() < candidates_.size();
    if (fault.doubt) fault.message += "; " + offers(lacking, given);
    if (lacking.size() < candidates_.size()) fault.remedy += say_firmware();
    refuse(setting.count > 0 && options_.strict, std::move(fault));
  }

  // libvirt refuses more bits than the host has (qemuValidateDomainDefCpu), QEMU all that are not 32 to 52.
  void check_stated_bits() {
    if (!domain_.cpu || !domain_.cpu->max_phys_addr || !domain_.cpu->max_phys_addr->bits.valid()) return;
    const schema::CPUMaxPhysAddr& stated = *domain_.cpu->max_phys_addr;
    const unsigned bits = *stated.bits;
    const bool is_kvm = domain_.type != "qemu";
    const unsigned most = is_kvm && host_.address_bits ? *host_.address_bits : topology::most_address_bits;
    if (stated.mode != "emulate" || (bits >= topology::fewest_address_bits && bits <= most)) return;
    refuse(
        options_.strict || automatic(),
        {bits > topology::most_address_bits || bits < topology::fewest_address_bits ? Rule::value : Rule::address_bits,
         "/domain/cpu/maxphysaddr/@bits",
         most == topology::most_address_bits
             ? fmt::format("{} bits of physical address are out of range", bits)
             : fmt::format("the guest is to have {} bits of physical address, but the host has {}", bits, most),
         fmt::format("write {} to {}", topology::fewest_address_bits, most)});
  }

  // SeaBIOS lays out BARs above the memory as far as the address bits go, whatever pcihole64 says, which is what QEMU
  // declares to the guest as free for the root bus. So it is not missed where it is absent.
  void check_hole() {
    const bool is_seabios = kind_ == FirmwareKind::seabios;
    const std::uint64_t preset = candidates_.front()->least_window;
    const std::string path = "/domain/devices/controller[@model='pcie-root']/pcihole64";
    const std::uint64_t window = std::bit_ceil(std::max(*plan_.mmio.window, MiB));
    auto hole = pci_hole64(domain_);
    if (is_seabios) {
      say("SeaBIOS lays BARs out above the memory as far as the address bits go, whatever pcihole64 says");
    } else {
      say(fmt::format("virt has {}, or what pcihole64 says", size_text(preset)));
    }
    const std::string needed = fmt::format("{}; <pcihole64 unit='KiB'>{}</pcihole64> holds it", need(), window / KiB);
    const bool matters = !collected_ || !is_seabios;  // SeaBIOS assigns all BARs beyond it
    if (hole && *hole < *plan_.mmio.window && matters) {
      refuse(options_.strict,
             {Rule::window, path, fmt::format("{}, and the domain gives {}", needed, size_text(*hole)), "change it"});
    } else if (!hole && window > preset && automatic()) {
      plan_.mmio.pci_hole64 = hole = window;
    } else if (!hole && window > preset && !is_seabios) {
      refuse(false, {Rule::window, path, fmt::format("{}, and virt has {}", needed, size_text(preset)),
                     fmt::format("{} sets it", options_.names.mmio)});
    }
    if (!is_seabios || window <= preset) return;
    const std::uint64_t size = windows_.size(Space::above_4g, {.rounds = true});
    const std::uint64_t memory = memory_end(domain_);
    const std::uint64_t of_bars = hole && *hole <= window ? *hole : 0;  // a larger one has a check of its own
    check_bits(std::max(align_up(memory, windows_.alignment(Space::above_4g)) + size, memory + of_bars));
  }

  // QEMU does not start where what the domain gives the root bus does not fit the address bits, whatever the firmware.
  void check_size_of_hole() {
    const auto hole = pci_hole64(domain_);
    if (!hole || kind_ == FirmwareKind::aavmf) return;
    const std::uint64_t window = std::bit_ceil(std::max(*plan_.mmio.window, MiB));
    if (*hole <= window) return;  // the BARs need it
    check_bits(memory_end(domain_) + *hole, {{"/domain/devices/controller[@model='pcie-root']/pcihole64",
                                              fmt::format("the domain gives the root bus {}", size_text(*hole)),
                                              fmt::format("lower it to {} KiB", window / KiB)}});
  }

  static unsigned bits_below(std::uint64_t end) { return static_cast<unsigned>(std::bit_width(end - 1)); }

  // The address bits that the guest has at most: where it is not known whether it has the host's, those or QEMU's 40.
  std::optional<unsigned> most_bits() const {
    if (const auto given = address_bits(domain_, host_)) return given->bits;
    return host_.address_bits ? std::optional(std::max(common_bits, *host_.address_bits)) : std::nullopt;
  }

  // Whether the guest surely has fewer address bits than that takes.
  bool lacks_bits(std::uint64_t end) const {
    const auto most = most_bits();
    return most && bits_below(end) > *most;
  }

  // A window that the domain sets, larger than the BARs need: where, what, and the remedy.
  struct OwnWindow {
    std::string path;
    std::string what;
    std::string remedy;
  };

  // Firmware that cannot address its window does not finish (OVMF), QEMU does not start (pcihole64), or the last BARs
  // stay unassigned (SeaBIOS).
  void check_bits(std::uint64_t end, const std::optional<OwnWindow>& own = std::nullopt) {
    using enum AddressBits::Source;
    const unsigned needed = bits_below(end);
    const auto given = address_bits(domain_, host_);
    if (needed <= (given ? given->bits : common_bits)) return;
    const bool is_certain = lacks_bits(end);
    if (collected_ && !is_certain) return;  // on most hosts no fault
    Fault fault{
        Rule::address_bits, own ? own->path : "/domain/cpu",
        fmt::format("{}, which takes {} bits of guest-physical address, and {}", own ? own->what : need(), needed,
                    given                       ? fmt::format("the guest has {}", given->bits)
                    : is_certain                ? fmt::format("the guest has at most {}", *most_bits())
                    : has_bits_of_host(domain_) ? std::string("the guest has those of the host, which are not known")
                                                : std::string("the domain does not say how many the guest has")),
        own ? own->remedy : remedy_of_bits(needed, given)};
    fault.doubt = !is_certain;
    const bool is_of_domain = given && (given->source == stated || given->source == limit);
    refuse(is_certain && (is_of_domain || options_.strict || automatic()), std::move(fault));
  }

  std::string remedy_of_bits(unsigned needed, const std::optional<AddressBits>& given) const {
    if (domain_.type == "qemu") return "pass fewer devices through, or use KVM on a host that has them";
    const auto of_host = host_.address_bits;
    const std::string other = fmt::format("pass fewer devices through, or use a host that has {} bits", needed);
    if (of_host && *of_host < needed) return fmt::format("{}; this one has {}", other, *of_host);
    const std::string_view on_host = of_host ? "" : ", on a host that has them";
    if (has_bits_of_host(domain_)) {
      return given ? fmt::format("raise the limit of <maxphysaddr> to {}{}", needed, on_host) : other;
    }
    if (has_processor_of_host(domain_)) {
      return fmt::format("take <maxphysaddr> away, so that the guest has the host's bits{}", on_host);
    }
    const bool is_stated = given && given->source == AddressBits::Source::stated;
    if (is_stated || has_named_model(domain_)) {
      const std::string bits = std::to_string(needed);
      return (is_stated ? "raise the bits of <maxphysaddr> to " + bits
                        : "write <maxphysaddr mode='emulate' bits='" + bits + "'/> into <cpu>") +
             std::string(on_host);
    }
    return fmt::format("use <cpu mode='host-passthrough'>, which gives the guest the host's bits{}", on_host);
  }

  void check_below_4g() {
    const bool is_ovmf = kind_ == FirmwareKind::ovmf;
    std::uint64_t size = windows_.sum(Space::below_4g);
    if (is_ovmf && size > 0) {  // behind the 2 MiB of the root bus
      size = align_up(2 * MiB, windows_.alignment(Space::below_4g)) +
             windows_.size(Space::below_4g, {.least_of_port = 2 * MiB});
    }
    const Candidates lacking = those([&](const FirmwareFacts& row) { return row.below_4g > 0 && row.below_4g < size; });
    if (lacking.empty()) return;
    refuse(options_.strict, lacking,
           {Rule::window_below_4g, "/domain/devices",
            fmt::format("BARs that are not both 64-bit and prefetchable need {} below 4 GiB, where {} has at most {}",
                        size_text(size), who(lacking), size_text(lacking.back()->below_4g)),
            "pass fewer such devices through"});
  }

  // Ports that lack I/O for the I/O BARs of their devices.
  void check_io_ports() {
    const unsigned ports = *plan_.mmio.io_ports;
    const Candidates lacking =
        those([&](const FirmwareFacts& row) { return row.io_ports > 0 && row.io_ports < ports; });
    if (lacking.empty()) return;
    const bool is_seabios = kind_ == FirmwareKind::seabios;
    const unsigned enough = lacking.front()->io_ports;
    refuse(options_.strict, lacking,
           {Rule::io_ports, "/domain/devices",
            fmt::format("{} ports have devices with I/O BARs, and {} {}", ports, who(lacking),
                        is_seabios ? fmt::format("stops where there are more than {}", enough)
                                   : fmt::format("has I/O for {}, so that BARs stay unassigned", enough)),
            is_seabios ? "pass fewer such devices through, or give some of them addresses on bus 0, where they need no "
                         "port but are on no node"
                       : "pass fewer such devices through"});
  }

  // Where the ports of one root complex exhaust I/O, others get no windows at all.
  void check_io_reserve() {
    const Candidates starving = those([](const FirmwareFacts& row) { return row.starves_others; });
    if (starving.empty()) return;
    const unsigned enough = starving.front()->io_ports;
    const std::vector<std::string> settings = spared_io(enough);
    if (settings.empty()) return;
    if (automatic()) {
      for (const std::string& setting : settings) set("-global", setting);
      return;
    }
    const std::vector<unsigned> ports = windows_.reserving_ports(spared_by_domain());
    std::string remedy;
    for (const std::string& setting : settings) {
      remedy +=
          fmt::format("{}<qemu:arg value='-global'/> and <qemu:arg value='{}'/>", remedy.empty() ? "" : ", ", setting);
    }
    refuse(false, starving,
           {Rule::io_reserve, "/domain/qemu:commandline",
            fmt::format("{} reserves I/O for each of {} ports of a root complex and has enough for {}, so that BARs "
                        "may stay unassigned",
                        who(starving), *std::max_element(ports.begin(), ports.end()), enough),
            fmt::format("{} turns that off, as do {}", options_.names.mmio, remedy)});
  }

  std::vector<PciModel> spared_by_domain() const {
    std::vector<PciModel> models;
    for (const auto& [model, setting] : spares) {
      if (has_global(domain_, setting)) models.push_back(model);
    }
    return models;
  }

  // The settings that the domain lacks; those without which no root complex has fewer ports with I/O are left out.
  std::vector<std::string> spared_io(unsigned enough) const {
    const std::vector<PciModel> set_by_domain = spared_by_domain();
    std::vector<PciModel> spared;
    for (const auto& [model, setting] : spares) spared.push_back(model);
    const auto lacking = [&](const std::vector<PciModel>& models) {
      unsigned all = 0;
      for (const unsigned ports : windows_.reserving_ports(models)) all += std::max(ports, enough) - enough;
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
    return settings;
  }

  void set(const std::string& option, const std::string& value) {
    plan_.mmio.qemu_arguments.push_back(option);
    plan_.mmio.qemu_arguments.push_back(value);
  }

  static constexpr std::pair<PciModel, std::string_view> spares[] = {
      {PciModel::root_port, "pcie-root-port.io-reserve=0"},
      {PciModel::downstream_port, "xio3130-downstream.hotplug=off"}};

  Plan& plan_;
  const schema::Domain& domain_;
  const topology::Host& host_;
  const Options& options_;
  const Windows& windows_;
  const Faults* collected_;
  FirmwareKind kind_;
  Candidates candidates_;
};

[[noreturn]] void stale_settings() {
  throw PlanError("/domain", "the domain has settings that the plan adds; plan it again");
}

}  // namespace

void plan_mmio(Plan& plan, const std::vector<PlannedDevice>& devices, const schema::Domain& domain,
               const topology::Host& host, const Options& options, const GuestPci& pci, unsigned ports_to_come) {
  if (options.mmio == Mmio::off) return;
  const Windows windows(pci, ports_to_come, domain, host, devices);
  MmioPlanner(plan, domain, host, options, windows, nullptr).run();
}

void check_mmio(const schema::Domain& domain, const topology::Host& host, const GuestPci& pci,
                const std::vector<PlannedDevice>& devices, unsigned ports_to_come, std::optional<Firmware> firmware,
                const Faults& faults) {
  const Windows windows(pci, ports_to_come, domain, host, devices);
  Plan plan;
  Options options;
  options.firmware = firmware;
  options.names.mmio = "vnuma place --mmio auto";  // who checks has no options of plan
  options.names.firmware = "--firmware";
  faults.read([&] { MmioPlanner(plan, domain, host, options, windows, &faults).run(); });
}

bool sets_anything(const PlannedMmio& planned) { return !planned.qemu_arguments.empty() || planned.pci_hole64; }

MmioSettings::MmioSettings(const PlannedMmio& planned, schema::Domain& domain) : domain_(domain) {
  if (!planned.qemu_arguments.empty()) {
    if (planned.ovmf_mmio64_mb && ovmf_setting(domain).count > 0) stale_settings();
    for (const std::string& argument : planned.qemu_arguments) {
      if (argument != "-global" && has_global(domain, argument)) stale_settings();
    }
    qemu_cmd_ = domain.qemu_cmd;
    if (!qemu_cmd_) qemu_cmd_.emplace();
    for (const std::string& argument : planned.qemu_arguments) qemu_cmd_->qemu_arg.push_back({.value = argument});
  }
  if (!planned.pci_hole64) return;
  if (pci_hole64(domain)) stale_settings();
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
