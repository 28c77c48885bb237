// vnuma place: the domain, the report, and their destinations.
#include <algorithm>
#include <map>
#include <regex>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <vnuma/schema/domain.hpp>
#include <vnuma/schema/xml.hpp>

#include "samples.hpp"
#include "terminal.hpp"

using namespace vnuma::test;
using vnuma::schema::Domain;

namespace {

const Sample proposal = samples[0];

// The PCI controller that has the bus of an address.
const vnuma::schema::Controller& bus_of(const Domain& domain, const vnuma::schema::Address& address) {
  for (const auto& controller : domain.devices->controllers) {
    if (controller.type == "pci" && *controller.index == *address.bus) return controller;
  }
  throw std::runtime_error("no PCI controller has the index " + address.bus.text());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(place_command)

BOOST_AUTO_TEST_CASE(the_result_goes_to_stdout_and_the_report_to_stderr) {
  const Result result = place(proposal);
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.out.find("<model type='vga'") != std::string::npos);
  BOOST_TEST(result.out.find("model='pcie-expander-bus'") != std::string::npos);
  BOOST_TEST(result.out.ends_with("</domain>\n"));
  for (const char* word : {"0000:27:00.0", "ua-gpu-gpu-1", "0000:60:00.0", "ua-gpu-gpu-2", "placed"}) {
    BOOST_TEST(result.err.find(word) != std::string::npos, word);
  }
  BOOST_TEST(result.err.ends_with("2 of 2 devices placed, 3 controllers added, 0 removed\n"));
}

// Eight GPUs and UEFI: what OVMF gives the BARs and the address bits are unknown.
BOOST_AUTO_TEST_CASE(warnings_on_the_firmware_are_one_line_unless_verbose) {
  std::string uefi = read(domain_file("eight-gpu"));
  uefi.replace(uefi.find("<os>"), 4, "<os firmware='efi'>");
  const auto placed = [&](std::vector<std::string> options) {
    options.insert(options.begin(), {"place", "--sysfs", sysfs("two-socket-eight-gpu")});
    return run_vnuma(std::move(options), uefi).err;
  };
  const std::string folded =
      "\nwarning: 2 warnings are about the guest's firmware (VN033, VN034); use --mmio auto; --verbose lists them\n";
  const std::string brief = placed({});
  BOOST_TEST(brief.find(folded) != std::string::npos, brief);
  BOOST_TEST(brief.find("warning VN033") == std::string::npos);
  const std::string verbose = placed({"--verbose"});
  BOOST_TEST(verbose.find("\nwarning VN033: in doubt: ") != std::string::npos, verbose);
  BOOST_TEST(verbose.find("\nwarning VN034: in doubt: ") != std::string::npos);
  BOOST_TEST(verbose.find("warning: ") == std::string::npos);
  BOOST_TEST(nlohmann::json::parse(placed({"--report", "json"}))["diagnostics"].size() == 2U);
}

BOOST_AUTO_TEST_CASE(devices_without_alias_have_names_on_a_terminal_and_with_verbose) {
  const std::string bare =
      std::regex_replace(read(domain_file("eight-gpu")), std::regex("<alias name=[^>]*></alias>"), "");
  const TemporaryFolder folder;
  std::vector<std::string> options{"place", folder.write("bare.xml", bare), "--sysfs", sysfs("two-socket-eight-gpu"),
                                   "-o",    folder / "placed.xml"};
  const std::string plain = run_vnuma(options).err;
  BOOST_TEST(plain.starts_with("ON THE HOST   NODE  CELL  OUTCOME  IN THE DOMAIN  IN THE GUEST\n"
                               "0000:18:00.0  0     0     placed   0000:02:00.0   0000:e1:00.0\n"),
             plain);
  const std::string terminal = on_terminal(options, 200, {});
  options.emplace_back("--verbose");
  const std::string verbose = run_vnuma(options).err;
  BOOST_TEST(verbose.ends_with(terminal), verbose);
  // The system's file may be missing, or too old for this GPU.
  const fs::path ids = "/usr/share/misc/pci.ids";
  const bool is_built_in = run_vnuma({"show", "--help"}).out.find("--pci-ids") != std::string::npos;
  if (!is_built_in || !fs::exists(ids) || read(ids).find("[H100 SXM5 80GB]") == std::string::npos) return;
  BOOST_TEST(terminal.starts_with("ON THE HOST   DEVICE          NODE  CELL  OUTCOME  IN THE DOMAIN  IN THE GUEST\n"
                                  "0000:18:00.0  H100 SXM5 80GB  0     0     placed   0000:02:00.0   0000:e1:00.0\n"),
             terminal);
}

BOOST_AUTO_TEST_CASE(stdout_is_empty_with_an_output_file) {
  const TemporaryFolder folder;
  const Result result = place(proposal, {"-o", folder / "placed.xml"});
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.out == "");
  BOOST_TEST(read(folder / "placed.xml") == place(proposal).out);
}

