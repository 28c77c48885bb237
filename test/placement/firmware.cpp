// What depends on the version of the guest's firmware, and on the bits of the host's processor.
#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "bars.hpp"
#include "findings.hpp"

using namespace vnuma;
using namespace vnuma::test;
using boost::test_tools::per_element;
using placement::Code;
using placement::Diagnostic;
using placement::Firmware;
using placement::Mmio;
using placement::Option;
using placement::PlanError;
using placement::Severity;
using Hints = std::vector<placement::OptionHint>;

namespace {

placement::Plan planned(const BarPair& pair, std::optional<Firmware> firmware, Mmio mmio = Mmio::warn) {
  return placement::plan(pair.domain, pair.host, {.mmio = mmio, .firmware = firmware});
}

// "doubt VN033" for each.
Lines severities(const std::vector<Diagnostic>& diagnostics) {
  Lines lines;
  for (const Diagnostic& diagnostic : diagnostics) {
    lines.push_back(fmt::format("{} {}", name(diagnostic.severity), name(diagnostic.code)));
  }
  return lines;
}

// The same of what check finds.
Lines severities(const BarPair& pair, std::optional<Firmware> firmware = std::nullopt) {
  return severities(placement::check(pair.domain, pair.host, {.firmware = firmware}));
}

// OVMF 2022.11 leaves BARs unassigned where a root complex has more than nine ports beside ports of another; OVMF
// 2025.02 does not.
BarPair ten_ports() {
  BarPair pair(2);
  pair.ovmf().pass_many(10, MiB).pass("0000:80:00.0", {MiB}, prefetchable, 1);
  return pair;
}

BarPair placed(BarPair pair) {
  placement::apply(placement::plan(pair.domain, pair.host), pair.domain);
  return pair;
}

// A GPU with a BAR of 32 GiB, in a guest with the processor of the host.
BarPair gpu(const std::string& mode = "host-passthrough") {
  BarPair pair;
  pair.ovmf().pass("10:00.0", {32 * GiB});
  pair.domain.type = "kvm";
  pair.domain.os->type->machine = "pc-q35-7.2";
  pair.domain.cpu->mode = mode;
  return pair;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(firmware_versions)

BOOST_AUTO_TEST_CASE(a_shortage_of_one_version_is_a_doubt_that_names_it) {
  const placement::Plan plan = planned(ten_ports(), std::nullopt);
  BOOST_TEST_REQUIRE(severities(plan.warnings) == Lines{"doubt VN032"}, per_element());
  BOOST_TEST(warns(plan, Code::io_reserve, "/domain/qemu:commandline", "OVMF 2022.11 reserves", "10 ports", "for 9",
                   "OVMF 2025.02 is not affected"));
  BOOST_TEST((plan.warnings[0].options == Hints{{Option::mmio_automatic}, {Option::firmware}}));
  BOOST_TEST(severities(placed(ten_ports())) == Lines{"doubt VN032"}, per_element());
}

BOOST_AUTO_TEST_CASE(a_version_that_is_stated_leaves_no_doubt) {
  const placement::Plan plan = planned(ten_ports(), Firmware::ovmf_2022);
  BOOST_TEST_REQUIRE(severities(plan.warnings) == Lines{"warning VN032"}, per_element());
  BOOST_TEST(!mentions(plan.warnings[0].message, "OVMF 20"));
  BOOST_TEST((plan.warnings[0].options == Hints{{Option::mmio_automatic}}));
  BOOST_TEST(severities(placed(ten_ports()), Firmware::ovmf_2022) == Lines{"warning VN032"}, per_element());
  BOOST_TEST(planned(ten_ports(), Firmware::ovmf_2025).warnings.empty());
  BOOST_TEST(severities(placed(ten_ports()), Firmware::ovmf_2025) == Lines{}, per_element());
}

BOOST_AUTO_TEST_CASE(what_no_version_needs_is_not_set) {
  BOOST_TEST(planned(ten_ports(), std::nullopt, Mmio::automatic).mmio.qemu_arguments.size() == 2U);
  BOOST_TEST(planned(ten_ports(), Firmware::ovmf_2022, Mmio::automatic).mmio.qemu_arguments.size() == 2U);
  BOOST_TEST(planned(ten_ports(), Firmware::ovmf_2025, Mmio::automatic).mmio.qemu_arguments.empty());
}

// QEMU's -bios and Xen's manner of UEFI.
BOOST_AUTO_TEST_CASE(a_rom_loader_is_known_by_the_name_of_its_file) {
  const auto boots_uefi = [](const char* file) {
    BarPair pair;
    pair.pass("20:00.0", {MiB});
    schema::Loader& loader = pair.domain.os->boot_loader.emplace();
    loader.type = "rom";
    loader.path = file;
    try {
      planned(pair, Firmware::ovmf_2022);
      return true;
    } catch (const PlanError&) {
      return false;
    }
  };
  BOOST_TEST(boots_uefi("/usr/share/ovmf/OVMF.fd"));
  BOOST_TEST(boots_uefi("/usr/share/qemu/edk2-x86_64-code.fd"));
  BOOST_TEST(!boots_uefi("/usr/share/seabios/bios-256k.bin"));
}

BOOST_AUTO_TEST_CASE(rules_of_firmware_are_for_machines_with_pcie_only) {
  BarPair pair;
  pair.ovmf().pass_many(10, 64 * GiB);
  pair.domain.os->type->machine = "pc-i440fx-7.2";
  pair.domain.devices->controllers = {};
  for (const auto& finding : placement::check(pair.domain, pair.host)) BOOST_TEST(name(finding.code) < "VN031");
  pair.domain.cpu->numa.reset();
  const placement::Plan plan = planned(pair, std::nullopt, Mmio::automatic);
  BOOST_TEST(codes_of(plan.warnings).back() == "VN009");
  BOOST_TEST(!plan.changed);
}

// Each at a multiple of 256 MiB behind the root bus' own: four end at 1280 MiB, six at 1792. With 4 KiB more behind its
// port, as the guests of FIRMWARE.md had them, a BAR takes 512 MiB: two end at 1025 MiB, three at 1537.
BOOST_AUTO_TEST_CASE(bars_below_4_gib_have_960_mib_or_1536) {
  BarPair four;
  four.ovmf().pass_many(4, 256 * MiB, small);
  BOOST_TEST(severities(placed(four), Firmware::ovmf_2022) == Lines{"error VN035"}, per_element());
  BOOST_TEST(severities(placed(four), Firmware::ovmf_2025) == Lines{}, per_element());
  BOOST_TEST(severities(placed(four)) == Lines{"doubt VN035"}, per_element());
  BarPair six;
  six.ovmf().pass_many(6, 256 * MiB, small);
  BOOST_TEST(severities(placed(six), Firmware::ovmf_2025) == Lines{"error VN035"}, per_element());
  BOOST_TEST(severities(placed(six)) == Lines{"error VN035"}, per_element());
  BarPair cards;
  cards.ovmf().pass("20:00.0", {256 * MiB, 4096}, small).pass("21:00.0", {256 * MiB, 4096}, small);
  BOOST_TEST(severities(placed(cards), Firmware::ovmf_2022) == Lines{"error VN035"}, per_element());
  BOOST_TEST(severities(placed(cards), Firmware::ovmf_2025) == Lines{}, per_element());
  cards.pass("22:00.0", {256 * MiB, 4096}, small);
  BOOST_TEST(severities(placed(cards), Firmware::ovmf_2025) == Lines{"error VN035"}, per_element());
}

BOOST_AUTO_TEST_CASE(firmware_that_the_domain_cannot_have_is_refused) {
  const auto refuses = [](const BarPair& pair, Firmware firmware, const char* boots, const char* stated) {
    const auto is_refusal = with(Code::wrong_firmware, "/domain/os: ", boots, stated);
    for (const Mmio mmio : {Mmio::off, Mmio::warn}) {
      BOOST_CHECK_EXCEPTION(planned(pair, firmware, mmio), PlanError, is_refusal);
    }
    BOOST_CHECK_EXCEPTION(placement::check(pair.domain, pair.host, {.firmware = firmware}), PlanError, is_refusal);
  };
  BarPair bios;
  bios.pass("20:00.0", {MiB});
  refuses(ten_ports(), Firmware::seabios, "boots UEFI", "to be SeaBIOS");
  refuses(bios, Firmware::ovmf_2022, "boots SeaBIOS", "to be OVMF");
  BOOST_TEST(planned(bios, Firmware::seabios).warnings.empty());
  bios.domain.os->type->machine = "virt";  // always UEFI
  refuses(bios, Firmware::seabios, "boots UEFI", "to be SeaBIOS");
  BOOST_TEST(planned(bios, Firmware::ovmf_2025).warnings.empty());
}

BOOST_AUTO_TEST_SUITE_END()

// OVMF gives 32 GiB, or an eighth of the guest's address space where that is more; the BAR and the domain's own devices
// need 64 GiB.
BOOST_AUTO_TEST_SUITE(default_window_of_ovmf)

BOOST_AUTO_TEST_CASE(with_unknown_address_bits_a_small_window_is_a_doubt) {
  for (const char* mode : {"host-passthrough", "maximum", "host-model"}) {
    const placement::Plan plan = gpu(mode).planned();
    BOOST_TEST_REQUIRE(severities(plan.warnings) == Lines{"doubt VN033"}, per_element());
    BOOST_TEST(plan.warnings[0].path == "/domain/qemu:commandline");
    BOOST_TEST(mentions(plan.warnings[0].message, "OVMF 2022.11 and OVMF 2025.02 give 32 GiB to 8192 GiB"));
    BOOST_TEST((plan.warnings[0].options == Hints{{Option::mmio_automatic}}));
    BOOST_TEST(severities(placed(gpu(mode))) == Lines{"doubt VN033"}, per_element());
  }
}

// 46 bits are 64 TiB, of which an eighth are 8; 37 bits are 128 GiB, of which 32 are more than an eighth.
BOOST_AUTO_TEST_CASE(a_guest_with_the_processor_of_the_host_has_the_bits_of_the_host) {
  for (const char* mode : {"host-passthrough", "maximum"}) {
    BarPair pair = gpu(mode);
    pair.host.address_bits = 46;
    BOOST_TEST(pair.planned().warnings.empty());
    BOOST_TEST(severities(placed(pair)) == Lines{}, per_element());
    pair.host.address_bits = 37;
    BOOST_TEST(severities(placed(pair)) == Lines{"error VN033"}, per_element());
  }
  BarPair passed = gpu("host-model");
  passed.domain.cpu->max_phys_addr.emplace().mode = "passthrough";
  passed.host.address_bits = 46;
  BOOST_TEST(passed.planned().warnings.empty());
  passed.domain.cpu->max_phys_addr->limit = 37;
  BOOST_TEST(severities(placed(passed)) == Lines{"error VN033"}, per_element());
}

// OVMF 2022.11 ignores the setting and gives 8 TiB, OVMF 2025.02 gives what is set.
BOOST_AUTO_TEST_CASE(a_smaller_setting_counts_with_ovmf_2025) {
  BarPair pair = gpu();
  pair.host.address_bits = 46;
  pair.argument("-fw_cfg", "name=opt/ovmf/X-PciMmio64Mb,string=32768");
  BOOST_TEST(severities(placed(pair), Firmware::ovmf_2022) == Lines{}, per_element());
  BOOST_TEST(severities(placed(pair), Firmware::ovmf_2025) == Lines{"error VN033"}, per_element());
  const placement::Plan plan = pair.planned();
  BOOST_TEST_REQUIRE(severities(plan.warnings) == Lines{"doubt VN033"}, per_element());
  BOOST_TEST(warns(plan, Code::window, "sets 32768", "OVMF 2025.02 gives 32 GiB", "to 65536"));
  BOOST_TEST((plan.warnings[0].options == Hints{{Option::firmware}}));
}

// QEMU exits with "duplicate fw_cfg file name".
BOOST_AUTO_TEST_CASE(a_window_that_is_set_twice_is_refused_by_qemu) {
  BarPair pair = gpu();
  for (int i = 0; i < 2; ++i) pair.argument("-fw_cfg", "name=opt/ovmf/X-PciMmio64Mb,string=65536");
  BOOST_TEST(severities(placed(pair)) == Lines{"error VN001"}, per_element());
}

BOOST_AUTO_TEST_CASE(a_window_in_a_file_is_not_judged) {
  BarPair pair = gpu();
  pair.argument("-fw_cfg", "name=opt/ovmf/X-PciMmio64Mb,file=/etc/window");
  BOOST_TEST(severities(placed(pair)) == Lines{}, per_element());
}

// Without a stated version, OVMF may be older than those that were measured and give 32 GiB.
BOOST_AUTO_TEST_CASE(automatic_sets_nothing_where_the_stated_version_gives_enough) {
  BarPair pair = gpu();
  pair.host.address_bits = 46;
  BOOST_TEST(planned(pair, Firmware::ovmf_2025, Mmio::automatic).mmio.qemu_arguments.empty());
  BOOST_TEST((planned(pair, std::nullopt, Mmio::automatic).mmio.ovmf_mmio64_mb == 65536U));
}

// OVMF trusts 40 bits of some vendors only.
BOOST_AUTO_TEST_CASE(forty_address_bits_leave_it_in_doubt) {
  BarPair named = gpu("custom");
  named.host.address_bits = 46;
  BOOST_TEST(mentions(named.planned().warnings.at(0).message, "give 32 GiB to 128 GiB"));
  named.bits(46);
  BOOST_TEST(named.planned().warnings.empty());
}

BOOST_AUTO_TEST_SUITE_END()

// Four BARs of 128 GiB need a window of 1 TiB, which ends at 2 TiB: 41 bits.
BOOST_AUTO_TEST_SUITE(remedies_for_bits)

namespace {

// Of the finding, or, if it is a doubt, of the plan's warning.
std::string remedy(const std::string& mode, std::optional<unsigned> of_host, unsigned limit = 0) {
  BarPair pair = gpu(mode);
  pair.pass_many(4, 128 * GiB);
  pair.host.address_bits = of_host;
  if (limit > 0) {
    pair.domain.cpu->max_phys_addr.emplace().mode = "passthrough";
    pair.domain.cpu->max_phys_addr->limit = limit;
  }
  for (const auto& finding : placement::check(pair.domain, pair.host)) {
    if (finding.code == Code::address_bits) return finding.remedy;
  }
  for (const Diagnostic& warning : pair.planned().warnings) {
    if (warning.code == Code::address_bits && warning.severity == Severity::doubt) return warning.remedy;
  }
  return "";
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_remedy_for_a_guest_with_the_bits_of_the_host_is_another_host) {
  const std::string other = "pass fewer devices through, or use a host that has 41 bits";
  for (const char* mode : {"host-passthrough", "maximum"}) {
    BOOST_TEST(remedy(mode, std::nullopt) == other);
    BOOST_TEST(remedy(mode, 40) == other + "; this one has 40");
    BOOST_TEST(remedy(mode, 41) == "");
  }
  BOOST_TEST(remedy("host-model", 40, 46) == other + "; this one has 40");
  BOOST_TEST(remedy("host-model", 46, 40) == "raise the limit of <maxphysaddr> to 41");
  BOOST_TEST(remedy("host-model", std::nullopt, 40) ==
             "raise the limit of <maxphysaddr> to 41, on a host that has them");
}

BOOST_AUTO_TEST_CASE(the_remedy_for_emulated_bits_of_the_hosts_processor_is_to_remove_them) {
  BarPair pair = gpu();
  pair.pass_many(4, 128 * GiB).bits(40);
  pair.host.address_bits = 46;
  const auto findings = placement::check(pair.domain, pair.host);
  BOOST_TEST_REQUIRE((findings.back().code == Code::address_bits));
  BOOST_TEST(findings.back().remedy == "remove <maxphysaddr>, so that the guest has the host's bits");
}

BOOST_AUTO_TEST_CASE(libvirt_refuses_more_emulated_bits_than_the_host_has) {
  BarPair pair = gpu("custom");
  pair.bits(48);
  pair.host.address_bits = 46;
  BOOST_TEST(severities(placed(pair)) == Lines{"error VN034"}, per_element());
  pair.bits(46);
  BOOST_TEST(severities(placed(pair)) == Lines{}, per_element());
}

BOOST_AUTO_TEST_CASE(qemu_takes_32_to_52_emulated_bits) {
  for (const unsigned bits : {0U, 31U, 53U, 99U}) {
    BarPair pair = gpu("custom");
    pair.bits(bits);
    const auto findings = placement::check(pair.domain, pair.host);
    BOOST_TEST_REQUIRE(!findings.empty());
    const auto found = std::find_if(findings.begin(), findings.end(), [](const auto& finding) {
      return finding.path == "/domain/cpu/maxphysaddr/@bits";
    });
    BOOST_TEST_REQUIRE((found != findings.end()), bits);
    BOOST_TEST((found->code == Code::invalid_value));
    BOOST_TEST(found->remedy == "write 32 to 52");
  }
}

BOOST_AUTO_TEST_CASE(the_remedy_for_a_named_model_is_emulated_bits) {
  const std::string emulate = "write <maxphysaddr mode='emulate' bits='41'/> into <cpu>";
  BOOST_TEST(remedy("custom", std::nullopt) == emulate + ", on a host that has them");
  BOOST_TEST(remedy("custom", 46) == emulate);
  BOOST_TEST(remedy("custom", 40) == "pass fewer devices through, or use a host that has 41 bits; this one has 40");
}

BOOST_AUTO_TEST_CASE(the_remedy_for_host_model_is_host_passthrough) {
  BOOST_TEST(remedy("host-model", 46) == "use <cpu mode='host-passthrough'>, which gives the guest the host's bits");
  BOOST_TEST(remedy("host-model", 40) == "pass fewer devices through, or use a host that has 41 bits; this one has 40");
}

// 40 bits or the host's 39, of which neither is enough: no doubt, and nothing is set that the guest cannot address.
BOOST_AUTO_TEST_CASE(a_guest_with_host_model_has_at_most_the_bits_of_the_host_or_40) {
  BarPair pair = gpu("host-model");
  pair.pass_many(4, 128 * GiB);
  pair.host.address_bits = 39;
  BOOST_TEST(severities(placed(pair)) == Lines{"error VN034"}, per_element());
  BOOST_CHECK_EXCEPTION(planned(pair, std::nullopt, Mmio::automatic), PlanError,
                        with(Code::address_bits, "at most 40"));
  pair.host.address_bits = 41;  // which may hold the window, but OVMF gives at most an eighth, 256 GiB, by itself
  BOOST_TEST(severities(placed(pair)) == Lines{"error VN033"}, per_element());
}

// As no window helps, none is named as a remedy.
BOOST_AUTO_TEST_CASE(a_window_that_the_address_bits_cannot_hold_is_not_a_remedy) {
  BarPair pair = gpu("custom");
  pair.pass_many(4, 128 * GiB);
  BOOST_TEST(severities(placed(pair)) == Lines{"error VN034"}, per_element());
}

BOOST_AUTO_TEST_SUITE_END()

// The guest of a user with one GPU: UEFI, mode='host-model', no cells.
BOOST_AUTO_TEST_SUITE(domains_without_cells)

namespace {

BarPair without_cells() {
  BarPair pair = gpu("host-model");
  pair.domain.cpu->numa.reset();
  pair.domain.cpu_tune.reset();
  return pair;
}

}  // namespace

BOOST_AUTO_TEST_CASE(following_the_remedy_for_the_window_removes_the_finding) {
  BarPair pair = without_cells();
  const auto findings = placement::check(pair.domain, pair.host);
  BOOST_TEST_REQUIRE(severities(pair) == Lines{"doubt VN033"}, per_element());
  BOOST_TEST((findings[0].options == Hints{{Option::mmio_automatic}}));
  const placement::Plan plan = pair.planned(Mmio::automatic);
  BOOST_TEST(plan.changed);
  placement::apply(plan, pair.domain);
  BOOST_TEST(pair.domain.qemu_cmd->qemu_arg.at(1).value.value() == "name=opt/ovmf/X-PciMmio64Mb,string=65536");
  BOOST_TEST(severities(pair) == Lines{}, per_element());
  BOOST_TEST(!pair.planned(Mmio::automatic).changed);
}

BOOST_AUTO_TEST_CASE(the_arguments_that_the_finding_names_remove_it_as_well) {
  BarPair pair = without_cells();
  pair.argument("-fw_cfg", "name=opt/ovmf/X-PciMmio64Mb,string=65536");
  BOOST_TEST(severities(pair) == Lines{}, per_element());
}

BOOST_AUTO_TEST_CASE(nothing_but_the_window_changes) {
  BarPair pair = without_cells();
  schema::Domain before = pair.domain;
  const placement::Plan plan = pair.planned(Mmio::automatic);
  BOOST_TEST((plan.devices.at(0).outcome == placement::Outcome::left));
  BOOST_TEST(plan.controllers.empty());
  placement::apply(plan, pair.domain);
  pair.domain.qemu_cmd.reset();
  BOOST_TEST((pair.domain == before));
}

BOOST_AUTO_TEST_CASE(a_device_with_an_address_counts_where_it_is) {
  BarPair pair = without_cells();
  pair.domain.devices->host_devices.clear();
  pair.domain.devices->controllers = {port(1, "00:02.0")};
  pair.pass_at("10:00.0", "01:00.0", 32 * GiB);
  BOOST_TEST(pair.planned(Mmio::automatic).mmio.ovmf_mmio64_mb.value() == 65536U);
}

BOOST_AUTO_TEST_CASE(pcihole64_is_set_for_aavmf) {
  BarPair pair = without_cells();
  pair.domain.os->type->machine = "virt";
  pair.pass("21:00.0", {1024 * GiB});
  BOOST_TEST(pair.planned(Mmio::automatic).mmio.pci_hole64.value() == 2048 * GiB);
  BOOST_TEST(pair.planned(Mmio::automatic).changed);
}

BOOST_AUTO_TEST_CASE(without_mmio_automatic_the_domain_stays_as_it_is) {
  for (const Mmio mmio : {Mmio::off, Mmio::warn}) {
    const placement::Plan plan = without_cells().planned(mmio);
    BOOST_TEST(!plan.changed);
    BOOST_TEST((plan.mmio == placement::PlannedMmio()));
    BOOST_TEST(plan.warnings.size() == 1U);
  }
}

BOOST_AUTO_TEST_SUITE_END()
