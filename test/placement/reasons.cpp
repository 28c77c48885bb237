// The reasons that a plan has for what it chose, in words that a person can check.
#include <boost/test/unit_test.hpp>

#include <vnuma/placement/report.hpp>

#include "placement/bars.hpp"
#include "placement/build.hpp"

using namespace vnuma::test;
using namespace vnuma::placement;
using boost::test_tools::per_element;
using vnuma::schema::Domain;

namespace {

// Without its reasons, the plan is the same as without Options::explain.
Plan explained(const Domain& domain, const vnuma::topology::Host& machine, Options options = {}) {
  options.explain = true;
  const Plan explained = plan(domain, machine, options);
  options.explain = false;
  Plan bare = explained;
  for (PlannedNode& node : bare.nodes) node.why.clear();
  for (PlannedController& controller : bare.controllers) controller.why.clear();
  for (PlannedDevice& device : bare.devices) device.why.clear();
  bare.mmio.why.clear();
  BOOST_TEST((plan(domain, machine, options) == bare));
  return explained;
}

Lines why_controller(const Plan& plan, std::uint32_t index) {
  for (const PlannedController& controller : plan.controllers) {
    if (controller.index == index) return controller.why;
  }
  throw std::logic_error("the plan has no such controller");
}

std::string why_node(const Plan& plan, NodeId node) {
  for (const PlannedNode& one : plan.nodes) {
    if (one.host_node == node) return std::to_string(one.guest_cell) + ": " + one.why;
  }
  return "";
}

std::string why(const Plan& plan, const std::string& source) {
  const Lines& lines = device(plan, source).why;
  return lines.size() == 1 ? lines[0] : std::to_string(lines.size()) + " reasons";
}

const std::string slot_2 =
    "slot 2: the lowest free slot of pcie-root that neither libvirt nor the machine prefers for other devices "
    "(0, 1, 26, 27, 29, 31)";

}  // namespace

BOOST_AUTO_TEST_SUITE(reasons)

BOOST_AUTO_TEST_SUITE(why_this_cell)

BOOST_AUTO_TEST_CASE(the_cell_with_most_vcpus_pinned_to_the_node_is_taken) {
  // vCPUs 0 to 2 are pinned to node 0; 0 and 2 are in cell 0, 1 is in cell 1.
  Domain domain = guest(2, {"27:00.0"});
  domain.cpu->numa->cells[0].cpus = *vnuma::schema::CpuSet::parse("0,2");
  domain.cpu_tune->vcpu_pin[1].cpu_set = vnuma::schema::CpuSet(0);
  vnuma::schema::CPUTuneVCPUPin& pin = domain.cpu_tune->vcpu_pin.emplace_back();
  pin.vcpu = 2;
  pin.cpu_set = vnuma::schema::CpuSet(0);
  const Plan plan = explained(domain, host(2, {{"27:00.0", 0}}));
  BOOST_TEST(why_node(plan, 0) == "0: it has 2 of the 3 vCPUs that are pinned to the node's CPUs");
  BOOST_TEST(plan.nodes.size() == 1U);  // no device is on the other node
}

BOOST_AUTO_TEST_CASE(a_memnode_decides_the_cell) {
  Domain domain = guest(2, {"27:00.0"});
  vnuma::schema::MemNode& memnode = domain.numa_tune.emplace().mem_nodes.emplace_back();
  memnode.cell_id = 1;
  memnode.node_set = vnuma::schema::CpuSet(0);
  const Plan plan = explained(domain, host(2, {{"27:00.0", 0}}));
  BOOST_TEST(why_node(plan, 0) == "1: /domain/numatune/memnode[1] assigns it");
}

BOOST_AUTO_TEST_CASE(the_nearest_node_is_named_with_its_distance) {
  vnuma::topology::Host machine = host(2, {{"27:00.0", 1}});
  machine.nodes[1].distances = {{0, 80}, {1, 10}};
  const Plan plan = explained(guest(1, {"27:00.0"}), machine, {.unaligned = Unaligned::nearest});
  BOOST_TEST(why_node(plan, 1) == "0: of the nodes that have a cell, node 0 is the nearest, at distance 80");
}

