// The hook without errors.
#include <boost/test/unit_test.hpp>

#include <vnuma/schema/domain.hpp>
#include <vnuma/schema/xml.hpp>

#include "hook.hpp"

using namespace vnuma::test;

namespace {

const Sample proposal{"proposal", "eight-node"};
const Sample eight_gpu{"eight-gpu", "two-socket-eight-gpu"};

}  // namespace

BOOST_AUTO_TEST_SUITE(placing)

BOOST_AUTO_TEST_CASE(each_sample_becomes_the_same_as_with_vnuma_place) {
  for (const Sample& sample : samples) {
    for (const char* mirror : {"numa", "root-complex", "switch"}) {
      BOOST_TEST_CONTEXT(sample << " " << mirror) {
        const Result result = hook_on(sample, {{"vnuma.io/mirror", mirror}});
        BOOST_TEST(result.status == 0);
        BOOST_TEST(result.out == place(sample, {"--mirror", mirror}).out);
        BOOST_TEST(is_log(result.err));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_report_goes_to_stderr) {
  const Result result = hook_on(proposal);
  BOOST_TEST(is_log(result.err));
  BOOST_TEST(result.err.ends_with("\nvnuma: 2 of 2 devices placed, 3 controllers added, 0 removed\n"));
}

BOOST_AUTO_TEST_CASE(arguments_may_be_joined_to_their_names_and_in_any_order) {
  const std::string domain = read(domain_file("proposal"));
  const Variables variables{{"VNUMA_SYSFS", sysfs("eight-node")}};
  const std::string expected = place(proposal).out;
  BOOST_TEST(hook(variables, {"--vmi=" + vmi(), "--domain=" + domain}).out == expected);
  BOOST_TEST(hook(variables, {"--domain", domain, "--vmi=" + vmi()}).out == expected);
}

BOOST_AUTO_TEST_CASE(a_vmi_without_guest_mapping_gets_its_domain_unchanged) {
  const std::string domain = read(domain_file("proposal"));
  for (const char* text : {R"({})", R"({"spec":{"domain":{"cpu":{"numa":{}}}}})", R"({"spec":{"domain":{"cpu":null}}})",
                           R"({"spec":{"domain":{"cpu":{"numa":{"guestMappingPassthrough":null}}}}})"}) {
    for (const char* strict : {"true", "false"}) {
      BOOST_TEST_CONTEXT(text << " " << strict) {
        const Result result = hook_on(sysfs("eight-node"), text, domain, {{"VNUMA_STRICT", strict}});
        BOOST_TEST(result.status == 0);
        BOOST_TEST(result.out == domain);
        BOOST_TEST(mentions(result.err, "does not ask for guestMappingPassthrough"));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_domain_without_passthrough_devices_needs_no_host) {
  const std::string domain = "<domain type='kvm'>\n\t<name>small</name></domain>";
  const Result result = hook_on("/nowhere", vmi({{"vnuma.io/strict", "true"}}), domain);
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.out == domain);
  BOOST_TEST(mentions(result.err, "no passthrough devices"));
}

BOOST_AUTO_TEST_CASE(annotations_have_priority_over_the_environment) {
  const std::string switches = place(eight_gpu, {"--mirror", "switch"}).out;
  const std::string complexes = place(eight_gpu, {"--mirror", "root-complex"}).out;
  BOOST_TEST(hook_on(eight_gpu, {}, {{"VNUMA_MIRROR", "switch"}}).out == switches);
  BOOST_TEST(hook_on(eight_gpu, {{"vnuma.io/mirror", "root-complex"}}, {{"VNUMA_MIRROR", "switch"}}).out == complexes);
  BOOST_TEST(hook_on(eight_gpu, {}, {{"VNUMA_MIRROR", ""}}).out == place(eight_gpu).out);  // counts as absent
}

BOOST_AUTO_TEST_CASE(each_option_works_as_in_vnuma_place) {
  const Sample grace{"grace", "grace"};
  const Sample no_node{"no-node", "no-node"};
  BOOST_TEST(hook_on(proposal, {{"vnuma.io/reserve-buses", "20"}}).out ==
             place(proposal, {"--reserve-buses", "20"}).out);
  BOOST_TEST(hook_on(proposal, {}, {{"VNUMA_RESERVE_BUSES", "20"}}).out ==
             place(proposal, {"--reserve-buses", "20"}).out);
  for (const char* how : {"leave", "nearest", "cell"}) {
    BOOST_TEST(hook_on(grace, {{"vnuma.io/unaligned", how}}).out == place(grace, {"--unaligned", how}).out);
    BOOST_TEST(hook_on(grace, {}, {{"VNUMA_UNALIGNED", how}}).out == place(grace, {"--unaligned", how}).out);
  }
  const std::string by_hand = place(no_node, {"--numa-node", "0000:41:00.0=1"}).out;
  BOOST_TEST(by_hand != place(no_node).out);
  BOOST_TEST(hook_on(no_node, {{"vnuma.io/numa-node", "0000:41:00.0=1"}}).out == by_hand);
  BOOST_TEST(hook_on(no_node, {}, {{"VNUMA_NUMA_NODE", "0000:41:00.0=1"}}).out == by_hand);
  BOOST_TEST(hook_on(no_node, {{"vnuma.io/numa-node", "0000:4*=1"}}).out == by_hand);
  BOOST_TEST(hook_on(no_node, {}, {{"VNUMA_NUMA_NODE", "*=0,0000:4*=1"}}).out == by_hand);
}

// The vCPUs of the sample are pinned to CPUs of both nodes. The emulator stays where KubeVirt put it.
BOOST_AUTO_TEST_CASE(pinned_vcpus_get_cells_if_asked_for) {
  using vnuma::schema::Domain;
  auto domain = vnuma::schema::from_xml<Domain>(read(domain_file("eight-gpu")));
  domain.cpu->numa.reset();
  domain.numa_tune.reset();
  domain.cpu_tune->emulator_pin.reset();
  const std::string unmapped = with(vmi({{"vnuma.io/cells", "add"}}), R"(,"numa":{"guestMappingPassthrough":{}})", "");
  const Result result = hook_on(sysfs(eight_gpu.host), unmapped, vnuma::schema::to_xml(domain));
  BOOST_TEST(result.status == 0);
  BOOST_TEST(mentions(result.err, "16 of 16 devices placed"), result.err);
  const auto placed = vnuma::schema::from_xml<Domain>(result.out);
  BOOST_REQUIRE(placed.cpu->numa);
  BOOST_TEST(placed.cpu->numa->cells.size() == 2U);
  BOOST_TEST(placed.numa_tune->mem_nodes.size() == 2U);
  BOOST_TEST((placed.cpu_tune == domain.cpu_tune));

  domain.cpu_tune->vcpu_pin.pop_back();
  const std::string unpinned = vnuma::schema::to_xml(domain);
  const Result refused = hook_on(sysfs(eight_gpu.host), unmapped, unpinned);
  BOOST_TEST(refused.status == 0);
  BOOST_TEST(refused.out == unpinned);
  BOOST_TEST(mentions(refused.err, "have no pin"), refused.err);
}

BOOST_AUTO_TEST_CASE(missing_room_is_reported_set_or_ignored) {
  const std::string domain = with(read(domain_file("proposal")), "<os>", "<os firmware='efi'>");
  const auto run = [&](const Annotations& annotations, const Variables& variables = {}) {
    return hook_on(sysfs("eight-node"), vmi(annotations), domain, variables);
  };
  const std::string setting = "opt/ovmf/X-PciMmio64Mb,string=524288";
  BOOST_TEST(mentions(run({{"vnuma.io/mmio", "auto"}}).out, setting));
  BOOST_TEST(mentions(run({}, {{"VNUMA_MMIO", "auto"}}).out, setting));
  BOOST_TEST(!mentions(run({}).out, setting));
  BOOST_TEST(mentions(run({}).err, "the BARs need a 64-bit window of 193 GiB"));
  BOOST_TEST(!mentions(run({{"vnuma.io/mmio", "off"}}).err, "BARs"));
  const Result other = run({{"vnuma.io/firmware", "seabios"}});
  BOOST_TEST(other.out == domain);
  BOOST_TEST(mentions(other.err, "the domain boots UEFI, but the firmware is stated to be SeaBIOS"));
  BOOST_TEST(!mentions(run({{"vnuma.io/firmware", "ovmf-2025"}}).err, "UEFI firmware"));
}

BOOST_AUTO_TEST_CASE(messages_name_annotations) {
  const Sample no_node{"no-node", "no-node"};
  BOOST_TEST(mentions(hook_on(no_node).err, "use the annotation vnuma.io/numa-node: 0000:41:00.0=NODE\n"));
  BOOST_TEST(mentions(hook_on({"grace", "grace"}).err, "; use the annotation vnuma.io/unaligned\n"));
  const std::string domain = with(read(domain_file("proposal")), "<os>", "<os firmware='efi'>");
  BOOST_TEST(mentions(hook_on(sysfs("eight-node"), vmi(), domain).err, "; use the annotation vnuma.io/mmio: auto"));
  // There is no annotation that moves a device.
  const std::string defined = run_vnuma({"place", domain_file("proposal"), "--sysfs", sysfs("eight-node")}).out;
  const std::string elsewhere = with(defined, "<node>0</node>", "<node>1</node>");
  const std::string log = hook_on(sysfs("eight-node"), vmi(), elsewhere).err;
  BOOST_TEST(mentions(log, "it has an address in the guest, and this is not on guest cell 0\n"), log);
  BOOST_TEST(!mentions(log, "readdress"));
}

BOOST_AUTO_TEST_CASE(the_log_says_where_a_node_comes_from) {
  BOOST_TEST(mentions(hook_on({"unreported", "unreported"}).err, "node 0 is used, because no other node has CPUs\n"));
}

BOOST_AUTO_TEST_CASE(one_value_has_several_numa_nodes) {
  const std::string log =
      hook_on({"no-node", "no-node"}, {{"vnuma.io/numa-node", "0000:41:00.0=1,0000:41:00.0=1"}}).err;
  BOOST_TEST(mentions(log, "0000:41:00.0"));
  BOOST_TEST(mentions(log, "placed"));
}

// MAX_ARG_STRLEN is 131072 bytes, including the zero byte.
BOOST_AUTO_TEST_CASE(arguments_may_be_as_large_as_linux_allows) {
  constexpr std::size_t most = 131071;
  std::string domain = read(domain_file("proposal"));
  domain.insert(domain.find("<devices>"), "<!--" + std::string(most - domain.size() - 7, 'x') + "-->");
  std::string asks = vmi();
  asks.insert(1, "\"padding\":\"" + std::string(most - asks.size() - 13, 'x') + "\",");
  BOOST_TEST(domain.size() == most);
  BOOST_TEST(asks.size() == most);
  const Result result = hook_on(sysfs("eight-node"), asks, domain);
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.out == run_vnuma({"place", "--sysfs", sysfs("eight-node")}, domain).out);
  BOOST_TEST(result.out.size() > most);
}

BOOST_AUTO_TEST_CASE(help_prints_the_usage) {
  const Result result = hook({}, {"--help"});
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.out.starts_with("Usage: onDefineDomain --vmi JSON --domain XML\n"));
}

BOOST_AUTO_TEST_SUITE_END()
