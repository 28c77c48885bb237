// Findings of check that traps.cpp does not show: libvirt refuses the domain, QEMU does not start, or the guest is
// damaged as the finding describes. Without the fault, the domain starts, and check finds nothing.
#include <algorithm>
#include <fstream>
#include <functional>

#include <fmt/ranges.h>
#include <boost/test/unit_test.hpp>

#include "libvirt.hpp"
#include "placement/findings.hpp"
#include "seen.hpp"
#include "small_hosts.hpp"

using namespace vnuma;
using namespace vnuma::test;
using boost::test_tools::per_element;

namespace {

using Change = std::function<void(schema::Domain&)>;

schema::Controller with_chassis(schema::Controller port, unsigned chassis) {
  port.target.emplace().chassis = chassis;
  return port;
}

schema::Rng generator(const std::string& address) {
  schema::Rng device;
  device.model = "virtio";
  device.backend.emplace().model = "random";
  device.backend->source = "/dev/urandom";
  device.address = pci(address);
  return device;
}

// A valid domain: an expander bus with a switch and a root port, and a random number generator behind each of the two.
schema::Domain sound() {
  schema::Domain domain = guest(2);
  auto& devices = *domain.devices;
  devices.controllers = {expander(1, "00:02.0", 240, 0), port(2, "01:00.0"),
                         controller(3, "pcie-switch-upstream-port", "02:00.0"),
                         controller(4, "pcie-switch-downstream-port", "03:00.0"), port(5, "01:01.0")};
  devices.rng = {generator("04:00.0"), generator("05:00.0")};
  return domain;
}

// Checks that sound(), after `change`, has the finding `code`, and that libvirt or QEMU refuses it with `words`.
void refused(const std::string& code, const std::string& words, const Change& change) {
  BOOST_TEST_CONTEXT(code) {
    schema::Domain domain = sound();
    change(domain);
    const Lines found = codes(placement::check(domain));
    BOOST_TEST((std::find(found.begin(), found.end(), code) != found.end()),
               fmt::format("found: {}", fmt::join(found, " ")));
    const std::string said = refusal(sound(), change);
    BOOST_TEST(mentions(said, words), said);
  }
}

schema::Controller& at(schema::Domain& domain, std::size_t position) { return domain.devices->controllers[position]; }

Lines findings(const Pair& pair) { return codes(placement::check(pair.domain, pair.host)); }

boost::test_tools::assertion_result no_huge_page_is_free(boost::unit_test::test_unit_id) {
  std::ifstream file("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages");
  unsigned free = 0;
  boost::test_tools::assertion_result result(!(file >> free) || free == 0);
  result.message() << "this machine has free huge pages";
  return result;
}

// Checks that the guest does not boot, and that SeaBIOS prints `words`. SeaBIOS needs longer on a busy machine.
void seabios_stops(const Pair& pair, const std::vector<std::string>& qemu, const std::string& words) {
  const std::string file = scratch_file("seabios");
  Boot boot;
  boot.qemu = {"-chardev", "file,id=seabios,path=" + file, "-device", "isa-debugcon,iobase=0x402,chardev=seabios"};
  boot.qemu.insert(boot.qemu.end(), qemu.begin(), qemu.end());
  std::string said;
  for (const int seconds : {4, 40}) {
    boot.bound = std::chrono::seconds(seconds);
    boot.starts = 1;
    BOOST_CHECK_EXCEPTION(place_and_boot(pair, boot), std::runtime_error, says("the guest printed no report"));
    said = read(file);
    if (mentions(said, words)) return;
  }
  BOOST_TEST(mentions(said, words), said);
}

// The version of OVMF that the guest booted. The tests expect results of measured versions only.
placement::Firmware ovmf_of(const Guest& guest) {
  if (guest.firmware == "0.0.0") return placement::Firmware::ovmf_2022;
  if (guest.firmware.starts_with("2025.02")) return placement::Firmware::ovmf_2025;
  throw std::runtime_error("OVMF " + guest.firmware + " is not measured; measure it as in placement/FIRMWARE.md");
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(findings_are_real, ShowsConsole)

BOOST_AUTO_TEST_CASE(the_unchanged_domain_starts_without_findings) {
  BOOST_TEST(codes(placement::check(sound())) == Lines{}, per_element());
  BOOST_TEST(refusal(sound()) == "");
}

BOOST_AUTO_TEST_CASE(libvirt_does_not_define_a_domain_with_these_findings) {
  refused("VN001", "Expected integer value",
          [](auto& domain) { at(domain, 0).target->bus_nr = schema::AnyBase32::from_text("x"); });
  refused("VN001", "must be 1-254", [](auto& domain) { at(domain, 0).target->bus_nr = 255U; });
  refused("VN001", "must be 0-255", [](auto& domain) { at(domain, 1).target.emplace().chassis = 256U; });
  refused("VN001", "index 256 too high", [](auto& domain) { at(domain, 4).index = 256U; });
  refused("VN001", "slot='0x20', must be <= 0x1F", [](auto& domain) { domain.devices->rng[1].address->slot = 32U; });
  refused("VN001", "function=0x8, must be <= 7", [](auto& domain) { domain.devices->rng[1].address->function = 8U; });
  refused("VN001", "Only PCI domain 0", [](auto& domain) { domain.devices->rng[1].address->domain = 1U; });
  refused("VN002", "Unknown model type", [](auto& domain) { at(domain, 1).model = "pcie-magic-port"; });
  refused("VN002", "model was not set", [](auto& domain) { at(domain, 1).model.reset(); });
  refused("VN003", "Multiple 'pci' controllers with index '2'", [](auto& domain) { at(domain, 4).index = 2U; });
  refused("VN004", "with index='0' must be model='pcie-root'", [](auto& domain) { at(domain, 4).index = 0U; });
  refused("VN004", "with index='0' must be model='pcie-root'", [](auto& domain) { at(domain, 4).index.reset(); });
  refused("VN004", "should have index 0",
          [](auto& domain) { domain.devices->controllers.push_back(controller(9, "pcie-root", "00:00.0")); });
  refused("VN005", "Attempted double use of PCI Address 0000:05:00.0",
          [](auto& domain) { domain.devices->rng[0].address = pci("05:00.0"); });
  for (const char* taken : {"00:1f.0", "00:1f.2", "00:1f.3"}) {
    refused("VN005", "Attempted double use of PCI Address 0000:00:1f.",
            [&](auto& domain) { domain.devices->rng[0].address = pci(taken); });
  }
  refused("VN009", "not supported with this machine type", [](auto& domain) { domain.os->type->machine = "pc"; });
  refused("VN057", "must be model='pcie-root' for this machine type", [](auto& domain) {
    schema::Controller& root = domain.devices->controllers.emplace_back();
    root.type = "pci";
    root.index = 0U;
    root.model = "pci-root";
  });
  refused("VN011", "not present in the domain's <cpu><numa> array",
          [](auto& domain) { at(domain, 0).target->numa_node = 5U; });
  refused("VN024", "Missing <source> element", [](auto& domain) {
    domain.devices->host_devices = {hostdev("20:00.0")}, domain.devices->host_devices[0].source.reset();
  });
  refused("VN025", "Hostdev already exists",
          [](auto& domain) { domain.devices->host_devices = {hostdev("20:00.0"), hostdev("20:00.0")}; });
}

// VN006: a controller or device is on a bus, or in a slot, that does not accept it.
BOOST_AUTO_TEST_CASE(libvirt_refuses_devices_on_the_wrong_kind_of_bus) {
  const std::string words = "cannot be plugged into the PCI controller";
  const auto address = [&](const std::string& said, std::size_t position, const char* location) {
    refused("VN006", said, [=](auto& domain) { at(domain, position).address = pci(location); });
  };
  address(words, 2, "01:05.0");                // an upstream port on an expander bus
  address(words, 2, "00:05.0");                // an upstream port on pcie-root
  address(words, 3, "05:00.0");                // a downstream port behind a root port
  address(words, 4, "03:01.0");                // a root port behind an upstream port
  address(words, 4, "04:00.0");                // a root port behind a downstream port
  address(words, 0, "05:00.0");                // an expander bus behind a root port
  address("none is available", 4, "09:00.0");  // a root port on a bus that does not exist
  for (const char* location : {"01:05.0", "03:05.0"}) {
    refused("VN006", words, [&](auto& domain) { domain.devices->rng[1].address = pci(location); });
  }
  refused("VN006", "slot must be <= 0", [](auto& domain) { domain.devices->rng[1].address = pci("05:01.0"); });
  for (const char* location : {"00:05.0", "01:05.0"}) {
    refused("VN006", words, [&](auto& domain) {
      domain.devices->controllers.push_back(controller(6, "pcie-to-pci-bridge", location));
    });
  }
  refused("VN006", words, [](auto& domain) {
    domain.devices->controllers.push_back(controller(6, "dmi-to-pci-bridge", "05:00.0")),
        domain.devices->rng.pop_back();
  });
}

BOOST_AUTO_TEST_CASE(qemu_does_not_start_a_domain_with_these_findings) {
  refused("VN068", "CPU topology", [](auto& domain) {
    domain.vcpu.emplace().cpus = 2U;
    domain.cpu->topology.emplace() = {.sockets = 1U, .cores = 3U, .threads = 1U};
  });
  refused("VN007", "not found", [](auto& domain) {  // the switch is below its own downstream port
    at(domain, 2).address = pci("04:00.0");
    domain.devices->rng[0].address = pci("02:00.0");
  });
  refused("VN008", "'pci.9' not found", [](auto& domain) {  // the index of the expander bus is above those of its ports
    at(domain, 0).index = 9U;
    for (const std::size_t i : {1U, 4U}) at(domain, i).address->bus = 9U;
  });
  refused("VN012", "doesn't take value '0'", [](auto& domain) { domain.cpu->numa->cells[1].memory = 0U; });
  refused("VN021", "single function device", [](auto& domain) {
    at(domain, 1).address->multifunction = false;
    at(domain, 4).address = pci("01:00.1");
  });
  refused("VN019", "Can't add chassis slot", [](auto& domain) { at(domain, 4) = with_chassis(at(domain, 4), 2); });
}

// libvirt defines a domain with pinning to absent CPUs, and the kernel refuses the affinity at the start.
BOOST_AUTO_TEST_CASE(the_kernel_refuses_pinning_to_cpus_that_the_host_lacks) {
  schema::Domain domain = sound();
  const Change pin = [](schema::Domain& changed) {
    changed.cpu_tune.emplace().vcpu_pin.resize(1);
    changed.cpu_tune->vcpu_pin[0].vcpu = 0U;
    changed.cpu_tune->vcpu_pin[0].cpu_set = schema::CpuSet(4000);
  };
  pin(domain);
  BOOST_TEST(codes(placement::check(domain, host(2))) == Lines{"VN027"}, per_element());
  BOOST_TEST(mentions(refusal(sound(), pin), "CPU affinity"));
}

// VN067. A host with free huge pages of 2 MiB would start the domain.
BOOST_AUTO_TEST_CASE(a_guest_without_the_huge_pages_of_its_cells_does_not_start,
                     *boost::unit_test::precondition(no_huge_page_is_free)) {
  const Change huge_pages = [](schema::Domain& domain) {
    schema::HugePage& page = domain.memory_backing.emplace().huge_pages.emplace().huge_page.emplace_back();
    page.size = 2048U;
    page.unit = schema::Unit::KiB;
  };
  Pair pair(1);
  huge_pages(pair.domain);
  schema::NUMACell& cell = pair.domain.cpu->numa->cells[0];
  cell.memory = 64 * MiB;
  cell.unit = schema::Unit::bytes;
  pair.domain.numa_tune.emplace().mem_nodes = {{.cell_id = 0U, .mode = "strict", .node_set = schema::CpuSet(0)}};
  pair.host.nodes[0].huge_pages = {{.size = 2 * MiB, .total = 8, .free = 8}};
  BOOST_TEST(findings(pair) == Lines{"VN067"}, per_element());
  const std::string said = refusal(sound(), huge_pages);
  BOOST_TEST((mentions(said, "hugetlbfs") || mentions(said, "Cannot allocate memory")), said);
}

BOOST_AUTO_TEST_CASE(devices_on_an_expander_bus_without_a_node_are_on_no_node) {
  Pair pair(1);
  pair.domain.devices->controllers = {expander(1, "00:02.0", 240, 0), port(2, "01:00.0")};
  pair.domain.devices->controllers[0].target->numa_node.reset();
  pair.pass_at("0000:20:00.0", 0, "02:00.0");
  const Guest guest = place_and_boot(pair);
  BOOST_TEST(devices(guest) == Lines{"0000:20:00.0 is 0000:f1:00.0 on no node behind 0000:f0:00.0"}, per_element());
  BOOST_TEST(findings(pair) == (Lines{"VN010", "VN029"}), per_element());
}

// libvirt 9.0 sets busNr 238 for the second expander bus when it defines the domain. This bus needs 238 to 240, but the
// first has 240 and 241. libvirt 11.3 leaves busNr absent. With both versions, a device is missing. No version between
// them was tested.
BOOST_AUTO_TEST_CASE(an_expander_bus_without_a_bus_number_has_room_for_one_port) {
  Pair pair(2);
  pair.domain.devices->controllers = {expander(1, "00:02.0", 240, 0), port(2, "01:00.0"),
                                      expander(3, "00:03.0", 240, 1), port(4, "03:00.0"), port(5, "03:01.0")};
  pair.domain.devices->controllers[2].target->bus_nr.reset();
  pair.pass_at("0000:20:00.0", 0, "02:00.0").pass_at("0000:a0:00.0", 1, "04:00.0");
  pair.pass_at("0000:a1:00.0", 1, "05:00.0");
  BOOST_TEST(findings(pair) == Lines{"VN017"}, per_element());
  const Guest guest = place_and_boot(pair);
  const auto& bus_nr = guest.defined.devices->controllers[2].target->bus_nr;
  if (libvirt_version() < 9001000) BOOST_TEST_REQUIRE(bus_nr.valid());
  if (libvirt_version() >= 11003000) BOOST_TEST(!bus_nr);
  if (bus_nr) BOOST_TEST(*bus_nr == 238U);
  const auto seen = std::count_if(guest.seen.devices.begin(), guest.seen.devices.end(),
                                  [](const topology::PciDevice& device) { return device.device == 0x11e8; });
  BOOST_TEST(seen < 3);

  // With one port, there is no finding.
  pair.domain.devices->controllers.pop_back();
  pair.domain.devices->host_devices.pop_back();
  BOOST_TEST(findings(pair) == Lines{}, per_element());
}

// The two ports of pcie-root have the buses 1 and 2 in the guest.
BOOST_AUTO_TEST_CASE(a_bus_number_that_a_port_of_the_root_also_uses_loses_a_device) {
  Pair pair(1);
  pair.domain.devices->controllers = {expander(1, "00:02.0", 2, 0), port(2, "01:00.0"), port(3, "00:04.0"),
                                      port(4, "00:05.0")};
  pair.pass_at("0000:20:00.0", 0, "02:00.0").pass_at("0000:21:00.0", 0, "03:00.0");
  pair.pass_at("0000:22:00.0", 0, "04:00.0");
  const Lines found = findings(pair);
  BOOST_TEST((std::find(found.begin(), found.end(), "VN018") != found.end()));
  const Guest guest = place_and_boot(pair);
  const auto seen = std::count_if(guest.seen.devices.begin(), guest.seen.devices.end(),
                                  [](const topology::PciDevice& device) { return device.device == 0x11e8; });
  BOOST_TEST(seen < 3);
}

// The stand-ins of devices with large BARs have an I/O BAR.
BOOST_AUTO_TEST_CASE(fifteen_ports_with_io_bars_stop_seabios) {
  Pair pair(1);
  for (unsigned i = 0; i < 15; ++i) pair.pass("0000:" + std::to_string(10 + i) + ":00.0", 0, 256 * MiB);
  for (topology::PciDevice& device : pair.host.devices) {
    device.bars.push_back({.index = 0, .size = 128, .flags = 0x40101});
  }
  seabios_stops(pair, {}, "PCI: out of I/O address space");
  placement::apply(placement::plan(pair.domain, pair.host), pair.domain);
  BOOST_TEST(findings(pair) == Lines{"VN031"}, per_element());
}

// Each of two VGA cards has a BAR of 512 MiB that must be below 4 GiB.
BOOST_AUTO_TEST_CASE(bars_that_do_not_fit_below_4_gib_stop_seabios) {
  Pair pair(1);
  for (const char* source : {"0000:20:00.0", "0000:21:00.0"}) {
    pair.pass(source, 0);
    pair.host.devices.back().bars = {{.index = 0, .size = 512 * MiB, .flags = 0x42208}};
  }
  placement::apply(placement::plan(pair.domain, pair.host), pair.domain);
  BOOST_TEST(findings(pair) == Lines{"VN035"}, per_element());
  Pair bare(1);
  std::vector<std::string> cards;
  for (const char* slot : {"0x8", "0x9"}) {
    cards.insert(cards.end(), {"-device", fmt::format("secondary-vga,vgamem_mb=512,addr={}", slot)});
  }
  seabios_stops(bare, cards, "PCI: out of 32bit address space");
}

// 12 ports are on one root complex, and 4 on another. OVMF 2022.11 assigns them no windows, neither for I/O nor for
// memory. OVMF 2025.02 assigns every BAR.
BOOST_AUTO_TEST_CASE(ovmf_2022_loses_bars_behind_sixteen_ports_and_ovmf_2025_does_not) {
  Pair pair(2);
  for (unsigned i = 0; i < 16; ++i) pair.pass("0000:" + std::to_string(10 + i) + ":00.0", i < 12 ? 0 : 1);
  const Guest guest = place_and_boot(pair, {.uefi = true});
  unsigned assigned = 0;
  for (const topology::PciDevice& device : guest.seen.devices) {
    if (device.device != 0x11e8) continue;
    for (const topology::Bar& bar : device.bars) assigned += is_assigned(bar);
  }
  const placement::Firmware firmware = ovmf_of(guest);
  const bool is_old = firmware == placement::Firmware::ovmf_2022;
  BOOST_TEST((is_old ? assigned < 16 : assigned == 16), assigned);
  BOOST_TEST(
      codes(placement::check(guest.placed, pair.host, {.firmware = firmware})) == (is_old ? Lines{"VN032"} : Lines{}),
      per_element());
  // The finding is a doubt if the firmware is unknown.
  const auto unsaid = placement::check(guest.placed, pair.host);
  BOOST_TEST_REQUIRE(codes(unsaid) == Lines{"VN032"}, per_element());
  BOOST_TEST((unsaid[0].severity == placement::Severity::doubt));
}

// The BARs need 1 TiB, which is the whole address space with 40 address bits. Memory needs a part of it.
BOOST_AUTO_TEST_CASE(bars_beyond_the_address_bits_stay_unassigned) {
  Pair pair(1);
  pair.domain.type = "qemu";
  pair.pass("0000:20:00.0", 0, 512 * GiB).pass("0000:21:00.0", 0, 512 * GiB);
  const Guest guest = place_and_boot(pair, {.largest_bar = 512 * GiB});
  unsigned assigned = 0;
  for (const topology::PciDevice& device : guest.seen.devices) {
    for (const topology::Bar& bar : device.bars) assigned += bar.size == 512 * GiB && is_assigned(bar);
  }
  BOOST_TEST(assigned == 1);
  BOOST_TEST(codes(placement::check(guest.placed, pair.host)) == Lines{"VN034"}, per_element());
}

BOOST_AUTO_TEST_SUITE_END()
