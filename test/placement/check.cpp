// What check finds, and where: for each finding a domain with one fault, and the same without it. Findings are compared
// by code and path; of their messages only the numbers and names matter here.
#include <functional>

#include <boost/test/unit_test.hpp>

#include <vnuma/schema/xml.hpp>

#include "placement/findings.hpp"

using namespace vnuma;
using namespace vnuma::test;
using boost::test_tools::per_element;
using placement::check;
using placement::Diagnostic;

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

void compare(const std::vector<Diagnostic>& findings, const Lines& expected, const Lines& parts) {
  BOOST_TEST(lines(findings) == expected, per_element());
  std::string messages;
  for (const Diagnostic& finding : findings) messages += finding.message + "\n";
  for (const std::string& part : parts) BOOST_TEST(mentions(messages, part), messages << "has no " << part);
}

// The sound domain with one change has these findings, and their messages have the parts.
void finds(const Lines& expected, const std::function<void(schema::Domain&)>& change, const Lines& parts = {}) {
  schema::Domain domain = sound();
  change(domain);
  compare(check(domain), expected, parts);
}

void finds_with_host(const Lines& expected, const std::function<void(schema::Domain&, topology::Host&)>& change,
                     const Lines& parts = {}) {
  schema::Domain domain = sound();
  topology::Host host = machine();
  change(domain, host);
  compare(check(domain, host), expected, parts);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(check_domain)

// 4294967296 is 2^32, so the product must not wrap to 0.
BOOST_AUTO_TEST_CASE(a_topology_of_other_vcpus_is_found) {
  const auto topology = [](unsigned vcpus, const schema::CPUTopology& of) {
    return [=](schema::Domain& domain) {
      domain.vcpu.emplace().cpus = vcpus;
      domain.cpu->topology.emplace() = of;
    };
  };
  finds({}, topology(12, {.sockets = 1U, .dies = 2U, .clusters = 3U, .cores = 1U, .threads = 2U}));
  finds({}, topology(2, {.cores = 2U}));
  finds({"VN068 /domain/cpu/topology"}, topology(2, {.sockets = 1U, .cores = 3U, .threads = 1U}), {"3 vCPUs", "has 2"});
  finds({"VN068 /domain/cpu/topology"}, topology(2, {.sockets = 65536U, .cores = 65536U, .threads = 65536U}),
        {"more than 4294967295 vCPUs"});
}

BOOST_AUTO_TEST_CASE(nothing_is_found_in_a_sound_domain) {
  BOOST_TEST(lines(check(sound())) == Lines{}, per_element());
  BOOST_TEST(lines(check(sound(), machine())) == Lines{}, per_element());
  BOOST_TEST(lines(check(schema::Domain())) == Lines{}, per_element());
}

BOOST_AUTO_TEST_CASE(invalid_values_are_reported_with_their_path) {
  const std::string bus_nr = "/domain/devices/controller[1]/target/@busNr";
  const auto with_bus_nr = [](const schema::AnyBase32& value) {
    return [=](schema::Domain& domain) { at(domain, 1).target->bus_nr = value; };
  };
  finds({"VN001 " + bus_nr}, with_bus_nr(schema::AnyBase32::from_text("x", bus_nr)), {"\"x\""});
  finds({"VN001 " + bus_nr}, with_bus_nr(255U), {"255"});
  finds({"VN001 /domain/devices/controller[2]/target/@chassis"},
        [](auto& domain) { at(domain, 2).target.emplace().chassis = 256U; }, {"256"});
  finds({"VN001 /domain/devices/hostdev[1]/address/@domain"},
        [](auto& domain) { device(domain, 1).address->domain = 1U; }, {"0x1"});
  const auto with_cell_id = [](schema::Domain& domain) {
    at(domain, 6).target->numa_node = 0U;
    domain.cpu->numa->cells[1].id = schema::UInt32::from_text("x", "/domain/cpu/numa/cell[2]/@id");
  };
  finds({"VN001 /domain/cpu/numa/cell[2]/@id"}, with_cell_id, {"\"x\"", "0 to 4294967295"});
}

// The port's address is unknown, so the device in it is on no cell.
BOOST_AUTO_TEST_CASE(an_invalid_address_is_reported_with_its_path) {
  const schema::Hex2 slot = schema::Hex2::from_text("top", "/domain/devices/controller[7]/address/@slot");
  finds_with_host({"VN001 /domain/devices/controller[7]/address/@slot", "VN029 /domain/devices/hostdev[3]"},
                  [&](auto& domain, auto&) { at(domain, 7).address->slot = slot; }, {"\"top\""});
}

BOOST_AUTO_TEST_CASE(invalid_addresses_of_devices_that_no_struct_names_are_reported_with_their_lines) {
  const std::string text =
      "<domain><devices>\n<future><address type='pci' slot='x'/></future>\n<other/>\n"
      "<future><address type='pci' slot='32'/></future>\n</devices></domain>";
  const auto found = check(schema::from_xml<schema::Domain>(text));
  BOOST_TEST(codes_of(found) == (Lines{"VN001", "VN001"}), per_element());
  const std::string report = findings_text(found, text, "vm.xml");
  BOOST_TEST(mentions(report, "vm.xml:2: error VN001: \"x\""), report);
  BOOST_TEST(mentions(report, "vm.xml:4: error VN001: 0x20"), report);
}

BOOST_AUTO_TEST_CASE(a_model_that_is_absent_or_unknown_is_reported) {
  finds({"VN002 /domain/devices/controller[8]"},
        [](auto& domain) { domain.devices->controllers.push_back(controller(8, "", "00:05.0")); });
  finds({"VN002 /domain/devices/controller[8]/@model"},
        [](auto& domain) { domain.devices->controllers.push_back(controller(8, "pcie-magic-port", "00:05.0")); });
  finds({}, [](auto& domain) { domain.devices->controllers.push_back(controller(8, "dmi-to-pci-bridge", "00:05.0")); });
}

BOOST_AUTO_TEST_CASE(an_index_that_is_used_twice_or_that_of_the_root_is_reported) {
  finds({"VN003 /domain/devices/controller[8]/@index"},
        [](auto& domain) { domain.devices->controllers.push_back(port(2, "00:05.0")); }, {"controller[2]", "index 2"});
  finds({"VN004 /domain/devices/controller[8]/@index"},
        [](auto& domain) { domain.devices->controllers.push_back(port(0, "00:05.0")); }, {"pcie-root-port", "index 0"});
  const auto without_index = [](schema::Domain& domain) {
    domain.devices->controllers.push_back(port(0, "00:05.0"));
    domain.devices->controllers.back().index.reset();
  };
  finds({"VN004 /domain/devices/controller[8]"}, without_index, {"pcie-root-port", "index 0"});
  // If the domain declares the root, libvirt gives the port 8.
  finds({}, [&](auto& domain) {
    without_index(domain);
    schema::Controller& root = domain.devices->controllers.emplace_back();
    root.type = "pci";
    root.index = 0U;
    root.model = "pcie-root";
    domain.devices->host_devices.push_back(hostdev("99:00.0", "08:00.0"));
  });
}

BOOST_AUTO_TEST_CASE(an_address_that_is_used_twice_is_reported) {
  finds({"VN005 /domain/devices/hostdev[3]/address"},
        [](auto& domain) { domain.devices->disks.emplace_back().address = pci("07:00.0"); },
        {"0000:07:00.0", "/domain/devices/disk[1]"});
  finds({"VN005 /domain/devices/disk[1]/address"},
        [](auto& domain) { domain.devices->disks.emplace_back().address = pci("00:1f.3"); }, {"q35", "0000:00:1f.3"});
  // Also if the bus does not accept the device.
  const auto with_switch = [](schema::Domain& domain) {
    domain.devices->controllers.push_back(controller(8, "pcie-switch-upstream-port", "00:1f.0"));
  };
  finds({"VN006 /domain/devices/controller[8]/address", "VN005 /domain/devices/controller[8]/address"}, with_switch,
        {"pcie-switch-upstream-port", "pcie-root with index 0", "q35", "0000:00:1f.0"});
  // libvirt lists q35's SATA controller.
  finds({}, [](auto& domain) {
    schema::Controller& sata = domain.devices->controllers.emplace_back();
    sata.type = "sata";
    sata.index = 0U;
    sata.address = pci("00:1f.2");
  });
}

BOOST_AUTO_TEST_CASE(a_device_on_a_bus_that_does_not_accept_it_is_reported) {
  const auto moved = [](std::size_t index, const char* address) {
    return [=](schema::Domain& domain) { at(domain, index).address = pci(address); };
  };
  finds({"VN006 /domain/devices/hostdev[3]/address", "VN022 /domain/devices/controller[7]"},
        [](auto& domain) { device(domain, 3).address = pci("06:01.0"); }, {"pcie-expander-bus with index 6"});
  finds({"VN006 /domain/devices/controller[7]/address"}, moved(7, "03:02.0"),
        {"pcie-root-port", "pcie-switch-upstream-port with index 3"});
  // libvirt adds a root port for an index that is not declared.
  finds({"VN006 /domain/devices/controller[7]/address"}, moved(7, "09:00.0"), {"bus 9", "libvirt"});
  finds({"VN006 /domain/devices/hostdev[3]/address/@slot"},
        [](auto& domain) { device(domain, 3).address = pci("07:01.0"); }, {"pcie-root-port with index 7", "slot 1"});
  finds({}, [](auto& domain) { domain.devices->disks.emplace_back().address = pci("09:00.0"); });
}

// The switch is plugged into its own port.
BOOST_AUTO_TEST_CASE(a_controller_that_is_plugged_into_itself_is_reported) {
  schema::Domain domain = guest(1);
  domain.devices->controllers = {controller(1, "pcie-switch-upstream-port", "02:00.0"),
                                 controller(2, "pcie-switch-downstream-port", "01:00.0")};
  compare(check(domain),
          {"VN008 /domain/devices/controller[1]/@index", "VN007 /domain/devices/controller[1]/address/@bus"},
          {"pcie-switch-upstream-port with index 1", "bus 2"});
}

BOOST_AUTO_TEST_CASE(an_index_below_that_of_the_bus_is_reported) {
  const auto with_index = [](schema::Domain& domain) {
    at(domain, 6).index = 9U;
    at(domain, 7).address = pci("09:00.0");
  };
  finds({"VN008 /domain/devices/controller[7]/@index"}, with_index, {"index 7", "9"});
}

BOOST_AUTO_TEST_CASE(an_expander_bus_on_a_machine_without_pcie_is_reported) {
  schema::Domain domain = guest(1);
  domain.os->type->machine = "pc-i440fx-7.2";
  BOOST_TEST(lines(check(domain)) == Lines{}, per_element());
  domain.devices->controllers = {expander(1, "00:02.0", 240, 0)};
  BOOST_TEST(lines(check(domain)) == Lines{"VN009 /domain/devices/controller[1]"}, per_element());
}

BOOST_AUTO_TEST_CASE(an_expander_bus_without_a_node_or_on_an_unknown_cell_is_reported) {
  finds({"VN010 /domain/devices/controller[6]"}, [](auto& domain) { at(domain, 6).target->numa_node.reset(); });
  finds({"VN011 /domain/devices/controller[6]/target/node"}, [](auto& domain) { at(domain, 6).target->numa_node = 2U; },
        {"is on 2"});
}

BOOST_AUTO_TEST_CASE(a_pci_root_that_the_machine_does_not_have_is_reported) {
  const auto with_root = [](const char* machine, const char* model) {
    schema::Domain domain = guest(1);
    domain.os->type->machine = machine;
    schema::Controller& root = domain.devices->controllers.emplace_back();
    root.type = "pci";
    root.index = 0U;
    root.model = model;
    return check(domain);
  };
  const std::string found = "VN057 /domain/devices/controller[1]/@model";
  compare(with_root("pc-i440fx-7.2", "pcie-root"), {found}, {"pc-i440fx-7.2", "pci-root"});
  compare(with_root("pc", "pcie-root"), {found}, {"pc"});
  compare(with_root("pc-q35-7.2", "pci-root"), {found}, {"pc-q35-7.2", "pcie-root"});
  compare(with_root("pc", "pci-root"), {}, {});
  compare(with_root("q35", "pcie-root"), {}, {});
  compare(with_root("virt", "pcie-root"), {}, {});
}

BOOST_AUTO_TEST_CASE(a_cell_without_memory_is_reported) {
  finds({"VN012 /domain/cpu/numa/cell[2]/@memory"}, [](auto& domain) { domain.cpu->numa->cells[1].memory = 0U; });
  finds({}, [](auto& domain) { domain.cpu->numa->cells[1].memory = 65536U; });
}

BOOST_AUTO_TEST_CASE(acpi_that_is_off_is_reported_if_there_are_expander_buses) {
  finds({"VN013 /domain"}, [](auto& domain) { domain.features->acpi.reset(); });
  schema::Domain without = guest(1, {"18:00.0"});
  without.features.reset();
  BOOST_TEST(lines(check(without)) == Lines{}, per_element());
}

BOOST_AUTO_TEST_CASE(bus_ranges_that_overlap_or_end_beyond_255_are_reported) {
  const auto second = [](unsigned bus_nr) {
    return [=](schema::Domain& domain) { at(domain, 6).target->bus_nr = bus_nr; };
  };
  const std::string path = "/domain/devices/controller[6]/target/@busNr";
  finds({"VN014 " + path}, second(224), {"224"});
  // 224 has four bridges: 225 to 228.
  finds({"VN015 " + path}, second(228), {"228", "224"});
  finds({}, second(229));
  finds({}, second(254));
  const auto with_two_ports = [&](schema::Domain& domain) {
    second(254)(domain);
    domain.devices->controllers.push_back(port(8, "06:01.0"));
    domain.devices->host_devices.push_back(hostdev("99:00.0", "08:00.0"));
  };
  finds({"VN016 " + path}, with_two_ports, {"254", "255"});
}

// The first expander bus has several ports, the second has one.
BOOST_AUTO_TEST_CASE(an_absent_bus_number_is_reported_if_there_are_several_ports) {
  finds({"VN017 /domain/devices/controller[1]"}, [](auto& domain) { at(domain, 1).target->bus_nr.reset(); });
  finds({}, [](auto& domain) { at(domain, 6).target->bus_nr.reset(); });
}

// pcie-root has the port 9, and libvirt adds 8: buses 1 and 2.
BOOST_AUTO_TEST_CASE(a_bus_number_that_bridges_of_the_root_take_is_reported) {
  const Lines expected{"VN018 /domain/devices/controller[1]/target/@busNr"};
  const auto with_root_port = [](unsigned bus_nr) {
    return [=](schema::Domain& domain) {
      domain.devices->controllers.push_back(port(9, "00:05.0"));
      at(domain, 1).target->bus_nr = bus_nr;
      domain.devices->disks.emplace_back().address = pci("08:00.0");
    };
  };
  finds(expected, with_root_port(2), {"up to 2", "busNr is 2"});
  finds({}, with_root_port(3));
  // libvirt also adds ports up to the index of a controller with nothing on its bus: 8 to 19, besides the port 20.
  const auto with_high_index = [](unsigned bus_nr) {
    return [=](schema::Domain& domain) {
      domain.devices->controllers.push_back(port(20, "00:05.0"));
      at(domain, 1).target->bus_nr = bus_nr;
    };
  };
  finds(expected, with_high_index(13), {"up to 13", "busNr is 13"});
  finds({}, with_high_index(14));
}

// As libvirt 9.0 adds them: a root port for each of two disks, none for the video card, which is at 00:01.0, or sound.
BOOST_AUTO_TEST_CASE(root_ports_that_libvirt_will_add_take_bus_numbers) {
  const auto with_devices = [](unsigned bus_nr) {
    return [=](schema::Domain& domain) {
      at(domain, 1).target->bus_nr = bus_nr;
      domain.devices->disks.resize(2);
      domain.devices->video.emplace_back();
      domain.devices->sound_cards.emplace_back();
    };
  };
  finds({"VN018 /domain/devices/controller[1]/target/@busNr"}, with_devices(2), {"up to 2", "busNr is 2"});
  finds({}, with_devices(3));
  // An empty port takes one of the disks, and is a bridge itself.
  finds({}, [&](auto& domain) {
    with_devices(3)(domain);
    domain.devices->controllers.push_back(port(8, "00:05.0"));
  });
}

// The port with index 5 has no chassis, so libvirt takes its index.
BOOST_AUTO_TEST_CASE(a_chassis_of_two_ports_is_reported) {
  const auto with_chassis = [](schema::Domain& domain) {
    for (const std::size_t index : {2U, 7U}) at(domain, index).target.emplace().chassis = 5U;
  };
  finds({"VN019 /domain/devices/controller[5]", "VN019 /domain/devices/controller[7]/target/@chassis"}, with_chassis,
        {"controller[2]", "chassis 5"});
  finds({}, [](auto& domain) { at(domain, 2).target.emplace().chassis = 3U; });  // a switch has none
}

BOOST_AUTO_TEST_CASE(a_missing_function_0_and_multifunction_that_is_off_are_reported) {
  finds({"VN020 /domain/devices/controller[7]/address"}, [](auto& domain) { at(domain, 7).address = pci("06:00.1"); },
        {"0000:06:00.1"});
  const auto two = [](schema::Domain& domain) {
    domain.devices->controllers.push_back(port(8, "06:00.1"));
    domain.devices->host_devices.push_back(hostdev("99:00.0", "08:00.0"));
  };
  finds({}, two);
  const auto two_but_off = [&](schema::Domain& domain) {
    two(domain);
    at(domain, 7).address->multifunction = false;
  };
  finds({"VN021 /domain/devices/controller[7]/address/@multifunction"}, two_but_off, {"0000:06:00.0"});
  finds({}, [](auto& domain) { at(domain, 7).address->multifunction = false; });
  // The host bridge and the LPC bridge are there though the domain does not list them.
  finds({}, [](auto& domain) { domain.devices->disks.emplace_back().address = pci("00:1f.4"); });
}

// The card's other function gets a port of its own.
BOOST_AUTO_TEST_CASE(placing_adds_no_function_to_a_slot_whose_multifunction_is_off) {
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

BOOST_AUTO_TEST_CASE(an_empty_port_under_an_expander_bus_is_reported) {
  finds({"VN022 /domain/devices/controller[7]"}, [](auto& domain) { domain.devices->host_devices.pop_back(); });
  finds({}, [](auto& domain) { domain.devices->controllers.push_back(port(8, "00:05.0")); });
}

BOOST_AUTO_TEST_CASE(passthrough_devices_without_guest_cells_are_reported) {
  const std::string found = "VN036 /domain";
  schema::Domain domain = guest(1, {"18:00.0", "98:00.0"});
  domain.cpu.reset();
  BOOST_TEST(lines(check(domain)) == Lines{found}, per_element());
  BOOST_TEST(lines(check(domain, machine())) == Lines{found}, per_element());
  BOOST_TEST(!mentions(check(domain).at(0).remedy, "q35"));
  // That host has one node.
  BOOST_TEST(lines(check(domain, one_switch())) == Lines{"VN026 /domain/devices/hostdev[2]/source"}, per_element());
  domain.os->type->machine = "pc";
  BOOST_TEST(mentions(check(domain).at(0).remedy, "use q35"));
  domain.devices->host_devices.clear();
  BOOST_TEST(lines(check(domain, machine())) == Lines{}, per_element());
}

BOOST_AUTO_TEST_CASE(guest_cells_that_nothing_maps_to_host_nodes_are_reported) {
  const std::string found = "VN037 /domain/cpu/numa";
  finds({found}, [](auto& domain) { domain.cpu_tune->vcpu_pin.clear(); });
  finds_with_host({found}, [](auto& domain, auto&) { domain.cpu_tune.reset(); });
  // libvirt ignores the cpuset of <vcpu> with placement='auto': it asks numad.
  const auto with_vcpu = [](const char* placement) {
    return [=](schema::Domain& domain) {
      domain.cpu_tune.reset();
      domain.vcpu.emplace().cpus = 2U;
      domain.vcpu->cpu_set = schema::CpuSet(0);
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

BOOST_AUTO_TEST_CASE(devices_in_another_order_than_on_the_host_are_reported) {
  finds({"VN023 /domain/devices"}, [](auto& domain) { at(domain, 6).target->bus_nr = 200U; },
        {"0000:98:00.0 before 0000:18:00.0"});
  finds({"VN023 /domain/devices/controller[3]"},
        [](auto& domain) { std::swap(device(domain, 1).address, device(domain, 2).address); },
        {"0000:19:00.0 before 0000:18:00.0"});
  // A device of cell 1 is between two of cell 0 on the host: the guest cannot follow that.
  finds({}, [](auto& domain) { device(domain, 3).source->address = pci("18:01.0"); });
}

BOOST_AUTO_TEST_CASE(a_device_without_a_source_or_that_is_given_twice_is_reported) {
  finds({"VN024 /domain/devices/hostdev[4]"}, [](auto& domain) {
    domain.devices->host_devices.push_back(hostdev("99:00.0"));
    device(domain, 4).source.reset();
  });
  finds({"VN025 /domain/devices/hostdev[4]"},
        [](auto& domain) { domain.devices->host_devices.push_back(hostdev("18:00.0")); },
        {"/domain/devices/hostdev[1]", "0000:18:00.0"});
}

BOOST_AUTO_TEST_CASE(all_faults_are_found_at_once) {
  const auto with_four_faults = [](schema::Domain& domain) {
    domain.features.reset();
    at(domain, 1).target->numa_node = 7U;
    at(domain, 6).target->bus_nr = 225U;
    at(domain, 7).target.emplace().chassis = 300U;
  };
  finds({"VN001 /domain/devices/controller[7]/target/@chassis", "VN011 /domain/devices/controller[1]/target/node",
         "VN015 /domain/devices/controller[6]/target/@busNr", "VN013 /domain"},
        with_four_faults, {"300", "is on 7", "225", "224"});
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(check_against_the_host)

BOOST_AUTO_TEST_CASE(a_device_that_the_host_lacks_is_reported) {
  finds_with_host({"VN026 /domain/devices/hostdev[3]/source"}, [](auto&, auto& host) { host.devices.pop_back(); },
                  {"0000:98:00.0"});
  const std::string uuid = "4b20d080-1b54-4048-85b3-a6a62d165c01";
  finds_with_host({"VN026 /domain/devices/hostdev[4]/source"},
                  [&](auto& domain, auto&) { domain.devices->host_devices.push_back(mdev(uuid)); },
                  {"mediated device " + uuid});
}

// vfio-pci refuses it by the type of its header, so the domain does not start.
BOOST_AUTO_TEST_CASE(a_device_that_is_a_pci_bridge_is_reported) {
  const auto of_class = [](std::uint32_t class_code) {
    return [=](auto&, auto& host) { host.devices.back().class_code = class_code; };
  };
  finds_with_host({"VN069 /domain/devices/hostdev[3]/source"}, of_class(0x060400), {"0000:98:00.0"});
  finds_with_host({}, of_class(0x060000));  // a host bridge has the header of a device
}

BOOST_AUTO_TEST_CASE(pinning_and_memnodes_that_the_host_cannot_have_are_reported) {
  finds_with_host({"VN027 /domain/cputune/vcpupin[2]/@cpuset"},
                  [](auto& domain, auto&) { domain.cpu_tune->vcpu_pin[1].cpu_set = schema::CpuSet(9); }, {"CPU 9"});
  const auto with_memnode = [](auto& domain, auto&) {
    schema::MemNode& node = domain.numa_tune.emplace().mem_nodes.emplace_back();
    node.cell_id = 0U;
    node.node_set = schema::CpuSet(5);
  };
  finds_with_host({"VN028 /domain/numatune/memnode[1]/@nodeset"}, with_memnode, {"node 5"});
}

// What libvirt refuses in any case.
BOOST_AUTO_TEST_CASE(cells_and_pins_that_contradict_each_other_are_not_compared_with_the_host) {
  finds_with_host({"VN068 /domain/cpu/numa/cell[2]/@id"}, [](auto& domain, auto&) {
    at(domain, 6).target->numa_node = 0U;
    domain.cpu->numa->cells[1].id = 0U;
  });
  finds_with_host({"VN068 /domain/cputune/vcpupin[2]/@vcpu"},
                  [](auto& domain, auto&) { domain.cpu_tune->vcpu_pin[1].vcpu = 0U; });
  finds_with_host({"VN068 /domain/numatune/memnode[1]/@cellid"}, [](auto& domain, auto&) {
    schema::MemNode& node = domain.numa_tune.emplace().mem_nodes.emplace_back();
    node.cell_id = 7U;
    node.node_set = schema::CpuSet(0);
  });
}

BOOST_AUTO_TEST_CASE(a_device_that_is_not_on_its_cell_is_reported) {
  const std::string found = "VN029 /domain/devices/hostdev[3]";
  finds_with_host({found}, [](auto& domain, auto&) { at(domain, 6).target->numa_node = 0U; },
                  {"0000:98:00.0", "host node 1", "guest cell 1", "on cell 0"});
  finds_with_host({found}, [](auto& domain, auto&) { at(domain, 7).address = pci("00:05.0"); },
                  {"0000:98:00.0", "host node 1", "guest cell 1", "on no cell"});
  finds_with_host({"VN022 /domain/devices/controller[7]", found},
                  [](auto& domain, auto&) { device(domain, 3).address.reset(); }, {"guest cell 1", "on no cell"});
  // It is not known where the device belongs.
  finds_with_host({}, [](auto& domain, auto& host) {
    host.devices.back().numa_node.reset();
    at(domain, 6).target->numa_node = 0U;
  });
}

// Which cell the device of node 1 belongs on is unknown, so it is on no wrong one.
BOOST_AUTO_TEST_CASE(a_host_node_with_equally_many_vcpus_of_several_cells_is_reported_if_it_has_devices) {
  for (const unsigned node : {0U, 1U}) {
    finds_with_host({"VN062 /domain/cpu/numa/cell[1]", "VN042 /domain/cpu/numa/cell[1]"},
                    [&](auto& domain, auto& host) {
                      at(domain, 6).target->numa_node = node;
                      host.nodes[1].cpus = topology::CpuSet({1, 2});
                      domain.cpu->numa->cells[0].cpus = *schema::CpuSet::parse("0,2");
                      domain.cpu_tune->vcpu_pin.push_back({.vcpu = 2U, .cpu_set = schema::CpuSet(2)});
                    },
                    {"host node 1 has", "cells 0 and 1"});
  }
  // Without devices on the node it does not matter.
  finds_with_host({"VN062 /domain/cpu/numa/cell[1]", "VN062 /domain/cpu/numa/cell[2]"}, [](auto& domain, auto& host) {
    host.nodes.push_back({.id = 2, .cpus = topology::CpuSet({2, 3})});
    for (const unsigned vcpu : {2U, 3U}) {
      domain.cpu->numa->cells[vcpu - 2].cpus = *schema::CpuSet::parse(vcpu == 2 ? "0,2" : "1,3");
      domain.cpu_tune->vcpu_pin.push_back({.vcpu = vcpu, .cpu_set = schema::CpuSet(vcpu)});
    }
  });
}

// It can be placed, or moved if it has an address, but not on a machine without PCIe.
BOOST_AUTO_TEST_CASE(the_remedy_for_a_device_that_is_not_on_its_cell_is_what_can_move_it) {
  using Hints = std::vector<placement::OptionHint>;
  schema::Domain domain = guest(2, {"98:00.0"});
  const auto finding = [&] {
    const auto found = check(domain, machine());
    BOOST_TEST_REQUIRE(codes_of(found) == Lines{"VN029"}, per_element());
    return found[0];
  };
  BOOST_TEST((finding().options == Hints{{placement::Option::plan}}));
  device(domain, 1).address = pci("00:05.0");
  BOOST_TEST((finding().options == Hints{{placement::Option::readdress}}));
  device(domain, 1).address.reset();
  domain.os->type->machine = "pc-i440fx-7.2";
  BOOST_TEST(finding().options.empty());
  BOOST_TEST(mentions(finding().remedy, "q35"));
}

// As Unaligned::cell makes it for nodes without CPUs: cell 2 has none, and the node of its device maps to it.
BOOST_AUTO_TEST_CASE(a_cell_that_was_added_for_devices_stands_for_their_node) {
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
  finds_with_host({"VN029 /domain/devices/hostdev[4]"}, with_device_on("01:01.0"),
                  {"0000:99:00.0", "host node 2", "guest cell 2", "on cell 0"});
  finds_with_host({}, with_device_on("06:01.0"));
}

BOOST_AUTO_TEST_CASE(a_device_under_a_switch_that_is_not_its_own_is_reported) {
  // Behind another root port of the same root complex.
  finds_with_host({"VN030 /domain/devices/hostdev[2]"},
                  [](auto&, auto& host) { host.devices[1].bridges = {bdf("15:02.0")}; },
                  {"0000:19:00.0", "0000:18:00.0", "PIX", "PHB"});
  // Of three devices the one that is elsewhere on the host is wrong, though it is the first.
  const auto with_stranger = [](auto& domain, auto& host) {
    domain.devices->controllers.push_back(controller(8, "pcie-switch-downstream-port", "03:02.0"));
    domain.devices->host_devices.push_back(hostdev("1a:00.0", "08:00.0"));
    attach(host, "1a:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:02.0");
    host.devices[0].root_complex = "pci0000:10";
  };
  finds_with_host({"VN030 /domain/devices/hostdev[1]"}, with_stranger, {"0000:18:00.0", "0000:19:00.0", "PIX", "NODE"});
  // Farther than on the host is not wrong.
  finds_with_host({}, [](auto& domain, auto& host) {
    domain.devices->controllers.push_back(port(8, "01:01.0"));
    domain.devices->host_devices.push_back(hostdev("1a:00.0", "08:00.0"));
    attach(host, "1a:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:02.0");
  });
}

BOOST_AUTO_TEST_CASE(bars_without_room_are_reported) {
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
  BOOST_TEST(codes(check(domain)) == Lines{}, per_element());  // without the host, BARs are not known
  domain.os->firmware = "efi";                                 // room for nine
  BOOST_TEST(codes(check(domain, machine)) == Lines{"VN031"}, per_element());

  for (auto& device : machine.devices) device.bars = {{.index = 0, .size = 128 * GiB, .flags = 0x14220c}};
  BOOST_TEST(codes(check(domain, machine)) == Lines{"VN033"}, per_element());  // ports of one root complex
  domain.os->firmware.reset();
  BOOST_TEST(codes(check(domain, machine)) == Lines{}, per_element());  // the address bits are not known
  domain.type = "qemu";
  BOOST_TEST(codes(check(domain, machine)) == Lines{"VN034"}, per_element());

  for (auto& device : machine.devices) device.bars = {{.index = 0, .size = GiB / 8, .flags = 0x40200}};
  BOOST_TEST(codes(check(domain, machine)) == Lines{"VN035"}, per_element());
}

BOOST_AUTO_TEST_SUITE_END()
