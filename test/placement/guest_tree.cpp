// The PCIe topology that a domain gives its guest.
#include <boost/test/unit_test.hpp>

#include <vnuma/placement/guest_tree.hpp>

#include "build.hpp"

using namespace vnuma::test;
using vnuma::placement::Code;
using vnuma::placement::guest_tree;
using vnuma::placement::PlanError;
using vnuma::schema::Domain;
using vnuma::topology::PciTree;
using vnuma::topology::tree_text;
using vnuma::topology::TreeEntry;
using Kind = TreeEntry::Kind;

namespace {

void add(Domain& domain, std::initializer_list<vnuma::schema::Controller> controllers) {
  domain.devices->controllers.insert(domain.devices->controllers.end(), controllers);
}

// Two cells and, on the second, an expander bus with a GPU.
Domain placed() {
  Domain domain = guest(2);
  domain.name = "g";
  domain.devices->host_devices.push_back(hostdev("0000:18:00.0", "0000:02:00.0"));
  domain.devices->host_devices[0].alias.emplace().name = "ua-gpu";
  add(domain, {expander(1, "0000:00:02.0", 240, 1), port(2, "0000:01:00.0")});
  return domain;
}

vnuma::topology::Host with_gpu(int node) {
  auto machine = host(2, {{"0000:18:00.0", node}});
  machine.devices[0].class_code = 0x030200;
  return machine;
}

const TreeEntry& only(const std::vector<TreeEntry>& entries) {
  BOOST_REQUIRE(entries.size() == 1U);
  return entries[0];
}

// The GPU of placed(), for this host.
TreeEntry gpu(const Domain& domain, const vnuma::topology::Host& machine) {
  return only(only(only(guest_tree(domain, &machine).nodes.at(1).below).below).below);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(trees_of_guests)

BOOST_AUTO_TEST_CASE(cells_have_their_expander_buses_and_the_root_is_on_none) {
  Domain domain = placed();
  domain.cpu->numa->cells[1].memory = 8;
  domain.cpu->numa->cells[1].unit = vnuma::schema::Unit::GiB;
  BOOST_TEST(tree_text(guest_tree(domain)) ==
             "guest g\n"
             "|-- cell 0  vCPUs 0\n"
             "|-- cell 1  vCPUs 1, 8 GiB\n"
             "|   `-- expander bus pci.1  busNr 240, buses f0-f1\n"
             "|       `-- root port pci.2 -- hostdev 0000:f1:00.0  host 0000:18:00.0, ua-gpu, domain 0000:02:00.0\n"
             "`-- on no guest cell\n"
             "    `-- root complex pcie.0\n");
}

BOOST_AUTO_TEST_CASE(controllers_have_the_address_that_the_guest_gives_them) {
  const PciTree tree = guest_tree(placed());
  const TreeEntry& expander = only(tree.nodes.at(1).below);
  BOOST_TEST(expander.address.value() == bdf("0000:00:02.0"));
  BOOST_TEST(expander.bus_nr.value() == 240U);
  BOOST_TEST(expander.last_bus.value() == 241U);
  const TreeEntry& port = only(expander.below);
  BOOST_TEST((port.kind == Kind::root_port));
  BOOST_TEST(port.address.value() == bdf("0000:f0:00.0"));
  BOOST_TEST(port.domain_address.value() == bdf("0000:01:00.0"));
  BOOST_TEST(port.node.value() == 1U);
}

BOOST_AUTO_TEST_CASE(with_a_host_devices_have_its_words_and_say_whether_they_are_on_their_cell) {
  const TreeEntry right = gpu(placed(), with_gpu(1));
  BOOST_TEST(right.word == "GPU");
  BOOST_TEST(right.ids.value().class_code == 0x030200U);
  BOOST_TEST(right.passthrough.value().host_node.value() == 1U);
  BOOST_TEST(right.passthrough.value().cell.value() == 1U);
  BOOST_TEST(right.passthrough.value().is_on_its_cell.value());
  const TreeEntry wrong = gpu(placed(), with_gpu(0));
  BOOST_TEST(wrong.passthrough.value().cell.value() == 0U);
  BOOST_TEST(!wrong.passthrough.value().is_on_its_cell.value());
}

BOOST_AUTO_TEST_CASE(a_device_without_a_host_node_is_neither_on_its_cell_nor_off_it) {
  const TreeEntry unknown = gpu(placed(), with_gpu(-1));
  BOOST_TEST(unknown.passthrough.value().is_on_host.value());
  BOOST_TEST(!unknown.passthrough.value().host_node);
  BOOST_TEST(!unknown.passthrough.value().is_on_its_cell);
  const TreeEntry absent = gpu(placed(), host(2));
  BOOST_TEST(!absent.passthrough.value().is_on_host.value());
  BOOST_TEST(absent.word == "hostdev");
}

BOOST_AUTO_TEST_CASE(a_cell_that_place_made_stands_for_the_node_of_its_devices) {
  // Host node 2 has no CPUs and no cell; place gives it a cell, 1, that nothing but its device names.
  Domain domain = guest(1, {"0000:18:00.0"});
  domain.cpu->numa->cells[0].memory = 1;
  domain.cpu->numa->cells[0].unit = vnuma::schema::Unit::GiB;
  auto machine = host(1, {{"0000:18:00.0", 2}});
  machine.nodes.push_back({.id = 2});
  const auto plan = vnuma::placement::plan(domain, machine, {.unaligned = vnuma::placement::Unaligned::cell});
  vnuma::placement::apply(plan, domain);
  const auto device = gpu(domain, machine).passthrough.value();
  BOOST_TEST(device.cell.value() == 1U);
  BOOST_TEST(device.is_on_its_cell.value());
}

BOOST_AUTO_TEST_CASE(without_acpi_nothing_is_on_a_cell) {
  Domain domain = placed();
  domain.features->acpi.reset();
  const auto machine = with_gpu(1);
  const PciTree tree = guest_tree(domain, &machine);
  BOOST_TEST(tree.nodes.at(1).below.empty());
  BOOST_TEST(tree_text(tree).find("belongs on cell 1") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(devices_without_an_address_are_on_the_root) {
  Domain domain = guest(1, {"0000:18:00.0"});
  domain.devices->disks.emplace_back().target.emplace().bus = "virtio";
  domain.devices->disks.emplace_back().target.emplace().bus = "sata";
  vnuma::schema::Controller usb;
  usb.type = "usb";
  usb.model = "qemu-xhci";
  domain.devices->controllers.push_back(usb);
  BOOST_TEST(tree_text(guest_tree(domain)) ==
             "guest\n"
             "|-- cell 0  vCPUs 0\n"
             "`-- on no guest cell\n"
             "    `-- root complex pcie.0\n"
             "        |-- disk (no address yet)  virtio\n"
             "        |-- hostdev (no address yet)  host 0000:18:00.0\n"
             "        `-- usb controller (no address yet)  qemu-xhci\n");
}

BOOST_AUTO_TEST_CASE(behind_ports_of_the_root_the_guests_addresses_are_not_known) {
  Domain domain = guest(1);
  domain.devices->host_devices.push_back(hostdev("0000:18:00.0", "0000:01:00.0"));
  domain.devices->host_devices.push_back(hostdev("0000:19:00.0", "0000:00:05.0"));
  add(domain, {port(1, "0000:00:02.0")});
  BOOST_TEST(tree_text(guest_tree(domain))
                 .ends_with("    `-- root complex pcie.0\n"
                            "        |-- root port pci.1 -- hostdev (domain 0000:01:00.0)  host 0000:18:00.0\n"
                            "        `-- hostdev 0000:00:05.0  host 0000:19:00.0\n"));
}

BOOST_AUTO_TEST_CASE(ports_that_libvirt_will_add_are_shown) {
  Domain domain = guest(1);
  domain.devices->host_devices.push_back(hostdev("0000:18:00.0", "0000:07:00.0"));
  BOOST_TEST(tree_text(guest_tree(domain))
                 .ends_with("    `-- root complex pcie.0\n"
                            "        `-- root port pci.7  not declared: libvirt adds it\n"
                            "            `-- hostdev (domain 0000:07:00.0)  host 0000:18:00.0\n"));
}

BOOST_AUTO_TEST_CASE(a_device_that_the_guest_does_not_see_has_a_remark_and_is_not_on_its_cell) {
  Domain domain = placed();
  domain.devices->host_devices[0] = hostdev("0000:18:00.0", "0000:02:00.1");
  const TreeEntry device = gpu(domain, with_gpu(1));
  BOOST_TEST(!device.address);
  BOOST_TEST(mentions(device.remark, "0000:02:00.1"), device.remark);
  BOOST_TEST(!device.passthrough.value().is_on_its_cell.value());
}

BOOST_AUTO_TEST_CASE(an_expander_bus_whose_bus_range_overlaps_has_a_remark) {
  Domain domain = placed();
  add(domain, {expander(3, "0000:00:03.0", 241, 0)});
  const PciTree tree = guest_tree(domain);
  const std::string remark = only(tree.nodes.at(0).below).remark;
  BOOST_TEST(mentions(remark, "busNr 241"), remark);
  BOOST_TEST(mentions(remark, "240"), remark);
}

BOOST_AUTO_TEST_CASE(a_cell_that_does_not_exist_is_shown_with_its_expander_bus) {
  Domain domain = placed();
  domain.devices->controllers[0].target->numa_node = 7;
  const PciTree tree = guest_tree(domain);
  BOOST_REQUIRE(tree.nodes.size() == 4U);
  BOOST_TEST(tree.nodes[2].node.value() == 7U);
  BOOST_TEST(tree.nodes[2].remark == "the domain has no such cell");
  BOOST_TEST(tree.nodes[2].below.size() == 1U);
}

BOOST_AUTO_TEST_CASE(controllers_that_plug_into_each_other_are_shown_once) {
  Domain domain = guest(1);
  domain.devices->host_devices.push_back(hostdev("0000:18:00.0", "0000:02:00.0"));
  add(domain, {port(1, "0000:02:01.0"), port(2, "0000:01:00.0"), port(3, "0000:03:00.0")});
  BOOST_TEST(tree_text(guest_tree(domain))
                 .ends_with("    `-- root complex pcie.0\n"
                            "        |-- root port pci.1  controllers plug into each other\n"
                            "        |   `-- root port pci.2 -- hostdev (domain 0000:02:00.0)  host 0000:18:00.0\n"
                            "        `-- root port pci.3  empty, controllers plug into each other\n"));
}

BOOST_AUTO_TEST_CASE(controllers_of_other_models_are_bridges) {
  Domain domain = guest(1);
  domain.devices->host_devices.push_back(hostdev("0000:18:00.0", "0000:01:01.0"));
  add(domain, {controller(1, "pcie-to-pci-bridge", "0000:00:02.0"), controller(2, "quantum-bridge", "0000:00:03.0")});
  BOOST_TEST(tree_text(guest_tree(domain))
                 .ends_with("    `-- root complex pcie.0\n"
                            "        |-- bridge pci.1  pcie-to-pci-bridge\n"
                            "        |   `-- hostdev (domain 0000:01:01.0)  host 0000:18:00.0\n"
                            "        `-- bridge pci.2  empty, quantum-bridge\n"));
}

BOOST_AUTO_TEST_CASE(the_chipset_has_function_0_beside_the_disk_controller) {
  Domain domain = guest(1);
  vnuma::schema::Controller sata;
  sata.type = "sata";
  sata.address = pci("0000:00:1f.2");
  domain.devices->controllers.push_back(sata);
  BOOST_TEST(tree_text(guest_tree(domain)).ends_with("        `-- sata controller 0000:00:1f.2\n"));
}

BOOST_AUTO_TEST_CASE(every_pci_root_of_the_domain_is_a_root_complex) {
  // pSeries has several.
  Domain domain = guest(1);
  domain.devices->host_devices.push_back(hostdev("0000:18:00.0", "0000:01:01.0"));
  add(domain, {controller(0, "pci-root", "0000:00:00.0"), controller(1, "pci-root", "0000:00:00.0")});
  for (auto& root : domain.devices->controllers) root.address.reset();
  BOOST_TEST(tree_text(guest_tree(domain))
                 .ends_with("    |-- root complex pci.0\n"
                            "    `-- root complex pci.1\n"
                            "        `-- hostdev (domain 0000:01:01.0)  host 0000:18:00.0\n"));
}

BOOST_AUTO_TEST_CASE(the_root_is_on_no_cell_though_its_target_names_one) {
  Domain domain = guest(1);
  add(domain, {controller(0, "pcie-root", "0000:00:00.0")});
  domain.devices->controllers[0].address.reset();
  domain.devices->controllers[0].target.emplace().numa_node = 0;
  BOOST_TEST(guest_tree(domain).nodes.at(0).below.empty());
  BOOST_TEST(guest_tree(domain).nodes.at(1).below.size() == 1U);
}

BOOST_AUTO_TEST_CASE(every_kind_of_device_comes_with_its_model_and_alias) {
  Domain domain = guest(1);
  auto& devices = *domain.devices;
  devices.interfaces.emplace_back().address = pci("0000:00:03.0");
  devices.interfaces[0].alias.emplace().name = "net0";
  devices.interfaces[0].model.emplace().type = "virtio";
  devices.video.emplace_back().address = pci("0000:00:04.0");
  devices.rng.emplace_back().address = pci("0000:00:05.0");
  devices.rng[0].model = "virtio";
  devices.sound_cards.emplace_back().address = pci("0000:00:06.0");
  devices.sound_cards[0].model = "ich9";
  BOOST_TEST(tree_text(guest_tree(domain))
                 .ends_with("        |-- interface 0000:00:03.0  net0, virtio\n"
                            "        |-- video 0000:00:04.0\n"
                            "        |-- rng 0000:00:05.0  virtio\n"
                            "        `-- sound 0000:00:06.0  ich9\n"));
}

BOOST_AUTO_TEST_CASE(a_chain_of_switches_up_to_the_last_index_is_shown) {
  // 255 controllers in one chain: root port, upstream port, downstream port, upstream port, ...
  Domain domain = guest(1);
  for (unsigned index = 1; index <= 255; ++index) {
    const char* model = index == 1       ? "pcie-root-port"
                        : index % 2 == 0 ? "pcie-switch-upstream-port"
                                         : "pcie-switch-downstream-port";
    auto one = controller(index, model, index == 1 ? "0000:00:02.0" : "0000:01:00.0");
    one.address->bus = static_cast<std::uint8_t>(index - 1);
    domain.devices->controllers.push_back(one);
  }
  // So far to the right that nothing else fits.
  const std::string text = tree_text(guest_tree(domain), {.width = 80});
  BOOST_TEST(text.find("port pci.255\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_empty_domain_has_one_root_complex) {
  BOOST_TEST(tree_text(guest_tree(Domain())) == "guest\n`-- on no guest cell\n    `-- root complex pcie.0\n");
}

BOOST_AUTO_TEST_CASE(a_domain_that_cannot_be_planned_is_refused_with_the_path) {
  Domain domain = placed();
  domain.devices->host_devices.push_back(hostdev("0000:19:00.0", "0000:02:00.0"));
  BOOST_CHECK_EXCEPTION(guest_tree(domain), PlanError, with(Code::address_twice, "/domain/devices/hostdev[2]/address"));
  Domain cells = placed();
  cells.cpu->numa->cells[0].cpus = vnuma::schema::CpuSetText::from_text("x", "/domain/cpu/numa/cell[1]/@cpus");
  BOOST_CHECK_EXCEPTION(guest_tree(cells), vnuma::schema::Error, says("/domain/cpu/numa/cell[1]/@cpus"));
}

BOOST_AUTO_TEST_SUITE_END()
