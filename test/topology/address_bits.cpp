// The bits of a physical address, from the proc/cpuinfo beside a sysfs and in snapshots.
#include <boost/test/unit_test.hpp>

#include <vnuma/topology/snapshot.hpp>

#include "trees.hpp"

using namespace vnuma::test;
using namespace vnuma::topology;

namespace {

// A copy of /sys and /proc in one folder.
struct Copy : TemporaryFolder {
  explicit Copy(const std::string& cpuinfo = "") {
    write("sys/devices/system/node/node0/cpulist", "0-1\n");
    write("sys/bus/pci/devices/none", "");
    if (!cpuinfo.empty()) write("proc/cpuinfo", cpuinfo);
  }
  // 0 if unknown.
  unsigned bits(const std::string& root = "sys") const { return read_sysfs(path() / root).address_bits.value_or(0); }
};

// The format of Linux 6.1 for two processors, shortened.
std::string cpuinfo(const std::string& first, const std::string& second) {
  const std::string begin = "processor\t: 0\nvendor_id\t: GenuineIntel\nflags\t\t: fpu vme pdpe1gb\n";
  const std::string end = "power management:\n\n";
  return begin + "address sizes\t: " + first + "\n" + end + begin + "address sizes\t: " + second + "\n" + end;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(address_bits)

BOOST_AUTO_TEST_CASE(the_lowest_number_of_all_processors_counts) {
  BOOST_TEST(Copy(cpuinfo("46 bits physical, 57 bits virtual", "46 bits physical, 57 bits virtual")).bits() == 46U);
  BOOST_TEST(Copy(cpuinfo("39 bits physical, 48 bits virtual", "46 bits physical, 57 bits virtual")).bits() == 39U);
}

BOOST_AUTO_TEST_CASE(address_bits_are_also_read_for_a_plan) {
  const Copy copy(cpuinfo("46 bits physical, 57 bits virtual", "46 bits physical, 57 bits virtual"));
  BOOST_TEST(read_sysfs(copy.path() / "sys", std::vector<PciAddress>()).address_bits.value() == 46U);
}

BOOST_AUTO_TEST_CASE(a_root_that_ends_in_sys_has_its_proc_beside_it) {
  const Copy copy(cpuinfo("46 bits physical, 57 bits virtual", "46 bits physical, 57 bits virtual"));
  for (const char* root : {"sys/", "sys/.", "sys/devices/.."}) BOOST_TEST(copy.bits(root) == 46U, root);
  std::filesystem::rename(copy.path() / "sys", copy.path() / "sysfs");
  BOOST_TEST(copy.bits("sysfs") == 0U);
}

BOOST_AUTO_TEST_CASE(address_bits_are_unknown_without_cpuinfo_or_its_line) {
  BOOST_TEST(Copy().bits() == 0U);
  BOOST_TEST(Copy("processor\t: 0\nBogoMIPS\t: 50.00\nCPU architecture: 8\n").bits() == 0U);  // Arm
}

// The rest of the host is valid without them.
BOOST_AUTO_TEST_CASE(a_malformed_address_sizes_line_is_ignored) {
  for (const char* sizes : {"", "many bits physical, 48 bits virtual", "46 bits virtual", "-46 bits physical, 48 bits",
                            "31 bits physical, 48 bits virtual", "53 bits physical, 57 bits virtual",
                            "46 bits physically, 48 bits virtual", "99999999999 bits physical, 48 bits virtual"}) {
    BOOST_TEST(Copy(cpuinfo(sizes, sizes)).bits() == 0U, sizes);
    BOOST_TEST(Copy(cpuinfo("46 bits physical, 57 bits virtual", sizes)).bits() == 46U, sizes);
  }
}

BOOST_AUTO_TEST_CASE(only_the_first_mib_of_cpuinfo_is_read) {
  const std::string padding(std::size_t{1} << 20, 'x');
  const std::string sizes = "46 bits physical, 57 bits virtual";
  BOOST_TEST(Copy(cpuinfo(sizes, sizes) + padding).bits() == 46U);
  BOOST_TEST(Copy(padding + "\n" + cpuinfo(sizes, sizes)).bits() == 0U);
}

BOOST_AUTO_TEST_CASE(a_snapshot_has_known_address_bits) {
  Host host{.nodes = {{.id = 0}}};
  BOOST_TEST(to_snapshot(host).find("address_bits") == std::string::npos);
  BOOST_TEST((from_snapshot(to_snapshot(host)) == host));  // like older snapshots
  host.address_bits = 46;
  BOOST_TEST(to_snapshot(host).starts_with("{\n  \"vnuma_snapshot\": 1,\n  \"address_bits\": 46,\n  \"nodes\": ["));
  BOOST_TEST((from_snapshot(to_snapshot(host)) == host));
}

BOOST_AUTO_TEST_CASE(a_snapshot_with_address_bits_out_of_range_is_refused) {
  for (const char* bits : {"31", "53", "null", "\"46\""}) {
    const std::string text = R"({"vnuma_snapshot": 1, "address_bits": )" + std::string(bits) + "}";
    BOOST_CHECK_EXCEPTION(from_snapshot(text), SnapshotError,
                          [](const SnapshotError& error) { return error.path() == "address_bits"; });
  }
}

BOOST_AUTO_TEST_SUITE_END()
