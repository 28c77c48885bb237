// After any error, the hook returns the original domain with status 0, and the reason on standard error. In strict
// mode, it returns nothing, with another status.
#include <boost/test/unit_test.hpp>

#include "hook.hpp"

using namespace vnuma::test;

namespace {

const std::string& proposal() {
  static const std::string text = read(domain_file("proposal"));
  return text;
}

const std::string tree_of_proposal() { return sysfs("eight-node"); }

// Checks this guarantee without strict mode, and with strict mode from the environment.
void check(const std::string& tree, const std::string& vmi, const std::string& domain, const std::string& reason,
           const Variables& variables = {}) {
  BOOST_TEST_CONTEXT(reason) {
    const Result lenient = hook_on(tree, vmi, domain, variables);
    BOOST_TEST(lenient.status == 0);
    BOOST_TEST((lenient.out == domain));
    BOOST_TEST(mentions(lenient.err, reason), lenient.err);
    BOOST_TEST(lenient.err.ends_with("vnuma: the original domain is returned\n"));
    BOOST_TEST(is_log(lenient.err));
    Variables strict = variables;
    strict["VNUMA_STRICT"] = "true";
    const Result refused = hook_on(tree, vmi, domain, strict);
    BOOST_TEST(refused.status == 1);
    BOOST_TEST(refused.out == "");
    BOOST_TEST(mentions(refused.err, reason), refused.err);
    BOOST_TEST(mentions(refused.err, "strict mode: no domain is returned"));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(promise)

BOOST_AUTO_TEST_CASE(an_invalid_domain_is_returned_or_refused) {
  const std::string tree = tree_of_proposal();
  check(tree, vmi(), "", "--domain:1:1");
  check(tree, vmi(), "no XML\n", "--domain:1:1");
  check(tree, vmi(), proposal().substr(0, 1000), "--domain:");
  check(tree, vmi(), "<capabilities/>", "--domain:1");
  check(tree, vmi(), "<domain>\xff\xfe</domain>", "--domain:1");
  check(tree, vmi(), "<!DOCTYPE d [<!ENTITY a 'b'>]><domain/>", "--domain:1");
  std::string deep;
  for (int i = 0; i < 15000; ++i) deep += "<a>";
  check(tree, vmi(), "<domain>" + deep, "--domain:1");
}

BOOST_AUTO_TEST_CASE(a_domain_that_cannot_be_placed_is_returned_or_refused) {
  const std::string pin = "vcpupin vcpu=\"0\" cpuset=\"";
  check(tree_of_proposal(), vmi(), with(proposal(), pin + "1\"", pin + "9999\""), "the host has no CPU 9999");
}

BOOST_AUTO_TEST_CASE(an_invalid_vmi_returns_or_refuses_the_domain) {
  const std::string tree = tree_of_proposal();
  check(tree, "", proposal(), "--vmi: not a VMI in JSON");
  check(tree, "{\"spec\":", proposal(), "--vmi: not a VMI in JSON");
  check(tree, "{\"a\":\"\xff\"}", proposal(), "--vmi: not a VMI in JSON");
  check(tree, "[]", proposal(), "--vmi: the VMI is not an object");
  check(tree, R"({"spec":{"domain":7}})", proposal(), "--vmi: spec.domain is not an object");
  check(tree, R"({"metadata":{"annotations":[]}})", proposal(), "--vmi: metadata.annotations is not an object");
  check(tree, R"({"metadata":{"annotations":{"vnuma.io/mirror":1}}})", proposal(), "vnuma.io/mirror is not a string");
  check(tree, std::string(100000, '['), proposal(), "--vmi: not a VMI in JSON");
}

BOOST_AUTO_TEST_CASE(an_invalid_option_returns_or_refuses_the_domain) {
  const std::string tree = tree_of_proposal();
  check(tree, vmi({{"vnuma.io/mirror", "Switch"}}), proposal(),
        "vnuma.io/mirror is \"Switch\"; expected numa, root-complex or switch");
  check(tree, vmi({{"vnuma.io/mmio", "on"}}), proposal(), "vnuma.io/mmio is \"on\"; expected off, warn or auto");
  check(tree, vmi({{"vnuma.io/unaligned", ""}}), proposal(), "vnuma.io/unaligned is \"\"; expected leave, nearest");
  check(tree, vmi({{"vnuma.io/reserve-buses", "255"}}), proposal(), "expected a number from 0 to 254");
  for (const char* value :
       {"", "0000:27:00.0", "27=0", "0000:27:00.0=x", "0000:27:00.0=0,", "0000:27:00.0=0,0000:27:00.0=1"}) {
    check(tree, vmi({{"vnuma.io/numa-node", value}}), proposal(), "expected BDF=N");
  }
  check(tree, vmi({{"vnuma.io/miror", "switch"}}), proposal(), "unknown annotation vnuma.io/miror");
  check(tree, vmi(), proposal(), "VNUMA_MIRROR is \"all\"; expected", {{"VNUMA_MIRROR", "all"}});
}

BOOST_AUTO_TEST_CASE(annotations_of_other_programs_are_ignored) {
  BOOST_TEST(
      hook_on(tree_of_proposal(), vmi({{"hooks.kubevirt.io/hookSidecars", "[]"}, {"vnuma.iox/a", "b"}}), proposal())
          .out == place({"proposal", "eight-node"}).out);
}

BOOST_AUTO_TEST_CASE(an_unreadable_host_returns_or_refuses_the_domain) {
  check("/nowhere", vmi(), proposal(), "/nowhere");
  const TemporaryFolder folder;
  unfold("eight-node", folder / "sys");
  folder.write("sys/bus/pci/devices/0000:27:00.0/numa_node", "nonsense\n");
  check(folder / "sys", vmi(), proposal(), "0000:27:00.0/numa_node");
}

// A missing device is not an error: the other devices are placed, and the report lists the one that is left.
BOOST_AUTO_TEST_CASE(a_device_that_the_host_does_not_have_is_left_and_strict_refuses_it) {
  const TemporaryFolder folder;
  unfold("eight-node", folder / "sys");
  fs::remove(folder.path() / "sys/bus/pci/devices/0000:27:00.0");
  const Result one = hook_on(folder / "sys", vmi(), proposal());
  BOOST_TEST(one.status == 0);
  BOOST_TEST(one.out == run_vnuma({"place", "--sysfs", folder / "sys"}, proposal()).out);
  BOOST_TEST(mentions(one.err, "the host has no device 0000:27:00.0"));
  BOOST_TEST(mentions(one.err, "1 of 2 devices placed"));
  fs::remove(folder.path() / "sys/bus/pci/devices/0000:60:00.0");
  const Result none = hook_on(folder / "sys", vmi(), proposal());
  BOOST_TEST(none.status == 0);
  BOOST_TEST(none.out == proposal());
  const Result strict = hook_on(folder / "sys", vmi({{"vnuma.io/strict", "true"}}), proposal());
  BOOST_TEST(strict.status == 1);
  BOOST_TEST(strict.out == "");
  BOOST_TEST(mentions(strict.err, "the host has no device 0000:27:00.0"));
}

BOOST_AUTO_TEST_CASE(strict_requires_guest_cells) {
  std::string domain = proposal();
  const std::size_t begin = domain.find("<numa>");
  domain.erase(begin, domain.find("</numa>") + 7 - begin);
  BOOST_TEST(hook_on(tree_of_proposal(), vmi(), domain).out == domain);
  const Result strict = hook_on(tree_of_proposal(), vmi({{"vnuma.io/strict", "true"}}), domain);
  BOOST_TEST(strict.status == 1);
  BOOST_TEST(strict.out == "");
  BOOST_TEST(mentions(strict.err, "VN036: /domain: the guest has no NUMA cells"));
}

BOOST_AUTO_TEST_CASE(the_strict_annotation_applies_to_errors_in_the_environment) {
  const auto run = [](const Annotations& annotations, const Variables& variables) {
    return hook_on("/nowhere", vmi(annotations), proposal(), variables).status;
  };
  BOOST_TEST(run({{"vnuma.io/strict", "true"}}, {}) == 1);
  BOOST_TEST(run({{"vnuma.io/strict", "false"}}, {{"VNUMA_STRICT", "true"}}) == 0);
  BOOST_TEST(run({{"vnuma.io/strict", "true"}}, {{"VNUMA_MIRROR", "all"}}) == 1);
  BOOST_TEST(run({{"vnuma.io/strict", "true"}, {"vnuma.io/mirror", "all"}}, {}) == 1);
  BOOST_TEST(run({{"vnuma.io/strict", ""}}, {}) == 1);
}

// The user should notice a value such as "yes".
BOOST_AUTO_TEST_CASE(an_invalid_strict_counts_as_true) {
  const Result annotated = hook_on(tree_of_proposal(), vmi({{"vnuma.io/strict", "yes"}}), proposal());
  BOOST_TEST(annotated.status == 1);
  BOOST_TEST(mentions(annotated.err, "vnuma.io/strict is \"yes\"; expected true or false"));
  const Result variable = hook_on(tree_of_proposal(), vmi(), proposal(), {{"VNUMA_STRICT", "1"}});
  BOOST_TEST(variable.status == 1);
  BOOST_TEST(variable.out == "");
}

BOOST_AUTO_TEST_CASE(wrong_arguments_return_or_refuse_the_domain) {
  const auto check = [](const std::vector<std::string>& arguments, const std::string& reason) {
    BOOST_TEST_CONTEXT(reason) {
      const Result lenient = hook({}, arguments);
      BOOST_TEST(lenient.status == 0);
      BOOST_TEST(lenient.out == proposal());
      BOOST_TEST(mentions(lenient.err, reason), lenient.err);
      const Result strict = hook({{"VNUMA_STRICT", "true"}}, arguments);
      BOOST_TEST(strict.status == 1);
      BOOST_TEST(strict.out == "");
    }
  };
  check({"--domain", proposal()}, "missing: --vmi");
  check({"--domain", proposal(), "--vmi"}, "expected a value after --vmi");
  check({"--version", "v1alpha2", "--vmi", vmi(), "--domain", proposal()}, "unknown argument --version");
  check({"--vmi", vmi(), "--vmi", vmi(), "--domain=" + proposal()}, "given twice: --vmi");
  check({"--vmi", vmi(), "--domain", proposal(), "--domains"}, "unknown argument --domains");
  const Result strict = hook({}, {"-x", "--vmi", vmi({{"vnuma.io/strict", "true"}}), "--domain", proposal()});
  BOOST_TEST(strict.status == 1);
  BOOST_TEST(strict.out == "");
}

// There is no domain to return.
BOOST_AUTO_TEST_CASE(the_hook_fails_without_a_domain) {
  for (const auto& arguments : std::vector<std::vector<std::string>>{{}, {"--vmi", vmi()}, {"--domain"}}) {
    const Result result = hook({}, arguments);
    BOOST_TEST(result.status == 2);
    BOOST_TEST(result.out == "");
    BOOST_TEST(mentions(result.err, "--domain"));
  }
}

// sidecar-shim stops reading at a line of 512 KiB.
BOOST_AUTO_TEST_CASE(log_lines_are_short_and_escaped) {
  const std::string long_name(100000, 'x');
  const Result result =
      hook_on(tree_of_proposal(), vmi({{"vnuma.io/mirror", long_name + "\\u001b[31m\\n"}}), proposal());
  BOOST_TEST(result.err.size() < 3000U);
  BOOST_TEST(is_log(result.err));
  BOOST_TEST(!mentions(result.err, "\x1b"));
  const std::string alias = with(proposal(), "ua-gpu-gpu-1", std::string(100000, 'y'));
  BOOST_TEST(hook_on(tree_of_proposal(), vmi(), alias).err.size() < 20000U);
}

BOOST_AUTO_TEST_SUITE_END()
