// The CPUs of a cgroup, and the files that have them.
#include <boost/test/unit_test.hpp>

#include <vnuma/topology/cgroup.hpp>
#include <vnuma/topology/host.hpp>

#include "temporary_folder.hpp"

using namespace vnuma::test;
using namespace vnuma::topology;

namespace {

// The message without the name of the folder.
std::string refusal(const TemporaryFolder& folder) {
  try {
    read_cgroup(folder.path());
  } catch (const HostError& error) {
    const std::string message = error.what();
    BOOST_TEST(message.starts_with(folder.path().string()));
    return message.substr(folder.path().string().size());
  }
  return "not refused";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cgroup)

BOOST_AUTO_TEST_CASE(version_2_has_the_cpus_in_cpuset_cpus_effective) {
  const TemporaryFolder folder;
  folder.write("cpuset.cpus", "\n");  // like in a cgroup without a limit of its own
  folder.write("cpuset.cpus.effective", "2-5,66-69\n");
  BOOST_TEST(read_cgroup(folder.path()).format() == "2-5,66-69");
}

BOOST_AUTO_TEST_CASE(version_1_has_the_cpus_in_cpuset_cpus) {
  const TemporaryFolder folder;
  folder.write("cpuset.cpus", "1,3\n");
  folder.write("cpuset.effective_cpus", "1\n");
  BOOST_TEST(read_cgroup(folder.path()).format() == "1,3");
}

BOOST_AUTO_TEST_CASE(a_folder_of_controllers_has_the_cpus_below_cpuset) {
  const TemporaryFolder folder;
  folder.write("cpuset/cpuset.cpus", "8\n");
  folder.write("memory/memory.limit_in_bytes", "1\n");
  BOOST_TEST(read_cgroup(folder.path()).format() == "8");
}

BOOST_AUTO_TEST_CASE(a_folder_without_these_files_is_refused) {
  const TemporaryFolder folder;
  const std::string message =
      ": has neither cpuset.cpus.effective nor cpuset.cpus; name the folder of a cgroup with the cpuset controller";
  BOOST_TEST(refusal(folder) == message);
  BOOST_CHECK_THROW(read_cgroup(folder.path() / "absent"), HostError);
}

BOOST_AUTO_TEST_CASE(a_file_without_a_list_is_refused) {
  const TemporaryFolder folder;
  for (const std::string text : {"", "all", "3-1", "0-"}) {
    folder.write("cpuset.cpus.effective", text + "\n");
    BOOST_TEST(refusal(folder) ==
               "/cpuset.cpus.effective: contains \"" + text + "\"; expected a list of CPUs, such as \"0-3,8\"");
  }
}

BOOST_AUTO_TEST_SUITE_END()