BOOST_AUTO_TEST_CASE(a_dash_or_no_name_reads_stdin) {
  const std::string input = read(domain_file("proposal"));
  const std::string expected = place(proposal).out;
  BOOST_TEST(run_vnuma({"place", "-", "--sysfs", sysfs("eight-node")}, input).out == expected);
  BOOST_TEST(run_vnuma({"place", "--sysfs", sysfs("eight-node")}, input).out == expected);
}

BOOST_AUTO_TEST_CASE(a_dash_as_output_writes_stdout) {
  BOOST_TEST(place(proposal, {"-o", "-"}).out == place(proposal).out);
}

BOOST_AUTO_TEST_CASE(the_nodes_may_come_from_virsh_capabilities) {
  const auto result = place(proposal, {"--capabilities", example("hosts/eight-node-capabilities.xml")});
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.out == place(proposal).out);
}

BOOST_AUTO_TEST_CASE(the_json_report_is_the_only_object_on_stderr) {
  // By hand: one expander bus for cell 0, at 240, which leaves it 16 numbers up to 255, in the first slot
  // of pcie-root that is free; a port for each GPU, whose chassis is its index and whose port is slot * 8.
  // Each GPU has BARs of 64 GiB, 32 and 16 MiB, and the second begins at 128 GiB: 192 GiB and 48 MiB.
  const auto expected = nlohmann::json::parse(R"({
    "changed": true,
    "mirror": "numa",
    "layout": null,
    "cells": [],
    "controllers": [
      {"index": 1, "model": "pcie-expander-bus", "bus_nr": 240, "node": 0, "address": "0000:00:02.0"},
      {"index": 2, "model": "pcie-root-port", "chassis": 2, "port": 0, "address": "0000:01:00.0"},
      {"index": 3, "model": "pcie-root-port", "chassis": 3, "port": 8, "address": "0000:01:01.0"}],
    "removed": [],
    "devices": [
      {"source": "0000:27:00.0", "parent": null, "alias": "ua-gpu-gpu-1", "outcome": "placed", "reason": "", "reasons": [],
       "host_node": 0, "node_source": "firmware",
       "guest_cell": 0, "address": "0000:02:00.0", "guest_bdf": "0000:f1:00.0"},
      {"source": "0000:60:00.0", "parent": null, "alias": "ua-gpu-gpu-2", "outcome": "placed", "reason": "", "reasons": [],
       "host_node": 0, "node_source": "firmware",
       "guest_cell": 0, "address": "0000:03:00.0", "guest_bdf": "0000:f2:00.0"}],
    "differences": [
      {"host": "NODE", "guest": "PHB", "pairs": 1, "example": ["0000:27:00.0", "0000:60:00.0"]}],
    "mmio": {"window": 206208761856, "io_ports": 0, "x_pci_mmio64_mb": null, "pcihole64": null, "qemu_arguments": [],
             "not_counted": []},
    "warnings": [], "diagnostics": []})");
  const Result result = place(proposal, {"--report", "json"});
  BOOST_TEST(result.status == 0);
  BOOST_TEST(nlohmann::json::parse(result.err) == expected);
  BOOST_TEST(result.out == place(proposal).out);
}