BOOST_AUTO_TEST_CASE(a_new_cell_names_the_cell_that_gives_memory_and_later_its_devices) {
  Domain domain = guest(1, {"27:00.0"});
  domain.cpu->numa->cells[0].memory = 1048576;  // KiB
  const Options cells{.unaligned = Unaligned::cell};
  const Plan first = explained(domain, host(2, {{"27:00.0", 1}}), cells);
  BOOST_TEST(why_node(first, 1) ==
             "1: it is new, because the node had none; its memory comes from cell 0, which has the most");
  apply(first, domain);
  domain.devices->host_devices.push_back(hostdev("28:00.0"));
  const Plan second = explained(domain, host(2, {{"27:00.0", 1}, {"28:00.0", 1}}), cells);
  BOOST_TEST(why_node(second, 1) == "1: it has no CPUs, and devices of the node are on it");
}

BOOST_AUTO_TEST_CASE(a_host_node_that_was_given_is_named) {
  const Plan plan = explained(guest(2, {"27:00.0"}), host(2, {{"27:00.0", -1}}), {.numa_nodes = {{bdf("27:00.0"), 1}}});
  BOOST_TEST(device(plan, "27:00.0").why == (Lines{"host node 1 was given for it",
                                                   "controller 2 is a new port on the expander bus 1, which is new"}),
             per_element());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(why_this_bus_number)

BOOST_AUTO_TEST_CASE(the_highest_multiple_of_16_with_room_is_taken) {
  // 240 is 15 * 16; the bus and one port need two numbers.
  const Plan plan = explained(guest(1, {"27:00.0"}), host(1, {{"27:00.0", 0}}));
  const Lines expected{
      "cell 0 has no expander bus",
      "busNr 240: the highest multiple of 16 from which 2 bus numbers are free below 256 (240 to 241)",
      "bus numbers 1 to 8 are left to pcie-root: 0 for what is there, 0 for what libvirt adds, 8 for hot-plug", slot_2};
  BOOST_TEST(why_controller(plan, 1) == expected, per_element());
}

BOOST_AUTO_TEST_CASE(numbers_that_are_taken_reserved_or_left_to_pcie_root_are_named) {
  // Cell 1's bus is at 240, with a port on it. Cell 0's comes before it, with 3 numbers in reserve. The port at 00:03.0
  // has a bus number.
  Domain domain = guest(2, {"10:00.0"});
  domain.devices->controllers = {expander(1, "00:02.0", 240, 1), port(2, "01:00.0"), port(3, "00:03.0")};
  domain.devices->host_devices.push_back(hostdev("20:00.0", "02:00.0"));
  domain.devices->host_devices.push_back(hostdev("30:00.0", "03:00.0"));
  const Plan plan = explained(domain, host(2, {{"10:00.0", 0}, {"20:00.0", 1}, {"30:00.0", -1}}), {.reserve_buses = 3});
  const Lines why = why_controller(plan, 4);
  BOOST_TEST(why[1] ==
             "busNr 224: the highest multiple of 16 from which 5 bus numbers are free below 240, which is used (224 to "
             "228, the "
             "last 3 of them reserved)");
  BOOST_TEST(why[2] ==
             "bus numbers 1 to 9 are left to pcie-root: 1 for what is there, 0 for what libvirt adds, 8 for hot-plug");
}

BOOST_AUTO_TEST_CASE(a_number_behind_devices_that_come_first_on_the_host_says_so) {
  // Cell 1's bus, with the host's first device, ends at 33; the new one begins behind it.
  Domain domain = guest(2, {"20:00.0"});
  domain.devices->controllers = {expander(1, "00:02.0", 32, 1), port(2, "01:00.0")};
  domain.devices->host_devices.push_back(hostdev("10:00.0", "02:00.0"));
  const Plan plan = explained(domain, host(2, {{"10:00.0", 1}, {"20:00.0", 0}}));
  BOOST_TEST(why_controller(plan, 3)[1] ==
             "busNr 240: the highest multiple of 16 from which 2 bus numbers are free below 256 (240 to 241); at least "
             "34, to be "
             "behind devices that come first on the host");
}

BOOST_AUTO_TEST_CASE(a_number_out_of_the_hosts_order_says_that_there_is_no_room) {
  // The host's first device is at 254 to 255, so nothing fits behind it.
  Domain domain = guest(2, {"20:00.0"});
  domain.devices->controllers = {expander(1, "00:02.0", 254, 1), port(2, "01:00.0")};
  domain.devices->host_devices.push_back(hostdev("10:00.0", "02:00.0"));
  const Plan plan = explained(domain, host(2, {{"10:00.0", 1}, {"20:00.0", 0}}));
  BOOST_TEST(why_controller(plan, 3)[1] ==
             "busNr 240: the highest multiple of 16 from which 2 bus numbers are free below 254, which is used (240 to "
             "241); out "
             "of the host's order, for which there is no room");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(why_this_port)

BOOST_AUTO_TEST_CASE(a_new_port_names_its_expander_bus) {
  const Plan plan = explained(guest(1, {"27:00.0", "28:00.0"}), host(1, {{"27:00.0", 0}, {"28:00.0", 0}}));
  BOOST_TEST(why(plan, "28:00.0") == "controller 3 is a new port on the expander bus 1, which is new");
  BOOST_TEST(why_controller(plan, 3) == Lines{"slot 1: the first behind those in use on controller 1"}, per_element());
}

BOOST_AUTO_TEST_CASE(ports_that_take_a_function_each_say_that_slots_do_not_suffice) {
  Domain domain = guest(1);
  vnuma::topology::Host machine = host(1);
  for (unsigned slot = 0; slot < 32; ++slot) {
    const std::string number = slot < 16 ? "0" + std::string(1, "0123456789abcdef"[slot])
                                         : "1" + std::string(1, "0123456789abcdef"[slot - 16]);
    attach(machine, "10:" + number + ".0", 0, "pci0000:10");
    domain.devices->host_devices.push_back(hostdev("10:" + number + ".0"));
  }
  attach(machine, "20:00.0", 0, "pci0000:10");
  domain.devices->host_devices.push_back(hostdev("20:00.0"));
  const Plan plan = explained(domain, machine);
  BOOST_TEST(why_controller(plan, 11) ==
                 Lines{"slot 1, function 1: 33 ports are more than the free slots (32), so they take a function each"},
             per_element());
}

BOOST_AUTO_TEST_CASE(a_port_with_other_functions_of_the_card_says_so) {
  const Plan together = explained(guest(1, {"27:00.0", "27:00.1"}), host(1, {{"27:00.0", 0}, {"27:00.1", 0}}));
  BOOST_TEST(why(together, "27:00.1") ==
             "controller 2 is a new port on the expander bus 1, which is new, with the other functions of its card");
  Domain domain = guest(1, {"27:00.1"});
  domain.devices->controllers = {expander(1, "00:02.0", 240, 0), port(2, "01:00.0")};
  domain.devices->host_devices.push_back(hostdev("27:00.0", "02:00.0"));
  const Plan later = explained(domain, host(1, {{"27:00.0", 0}, {"27:00.1", 0}}));
  BOOST_TEST(why(later, "27:00.1") == "it joins the other functions of its card on controller 2");
}

BOOST_AUTO_TEST_CASE(an_empty_port_is_taken_before_libvirt_takes_it) {
  Domain domain = guest(1, {"27:00.0"});
  domain.devices->controllers = {expander(1, "00:02.0", 240, 0), port(2, "01:00.0")};
  const Plan plan = explained(domain, host(1, {{"27:00.0", 0}}));
  BOOST_TEST(why(plan, "27:00.0") == "port 2 of its cell is empty, and libvirt would plug another device into it");
}

BOOST_AUTO_TEST_CASE(an_expander_bus_has_room_or_says_what_it_lacks) {
  Domain domain = guest(1, {"28:00.0"});
  domain.devices->controllers = {expander(1, "00:02.0", 240, 0), port(2, "01:00.0")};
  domain.devices->host_devices.push_back(hostdev("27:00.0", "02:00.0"));
  const vnuma::topology::Host machine = host(1, {{"27:00.0", 0}, {"28:00.0", 0}});
  BOOST_TEST(why(explained(domain, machine), "28:00.0") ==
             "controller 3 is a new port on the expander bus 1, which is of its cell and has room");
  domain.devices->controllers[0].target->bus_nr = 254;
  BOOST_TEST(why_controller(explained(domain, machine), 3)[0] ==
             "the expander bus 1 has no room: it needs 1 bus number behind expander bus 1, and 0 are free");
}

BOOST_AUTO_TEST_CASE(a_switch_names_the_host_switch_that_it_stands_for) {
  const Options switches{.mirror = Mirror::pcie_switch};
  const Plan fresh = explained(guest(1, {"18:00.0", "19:00.0", "28:00.0"}), one_switch(), switches);
  BOOST_TEST(why_controller(fresh, 1)[0] == "cell 0 has no expander bus for pci0000:15");
  BOOST_TEST(why_controller(fresh, 3) == Lines{"it mirrors the host's switch above 0000:18:00.0"}, per_element());
  BOOST_TEST(why(fresh, "19:00.0") ==
             "controller 5 is a new port on the switch 3, which mirrors its switch on the host");
  BOOST_TEST(why(fresh, "28:00.0") == "controller 6 is a new port on the expander bus 1, which is new");

  Domain domain = guest(1, {"18:00.0", "19:00.0"});
  vnuma::topology::Host machine = one_switch();
  attach(machine, "1a:00.0", 0, "pci0000:15", "15:01.0 16:00.0 17:02.0");
  apply(explained(domain, machine, switches), domain);
  domain.devices->host_devices.push_back(hostdev("1a:00.0"));
  BOOST_TEST(why(explained(domain, machine, switches), "1a:00.0") ==
             "controller 6 is a new port on the switch 3, which mirrors a switch above it on the host");
}

BOOST_AUTO_TEST_CASE(a_device_that_moves_names_its_old_address) {
  Domain domain = guest(1);
  domain.devices->controllers = {port(1, "00:01.0")};
  domain.devices->host_devices = {hostdev("27:00.0", "01:00.0")};
  const Plan plan = explained(domain, host(1, {{"27:00.0", 0}}), {.readdress = true});
  BOOST_TEST(device(plan, "27:00.0").why == (Lines{"it was at 0000:01:00.0, which is not on its cell",
                                                   "controller 2 is a new port on the expander bus 1, which is new"}),
             per_element());
  BOOST_TEST(mentions(explanation(plan), "controller 1 is removed: all that was plugged into it moves\n"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(the_window_says_what_the_bars_need_and_what_firmware_gives) {
  // Four times 64 GiB begin at multiples of 64 GiB, so they need as much as they have. In a window of 256 GiB OVMF has
  // no room for anything else.
  BarPair pair;
  pair.pass_many(4, 64 * GiB);
  const std::string need =
      "256 GiB of 64-bit prefetchable BARs, each at a multiple of its size and bridge by bridge, need 256 GiB";
  BOOST_TEST(explained(pair.domain, pair.host).mmio.why ==
                 (Lines{need,
                        "SeaBIOS lays BARs out above the memory as far as the address bits go, whatever pcihole64 "
                        "says"}),
             per_element());
  BOOST_TEST(explained(pair.ovmf().domain, pair.host).mmio.why ==
                 (Lines{need,
                        "in OVMF's window each port takes a 256th of it besides, and the domain's own devices come "
                        "first: 512 GiB are needed, and every OVMF gives 32 GiB"}),
             per_element());
  BOOST_TEST(explained(pair.domain, pair.host, {.mmio = Mmio::off}).mmio.why.empty());
  const BarPair enough = BarPair().pass("20:00.0", {MiB}, small);
  BOOST_TEST(explained(enough.domain, enough.host).mmio.why.empty());
}

BOOST_AUTO_TEST_CASE(a_device_that_is_kept_or_left_is_explained_by_its_reasons) {
  Domain domain = guest(1, {"28:00.0"});
  domain.devices->host_devices.push_back(hostdev("27:00.0", "00:05.0"));
  const Plan plan = explained(domain, host(1, {{"27:00.0", 0}, {"28:00.0", -1}}));
  // A program that has no option for readdress.
  const auto spelling = [](const OptionHint& hint) {
    return hint.option == vnuma::placement::Option::numa_nodes ? "node-of " + hint.device + "=NODE" : std::string();
  };
  const std::string left = reason_text(plan.devices[0], spelling);
  const std::string kept = reason_text(plan.devices[1], spelling);
  BOOST_TEST(mentions(left, "; use node-of 0000:28:00.0=NODE"), left);
  BOOST_TEST(!mentions(kept, "; use"), kept);
  BOOST_TEST(mentions(explanation(plan, spelling),
                      "\n0000:28:00.0 is left: " + left + "\n0000:27:00.0 is kept: " + kept + "\n"));
}

BOOST_AUTO_TEST_CASE(a_domain_without_devices_has_nothing_to_explain) {
  BOOST_TEST(explanation(explained(guest(1), host(1))) == "");
  // Nor has a plan without Options::explain.
  BOOST_TEST(explanation(plan(guest(1, {"27:00.0"}), host(1, {{"27:00.0", 0}}))) == "");
}

BOOST_AUTO_TEST_SUITE_END()
