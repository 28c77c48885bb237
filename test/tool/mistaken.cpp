// A file where another belongs is told what it is, which option reads it, and what is to be given.
#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "samples.hpp"

using namespace vnuma::test;

namespace {

const std::string dumpxml = "give a libvirt domain, as `virsh dumpxml` prints it";

// The message begins with the file, the place and what it is.
void require(const std::vector<std::string>& words, const std::string& message) {
  BOOST_TEST_CONTEXT(message) {
    const Result result = run_vnuma(words);
    BOOST_TEST(result.status == 1);
    BOOST_TEST(result.out == "");
    BOOST_TEST(result.err.starts_with("vnuma: " + message), result.err);
    BOOST_TEST(std::count(result.err.begin(), result.err.end(), '\n') == 1);
  }
}

void require_no_domain(const std::string& content, const std::string& what) {
  const TemporaryFolder folder;
  const std::string file = folder.write("domain", content);
  for (const char* command : {"place", "show"}) {
    require({command, file}, file + ":1:1: this is " + what + "; " + dumpxml);
  }
}

// A snapshot of a sample host.
std::string snapshot(const TemporaryFolder& folder) {
  return folder.write("host.json", run_vnuma({"capture", "--sysfs", sysfs("one-node")}).out);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mistaken)

BOOST_AUTO_TEST_CASE(in_the_place_of_the_domain) {
  const TemporaryFolder folder;
  require_no_domain(read(example("hosts/eight-node-capabilities.xml")),
                    "the output of virsh capabilities, which --capabilities reads");
  require_no_domain(read(snapshot(folder)), "a host's snapshot, which --host reads");
  require_no_domain(read(example("vmi/proposal.yaml")), "a KubeVirt virtual machine, which vnuma generate --vmi reads");
  require_no_domain(read(example("vmi/mediated.json")), "a KubeVirt virtual machine, which vnuma generate --vmi reads");
  require_no_domain(read(example("kubevirt/kubevirt.yaml")), "a KubeVirt CR, which vnuma place --kubevirt reads");
  require_no_domain("apiVersion: v1\nkind: Pod\n", "a Kubernetes object of another kind, which nothing reads");
  require_no_domain(place({"proposal", "eight-node"}, {"--report", "json"}).err,
                    "a report of vnuma, which nothing reads");
  require_no_domain("<domstatus><domain/></domstatus>",
                    "libvirt's own note of a running domain, of which virsh dumpxml prints the domain");
  require_no_domain("<domainCapabilities/>", "the output of virsh domcapabilities, which nothing reads");
}

BOOST_AUTO_TEST_CASE(packed_and_binary_files) {
  require_no_domain(std::string("\x1f\x8b\x08\0\0", 5), "compressed by gzip, which zcat unpacks");
  require_no_domain(std::string("\xfd\x37zXZ\0", 6), "compressed by xz, which xzcat unpacks");
  require_no_domain("\x28\xb5\x2f\xfd", "compressed by zstd, which zstdcat unpacks");
  require_no_domain("BZh91AY", "compressed by bzip2, which bzcat unpacks");
  require_no_domain("PK\x03\x04", "a zip archive, which unzip -p unpacks");
  require_no_domain("QFI\xfb", "a disk image of QEMU, which nothing reads");
  require_no_domain(std::string("abc\0def", 7), "a binary file, which nothing reads");
}

BOOST_AUTO_TEST_CASE(in_the_place_of_the_host) {
  const std::string domain = domain_file("proposal");
  require({"place", domain, "--host", domain}, domain +
                                                   ":1:1: this is a libvirt domain, which stands without an option; "
                                                   "give what `vnuma capture` wrote");
  const std::string vmi = example("vmi/proposal.yaml");
  require({"show", "--host", vmi}, vmi + ":1:1: this is a KubeVirt virtual machine");
  const TemporaryFolder folder;
  const std::string host = snapshot(folder);
  require({"place", domain, "--sysfs", host},
          host + ": this is a host's snapshot, which --host reads; give the folder of a sysfs, as /sys is");
  require({"place", domain, "--sysfs", folder.write("notes", "notes\n")},
          folder / "notes: this is a file; give the folder of a sysfs");
}

BOOST_AUTO_TEST_CASE(in_the_place_of_capabilities_and_manifests) {
  const TemporaryFolder folder;
  const std::string host = snapshot(folder);
  const std::string domain = domain_file("one-node");
  require({"place", domain, "--sysfs", sysfs("one-node"), "--capabilities", host},
          host + ":1:1: this is a host's snapshot, which --host reads; give the output of `virsh capabilities`");
  require({"generate", "--cpuset", "0", "--vmi", domain},
          domain + ":1:1: this is a libvirt domain, which stands without an option; give a VirtualMachine");
  const std::string vmi = example("vmi/one-node.yaml");
  require({"place", domain, "--kubevirt", vmi},
          vmi + ":2:1: this is a KubeVirt virtual machine, which vnuma generate --vmi reads; give a KubeVirt CR");
}

BOOST_AUTO_TEST_CASE(a_folder) {
  const std::string host = sysfs("one-node");
  require({"place", host}, host + ": cannot be read: Is a directory; it is a host's sysfs, which --sysfs reads");
  require({"show", "--host", host},
          host + ": cannot be read: Is a directory; it is a host's sysfs, which --sysfs reads");
  const TemporaryFolder folder;
  require({"place", folder.path().string()}, folder.path().string() + ": cannot be read: Is a directory; name a file");
}

// What nothing here knows is the parser's business.
BOOST_AUTO_TEST_CASE(anything_else) {
  const TemporaryFolder folder;
  const std::string notes = folder.write("notes", "kindly yours\nkind\n");
  require({"place", notes}, notes + ":1:1: /: not well-formed XML");
  const std::string network = folder.write("network", "<network/>");
  require({"place", network}, network + ":1:1: /network: the root element is <network>; expected <domain>");
}

BOOST_AUTO_TEST_SUITE_END()