BOOST_AUTO_TEST_CASE(verbose_prints_the_reasons_before_the_report) {
  // By hand: vCPUs 0 and 1 of cell 0 are pinned to the CPUs 1 and 129 of node 0, to which no other is. A bus with two
  // ports needs three numbers.
  for (const char* option : {"-v", "--verbose"}) {
    const Result result = place(proposal, {option});
    BOOST_TEST(result.status == 0);
    BOOST_TEST(result.out == place(proposal).out);
    BOOST_TEST(result.err.ends_with(place(proposal).err));
    for (const char* line :
         {"host node 0 maps to guest cell 0: it has 2 of the 2 vCPUs that are pinned to the node's CPUs\n",
          "\ncontroller 1, pcie-expander-bus:\n  cell 0 has no expander bus\n  busNr 240: the highest multiple of 16 "
          "from which 3 bus numbers are free below 256 (240 to 242)\n",
          "\ncontroller 3, pcie-root-port: slot 1: the first behind those in use on controller 1\n",
          "\n0000:60:00.0 is placed at 0000:03:00.0: controller 3 is a new port on the expander bus 1, which is new\n",
          "\nthe window for BARs:\n  129 GiB of 64-bit prefetchable BARs, each at a multiple of its size and bridge by "
          "bridge, need 193 GiB\n"}) {
      BOOST_TEST(("\n" + result.err).find(line) != std::string::npos, line);
    }
  }
}

BOOST_AUTO_TEST_CASE(verbose_adds_reasons_to_the_json_report) {
  const auto report = nlohmann::json::parse(place(proposal, {"--report", "json", "-v"}).err);
  BOOST_TEST(report["nodes"] == nlohmann::json::parse(R"([{"host_node": 0, "guest_cell": 0, "why":
                                       "it has 2 of the 2 vCPUs that are pinned to the node's CPUs"}])"));
  BOOST_TEST(report["controllers"][0]["why"][0] == "cell 0 has no expander bus");
  BOOST_TEST(report["devices"][1]["why"] ==
             nlohmann::json::parse(R"(["controller 3 is a new port on the expander bus 1, which is new"])"));
  BOOST_TEST(report["mmio"]["why"].size() == 2U);
}

BOOST_AUTO_TEST_CASE(unknown_values_in_the_report_are_null) {
  // The firmware of this host does not report the node of 0000:41:00.0.
  const Result result = place({"no-node", "no-node"}, {"--report", "json"});
  const auto device = nlohmann::json::parse(result.err)["devices"][2];
  BOOST_TEST(device["source"] == "0000:41:00.0");
  BOOST_TEST(device["outcome"] == "left");
  BOOST_TEST(device["reason"].get<std::string>().find("--numa-node") != std::string::npos);
  for (const char* field : {"host_node", "node_source", "guest_cell", "address", "guest_bdf"}) {
    BOOST_TEST_CONTEXT(field) {
      BOOST_TEST(device.contains(field));
      BOOST_TEST(device[field].is_null());
    }
  }
}

BOOST_AUTO_TEST_CASE(numa_node_sets_the_node_of_a_device) {
  const Result result = place({"no-node", "no-node"}, {"--report", "json", "--numa-node", "0000:41:00.0=1"});
  const auto device = nlohmann::json::parse(result.err)["devices"][2];
  BOOST_TEST(device["outcome"] == "placed");
  BOOST_TEST(device["host_node"] == 1);
  BOOST_TEST(device["guest_cell"] == 1);
}

