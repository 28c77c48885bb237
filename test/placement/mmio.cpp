// What is reported or set if the guest lacks room for BARs.
#include <boost/test/unit_test.hpp>

#include <vnuma/placement/report.hpp>
#include <vnuma/schema/xml.hpp>

#include "bars.hpp"

using namespace vnuma;
using namespace vnuma::test;
using boost::test_tools::per_element;
using placement::apply;
using placement::Code;
using placement::Mmio;
using placement::Option;
using placement::PlanError;
using Hints = std::vector<placement::OptionHint>;

namespace {

using Pair = BarPair;

std::vector<std::string> arguments(const schema::Domain& domain) {
  std::vector<std::string> all;
  if (domain.qemu_cmd) {
    for (const schema::Arg& argument : domain.qemu_cmd->qemu_arg) all.push_back(argument.value.value());
  }
  return all;
}

const std::vector<std::string> four_gpus{"-fw_cfg", "name=opt/ovmf/X-PciMmio64Mb,string=524288"};

}  // namespace

BOOST_AUTO_TEST_SUITE(mmio_of_ovmf)

// Root bus first, so the BARs begin at 64 GiB and end at 320: the power of two is 512 GiB.
BOOST_AUTO_TEST_CASE(a_window_that_ovmf_lacks_is_set_and_stays) {
  Pair pair;
  pair.ovmf().pass_many(4, 64 * GiB);
  const placement::Plan planned = pair.planned(Mmio::automatic);
  BOOST_TEST(planned.mmio.ovmf_mmio64_mb.value() == 524288);
  BOOST_TEST(planned.warnings.empty());
  apply(planned, pair.domain);
  BOOST_TEST(arguments(pair.domain) == four_gpus, per_element());
  const placement::Plan again = pair.planned(Mmio::automatic);
  BOOST_TEST(!again.changed);
  BOOST_TEST(again.mmio.qemu_arguments.empty());
  BOOST_TEST(again.warnings.empty());
}

BOOST_AUTO_TEST_CASE(the_arguments_have_their_namespace) {
  Pair pair;
  apply(pair.ovmf().pass_many(4, 64 * GiB).planned(Mmio::automatic), pair.domain);
  const std::string xml = to_xml(pair.domain, schema::Layout::compact);
  BOOST_TEST(mentions(xml,
                      "<qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>"
                      "<qemu:arg value='-fw_cfg'/><qemu:arg "
                      "value='name=opt/ovmf/X-PciMmio64Mb,string=524288'/></qemu:commandline>"));
}

// 16 GiB at 16 GiB end at 32, which every OVMF has; 32 GiB do not.
BOOST_AUTO_TEST_CASE(a_window_that_every_ovmf_has_is_not_set) {
  Pair small_gpu;
  BOOST_TEST(!small_gpu.ovmf().pass("20:00.0", {16 * GiB}).planned(Mmio::automatic).mmio.ovmf_mmio64_mb.has_value());
  BOOST_TEST(small_gpu.planned().warnings.empty());
  Pair gpu;
  BOOST_TEST(gpu.ovmf().pass("20:00.0", {32 * GiB}).planned(Mmio::automatic).mmio.ovmf_mmio64_mb.value() == 65536);
}

// Behind a start at 128 GiB, 128 and three times 64 GiB end at 448. Each of 33 other ports gets a 256th: 2 GiB of 512
// make 514.
BOOST_AUTO_TEST_CASE(the_window_has_room_for_hot_plug_at_each_port) {
  Pair pair;
  pair.ovmf().argument("-global", "pcie-root-port.io-reserve=0").pass("10:00.0", {128 * GiB});
  pair.pass("11:00.0", {64 * GiB}).pass("12:00.0", {64 * GiB}).pass("13:00.0", {64 * GiB});
  BOOST_TEST(pair.planned(Mmio::automatic).mmio.ovmf_mmio64_mb.value() == 524288);
  pair.pass_many(33, MiB);
  BOOST_TEST(pair.window() == 320 * GiB + 33 * MiB);
  BOOST_TEST(pair.planned(Mmio::automatic).mmio.ovmf_mmio64_mb.value() == 1048576);
  pair.argument("-fw_cfg", "name=opt/ovmf/X-PciMmio64Mb,string=524288");
  BOOST_TEST(warns(pair.planned(Mmio::automatic), Code::window, "X-PciMmio64Mb=1048576", "sets 524288"));
}

