// What guests see after their domains were placed. An expander bus with busNr 240 is bus f0 in the guest, its ports are
// f0:00.0, f0:01.0 and so on, and the devices behind the ports are on the buses f1, f2 and so on.
#include <boost/test/unit_test.hpp>

#include "small_hosts.hpp"

using namespace vnuma;
using namespace vnuma::test;
using boost::test_tools::per_element;

BOOST_FIXTURE_TEST_SUITE(scenarios, ShowsConsole)

// Both GPUs are on host node 0. The vCPUs of cell 0 are pinned to the CPUs of this node.
BOOST_AUTO_TEST_CASE(both_gpus_of_the_proposal_are_on_cell_0) {
  for (const bool uefi : {false, true}) {
    BOOST_TEST_CONTEXT((uefi ? "OVMF" : "SeaBIOS")) {
      const Guest guest = place_and_boot(sample_domain("proposal"), sample_host("eight-node"), {.uefi = uefi});
      BOOST_TEST(broken_promises(guest) == "");
      BOOST_TEST(devices(guest) == (Lines{"0000:27:00.0 is 0000:f1:00.0 on node 0 behind 0000:f0:00.0",
                                          "0000:60:00.0 is 0000:f2:00.0 on node 0 behind 0000:f0:01.0"}),
                 per_element());
      BOOST_TEST(nodes(guest) == (Lines{"node 0: CPUs 0-1, distances 10 20", "node 1: CPUs 2-3, distances 20 10"}),
                 per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE(two_cells_get_four_gpus_and_four_nics_each) {
  const Guest guest = place_and_boot(sample_domain("eight-gpu"), sample_host("two-socket-eight-gpu"));
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(devices(guest) == (Lines{"0000:18:00.0 is 0000:e1:00.0 on node 0 behind 0000:e0:00.0",
                                      "0000:19:00.0 is 0000:e2:00.0 on node 0 behind 0000:e0:01.0",
                                      "0000:1a:00.0 is 0000:e3:00.0 on node 0 behind 0000:e0:02.0",
                                      "0000:1b:00.0 is 0000:e4:00.0 on node 0 behind 0000:e0:03.0",
                                      "0000:3a:00.0 is 0000:e5:00.0 on node 0 behind 0000:e0:04.0",
                                      "0000:3b:00.0 is 0000:e6:00.0 on node 0 behind 0000:e0:05.0",
                                      "0000:3c:00.0 is 0000:e7:00.0 on node 0 behind 0000:e0:06.0",
                                      "0000:3d:00.0 is 0000:e8:00.0 on node 0 behind 0000:e0:07.0",
                                      "0000:9a:00.0 is 0000:f1:00.0 on node 1 behind 0000:f0:00.0",
                                      "0000:9b:00.0 is 0000:f2:00.0 on node 1 behind 0000:f0:01.0",
                                      "0000:9c:00.0 is 0000:f3:00.0 on node 1 behind 0000:f0:02.0",
                                      "0000:9d:00.0 is 0000:f4:00.0 on node 1 behind 0000:f0:03.0",
                                      "0000:ba:00.0 is 0000:f5:00.0 on node 1 behind 0000:f0:04.0",
                                      "0000:bb:00.0 is 0000:f6:00.0 on node 1 behind 0000:f0:05.0",
                                      "0000:bc:00.0 is 0000:f7:00.0 on node 1 behind 0000:f0:06.0",
                                      "0000:bd:00.0 is 0000:f8:00.0 on node 1 behind 0000:f0:07.0"}),
             per_element());
  BOOST_TEST(nodes(guest) == (Lines{"node 0: CPUs 0-7, distances 10 20", "node 1: CPUs 8-15, distances 20 10"}),
             per_element());
}

// Two boards of four nodes each. The distance is 12 within a board, and 32 between the boards. Each device has a BAR of
// another size, from 256 MiB to 32 GiB, which identifies the device in the guest.
BOOST_AUTO_TEST_CASE(eight_cells_get_one_device_each) {
  Pair pair(8);
  for (unsigned n = 0; n < 8; ++n) pair.pass("0000:" + std::to_string(10 + n) + ":00.0", n, 256 * MiB << n);
  for (unsigned from = 0; from < 8; ++from) {
    auto& distances = pair.domain.cpu->numa->cells[from].distances.emplace();
    for (unsigned to = 0; to < 8; ++to) {
      auto& sibling = distances.siblings.emplace_back();
      sibling.id = to;
      sibling.value = from == to ? 10 : from / 4 == to / 4 ? 12 : 32;
    }
  }
  const Guest guest = place_and_boot(pair, {.largest_bar = 32 * GiB});
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(devices(guest) == (Lines{"0000:10:00.0 is 0000:81:00.0 on node 0 behind 0000:80:00.0",
                                      "0000:11:00.0 is 0000:91:00.0 on node 1 behind 0000:90:00.0",
                                      "0000:12:00.0 is 0000:a1:00.0 on node 2 behind 0000:a0:00.0",
                                      "0000:13:00.0 is 0000:b1:00.0 on node 3 behind 0000:b0:00.0",
                                      "0000:14:00.0 is 0000:c1:00.0 on node 4 behind 0000:c0:00.0",
                                      "0000:15:00.0 is 0000:d1:00.0 on node 5 behind 0000:d0:00.0",
                                      "0000:16:00.0 is 0000:e1:00.0 on node 6 behind 0000:e0:00.0",
                                      "0000:17:00.0 is 0000:f1:00.0 on node 7 behind 0000:f0:00.0"}),
             per_element());
  BOOST_TEST(
      nodes(guest) ==
          (Lines{
              "node 0: CPUs 0, distances 10 12 12 12 32 32 32 32", "node 1: CPUs 1, distances 12 10 12 12 32 32 32 32",
              "node 2: CPUs 2, distances 12 12 10 12 32 32 32 32", "node 3: CPUs 3, distances 12 12 12 10 32 32 32 32",
              "node 4: CPUs 4, distances 32 32 32 32 10 12 12 12", "node 5: CPUs 5, distances 32 32 32 32 12 10 12 12",
              "node 6: CPUs 6, distances 32 32 32 32 12 12 10 12",
              "node 7: CPUs 7, distances 32 32 32 32 12 12 12 10"}),
      per_element());
}

// The guest lists devices by bus. So devices of two nodes that interleave on the host are in another order in the
// guest.
BOOST_AUTO_TEST_CASE(interleaved_devices_of_two_nodes_change_order_with_a_warning) {
  Pair pair(2);
  pair.pass("0000:20:00.0", 1).pass("0000:30:00.0", 0).pass("0000:40:00.0", 1);
  const Guest guest = place_and_boot(pair);
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(devices(guest) == (Lines{"0000:20:00.0 is 0000:e1:00.0 on node 1 behind 0000:e0:00.0",
                                      "0000:30:00.0 is 0000:f1:00.0 on node 0 behind 0000:f0:00.0",
                                      "0000:40:00.0 is 0000:e2:00.0 on node 1 behind 0000:e0:01.0"}),
             per_element());
  BOOST_TEST(codes_of(guest.plan.warnings) == Lines{"VN023"}, per_element());
}

// Two GPUs and two virtual functions of one NIC. Each virtual function is a separate device in the guest.
BOOST_AUTO_TEST_CASE(one_cell) {
  const Guest guest = place_and_boot(sample_domain("one-node"), sample_host("one-node"));
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(devices(guest) == (Lines{"0000:01:00.0 is 0000:f1:00.0 on node 0 behind 0000:f0:00.0",
                                      "0000:02:00.0 is 0000:f2:00.0 on node 0 behind 0000:f0:01.0",
                                      "0000:03:02.0 is 0000:f3:00.0 on node 0 behind 0000:f0:02.0",
                                      "0000:03:02.1 is 0000:f4:00.0 on node 0 behind 0000:f0:03.0"}),
             per_element());
  BOOST_TEST(nodes(guest) == Lines{"node 0: CPUs 0-3, distances 10"}, per_element());
}

// The expander bus e0 has 20 ports, in the slots 0 to 0x13, and the devices are on the 20 buses e1 to f4.
BOOST_AUTO_TEST_CASE(twenty_devices_of_one_cell_share_an_expander_bus) {
  Pair pair(1);
  for (unsigned i = 0; i < 20; ++i) pair.pass("0000:" + std::to_string(10 + i) + ":00.0", 0);
  const Guest guest = place_and_boot(pair);
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST_REQUIRE(devices(guest).size() == 20);
  BOOST_TEST(devices(guest).front() == "0000:10:00.0 is 0000:e1:00.0 on node 0 behind 0000:e0:00.0");
  BOOST_TEST(devices(guest).back() == "0000:29:00.0 is 0000:f4:00.0 on node 0 behind 0000:e0:13.0");
}

// A bus has 32 slots, so eight ports share a slot. The last device is the 40th. It is on bus d0 + 40 = f8, behind the
// eighth port of the fifth slot.
BOOST_AUTO_TEST_CASE(eight_ports_share_a_slot_for_forty_devices_of_one_cell) {
  Pair pair(1);
  for (unsigned i = 0; i < 40; ++i) pair.pass("0000:" + std::to_string(10 + i) + ":00.0", 0);
  for (const bool uefi : {false, true}) {
    BOOST_TEST_CONTEXT((uefi ? "OVMF" : "SeaBIOS")) {
      const Guest guest = place_and_boot(pair, {.uefi = uefi});
      BOOST_TEST(broken_promises(guest) == "");
      BOOST_TEST_REQUIRE(devices(guest).size() == 40);
      BOOST_TEST(devices(guest)[0] == "0000:10:00.0 is 0000:d1:00.0 on node 0 behind 0000:d0:00.0");
      BOOST_TEST(devices(guest)[1] == "0000:11:00.0 is 0000:d2:00.0 on node 0 behind 0000:d0:00.1");
      BOOST_TEST(devices(guest)[39] == "0000:49:00.0 is 0000:f8:00.0 on node 0 behind 0000:d0:04.7");
    }
  }
}

// The domain has an expander bus for cell 0, with a device that keeps its address. The other device of cell 0 goes to
// this bus too. Cell 1 gets an expander bus with a higher busNr, because its device comes later on the host. libvirt
// adds root ports with the indexes 1 to 3 and 5. The new port on the bus with index 4 must not have one of these
// indexes, or QEMU would not find the bus.
BOOST_AUTO_TEST_CASE(existing_expander_buses_ports_and_addresses_stay) {
  Pair pair(2);
  pair.domain.devices->controllers = {expander(4, "00:04.0", 0x80, 0), port(9, "04:00.0"), port(6, "00:05.0")};
  pair.pass_at("0000:20:00.0", 0, "09:00.0").pass("0000:21:00.0", 0).pass("0000:22:00.0", 1, GiB);
  const Guest guest = place_and_boot(pair);
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(devices(guest) == (Lines{"0000:20:00.0 is 0000:81:00.0 on node 0 behind 0000:80:00.0",
                                      "0000:21:00.0 is 0000:82:00.0 on node 0 behind 0000:80:01.0",
                                      "0000:22:00.0 is 0000:f1:00.0 on node 1 behind 0000:f0:00.0"}),
             per_element());
}

BOOST_AUTO_TEST_CASE(a_gpu_and_its_audio_function_share_a_port) {
  for (const bool uefi : {false, true}) {
    BOOST_TEST_CONTEXT((uefi ? "OVMF" : "SeaBIOS")) {
      Pair pair(2);
      pair.pass("0000:41:00.0", 1, 8 * GiB).pass("0000:41:00.1", 1);
      const Guest guest = place_and_boot(pair, {.uefi = uefi});
      BOOST_TEST(broken_promises(guest) == "");
      BOOST_TEST(devices(guest) == (Lines{"0000:41:00.0 is 0000:f1:00.0 on node 1 behind 0000:f0:00.0",
                                          "0000:41:00.1 is 0000:f1:00.1 on node 1 behind 0000:f0:00.0"}),
                 per_element());
    }
  }
}

// libvirt adds a USB controller, a balloon and root ports, and gives disks and NICs their addresses. None of these
// devices is below an expander bus.
BOOST_AUTO_TEST_CASE(libvirts_own_devices_are_not_below_an_expander_bus) {
  Pair pair(2);
  pair.pass("0000:20:00.0", 0, GiB).pass("0000:a0:00.0", 1, GiB);
  pair.add_to_host("0000:a1:02.0", 1);
  schema::Devices& given = *pair.domain.devices;
  schema::Interface& function = given.interfaces.emplace_back();
  function.type = "hostdev";
  function.source.emplace().address = pci("0000:a1:02.0");
  for (const char* name : {"vda", "vdb"}) {
    schema::Disk& disk = given.disks.emplace_back();
    disk.device = "disk";
    disk.target.emplace().device = name;
    disk.target->bus = "virtio";
    given.interfaces.emplace_back().model.emplace().type = "virtio";
  }
  const Guest guest = place_and_boot(pair);
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(devices(guest) == (Lines{"0000:20:00.0 is 0000:e1:00.0 on node 0 behind 0000:e0:00.0",
                                      "0000:a0:00.0 is 0000:f1:00.0 on node 1 behind 0000:f0:00.0",
                                      "0000:a1:02.0 is 0000:f2:00.0 on node 1 behind 0000:f0:01.0"}),
             per_element());
  unsigned virtio = 0;
  unsigned usb = 0;
  for (const topology::PciDevice& device : guest.seen.devices) {
    virtio += device.vendor == 0x1af4;
    usb += device.class_code >> 8 == 0x0c03;
  }
  BOOST_TEST(virtio == 5);  // two disks, two NICs, the balloon
  BOOST_TEST(usb == 1);
}

// The devices are small, so their stand-ins have no I/O BAR. Linux would not assign one: QEMU's ACPI tables leave out
// an I/O window that begins at 0, which the first expander bus has, and Linux maps the I/O window of the second below
// 0x1000, where it does not use it.
BOOST_AUTO_TEST_CASE(aarch64_virt, *boost::unit_test::precondition(aarch64_can_boot)) {
  Pair pair(2);
  pair.pass("0000:20:00.0", 0).pass("0000:a0:00.0", 1);
  pair.domain.os->type->arch = "aarch64";
  pair.domain.os->type->machine = "virt";
  const Guest guest = place_and_boot(pair);
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(devices(guest) == (Lines{"0000:20:00.0 is 0000:e1:00.0 on node 0 behind 0000:e0:00.0",
                                      "0000:a0:00.0 is 0000:f1:00.0 on node 1 behind 0000:f0:00.0"}),
             per_element());
  BOOST_TEST(nodes(guest) == (Lines{"node 0: CPUs 0, distances 10 20", "node 1: CPUs 1, distances 20 10"}),
             per_element());
}

// i440fx has no PCIe, and libvirt has no PCIe expander bus for it.
BOOST_AUTO_TEST_CASE(i440fx_is_refused) {
  const std::string reason = "the machine is i440fx (pc-i440fx-7.2), which has no PCIe; use q35 (or virt on aarch64)";
  Pair pair(2);
  pair.pass("0000:20:00.0", 0);
  pair.domain.os->type->machine = "pc-i440fx-7.2";
  const placement::Plan plan = placement::plan(pair.domain, pair.host);
  BOOST_TEST(!plan.changed);
  BOOST_TEST_REQUIRE(plan.devices.size() == 1);
  BOOST_TEST((plan.devices[0].outcome == placement::Outcome::left));
  BOOST_TEST(reason_text(plan.devices[0]) == reason);
  schema::Domain domain = pair.domain;
  placement::apply(plan, domain);
  BOOST_TEST((domain == pair.domain));
  BOOST_CHECK_EXCEPTION(placement::plan(pair.domain, pair.host, {.strict = true}), placement::PlanError, says(reason));
}

// libvirt puts the accelerator on the root bus. It stays there, and so is on no node.
BOOST_AUTO_TEST_CASE(a_device_without_a_known_node_stays_on_the_root_bus) {
  const Guest guest = place_and_boot(sample_domain("no-node"), sample_host("no-node"));
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(devices(guest) == (Lines{"0000:01:00.0 is 0000:f1:00.0 on node 0 behind 0000:f0:00.0",
                                      "0000:01:00.1 is 0000:f1:00.1 on node 0 behind 0000:f0:00.0"}),
             per_element());
  BOOST_TEST_REQUIRE(guest.plan.devices.size() == 3);
  BOOST_TEST(reason_text(guest.plan.devices[2]) ==
             "the host does not say which NUMA node it is on; use Options::numa_nodes for 0000:41:00.0");
}

// The root bus comes before the expander buses, so this is not the host's order.
BOOST_AUTO_TEST_CASE(a_device_kept_on_the_root_bus_comes_before_placed_devices) {
  Pair pair(1);
  pair.pass("0000:20:00.0", 0).pass_at("0000:30:00.0", 0, "00:05.0");
  const Guest guest = place_and_boot(pair);
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(devices(guest) == (Lines{"0000:20:00.0 is 0000:f1:00.0 on node 0 behind 0000:f0:00.0",
                                      "0000:30:00.0 is 0000:00:05.0 on no node"}),
             per_element());
  BOOST_TEST(codes_of(guest.plan.warnings) == Lines{"VN023"}, per_element());
}

// libvirt defines the domain after the first plan.
BOOST_AUTO_TEST_CASE(a_second_plan_changes_nothing) {
  Pair pair(2);
  pair.pass("0000:20:00.0", 0, GiB).pass("0000:a0:00.0", 1, GiB);
  placement::apply(placement::plan(pair.domain, pair.host), pair.domain);
  pair.domain = define(pair.domain);
  const Guest guest = place_and_boot(pair, {.options = {.strict = true}});
  BOOST_TEST(!guest.plan.changed);
  BOOST_TEST(codes_of(guest.plan.warnings) == Lines{}, per_element());
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(devices(guest) == (Lines{"0000:20:00.0 is 0000:e1:00.0 on node 0 behind 0000:e0:00.0",
                                      "0000:a0:00.0 is 0000:f1:00.0 on node 1 behind 0000:f0:00.0"}),
             per_element());
}

// libvirt gives the devices ports on the root bus when it defines the domain.
BOOST_AUTO_TEST_CASE(readdress_moves_devices_that_have_addresses_from_libvirt) {
  Pair pair(2);
  pair.pass("0000:20:00.0", 0, GiB).pass("0000:a0:00.0", 1, GiB);
  pair.domain = define(pair.domain);
  BOOST_TEST(!placement::plan(pair.domain, pair.host).changed);
  const Guest guest = place_and_boot(pair, {.options = {.strict = true, .readdress = true}});
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(devices(guest) == (Lines{"0000:20:00.0 is 0000:e1:00.0 on node 0 behind 0000:e0:00.0",
                                      "0000:a0:00.0 is 0000:f1:00.0 on node 1 behind 0000:f0:00.0"}),
             per_element());
}

// Four BARs of 64 GiB do not fit in OVMF's default window of 128 GiB. Mmio::automatic sets a larger window.
BOOST_AUTO_TEST_CASE(four_large_bars_with_ovmf_and_a_window_for_them) {
  Pair pair(1);
  for (const char* gpu : {"0000:20:00.0", "0000:21:00.0", "0000:22:00.0", "0000:23:00.0"}) pair.pass(gpu, 0, 64 * GiB);
  Boot boot;
  boot.options.mmio = placement::Mmio::automatic;
  boot.uefi = true;
  boot.largest_bar = 64 * GiB;
  const Guest guest = place_and_boot(pair, boot);
  BOOST_TEST(broken_promises(guest) == "");
  BOOST_TEST(devices(guest).size() == 4);
  BOOST_TEST(guest.plan.mmio.ovmf_mmio64_mb.value() == 524288);
}

BOOST_AUTO_TEST_SUITE_END()