BOOST_AUTO_TEST_CASE(numa_node_sets_the_node_of_the_devices_that_a_pattern_matches) {
  // Both functions of the GPU at 0000:01:00, which the firmware reports on node 0, and the card at 0000:41:00.0.
  const auto nodes = [](const std::vector<std::string>& values) {
    std::vector<std::string> options{"--report", "json"};
    for (const std::string& value : values) options.insert(options.end(), {"--numa-node", value});
    std::vector<int> found;
    const auto report = nlohmann::json::parse(place({"no-node", "no-node"}, options).err);
    for (const auto& device : report["devices"])
      found.push_back(device["host_node"].is_null() ? -1 : device["host_node"].get<int>());
    return found;
  };
  BOOST_TEST(nodes({"0000:4*=1"}) == (std::vector{0, 0, 1}), boost::test_tools::per_element());
  BOOST_TEST(nodes({"*=1"}) == (std::vector{1, 1, 1}), boost::test_tools::per_element());
  BOOST_TEST(nodes({"*=1", "0000:01:*=0,01:00.1=1"}) == (std::vector{0, 1, 1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(numa_node_for_a_parent_is_the_node_of_its_mediated_devices) {
  // Two mediated devices of 0000:18:00.0; 0001:98:00.0; 0000:19:00.1 of an interface.
  const Result result = place({"mediated", "mediated"}, {"--report", "json", "--numa-node", "0000:18*=1"});
  std::vector<std::string> found;
  const auto report = nlohmann::json::parse(result.err);
  for (const auto& device : report["devices"])
    found.push_back(device["host_node"].dump() + " " + device["node_source"].get<std::string>());
  BOOST_TEST(found == (std::vector<std::string>{"1 given", "1 given", "1 firmware", "0 firmware"}),
             boost::test_tools::per_element());
}

// The firmware of this host reports no node, and only node 0 has CPUs.
BOOST_AUTO_TEST_CASE(devices_without_a_reported_node_are_placed_on_the_only_node_and_the_report_says_why) {
  const Sample unreported{"unreported", "unreported"};
  const Result result = place(unreported);
  BOOST_TEST(
      result.err.find("\nthe host reports no node for 0000:01:00.0, 0000:41:02.0, "
                      "0c7b2bb5-94e9-4ef5-b2f0-ba6e6d3ad4c5; node 0 is used, because no other node has CPUs\n") !=
          std::string::npos,
      result.err);
  BOOST_TEST(result.err.ends_with("\n3 of 3 devices placed, 4 controllers added, 0 removed\n"));
  const auto report = nlohmann::json::parse(place(unreported, {"--report", "json", "--mirror", "switch"}).err);
  for (const auto& device : report["devices"]) BOOST_TEST(device["node_source"] == "only-node");
  // The host has a root complex for the GPU, and one for the two others.
  const auto is_expander = [](const auto& controller) { return controller["model"] == "pcie-expander-bus"; };
  BOOST_TEST(std::count_if(report["controllers"].begin(), report["controllers"].end(), is_expander) == 2);
}

BOOST_AUTO_TEST_CASE(the_report_says_that_a_node_comes_from_local_cpus) {
  const TemporaryFolder folder;
  unfold("no-node", folder / "sys");
  folder.write("sys/bus/pci/devices/0000:41:00.0/local_cpulist", "8-15\n");  // node 1
  const auto report = [&](const char* kind) {
    return run_vnuma({"place", domain_file("no-node"), "--sysfs", folder / "sys", "--report", kind}).err;
  };
  BOOST_TEST(
      report("text").find("\nthe host reports no node for 0000:41:00.0; node 1 is used, because local_cpulist has "
                          "only CPUs of this node\n") != std::string::npos,
      report("text"));
  const auto devices = nlohmann::json::parse(report("json"))["devices"];
  BOOST_TEST(devices[2]["host_node"] == 1);
  BOOST_TEST(devices[2]["node_source"] == "local-cpus");
  BOOST_TEST(devices[0]["node_source"] == "firmware");
}

BOOST_AUTO_TEST_CASE(nodes_that_the_firmware_reports_or_a_user_gives_need_no_line) {
  BOOST_TEST(place(proposal).err.find("reports no node") == std::string::npos);
  const std::string given = place({"unreported", "unreported"}, {"--numa-node", "*=0"}).err;
  BOOST_TEST(given.find("3 of 3 devices placed") != std::string::npos);
  BOOST_TEST(given.find("reports no node") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(unaligned_devices_go_to_the_nearest_or_to_new_cells) {
  // The GPUs of the sample are on the nodes 2 and 18, at distance 80 from the nodes 0 and 1.
  const Sample grace{"grace", "grace"};
  const auto cells = [&](const char* how) {
    const Result result = place(grace, {"--unaligned", how, "--strict", "--report", "json"});
    const auto report = nlohmann::json::parse(result.err);
    std::vector<int> found{static_cast<int>(report["cells"].size())};
    for (const auto& device : report["devices"]) found.push_back(device["guest_cell"]);
    const Result again = run_vnuma({"place", "--sysfs", sysfs("grace"), "--unaligned", how, "--strict"}, result.out);
    BOOST_TEST(again.status == 0);
    BOOST_TEST(again.out == result.out);
    return found;
  };
  BOOST_TEST(cells("nearest") == (std::vector<int>{0, 0, 1, 0, 1}), boost::test_tools::per_element());
  BOOST_TEST(cells("cell") == (std::vector<int>{2, 2, 3, 0, 1}), boost::test_tools::per_element());
  const Result left = place(grace, {"--unaligned", "leave", "--strict"});
  BOOST_TEST(left.status == 1);
  BOOST_TEST(left.err.find("host node 2 has no guest cell") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(report_none_prints_nothing) {
  const Result result = place(proposal, {"--report", "none"});
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.err == "");
  BOOST_TEST(result.out == place(proposal).out);
}

BOOST_AUTO_TEST_CASE(a_domain_without_passthrough_devices_needs_no_host) {
  const std::string domain = "<domain type='kvm'>\n  <name>small</name>\n</domain>";
  const Result result = run_vnuma({"place", "--sysfs", "/nowhere", "--report", "json"}, domain);
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.out == domain);
  BOOST_TEST(nlohmann::json::parse(result.err) ==
             nlohmann::json::parse(
                 R"({"changed": false, "mirror": "numa", "layout": null, "cells": [], "controllers": [], "removed": [],
                                       "devices": [], "differences": [], "mmio": {"window": null, "io_ports": null,
                                       "x_pci_mmio64_mb": null, "pcihole64": null, "qemu_arguments": [],
                                       "not_counted": []},
                                       "warnings": [], "diagnostics": []})"));
}

BOOST_AUTO_TEST_CASE(the_proposals_gpu_is_on_a_root_port_on_the_expander_bus_of_its_cell_on_pcie_root) {
  const auto domain = vnuma::schema::from_xml<Domain>(place(proposal).out);
  const auto& gpu = domain.devices->host_devices.at(0);
  BOOST_TEST(*gpu.source->address->bus == 0x27U);
  const auto& port = bus_of(domain, *gpu.address);
  BOOST_TEST(*port.model == "pcie-root-port");
  const auto& expander = bus_of(domain, *port.address);
  BOOST_TEST(*expander.model == "pcie-expander-bus");
  BOOST_TEST(*expander.target->numa_node == 0U);
  BOOST_TEST(*expander.target->bus_nr == 240U);
  BOOST_TEST(*expander.address->bus == 0U);  // pcie-root, which is implicit
}

BOOST_AUTO_TEST_CASE(every_sample_is_placed_on_its_cells) {
  // By hand from the descriptions of the hosts: the cell of each device in document order; -1 for a device that is
  // left.
  const std::map<std::string, std::vector<int>> cells{{"proposal", {0, 0}},
                                                      {"eight-gpu", {0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1}},
                                                      {"eight-node", {0, 0, 1, 2, 3, 4, 5, 6, 7}},
                                                      {"one-node", {0, 0, 0, 0}},
                                                      {"no-node", {0, 0, -1}},
                                                      {"grace", {-1, -1, 0, 1}},
                                                      {"mediated", {0, 0, 1}},
                                                      {"unreported", {0, 0, 0}}};
  for (const Sample& sample : samples) {
    BOOST_TEST_CONTEXT(sample) {
      const Result result = place(sample);
      const auto domain = vnuma::schema::from_xml<Domain>(result.out);
      std::vector<int> found;
      for (const auto& device : domain.devices->host_devices) {
        if (!device.address)
          found.push_back(-1);
        else
          found.push_back(
              static_cast<int>(*bus_of(domain, *bus_of(domain, *device.address).address).target->numa_node));
      }
      BOOST_TEST(found == cells.at(sample.domain), boost::test_tools::per_element());
    }
  }
}

// The BARs of the GPUs and of the root bus before them need more than the 32 GiB that every OVMF has: they end 48 MiB
// above 256 GiB, so the window is 512 GiB.
BOOST_AUTO_TEST_CASE(mmio_auto_gives_ovmf_room_for_the_bars) {
  const std::string domain = with(read(domain_file("proposal")), "<os>", "<os firmware='efi'>");
  const auto run = [&](const std::string& mode, const std::string& text) {
    return run_vnuma({"place", "--sysfs", sysfs("eight-node"), "--mmio", mode}, text);
  };
  const std::string argument = "value='name=opt/ovmf/X-PciMmio64Mb,string=524288'";
  const Result set = run("auto", domain);
  BOOST_TEST(set.status == 0);
  BOOST_TEST(set.out.find(argument) != std::string::npos);
  BOOST_TEST(set.err.find("the BARs need a 64-bit window of 193 GiB\n") != std::string::npos);
  BOOST_TEST(run("auto", set.out).out == set.out);
  BOOST_TEST(run("warn", set.out).err.find("warning") == std::string::npos);
  const Result warned = run("warn", domain);
  BOOST_TEST(warned.out.find(argument) == std::string::npos);
  BOOST_TEST(warned.err.find("use --mmio auto") != std::string::npos);
  BOOST_TEST(run("off", domain).err.find("BARs") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_placed_domain_does_not_change_again) {
  for (const Sample& sample : samples) {
    BOOST_TEST_CONTEXT(sample) {
      const std::string once = place(sample).out;
      const Result twice = run_vnuma({"place", "--sysfs", sysfs(sample.host)}, once);
      BOOST_TEST(twice.status == 0);
      BOOST_TEST(twice.out == once);
    }
  }
}

BOOST_AUTO_TEST_CASE(readdress_moves_devices_that_libvirt_gave_an_address) {
  const Sample defined{"defined", "two-socket-eight-gpu"};
  const Result kept = place(defined, {"--report", "json"});
  BOOST_TEST(kept.out == read(domain_file("defined")));
  BOOST_TEST(nlohmann::json::parse(kept.err)["devices"][0]["reason"] ==
             "it has an address in the guest, and this is not on guest cell 0; use --readdress");
  const Result moved = place(defined, {"--readdress", "--strict", "--report", "json"});
  const auto report = nlohmann::json::parse(moved.err);
  BOOST_TEST(report["devices"][0]["guest_bdf"] == "0000:e1:00.0");  // the GPU of host node 0
  BOOST_TEST(report["devices"][1]["guest_bdf"] == "0000:f1:00.0");  // the GPU of host node 1
  BOOST_TEST(report["devices"][2]["guest_bdf"] == "0000:f2:00.0");  // its NIC
  const auto domain = vnuma::schema::from_xml<Domain>(moved.out);
  std::vector<unsigned> ports;  // without libvirt's three ports for the devices
  for (const auto& controller : domain.devices->controllers) {
    if (controller.model == "pcie-root-port" && *controller.address->bus == 0U) ports.push_back(*controller.index);
  }
  BOOST_TEST(ports == (std::vector<unsigned>{1, 2, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_domain_without_numa_cells_is_returned_byte_for_byte) {
  std::string domain = read(domain_file("proposal"));
  const std::size_t begin = domain.find("<numa>");
  domain.erase(begin, domain.find("</numa>") + 7 - begin);
  const Result result = run_vnuma({"place", "--sysfs", sysfs("eight-node")}, domain);
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.out == domain);
  BOOST_TEST(result.err.find("the guest has no NUMA cells") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(strict_fails_without_numa_cells_if_there_are_passthrough_devices) {
  std::string domain = read(domain_file("proposal"));
  const std::size_t begin = domain.find("<numa>");
  domain.erase(begin, domain.find("</numa>") + 7 - begin);
  const Result result = run_vnuma({"place", "--strict", "--sysfs", sysfs("eight-node")}, domain);
  BOOST_TEST(result.status == 1);
  BOOST_TEST(result.out == "");
  BOOST_TEST(result.err.starts_with("vnuma: <stdin>:2:1: VN036: /domain: the guest has no NUMA cells"), result.err);
  BOOST_TEST(run_vnuma({"place", "--strict"}, "<domain/>").status == 0);
}

// The vCPUs of both cells may run on the CPUs of both nodes.
BOOST_AUTO_TEST_CASE(devices_whose_cell_is_ambiguous_are_not_placed_and_strict_fails) {
  std::string domain = with(read(domain_file("defined")), "<vcpu placement='static'>", "<vcpu cpuset='0-63'>");
  const std::size_t begin = domain.find("<cputune>");
  domain.erase(begin, domain.find("</cputune>") + 10 - begin);
  const std::vector<std::string> words{"place", "--readdress", "--sysfs", sysfs("two-socket-eight-gpu")};
  const Result result = run_vnuma(words, domain);
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.out == domain);
  BOOST_TEST(result.err.find("warning VN042: /domain/cpu/numa/cell[1]: host nodes 0 and 1 have equally many vCPUs of "
                             "the guest cells 0 and 1") != std::string::npos,
             result.err);
  BOOST_TEST(result.err.ends_with("\n0 of 3 devices placed, 0 controllers added, 0 removed\n"), result.err);
  for (const char* unaligned : {"leave", "nearest", "cell"}) {
    std::vector<std::string> strict = words;
    strict.insert(strict.end(), {"--strict", "--unaligned", unaligned});
    const Result refused = run_vnuma(strict, domain);
    BOOST_TEST(refused.status == 1);
    BOOST_TEST(refused.out == "");
    BOOST_TEST(refused.err.starts_with("vnuma: <stdin>:20:7: VN042: "), refused.err);
  }
}

BOOST_AUTO_TEST_CASE(the_xml_of_a_running_guest_gets_a_hint) {
  const std::string live = with(read(domain_file("defined")), "<domain ", "<domain id='7' ");
  const Result result = run_vnuma({"place", "--readdress", "--strict", "--sysfs", sysfs("two-socket-eight-gpu")}, live);
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.err.find("warning VN058: /domain/@id: the id 7 ") != std::string::npos, result.err);
  BOOST_TEST(result.err.find("virsh dumpxml --inactive") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_document_cannot_reverse_lines) {
  // Each character changes the order in which a terminal shows text. U+2010, a hyphen, and U+05D0, a letter, do not.
  for (const char* character :
       {"61c", "200e", "200f", "202a", "202b", "202c", "202d", "202e", "2066", "2067", "2068", "2069"}) {
    const std::string text = std::string("&#x") + character + ";&#x2010;&#x5d0;";
    const std::string domain =
        with(with(read(domain_file("proposal")), "ua-gpu-gpu-1", "ua-" + text), "<name>", "<name>" + text);
    const std::string placed = run_vnuma({"place", "--sysfs", sysfs("eight-node")}, domain).err;
    const std::string shown = run_vnuma({"show", "-"}, domain).out;
    const std::string dot = run_vnuma({"show", "-", "--format", "dot"}, domain).out;
    const std::string matrix = run_vnuma({"show", "-", "--format", "matrix"}, domain).out;
    for (const std::string& out : {placed, shown, dot, matrix}) {
      BOOST_TEST(out.find("\\x") != std::string::npos, character);
      BOOST_TEST(out.find("\u2010\u05d0") != std::string::npos, character);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_host_of_another_domain_is_refused) {
  // The eight-node host has the CPUs of examples/domains/defined.xml, and none of its devices.
  const auto place_on = [](const std::string& option, const std::string& host, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"place", domain_file("defined"), option, host});
    return run_vnuma(more);
  };
  const std::string refusal =
      ": the host has none of the passthrough devices of the domain (0000:18:00.0, 0000:9a:00.0, 0000:9b:00.0); name "
      "the host that the domain is for with --sysfs or --host\n";
  const Result by_sysfs = place_on("--sysfs", sysfs("eight-node"));
  BOOST_TEST(by_sysfs.status == 1);
  BOOST_TEST(by_sysfs.out == "");
  BOOST_TEST(by_sysfs.err == "vnuma: " + sysfs("eight-node") + refusal);
  const TemporaryFolder folder;
  const std::string snapshot = folder.write("host.json", run_vnuma({"capture", "--sysfs", sysfs("eight-node")}).out);
  BOOST_TEST(place_on("--host", snapshot, {"--strict"}).err == "vnuma: " + snapshot + refusal);
  // --numa-node for one of the devices confirms the host. A pattern names no device.
  BOOST_TEST(place_on("--host", snapshot, {"--numa-node", "18:00.0=0"}).status == 0);
  BOOST_TEST(place_on("--host", snapshot, {"--numa-node", "*=0"}).err == "vnuma: " + snapshot + refusal);
}

BOOST_AUTO_TEST_CASE(a_device_that_the_host_lacks_is_reported_once) {
  const std::string domain = with(read(domain_file("proposal")), "bus=\"0x60\"", "bus=\"0x61\"");
  const Result result = run_vnuma({"place", "--sysfs", sysfs("eight-node"), "--mirror", "switch"}, domain);
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.err.find("the host has no device 0000:61:00.0") != std::string::npos);
  BOOST_TEST(result.err.find("the host has no", result.err.find("the host has no") + 1) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_document_cannot_forge_lines_of_the_report) {
  const std::string domain = with(read(domain_file("proposal")), "ua-gpu-gpu-1", "ua-a&#10;0000:99:00.0: placed&#x9b;");
  const Result result = run_vnuma({"place", "--sysfs", sysfs("eight-node")}, domain);
  BOOST_TEST(result.status == 0);
  const auto lines = [](const std::string& text) { return std::count(text.begin(), text.end(), '\n'); };
  BOOST_TEST(lines(result.err) == lines(place(proposal).err));
  BOOST_TEST(result.err.find("\xc2\x9b") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE(missing_cells)

Result place_plain(std::vector<std::string> options) {
  options.insert(options.begin(), {"place", "-", "--sysfs", sysfs("two-socket-eight-gpu")});
  return run_vnuma(options, plain_domain);
}

// Core 0 (CPUs 0 and 64) and core 32 (32 and 96) stay with the host; four cores of each node follow.
BOOST_AUTO_TEST_CASE(one_command_gives_a_domain_cells_pins_memnodes_and_ports) {
  const Result result = place_plain({"--cells", "add", "--readdress"});
  BOOST_TEST(result.status == 0);
  for (const char* line : {"cell 0 is new: vCPUs 0-7 on host CPUs 1-4,65-68 of node 0, 32 GiB of its memory\n",
                           "cell 1 is new: vCPUs 8-15 on host CPUs 33-36,97-100 of node 1, 32 GiB of its memory\n",
                           "pinned to the other CPUs of these nodes, 0,5-32,37-64,69-96,101-127: the emulator\n",
                           "2 of 2 devices placed, 4 controllers added, 2 removed\n"}) {
    BOOST_TEST(result.err.find(line) != std::string::npos, line << result.err);
  }
  const auto domain = vnuma::schema::from_xml<Domain>(result.out);
  BOOST_TEST(domain.cpu_tune->vcpu_pin.size() == 16U);
  BOOST_TEST(*domain.cpu->mode == "host-passthrough");
  BOOST_TEST(run_vnuma({"check", "-", "--sysfs", sysfs("two-socket-eight-gpu")}, result.out).out == "");
}

BOOST_AUTO_TEST_CASE(a_second_run_changes_nothing) {
  const std::string placed = place_plain({"--cells", "add", "--readdress"}).out;
  const Result again =
      run_vnuma({"place", "-", "--sysfs", sysfs("two-socket-eight-gpu"), "--cells", "add", "--readdress"}, placed);
  BOOST_TEST(again.out == placed);
  BOOST_TEST(again.err.ends_with("--cells add adds nothing: no cell, pin or memnode is missing\n"), again.err);
}

BOOST_AUTO_TEST_CASE(the_json_report_has_the_layout) {
  const auto layout = nlohmann::json::parse(place_plain({"--cells", "add", "--report", "json"}).err)["layout"];
  BOOST_TEST(layout["cells"][1] == nlohmann::json::parse(R"({"id": 1, "new": true, "host_node": 1, "vcpus": "8-15",
      "host_cpus": "33-36,97-100", "memory": 34359738368, "memnode_added": true})"));
  BOOST_TEST(layout["pins"].size() == 16U);
  BOOST_TEST(layout["pins"][1] == nlohmann::json::parse(R"({"vcpu": 1, "host_cpu": 65})"));
  BOOST_TEST(layout["topology"] == nlohmann::json::parse(R"({"sockets": 2, "cores": 4, "threads": 2})"));
}

BOOST_AUTO_TEST_CASE(cpus_and_nodes_need_cells_add) {
  const Result alone = place_plain({"--cpus", "1-4"});
  BOOST_TEST(alone.status == 2);
  BOOST_TEST(alone.err.find("--cells add") != std::string::npos);
  const Result wrong = place_plain({"--cells", "add", "--nodes", "x"});
  BOOST_TEST(wrong.status == 2);
  BOOST_TEST(wrong.err.find("--nodes x: expected a list of numbers, such as 0-1") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE_END()
