// What check finds, and where: for each finding a domain with one fault, and the same without it.
#include <boost/test/unit_test.hpp>

#include <vnuma/schema/xml.hpp>

#include "placement/findings.hpp"

using namespace vnuma;
using namespace vnuma::test;
using boost::test_tools::per_element;
using placement::check;
using placement::Finding;

namespace {

constexpr std::uint64_t GiB = std::uint64_t{1} << 30;

// Two cells with an expander bus each; on the first a switch with two devices, on the second a device on a port.
// Devices ascend as on the host.
schema::Domain sound() {
  schema::Domain domain = guest(2);
  auto& devices = *domain.devices;
  devices.controllers = {expander(1, "00:02.0", 224, 0),
                         port(2, "01:00.0"),
                         controller(3, "pcie-switch-upstream-port", "02:00.0"),
                         controller(4, "pcie-switch-downstream-port", "03:00.0"),
                         controller(5, "pcie-switch-downstream-port", "03:01.0"),
                         expander(6, "00:03.0", 240, 1),
                         port(7, "06:00.0")};
  devices.host_devices = {hostdev("18:00.0", "04:00.0"), hostdev("19:00.0", "05:00.0"), hostdev("98:00.0", "07:00.0")};
  return domain;
}

// The host of the sound domain: a switch with two devices on node 0, and a device on node 1.
topology::Host machine() {
  topology::Host machine = host(2);
  attach(machine, "18:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:00.0");
  attach(machine, "19:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:01.0");
  attach(machine, "98:00.0", 1, "pci0000:95", "95:01.0");
  return machine;
}

schema::Controller& at(schema::Domain& domain, std::size_t index) { return domain.devices->controllers[index - 1]; }
schema::HostDevice& device(schema::Domain& domain, std::size_t position) {
  return domain.devices->host_devices[position - 1];
}

// The sound domain with one change has these findings.
void finds(const Lines& expected, const std::function<void(schema::Domain&)>& change) {
  schema::Domain domain = sound();
  change(domain);
  BOOST_TEST(lines(check(domain)) == expected, per_element());
}

void finds_with_host(const Lines& expected, const std::function<void(schema::Domain&, topology::Host&)>& change) {
  schema::Domain domain = sound();
  topology::Host host = machine();
  change(domain, host);
  BOOST_TEST(lines(check(domain, host)) == expected, per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(check_domain)

BOOST_AUTO_TEST_CASE(nothing_is_found_in_a_sound_domain) {
  BOOST_TEST(lines(check(sound())) == Lines{}, per_element());
  BOOST_TEST(lines(check(sound(), machine())) == Lines{}, per_element());
  BOOST_TEST(lines(check(schema::Domain())) == Lines{}, per_element());
}

BOOST_AUTO_TEST_CASE(values_that_are_none) {
  finds({R"(VN001 /domain/devices/controller[1]/target/@busNr: "x" is not a whole number)"}, [](auto& domain) {
    at(domain, 1).target->bus_nr = schema::AnyBase32::from_text("x", "/domain/devices/controller[1]/target/@busNr");
  });
  finds({"VN001 /domain/devices/controller[1]/target/@busNr: 255 is out of range"},
        [](auto& domain) { at(domain, 1).target->bus_nr = 255U; });
  finds({"VN001 /domain/devices/controller[2]/target/@chassis: 256 is out of range"},
        [](auto& domain) { at(domain, 2).target.emplace().chassis = 256U; });
  finds({"VN001 /domain/devices/hostdev[1]/address/@domain: 0x1 is no PCI domain of the guest"},
        [](auto& domain) { device(domain, 1).address->domain = 1U; });
  finds({R"(VN001 /domain/cpu/numa/cell[2]/@id: "x" is not a whole number from 0 to 4294967295)"}, [](auto& domain) {
    at(domain, 6).target->numa_node = 0U;
    domain.cpu->numa->cells[1].id = schema::UInt32::from_text("x", "/domain/cpu/numa/cell[2]/@id");
  });
}

// What is plugged into it is not judged then.
BOOST_AUTO_TEST_CASE(addresses_that_are_none) {
  const schema::Hex2 slot = schema::Hex2::from_text("top", "/domain/devices/controller[7]/address/@slot");
  const Lines found = [&] {
    schema::Domain domain = sound();
    at(domain, 7).address->slot = slot;
    return lines(check(domain, machine()));
  }();
  BOOST_TEST_REQUIRE(found.size() == 2);
  BOOST_TEST(found[0].starts_with("VN001 /domain/devices/controller[7]/address/@slot: \"top\" is not a whole number"));
  BOOST_TEST(found[1].starts_with("VN029 /domain/devices/hostdev[3]: "));
}

// One for each, with its line.
BOOST_AUTO_TEST_CASE(addresses_of_devices_that_no_struct_names) {
  const std::string text =
      "<domain><devices>\n<future><address type='pci' slot='x'/></future>\n<other/>\n"
      "<future><address type='pci' slot='32'/></future>\n</devices></domain>";
  BOOST_TEST(findings_text(check(schema::from_xml<schema::Domain>(text)), text, "vm.xml") ==
             "vm.xml:2: error VN001: \"x\" is not a whole number. A PCI address' slot is 0 to 0x1f.\n"
             "vm.xml:4: error VN001: 0x20 is out of range. A PCI address' slot is at most 0x1f.\n");
}

BOOST_AUTO_TEST_CASE(models) {
  finds({"VN002 /domain/devices/controller[8]: a PCI controller without a model"},
        [](auto& domain) { domain.devices->controllers.push_back(controller(8, "", "00:05.0")); });
  finds({"VN002 /domain/devices/controller[8]/@model: libvirt knows no PCI controller of this model"},
        [](auto& domain) { domain.devices->controllers.push_back(controller(8, "pcie-magic-port", "00:05.0")); });
  finds({}, [](auto& domain) { domain.devices->controllers.push_back(controller(8, "dmi-to-pci-bridge", "00:05.0")); });
}

BOOST_AUTO_TEST_CASE(indexes) {
  finds({"VN003 /domain/devices/controller[8]/@index: controller[2] has the index 2 too"},
        [](auto& domain) { domain.devices->controllers.push_back(port(2, "00:05.0")); });
  finds({"VN004 /domain/devices/controller[8]/@index: a pcie-root-port with index 0"},
        [](auto& domain) { domain.devices->controllers.push_back(port(0, "00:05.0")); });
  const auto without_index = [](schema::Domain& domain) {
    domain.devices->controllers.push_back(port(0, "00:05.0"));
    domain.devices->controllers.back().index.reset();
  };
  finds({"VN004 /domain/devices/controller[8]: a pcie-root-port with index 0"}, without_index);
  // With a root libvirt gives it 8.
  finds({}, [&](auto& domain) {
    without_index(domain);
    schema::Controller& root = domain.devices->controllers.emplace_back();
    root.type = "pci";
    root.index = 0U;
    root.model = "pcie-root";
    domain.devices->host_devices.push_back(hostdev("99:00.0", "08:00.0"));
  });
}

BOOST_AUTO_TEST_CASE(addresses_that_are_used_twice) {
  finds({"VN005 /domain/devices/hostdev[3]/address: 0000:07:00.0 is the address of /domain/devices/disk[1] too"},
        [](auto& domain) { domain.devices->disks.emplace_back().address = pci("07:00.0"); });
  finds({"VN005 /domain/devices/disk[1]/address: 0000:00:1f.3 is taken by q35's own devices"},
        [](auto& domain) { domain.devices->disks.emplace_back().address = pci("00:1f.3"); });
  // Whatever else is wrong with it.
  finds(
      {"VN006 /domain/devices/controller[8]/address: a pcie-switch-upstream-port cannot be plugged into the pcie-root "
       "with index 0",
       "VN005 /domain/devices/controller[8]/address: 0000:00:1f.0 is taken by q35's own devices"},
      [](auto& domain) {
        domain.devices->controllers.push_back(controller(8, "pcie-switch-upstream-port", "00:1f.0"));
      });
  // libvirt lists q35's SATA controller.
  finds({}, [](auto& domain) {
    schema::Controller& sata = domain.devices->controllers.emplace_back();
    sata.type = "sata";
    sata.index = 0U;
    sata.address = pci("00:1f.2");
  });
}

BOOST_AUTO_TEST_CASE(what_plugs_into_what) {
  const auto moved = [](std::size_t index, const char* address) {
    return [=](schema::Domain& domain) { at(domain, index).address = pci(address); };
  };
  finds({"VN006 /domain/devices/hostdev[3]/address: a device cannot be plugged into the pcie-expander-bus with index 6",
         "VN022 /domain/devices/controller[7]: the port is empty and under an expander bus, so libvirt plugs the next "
         "device without an address into it"},
        [](auto& domain) { device(domain, 3).address = pci("06:01.0"); });
  finds({"VN006 /domain/devices/controller[7]/address: a pcie-root-port cannot be plugged into the "
         "pcie-switch-upstream-port with index 3"},
        moved(7, "03:02.0"));
  finds({"VN006 /domain/devices/controller[7]/address: a pcie-root-port cannot be plugged into index 9, for which "
         "libvirt adds a pcie-root-port"},
        moved(7, "09:00.0"));
  finds({"VN006 /domain/devices/hostdev[3]/address/@slot: the pcie-root-port with index 7 has no slot 1"},
        [](auto& domain) { device(domain, 3).address = pci("07:01.0"); });
  finds({}, [](auto& domain) { domain.devices->disks.emplace_back().address = pci("09:00.0"); });
}

// The switch hangs on its own port.
BOOST_AUTO_TEST_CASE(circles) {
  schema::Domain domain = guest(1);
  domain.devices->controllers = {controller(1, "pcie-switch-upstream-port", "02:00.0"),
                                 controller(2, "pcie-switch-downstream-port", "01:00.0")};
  BOOST_TEST(lines(check(domain)) == (Lines{"VN008 /domain/devices/controller[1]/@index: index 1 is below that of its "
                                            "bus, 2, which QEMU is given later",
                                            "VN007 /domain/devices/controller[1]/address/@bus: the "
                                            "pcie-switch-upstream-port with index 1 is plugged into itself, by way of "
                                            "bus 2"}),
             per_element());
}

BOOST_AUTO_TEST_CASE(an_index_below_that_of_the_bus) {
  finds({"VN008 /domain/devices/controller[7]/@index: index 7 is below that of its bus, 9, which QEMU is given later"},
        [](auto& domain) {
          at(domain, 6).index = 9U;
          at(domain, 7).address = pci("09:00.0");
        });
}

BOOST_AUTO_TEST_CASE(a_machine_without_pcie) {
  schema::Domain domain = guest(1);
  domain.os->type->machine = "pc-i440fx-7.2";
  BOOST_TEST(lines(check(domain)) == Lines{}, per_element());
  domain.devices->controllers = {expander(1, "00:02.0", 240, 0)};
  BOOST_TEST(lines(check(domain)) ==
                 Lines{"VN009 /domain/devices/controller[1]: the machine has no PCIe root for an expander bus"},
             per_element());
}

BOOST_AUTO_TEST_CASE(nodes_of_expander_buses) {
  finds({"VN010 /domain/devices/controller[6]: the expander bus has no node, so what is on it is on none"},
        [](auto& domain) { at(domain, 6).target->numa_node.reset(); });
  finds({"VN011 /domain/devices/controller[6]/target/node: the expander bus is on 2, which is no guest cell"},
        [](auto& domain) { at(domain, 6).target->numa_node = 2U; });
}

BOOST_AUTO_TEST_CASE(a_cell_without_memory) {
  finds({"VN012 /domain/cpu/numa/cell[2]/@memory: the cell has no memory, and QEMU starts none without"},
        [](auto& domain) { domain.cpu->numa->cells[1].memory = 0U; });
  finds({}, [](auto& domain) { domain.cpu->numa->cells[1].memory = 65536U; });
}

BOOST_AUTO_TEST_CASE(acpi) {
  finds({"VN013 /domain: ACPI is off, so the guest sees node -1 for every device"},
        [](auto& domain) { domain.features->acpi.reset(); });
  schema::Domain without = guest(1, {"18:00.0"});
  without.features.reset();
  BOOST_TEST(lines(check(without)) == Lines{}, per_element());  // no expander bus to speak of a node
}

BOOST_AUTO_TEST_CASE(bus_numbers) {
  const auto second = [](unsigned bus_nr) {
    return [=](schema::Domain& domain) { at(domain, 6).target->bus_nr = bus_nr; };
  };
  const std::string path = "/domain/devices/controller[6]/target/@busNr: ";
  finds({"VN014 " + path + "the buses from busNr 224 on and from 224 on overlap"},
        [](auto& domain) { at(domain, 6).target->bus_nr = 224U; });
  // 224 has four bridges: 225 to 228.
  finds({"VN015 " + path + "the buses from busNr 228 on and from 224 on overlap"}, second(228));
  finds({}, second(229));
  finds({}, second(254));
  finds({"VN016 " + path + "its buses, from busNr 254 on, end beyond 255"}, [](auto& domain) {
    at(domain, 6).target->bus_nr = 254U;
    domain.devices->controllers.push_back(port(8, "06:01.0"));
    domain.devices->host_devices.push_back(hostdev("99:00.0", "08:00.0"));
  });
}

BOOST_AUTO_TEST_CASE(an_absent_bus_number) {
  finds({"VN017 /domain/devices/controller[1]: the expander bus has no busNr, and libvirt's choice leaves room for one "
         "port"},
        [](auto& domain) { at(domain, 1).target->bus_nr.reset(); });
  finds({}, [](auto& domain) { at(domain, 6).target->bus_nr.reset(); });  // it has one
}

// pcie-root has the port 9, and libvirt adds 8: buses 1 and 2.
BOOST_AUTO_TEST_CASE(bus_numbers_of_the_root) {
  const auto with_root_port = [](unsigned bus_nr) {
    return [=](schema::Domain& domain) {
      domain.devices->controllers.push_back(port(9, "00:05.0"));
      at(domain, 1).target->bus_nr = bus_nr;
      domain.devices->disks.emplace_back().address = pci("08:00.0");
    };
  };
  finds({"VN018 /domain/devices/controller[1]/target/@busNr: the bridges below the PCI root take the bus numbers up to "
         "2, and busNr is 2"},
        with_root_port(2));
  finds({}, with_root_port(3));
  // Up to a controller's index, too, with nothing on its bus: the port 20, and 8 to 19.
  const auto with_high_index = [](unsigned bus_nr) {
    return [=](schema::Domain& domain) {
      domain.devices->controllers.push_back(port(20, "00:05.0"));
      at(domain, 1).target->bus_nr = bus_nr;
    };
  };
  finds({"VN018 /domain/devices/controller[1]/target/@busNr: the bridges below the PCI root take the bus numbers up to "
         "13, and busNr is 13"},
        with_high_index(13));
  finds({}, with_high_index(14));
}

// As libvirt 9.0 adds them: a root port for each of two disks, none for the video card, which is at 00:01.0, or sound.
BOOST_AUTO_TEST_CASE(bus_numbers_of_the_root_ports_to_come) {
  const auto with_devices = [](unsigned bus_nr) {
    return [=](schema::Domain& domain) {
      at(domain, 1).target->bus_nr = bus_nr;
      domain.devices->disks.resize(2);
      domain.devices->video.emplace_back();
      domain.devices->sound_cards.emplace_back();
    };
  };
  finds({"VN018 /domain/devices/controller[1]/target/@busNr: the bridges below the PCI root take the bus numbers up to "
         "2, and busNr is 2"},
        with_devices(2));
  finds({}, with_devices(3));
  // An empty port takes one of the disks, and is a bridge itself.
  finds({}, [&](auto& domain) {
    with_devices(3)(domain);
    domain.devices->controllers.push_back(port(8, "00:05.0"));
  });
}

BOOST_AUTO_TEST_CASE(chassis) {
  finds({"VN019 /domain/devices/controller[5]: controller[2] has the chassis 5 too, as the index stands for an absent "
         "one",
         "VN019 /domain/devices/controller[7]/target/@chassis: controller[2] has the chassis 5 too"},
        [](auto& domain) {
          for (const std::size_t index : {2U, 7U}) at(domain, index).target.emplace().chassis = 5U;
        });
  finds({}, [](auto& domain) { at(domain, 2).target.emplace().chassis = 3U; });  // a switch has none
}

BOOST_AUTO_TEST_CASE(functions) {
  finds(
      {"VN020 /domain/devices/controller[7]/address: there is no function 0 beside 0000:06:00.1, so the guest does not "
       "see it"},
      [](auto& domain) { at(domain, 7).address = pci("06:00.1"); });
  const auto two = [](schema::Domain& domain) {
    domain.devices->controllers.push_back(port(8, "06:00.1"));
    domain.devices->host_devices.push_back(hostdev("99:00.0", "08:00.0"));
  };
  finds({}, two);
  finds(
      {"VN021 /domain/devices/controller[7]/address/@multifunction: the slot of 0000:06:00.0 has other functions, and "
       "multifunction is off"},
      [&](auto& domain) {
        two(domain);
        at(domain, 7).address->multifunction = false;
      });
  finds({}, [](auto& domain) { at(domain, 7).address->multifunction = false; });
  // The host bridge and the LPC bridge are there though the domain does not list them.
  finds({}, [](auto& domain) { domain.devices->disks.emplace_back().address = pci("00:1f.4"); });
}

// The card's other function gets a port of its own.
BOOST_AUTO_TEST_CASE(placing_puts_no_function_where_there_may_be_one_only) {
  schema::Domain domain = guest(1);
  domain.devices->controllers = {expander(1, "00:02.0", 240, 0), port(2, "01:00.0")};
  domain.devices->host_devices = {hostdev("18:00.0", "02:00.0"), hostdev("18:00.1")};
  domain.devices->host_devices[0].address->multifunction = false;
  topology::Host machine = host(1);
  for (const char* function : {"18:00.0", "18:00.1"}) attach(machine, function, 0, "pci0000:15", "15:01.0");
  placement::apply(placement::plan(domain, machine), domain);
  BOOST_TEST(topology::pci_address(*domain.devices->host_devices[1].address) == bdf("03:00.0"));
  BOOST_TEST(lines(check(domain)) == Lines{}, per_element());
}

BOOST_AUTO_TEST_CASE(empty_ports) {
  const std::string message =
      ": the port is empty and under an expander bus, so libvirt plugs the next device without an address into it";
  finds({"VN022 /domain/devices/controller[7]" + message},
        [](auto& domain) { domain.devices->host_devices.pop_back(); });
  finds({}, [](auto& domain) { domain.devices->controllers.push_back(port(8, "00:05.0")); });
}

BOOST_AUTO_TEST_CASE(passthrough_devices_and_no_cells) {
  const std::string found = "VN036 /domain: the guest has no NUMA cells for its passthrough devices to be on";
  schema::Domain domain = guest(1, {"18:00.0", "98:00.0"});
  domain.cpu.reset();
  BOOST_TEST(lines(check(domain)) == Lines{found}, per_element());
  BOOST_TEST(lines(check(domain, machine())) == Lines{found}, per_element());
  BOOST_TEST(!mentions(check(domain).at(0).remedy, "q35"));
  BOOST_TEST(lines(check(domain, one_switch())) ==
                 Lines{"VN026 /domain/devices/hostdev[2]/source: the host has no device 0000:98:00.0"},
             per_element());  // it has one node
  domain.os->type->machine = "pc";
  BOOST_TEST(mentions(check(domain).at(0).remedy, "use q35"));
  domain.devices->host_devices.clear();
  BOOST_TEST(lines(check(domain, machine())) == Lines{}, per_element());
}

BOOST_AUTO_TEST_CASE(cells_that_nothing_ties_to_host_nodes) {
  const std::string found =
      "VN037 /domain/cpu/numa: nothing says which host nodes the guest cells stand for: no vCPU is pinned, and no "
      "memnode names a node";
  finds({found}, [](auto& domain) { domain.cpu_tune->vcpu_pin.clear(); });
  finds_with_host({found}, [](auto& domain, auto&) { domain.cpu_tune.reset(); });
  // libvirt ignores it where it asks numad.
  const auto with_vcpu = [](const char* placement) {
    return [=](schema::Domain& domain) {
      domain.cpu_tune.reset();
      domain.vcpu.emplace().cpu_set = schema::CpuSet(0);
      domain.vcpu->placement = placement;
    };
  };
  finds({found}, with_vcpu("auto"));
  finds({}, with_vcpu("static"));
  finds({}, [](auto& domain) {
    domain.cpu_tune.reset();
    schema::MemNode& node = domain.numa_tune.emplace().mem_nodes.emplace_back();
    node.cell_id = 0U;
    node.node_set = schema::CpuSet(0);
  });
  schema::Domain without_devices = guest(2);
  without_devices.cpu_tune.reset();
  BOOST_TEST(lines(check(without_devices, machine())) == Lines{}, per_element());
}

BOOST_AUTO_TEST_CASE(the_order_of_the_host) {
  finds({"VN023 /domain/devices: the guest lists 0000:98:00.0 before 0000:18:00.0, the host after it"},
        [](auto& domain) { at(domain, 6).target->bus_nr = 200U; });
  finds({"VN023 /domain/devices/controller[3]: the guest lists 0000:19:00.0 before 0000:18:00.0, the host after it"},
        [](auto& domain) { std::swap(device(domain, 1).address, device(domain, 2).address); });
  // One of cell 1 between two of cell 0: the guest can follow in no way.
  finds({}, [](auto& domain) { device(domain, 3).source->address = pci("18:01.0"); });
}

BOOST_AUTO_TEST_CASE(sources) {
  finds({"VN024 /domain/devices/hostdev[4]: the device has no <source> with an <address>"}, [](auto& domain) {
    domain.devices->host_devices.push_back(hostdev("99:00.0"));
    device(domain, 4).source.reset();
  });
  finds({"VN025 /domain/devices/hostdev[4]: /domain/devices/hostdev[1] gives the guest 0000:18:00.0 too"},
        [](auto& domain) { domain.devices->host_devices.push_back(hostdev("18:00.0")); });
}

// A domain from elsewhere may be full of them.
BOOST_AUTO_TEST_CASE(all_faults_are_found_at_once) {
  finds({"VN001 /domain/devices/controller[7]/target/@chassis: 300 is out of range",
         "VN011 /domain/devices/controller[1]/target/node: the expander bus is on 7, which is no guest cell",
         "VN015 /domain/devices/controller[6]/target/@busNr: the buses from busNr 225 on and from 224 on overlap",
         "VN013 /domain: ACPI is off, so the guest sees node -1 for every device"},
        [](auto& domain) {
          domain.features.reset();
          at(domain, 1).target->numa_node = 7U;
          at(domain, 6).target->bus_nr = 225U;
          at(domain, 7).target.emplace().chassis = 300U;
        });
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(check_against_the_host)

BOOST_AUTO_TEST_CASE(devices_that_the_host_lacks) {
  finds_with_host({"VN026 /domain/devices/hostdev[3]/source: the host has no device 0000:98:00.0"},
                  [](auto&, auto& host) { host.devices.pop_back(); });
  finds_with_host({"VN026 /domain/devices/hostdev[4]/source: the host has no mediated device "
                   "4b20d080-1b54-4048-85b3-a6a62d165c01"},
                  [](auto& domain, auto&) {
                    domain.devices->host_devices.push_back(mdev("4b20d080-1b54-4048-85b3-a6a62d165c01"));
                  });
}

BOOST_AUTO_TEST_CASE(pinning) {
  finds_with_host({"VN027 /domain/cputune/vcpupin[2]/@cpuset: the host has no CPU 9"},
                  [](auto& domain, auto&) { domain.cpu_tune->vcpu_pin[1].cpu_set = schema::CpuSet(9); });
  finds_with_host({"VN028 /domain/numatune/memnode[1]/@nodeset: the host has no node 5"}, [](auto& domain, auto&) {
    schema::MemNode& node = domain.numa_tune.emplace().mem_nodes.emplace_back();
    node.cell_id = 0U;
    node.node_set = schema::CpuSet(5);
  });
}

BOOST_AUTO_TEST_CASE(the_cell_of_a_device) {
  const std::string what =
      "VN029 /domain/devices/hostdev[3]: 0000:98:00.0 is on host node 1, which is guest cell 1, and "
      "the guest has it on ";
  finds_with_host({what + "cell 0"}, [](auto& domain, auto&) { at(domain, 6).target->numa_node = 0U; });
  finds_with_host({what + "no cell"}, [](auto& domain, auto&) { at(domain, 7).address = pci("00:05.0"); });
  finds_with_host({"VN022 /domain/devices/controller[7]: the port is empty and under an expander bus, so libvirt plugs "
                   "the next device without an address into it",
                   what + "no cell"},
                  [](auto& domain, auto&) { device(domain, 3).address.reset(); });
  // place does nothing on a machine without PCIe.
  schema::Domain old = guest(2, {"98:00.0"});
  old.os->type->machine = "pc-i440fx-7.2";
  BOOST_TEST_REQUIRE(codes(check(old, machine())) == Lines{"VN029"}, per_element());
  BOOST_TEST(check(old, machine())[0].remedy ==
             "vnuma place can put it there on a machine with PCIe; use q35 (or virt on aarch64)");
  // Nobody knows where it should be.
  finds_with_host({}, [](auto& domain, auto& host) {
    host.devices.back().numa_node.reset();
    at(domain, 6).target->numa_node = 0U;
  });
}

// As place makes it for nodes without CPUs (--unaligned cell): cell 2 has none, and stands for the node of its device.
BOOST_AUTO_TEST_CASE(a_cell_that_was_made_for_devices) {
  const auto with_device_on = [](const char* port_address) {
    return [=](auto& domain, auto& host) {
      host.nodes.push_back({.id = 2});
      domain.cpu->numa->cells.push_back({.id = 2U, .memory = 64U, .unit = schema::Unit::MiB});
      at(domain, 6).target->numa_node = 2U;
      attach(host, "99:00.0", 2, "pci0000:95", "95:02.0");
      host.devices[2].numa_node = 2;
      domain.devices->controllers.push_back(port(8, port_address));
      domain.devices->host_devices.push_back(hostdev("99:00.0", "08:00.0"));
    };
  };
  finds_with_host(
      {"VN029 /domain/devices/hostdev[4]: 0000:99:00.0 is on host node 2, which is guest cell 2, and the guest "
       "has it on cell 0"},
      with_device_on("01:01.0"));
  finds_with_host({}, with_device_on("06:01.0"));
}

BOOST_AUTO_TEST_CASE(the_switch_of_a_device) {
  // Behind another root port of the same root complex.
  finds_with_host({"VN030 /domain/devices/hostdev[2]: 0000:19:00.0 shares a PCIe switch with 0000:18:00.0 in the guest "
                   "(PIX), and not on the host (PHB)"},
                  [](auto&, auto& host) { host.devices[1].bridges = {bdf("15:02.0")}; });
  // The one of three that is elsewhere on the host is wrong, though it is the first.
  finds_with_host({"VN030 /domain/devices/hostdev[1]: 0000:18:00.0 shares a PCIe switch with 0000:19:00.0 in the guest "
                   "(PIX), and not on the host (NODE)"},
                  [](auto& domain, auto& host) {
                    domain.devices->controllers.push_back(controller(8, "pcie-switch-downstream-port", "03:02.0"));
                    domain.devices->host_devices.push_back(hostdev("1a:00.0", "08:00.0"));
                    attach(host, "1a:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:02.0");
                    host.devices[0].root_complex = "pci0000:10";
                  });
  // Farther than on the host is not wrong.
  finds_with_host({}, [](auto& domain, auto& host) {
    domain.devices->controllers.push_back(port(8, "01:01.0"));
    domain.devices->host_devices.push_back(hostdev("1a:00.0", "08:00.0"));
    attach(host, "1a:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:02.0");
  });
}

BOOST_AUTO_TEST_CASE(room_for_bars) {
  schema::Domain domain = guest(1);
  topology::Host machine = host(1);
  for (unsigned i = 0; i < 15; ++i) {
    const std::string source = fmt::format("{:02x}:00.0", 0x20 + i);
    attach(machine, source, 0, "pci0000:15");
    machine.devices.back().bars = {{.index = 0, .size = 128, .flags = 0x40101}};
    domain.devices->host_devices.push_back(hostdev(source));
  }
  placement::apply(placement::plan(domain, machine), domain);
  BOOST_TEST(codes(check(domain, machine)) == Lines{"VN031"}, per_element());
  BOOST_TEST(codes(check(domain)) == Lines{}, per_element());  // nobody knows of BARs
  domain.os->firmware = "efi";                                 // room for nine
  BOOST_TEST(codes(check(domain, machine)) == Lines{"VN031"}, per_element());

  for (auto& device : machine.devices) device.bars = {{.index = 0, .size = 128 * GiB, .flags = 0x14220c}};
  BOOST_TEST(codes(check(domain, machine)) == (Lines{"VN032", "VN033"}), per_element());
  domain.os->firmware.reset();
  BOOST_TEST(codes(check(domain, machine)) == Lines{}, per_element());  // nobody knows of bits
  domain.type = "qemu";
  BOOST_TEST(codes(check(domain, machine)) == Lines{"VN034"}, per_element());

  for (auto& device : machine.devices) device.bars = {{.index = 0, .size = GiB / 8, .flags = 0x40200}};
  BOOST_TEST(codes(check(domain, machine)) == Lines{"VN035"}, per_element());
}

BOOST_AUTO_TEST_SUITE_END()