BOOST_AUTO_TEST_CASE(the_warning_names_the_window_and_what_sets_it) {
  Pair pair;
  pair.domain.type = "qemu";  // so that OVMF gives 128 GiB at most
  const placement::Plan planned = pair.ovmf().pass_many(4, 64 * GiB).planned();
  BOOST_TEST_REQUIRE(codes_of(planned.warnings) == Lines{"VN033"}, per_element());
  BOOST_TEST(planned.warnings[0].path == "/domain/qemu:commandline");
  BOOST_TEST(mentions(planned.warnings[0].message, "256 GiB"));
  BOOST_TEST(mentions(planned.warnings[0].message, "opt/ovmf/X-PciMmio64Mb=524288"));
  BOOST_TEST((planned.warnings[0].options == Hints{{Option::mmio_automatic}}));
  BOOST_TEST(mentions(planned.warnings[0].remedy, "<qemu:arg value='name=opt/ovmf/X-PciMmio64Mb,string=524288'/>"));
  BOOST_TEST(planned.mmio.qemu_arguments.empty());
}

BOOST_AUTO_TEST_CASE(mmio_off_reports_and_sets_nothing) {
  Pair pair;
  const placement::Plan planned = pair.ovmf().pass_many(16, 64 * GiB, prefetchable).bits(36).planned(Mmio::off);
  BOOST_TEST((planned.mmio == placement::PlannedMmio()));
  BOOST_TEST(planned.warnings.empty());
}

