// KubeVirt calls the hook several times per start. Each later call gets the domain of the first call with the devices
// of the result before, as far as KubeVirt's Go structs keep them. Before 1.8 they have no <target>; since 1.8 they
// keep busNr and node.
#include <boost/test/unit_test.hpp>

#include <vnuma/schema/domain.hpp>
#include <vnuma/schema/xml.hpp>

#include "hook.hpp"

using namespace vnuma::test;
using vnuma::schema::Address;
using vnuma::schema::Box;
using vnuma::schema::Domain;

namespace {

constexpr const char* mirrors[] = {"numa", "root-complex", "switch"};

Domain parse(const std::string& text) { return vnuma::schema::from_xml<Domain>(text); }

// The domain of the next call: the devices of `result`, and the rest of the first domain.
std::string next_call(const std::string& first, const std::string& result, bool keeps_targets) {
  Domain domain = parse(first);
  domain.devices = parse(result).devices;
  const auto forget = [](Box<Address>& address) {
    if (address) address->multifunction.reset();
  };
  for (auto& controller : domain.devices->controllers) {
    forget(controller.address);
    if (!keeps_targets || (controller.target && !controller.target->bus_nr)) controller.target.reset();
    if (controller.target) controller.target->chassis.reset();
  }
  for (auto& device : domain.devices->host_devices) forget(device.address);
  return vnuma::schema::to_xml(domain);
}

// Calls the hook three times. The second call must return the result of the first, except for parts that libvirt
// completes, and the third must return the result of the second.
void check_calls(const Sample& sample, const std::string& domain, const Annotations& annotations) {
  const auto call = [&](const std::string& text) {
    const Result result = hook_on(sysfs(sample.host), vmi(annotations), text);
    BOOST_TEST(result.status == 0);
    BOOST_TEST(!mentions(result.err, "the original domain is returned"), result.err);
    return result.out;
  };
  const std::string first = call(domain);
  Domain expected = parse(first);
  expected.devices = parse(next_call(domain, first, true)).devices;
  for (const bool keeps_targets : {false, true}) {
    BOOST_TEST_CONTEXT(sample << (keeps_targets ? " since 1.8" : " before 1.8")) {
      const std::string second = call(next_call(domain, first, keeps_targets));
      BOOST_TEST((parse(second) == expected));
      const std::string third = call(next_call(domain, second, keeps_targets));
      BOOST_TEST(third == second);
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(calls)

BOOST_AUTO_TEST_CASE(an_intact_result_is_returned_byte_for_byte) {
  for (const Sample& sample : samples) {
    for (const char* mirror : mirrors) {
      BOOST_TEST_CONTEXT(sample << " " << mirror) {
        const Annotations annotations{{"vnuma.io/mirror", mirror}, {"vnuma.io/mmio", "auto"}};
        const std::string once = hook_on(sample, annotations).out;
        const Result twice = hook_on(sysfs(sample.host), vmi(annotations), once);
        BOOST_TEST(twice.status == 0);
        BOOST_TEST(twice.out == once);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(later_calls_return_the_result_of_the_first) {
  for (const Sample& sample : samples) {
    for (const char* mirror : mirrors) {
      check_calls(sample, read(domain_file(sample.domain)), {{"vnuma.io/mirror", mirror}});
    }
  }
}

// These are <qemu:commandline> and added cells.
BOOST_AUTO_TEST_CASE(later_calls_restore_settings_outside_of_the_devices) {
  const Sample proposal{"proposal", "eight-node"};
  const std::string domain = with(read(domain_file("proposal")), "<os>", "<os firmware='efi'>");
  check_calls(proposal, domain, {{"vnuma.io/mmio", "auto"}});
  const Sample grace{"grace", "grace"};
  check_calls(grace, read(domain_file("grace")), {{"vnuma.io/unaligned", "cell"}});
}

// A VM with dedicated CPUs and without guestMappingPassthrough: KubeVirt pins its vCPUs and makes no cells.
BOOST_AUTO_TEST_CASE(later_calls_restore_cells_for_pins) {
  const Sample eight_gpu{"eight-gpu", "two-socket-eight-gpu"};
  Domain domain = parse(read(domain_file("eight-gpu")));
  domain.cpu->numa.reset();
  domain.numa_tune.reset();
  check_calls(eight_gpu, vnuma::schema::to_xml(domain), {{"vnuma.io/cells", "add"}});
}

BOOST_AUTO_TEST_CASE(the_log_lists_restored_buses) {
  const Sample proposal{"proposal", "eight-node"};
  const std::string domain = read(domain_file("proposal"));
  const std::string second = next_call(domain, hook_on(proposal).out, false);
  const Result result = hook_on(sysfs("eight-node"), vmi(), second);
  BOOST_TEST(result.err.starts_with("vnuma: restored 1 expander bus of an earlier call\n"));
}

BOOST_AUTO_TEST_SUITE_END()
