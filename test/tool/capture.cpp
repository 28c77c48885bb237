// vnuma capture, and --host, which reads its snapshots.
#include <boost/test/unit_test.hpp>

#include "run.hpp"
#include "samples.hpp"

using namespace vnuma::test;

BOOST_AUTO_TEST_SUITE(capture)

// Domain and report are the same, byte for byte.
BOOST_AUTO_TEST_CASE(every_sample_is_placed_the_same_from_a_snapshot_and_from_sysfs) {
  const TemporaryFolder folder;
  for (const Sample& sample : samples) {
    BOOST_TEST_CONTEXT(sample) {
      const std::string file = folder / (std::string(sample.host) + ".json");
      const Result written = run_vnuma({"capture", "--sysfs", sysfs(sample.host), "-o", file});
      BOOST_TEST(written.status == 0);
      BOOST_TEST(written.out == "");
      BOOST_TEST(written.err == "");
      const Result from_file = run_vnuma({"place", domain_file(sample.domain), "--host", file, "--mirror", "switch"});
      const Result from_sysfs =
          run_vnuma({"place", domain_file(sample.domain), "--sysfs", sysfs(sample.host), "--mirror", "switch"});
      BOOST_TEST(from_file.status == 0);
      BOOST_TEST(from_file.out == from_sysfs.out);
      BOOST_TEST(from_file.err == from_sysfs.err);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_host_gives_the_same_snapshot_every_time) {
  const Result first = run_vnuma({"capture", "--sysfs", sysfs("mediated")});
  BOOST_TEST(first.out == run_vnuma({"capture", "--sysfs", sysfs("mediated")}).out);
  BOOST_TEST(run_vnuma({"show", "--host", "-", "--format", "matrix"}, first.out).out ==
             run_vnuma({"show", "--sysfs", sysfs("mediated"), "--format", "matrix"}).out);
}

BOOST_AUTO_TEST_CASE(an_invalid_snapshot_is_refused_with_the_file_name) {
  const TemporaryFolder folder;
  const std::string file = folder.write("host.json", "{\"vnuma_snapshot\": 1, \"nodes\": 7}");
  const Result result = run_vnuma({"place", domain_file("proposal"), "--host", file});
  BOOST_TEST(result.status == 1);
  BOOST_TEST(result.out == "");
  BOOST_TEST(result.err == "vnuma: " + file + ":1:32: nodes: is 7; expected an array\n");
  const Result swapped = run_vnuma({"place", domain_file("proposal"), "--host", domain_file("proposal")});
  BOOST_TEST(swapped.err == "vnuma: " + domain_file("proposal") +
                                ":1:1: this is a libvirt domain (pass it as the positional argument); give a snapshot "
                                "from `vnuma capture`\n");
}

// A bug report has the topology of the machine, but nothing that distinguishes it from another machine of its kind.
BOOST_AUTO_TEST_CASE(a_snapshot_does_not_identify_the_machine) {
  const TemporaryFolder tree;
  BOOST_TEST_REQUIRE(run({example("hosts/unfold"), example("hosts/one-node.host"), tree.path().string()}).status == 0);
  const std::string nic = "devices/pci0000:00/0000:00:1c.0/0000:03:00.0/";
  tree.write(nic + "net/eth0/address", "52:54:00:ab:cd:ef\n");
  tree.write(nic + "serial_number", "12-34-56-78-90-ab-cd-ef\n");
  tree.write(nic + "vpd", "SN12345678\n");
  tree.write("kernel/hostname", "gpu-node-17\n");
  const Result captured = run_vnuma({"capture", "--sysfs", tree.path().string()});
  BOOST_TEST(captured.status == 0);
  BOOST_TEST(captured.out == run_vnuma({"capture", "--sysfs", sysfs("one-node")}).out);
}

BOOST_AUTO_TEST_CASE(a_failure_does_not_change_the_output) {
  const TemporaryFolder folder;
  const std::string file = folder.write("host.json", "old");
  BOOST_TEST(run_vnuma({"capture", "--sysfs", "/nowhere", "-o", file}).status == 1);
  BOOST_TEST(read(file) == "old");
  BOOST_TEST(run_vnuma({"capture", "file"}).status == 2);
}

BOOST_AUTO_TEST_SUITE_END()