BOOST_AUTO_TEST_CASE(a_value_that_suffices_is_kept_however_it_is_written) {
  for (const char* option : {"-fw_cfg", "--fw_cfg"}) {
    for (const char* value : {"name=opt/ovmf/X-PciMmio64Mb,string=524288", "opt/ovmf/X-PciMmio64Mb,string=524288",
                              "string=524288,name=opt/ovmf/X-PciMmio64Mb"}) {
      BOOST_TEST_CONTEXT(option << ' ' << value) {
        Pair pair;
        pair.ovmf().argument(option, value).pass_many(4, 64 * GiB);
        const placement::Plan planned = pair.planned(Mmio::automatic);
        BOOST_TEST(planned.mmio.qemu_arguments.empty());
        BOOST_TEST(planned.warnings.empty());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_value_that_does_not_suffice_is_kept_and_reported) {
  for (const char* value : {"262144", "0", "many", "33554432"}) {
    BOOST_TEST_CONTEXT(value) {
      Pair pair;
      pair.domain.type = "qemu";
      pair.ovmf().argument("-fw_cfg", std::string("name=opt/ovmf/X-PciMmio64Mb,string=") + value);
      pair.pass_many(4, 64 * GiB);
      const placement::Plan planned = pair.planned(Mmio::automatic);
      BOOST_TEST(planned.mmio.qemu_arguments.empty());
      BOOST_TEST(warns(planned, Code::window, "X-PciMmio64Mb=524288", "sets " + std::string(value) + ";"));
      BOOST_CHECK_EXCEPTION(pair.planned(Mmio::warn, true), PlanError, with(Code::window, "524288", value));
    }
  }
}

BOOST_AUTO_TEST_CASE(other_firmware_settings_do_not_count) {
  Pair pair;
  pair.ovmf()
      .argument("-fw_cfg", "name=opt/other,string=1")
      .argument("-global", "opt/ovmf/X-PciMmio64Mb,string=524288");
  BOOST_TEST(pair.pass_many(4, 64 * GiB).planned(Mmio::automatic).mmio.ovmf_mmio64_mb.value() == 524288);
}

BOOST_AUTO_TEST_CASE(other_arguments_stay) {
  Pair pair;
  pair.ovmf().argument("-name", "x").pass_many(4, 64 * GiB);
  apply(pair.planned(Mmio::automatic), pair.domain);
  BOOST_TEST(arguments(pair.domain) == (std::vector<std::string>{"-name", "x", four_gpus[0], four_gpus[1]}),
             per_element());
}

BOOST_AUTO_TEST_CASE(a_domain_with_a_flash_image_boots_uefi) {
  Pair pair;
  pair.domain.os->boot_loader.emplace().type = "pflash";
  BOOST_TEST(pair.pass_many(4, 64 * GiB).planned(Mmio::automatic).mmio.ovmf_mmio64_mb.value() == 524288);
}

BOOST_AUTO_TEST_CASE(a_plan_is_not_applied_to_a_domain_with_settings_of_its_own) {
  Pair pair;
  const placement::Plan planned = pair.ovmf().pass_many(4, 64 * GiB).planned(Mmio::automatic);
  pair.argument("-fw_cfg", "name=opt/ovmf/X-PciMmio64Mb,string=1024");
  const schema::Domain before = pair.domain;
  BOOST_CHECK_EXCEPTION(apply(planned, pair.domain), PlanError, with(Code::stale_plan));
  BOOST_TEST((pair.domain == before));
}

// OVMF has I/O for nine ports, and reserves it for each. Of 12 on an expander bus and 4 on another, all lose their
// BARs. Of 30 on one bus, none does.
BOOST_AUTO_TEST_CASE(more_than_nine_ports_reserve_no_io_beside_ports_of_another_root_complex) {
  Pair thirty;
  BOOST_TEST(thirty.ovmf().pass_many(30, MiB).planned(Mmio::automatic).mmio.qemu_arguments.empty());
  BOOST_TEST(thirty.planned().warnings.empty());
  Pair nine(2);
  nine.ovmf().pass_many(9, MiB).pass("0000:80:00.0", {MiB}, prefetchable, 1);
  BOOST_TEST(nine.planned(Mmio::automatic).mmio.qemu_arguments.empty());
  Pair ten(2);
  ten.ovmf().pass_many(10, MiB).pass("0000:80:00.0", {MiB}, prefetchable, 1);
  BOOST_TEST(warns(ten.planned(), Code::io_reserve, "OVMF 2022.11 reserves", "10 ports", "for 9"));
  apply(ten.planned(Mmio::automatic), ten.domain);
  BOOST_TEST(arguments(ten.domain) == (std::vector<std::string>{"-global", "pcie-root-port.io-reserve=0"}),
             per_element());
  BOOST_TEST(!ten.planned(Mmio::automatic).changed);
}

// Ports of a switch have no such property; without hot-plug they reserve nothing.
BOOST_AUTO_TEST_CASE(ports_of_a_switch_reserve_no_io_without_hot_plug) {
  Pair pair;
  pair.ovmf().domain.devices->controllers = {expander(1, "00:02.0", 240, 0), port(2, "01:00.0"),
                                             controller(3, "pcie-switch-upstream-port", "02:00.0")};
  for (unsigned i = 0; i < 10; ++i) {
    pair.domain.devices->controllers.push_back(
        controller(4 + i, "pcie-switch-downstream-port", "03:0" + std::to_string(i) + ".0"));
  }
  for (unsigned i = 0; i < 6; ++i) {
    pair.pass_at("2" + std::to_string(i) + ":00.0", "0" + std::to_string(4 + i) + ":00.0", MiB);
  }
  BOOST_TEST(pair.planned(Mmio::automatic).mmio.qemu_arguments.empty());  // no other root complex has ports
  pair.domain.devices->controllers.push_back(port(30, "00:05.0"));
  BOOST_TEST(pair.planned(Mmio::automatic).mmio.qemu_arguments ==
                 (std::vector<std::string>{"-global", "xio3130-downstream.hotplug=off"}),
             per_element());
  // One that is not for hot-plug leaves nine.
  pair.domain.devices->controllers[3].target.emplace().hotplug = false;
  BOOST_TEST(pair.planned(Mmio::automatic).mmio.qemu_arguments.empty());
}

BOOST_AUTO_TEST_CASE(ten_ports_with_io_bars_are_too_many_for_ovmf) {
  Pair pair;
  pair.ovmf().pass_many(10, 256, io);
  BOOST_TEST(warns(pair.planned(), Code::io_ports, "10 ports", "OVMF has I/O for 9"));
  BOOST_CHECK_EXCEPTION(pair.planned(Mmio::warn, true), PlanError, with(Code::io_ports, "10 ports"));
}

// Each at a multiple of 256 MiB behind the root bus' own: six end at 1792 MiB.
BOOST_AUTO_TEST_CASE(bars_below_4_gib_have_at_most_1536_mib) {
  Pair two;
  BOOST_TEST(two.ovmf().pass_many(2, 256 * MiB, small).planned().warnings.empty());
  Pair six;
  six.ovmf().pass_many(6, 256 * MiB, small);
  BOOST_TEST(warns(six.planned(), Code::window_below_4g, "1792 MiB", "OVMF has at most 1536 MiB"));
  BOOST_CHECK_EXCEPTION(six.planned(Mmio::warn, true), PlanError, with(Code::window_below_4g));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(mmio_of_others)

// Measured: SeaBIOS assigns four BARs of 64 GiB, without a pcihole64 as with one (FIRMWARE.md).
BOOST_AUTO_TEST_CASE(seabios_needs_no_setting_and_gets_none) {
  Pair pair;
  pair.pass_many(4, 64 * GiB);
  BOOST_TEST(pair.planned().warnings.empty());
  BOOST_TEST(!pair.planned(Mmio::automatic).mmio.pci_hole64.has_value());
  Pair little;
  little.hole(1).pass_many(4, 64 * GiB);
  BOOST_TEST(!little.planned(Mmio::automatic).mmio.pci_hole64.has_value());
  BOOST_TEST(little.planned(Mmio::automatic, true).warnings.empty());
}

// Five BARs of 128 GiB, where virt has 512 GiB.
Pair virt_with_five() {
  Pair pair;
  pair.domain.os->type->machine = "virt";
  pair.ovmf().pass_many(5, 128 * GiB);
  return pair;
}

BOOST_AUTO_TEST_CASE(a_domain_without_pcie_root_gets_one_for_the_pcihole64) {
  Pair pair = virt_with_five();
  const placement::Plan planned = pair.planned(Mmio::automatic);
  BOOST_TEST(planned.mmio.pci_hole64.value() == 1024 * GiB);
  apply(planned, pair.domain);
  const schema::Controller& root = pair.domain.devices->controllers.back();
  BOOST_TEST((root.model == "pcie-root" && root.index == 0U));
  BOOST_TEST(*root.pci_hole64->value == 1073741824U);
  BOOST_TEST((*root.pci_hole64->unit == schema::Unit::KiB));
  BOOST_TEST(!pair.planned(Mmio::automatic).changed);
}

BOOST_AUTO_TEST_CASE(the_domains_own_pcie_root_gets_the_pcihole64) {
  Pair pair = virt_with_five();
  pair.hole(0).domain.devices->controllers[0].pci_hole64.reset();
  apply(pair.planned(Mmio::automatic), pair.domain);
  BOOST_TEST(*pair.domain.devices->controllers[0].pci_hole64->value == 1073741824U);
  BOOST_TEST(pair.domain.devices->controllers.size() == 7U);  // the root, an expander bus and five ports
}

BOOST_AUTO_TEST_CASE(a_pcihole64_is_kept_and_reported_where_it_does_not_suffice) {
  Pair enough = virt_with_five();
  BOOST_TEST(!enough.hole(1024).planned(Mmio::automatic).mmio.pci_hole64.has_value());
  BOOST_TEST(!warns(enough.planned(Mmio::automatic), Code::window));
  Pair little = virt_with_five();
  little.hole(639);
  BOOST_TEST(!little.planned(Mmio::automatic).mmio.pci_hole64.has_value());
  BOOST_TEST(warns(little.planned(), Code::window, "<pcihole64 unit='KiB'>1073741824</pcihole64>", "gives 639 GiB"));
  BOOST_CHECK_EXCEPTION(little.planned(Mmio::warn, true), PlanError, with(Code::window, "1073741824"));
}

// 2 TiB do not fit below 2^40: QEMU says "Address space limit 0xffffffffff < 0x20080000000 phys-bits too low".
BOOST_AUTO_TEST_CASE(a_pcihole64_beyond_the_address_bits_is_reported_as_the_cause) {
  for (const bool is_uefi : {false, true}) {
    Pair pair;
    pair.domain.type = "qemu";
    if (is_uefi) pair.ovmf();
    pair.hole(2048).pass_many(4, 64 * GiB);
    BOOST_TEST(
        warns(pair.planned(), Code::address_bits, "/pcihole64: ", "2048 GiB", "42 bits", "has 40", "268435456 KiB"));
  }
}

BOOST_AUTO_TEST_CASE(virts_default_is_512_gib) {
  Pair virt;
  virt.domain.os->type->machine = "virt";
  virt.domain.os->firmware = "efi";
  virt.pass_many(4, 128 * GiB);
  BOOST_TEST(!virt.planned(Mmio::automatic).mmio.pci_hole64.has_value());
  virt.pass("60:00.0", {128 * GiB});
  BOOST_TEST(warns(virt.planned(), Code::window, "virt has 512 GiB", "Mmio::automatic"));
  BOOST_TEST(virt.planned(Mmio::automatic).mmio.pci_hole64.value() == 1024 * GiB);
}

BOOST_AUTO_TEST_CASE(seabios_boots_fourteen_ports_with_io_bars) {
  Pair fourteen;
  BOOST_TEST(fourteen.pass_many(14, 256, io).planned().warnings.empty());
  Pair fifteen;
  fifteen.pass_many(15, 256, io);
  BOOST_TEST(fifteen.planned().mmio.io_ports.value() == 15);
  BOOST_TEST(warns(fifteen.planned(), Code::io_ports, "15 ports", "SeaBIOS", "more than 14"));
  BOOST_CHECK_EXCEPTION(fifteen.planned(Mmio::warn, true), PlanError, with(Code::io_ports, "more than 14", "bus 0"));
  // Without I/O BARs there is no such limit.
  Pair forty;
  BOOST_TEST(forty.pass_many(40, MiB).planned().warnings.empty());
}

BOOST_AUTO_TEST_CASE(the_json_report_has_the_window_and_what_is_set) {
  Pair pair;
  pair.ovmf().pass_many(4, 64 * GiB);
  const std::string json = report_json(pair.planned(Mmio::automatic));
  BOOST_TEST(mentions(json, "\"window\": 274877906944"));
  BOOST_TEST(mentions(json, "\"io_ports\": 0"));
  BOOST_TEST(mentions(json, "\"x_pci_mmio64_mb\": 524288"));
  BOOST_TEST(mentions(json, "\"pcihole64\": null"));
}

BOOST_AUTO_TEST_SUITE_END()

// OVMF begins the window at a multiple of its size.
BOOST_AUTO_TEST_SUITE(address_bits)

// 128 + 512 GiB, so 1 TiB: from 1 to 2 TiB, where addresses have 41 bits.
BOOST_AUTO_TEST_CASE(bits_that_are_stated_must_suffice) {
  Pair pair;
  pair.ovmf().pass_many(4, 128 * GiB).bits(40);
  for (const Mmio mmio : {Mmio::warn, Mmio::automatic}) {
    BOOST_CHECK_EXCEPTION(pair.planned(mmio), PlanError,
                          with(Code::address_bits, "41 bits", "has 40", "<maxphysaddr> to 41"));
  }
  BOOST_TEST(pair.bits(41).planned(Mmio::automatic).warnings.empty());
  schema::CPUMaxPhysAddr& limited = *pair.domain.cpu->max_phys_addr;
  limited = {};
  limited.mode = "passthrough";
  limited.limit = 40;
  BOOST_CHECK_EXCEPTION(pair.planned(), PlanError, with(Code::address_bits, "41 bits", "has 40"));
}

// Memory of 1 TiB ends 2 GiB above it, so the window goes from 2 to 3 TiB.
BOOST_AUTO_TEST_CASE(the_window_is_above_the_memory) {
  Pair pair;
  pair.ovmf().pass_many(4, 128 * GiB).bits(41);
  pair.domain.cpu->numa->cells[0].memory = 1024;
  pair.domain.cpu->numa->cells[0].unit = schema::Unit::GiB;
  BOOST_CHECK_EXCEPTION(pair.planned(), PlanError, with(Code::address_bits, "42 bits"));
}

// 4 GiB, which end at 6, 1004 GiB to plug in, and a GiB for each of 16 slots: 1026 GiB.
BOOST_AUTO_TEST_CASE(the_window_is_above_memory_that_can_be_plugged_in) {
  Pair pair;
  pair.ovmf().pass_many(4, 128 * GiB).bits(41);
  pair.domain.cpu->numa->cells[0].memory = 4;
  pair.domain.cpu->numa->cells[0].unit = schema::Unit::GiB;
  BOOST_TEST(pair.planned(Mmio::automatic).warnings.empty());
  schema::MaxMemory& most = pair.domain.max_memory.emplace();
  most.value = 1008;
  most.unit = schema::Unit::GiB;
  most.slots = 16;
  BOOST_CHECK_EXCEPTION(pair.planned(), PlanError, with(Code::address_bits, "42 bits"));
}

BOOST_AUTO_TEST_CASE(an_emulated_processor_has_40_address_bits) {
  Pair pair;
  pair.ovmf().pass_many(4, 128 * GiB);
  pair.domain.type = "qemu";
  BOOST_TEST(warns(pair.planned(), Code::address_bits, "41 bits", "has 40", "KVM"));
  BOOST_CHECK_EXCEPTION(pair.planned(Mmio::automatic), PlanError, with(Code::address_bits));
  BOOST_CHECK_EXCEPTION(pair.planned(Mmio::warn, true), PlanError, with(Code::address_bits));
}

// Distributions' machine types have defaults of their own, so for them it is a doubt.
BOOST_AUTO_TEST_CASE(a_named_cpu_model_has_40_address_bits_on_qemus_own_machine_types) {
  Pair pair;
  pair.ovmf().pass_many(4, 128 * GiB);
  pair.domain.type = "kvm";
  pair.domain.os->type->machine = "pc-q35-7.2";
  BOOST_CHECK_EXCEPTION(pair.planned(Mmio::automatic), PlanError, with(Code::address_bits));
  for (const char* machine : {"q35", "pc-q35-rhel9.2.0"}) {
    pair.domain.os->type->machine = machine;
    BOOST_TEST(warns(pair.planned(Mmio::automatic), Code::address_bits, "in doubt: ", "the domain does not say"));
  }
  pair.domain.os->type->machine = "pc-q35-7.2";
  pair.domain.cpu->mode = "host-passthrough";
  BOOST_TEST(warns(pair.planned(Mmio::automatic), Code::address_bits, "in doubt: ", "those of the host"));
}

// Without a setting SeaBIOS goes as far as the bits do: the eighth BAR of 128 GiB ends at 128 + 1024 GiB.
BOOST_AUTO_TEST_CASE(seabios_lays_bars_out_within_the_address_bits) {
  Pair seven;
  BOOST_TEST(seven.pass_many(7, 128 * GiB).bits(40).planned().warnings.empty());
  Pair eight;
  BOOST_CHECK_EXCEPTION(eight.pass_many(8, 128 * GiB).bits(40).planned(), PlanError,
                        with(Code::address_bits, "41 bits"));
}

BOOST_AUTO_TEST_SUITE_END()
