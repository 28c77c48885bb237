// The message for a wrong kind of file has its kind, the option that reads it, and the input to give instead.
#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "samples.hpp"

using namespace vnuma::test;

namespace {

const std::string dumpxml = "give a libvirt domain, as printed by `virsh dumpxml`";

// Requires that the message begins with `message`: the file, the position and the kind.
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

BOOST_AUTO_TEST_CASE(a_wrong_file_as_the_domain_is_recognized) {
  const TemporaryFolder folder;
  require_no_domain(read(example("hosts/eight-node-capabilities.xml")),
                    "the output of virsh capabilities (pass it with --capabilities)");
  require_no_domain(read(snapshot(folder)), "a host's snapshot (pass it with --host)");
  require_no_domain(read(example("vmi/proposal.yaml")),
                    "a KubeVirt virtual machine (pass it with vnuma generate --vmi)");
  require_no_domain(read(example("vmi/mediated.json")),
                    "a KubeVirt virtual machine (pass it with vnuma generate --vmi)");
  require_no_domain(read(example("kubevirt/kubevirt.yaml")), "a KubeVirt CR (pass it with vnuma place --kubevirt)");
  require_no_domain("apiVersion: v1\nkind: Pod\n", "a Kubernetes object of another kind (vnuma cannot use it)");
  require_no_domain(place({"proposal", "eight-node"}, {"--report", "json"}).err,
                    "a report of vnuma (vnuma cannot use it)");
  require_no_domain("<domstatus><domain/></domstatus>",
                    "libvirt's status file of a running domain (virsh dumpxml prints the domain)");
  require_no_domain("<domainCapabilities/>", "the output of virsh domcapabilities (vnuma cannot use it)");
}

// What `qm config` prints, and a file of /etc/pve/qemu-server with a description and a snapshot.
BOOST_AUTO_TEST_CASE(a_configuration_of_proxmox_is_recognized) {
  const std::string what =
      "a configuration of Proxmox VE (write a domain of ten lines for it, as qemu/README.md of the examples shows)";
  require_no_domain("bios: ovmf\nhostpci0: 0000:18:00,pcie=1\nmachine: q35\n", what);
  require_no_domain("agent: 1\r\nnuma: 1\r\nscsihw: virtio-scsi-single\r\n", what);
  require_no_domain(
      "#kind: VirtualMachine\n#\nboot: order=scsi0\ncores: 8\nname: gpu\n\n[before]\nrunningcpu: kvm64,+aes\n", what);
  // Other lines with keys are not.
  for (const char* text :
       {"name: vm\nmemory: 4096\n", "hostpci0: 0000:18:00\nHello: x\n", "cores\n", "[snap]\ncores: 8\n"}) {
    const Result result = run_vnuma({"show", "-"}, text);
    BOOST_TEST(result.status == 1);
    BOOST_TEST(result.err.find("Proxmox") == std::string::npos, result.err);
  }
}

BOOST_AUTO_TEST_CASE(compressed_and_binary_files_are_recognized) {
  require_no_domain(std::string("\x1f\x8b\x08\0\0", 5), "a gzip file (unpack it with zcat)");
  require_no_domain(std::string("\xfd\x37zXZ\0", 6), "an xz file (unpack it with xzcat)");
  require_no_domain("\x28\xb5\x2f\xfd", "a zstd file (unpack it with zstdcat)");
  require_no_domain("BZh91AY", "a bzip2 file (unpack it with bzcat)");
  require_no_domain("PK\x03\x04", "a zip archive (unpack it with unzip -p)");
  require_no_domain("QFI\xfb", "a disk image of QEMU (vnuma cannot use it)");
  require_no_domain(std::string("abc\0def", 7), "a binary file (vnuma cannot use it)");
}

BOOST_AUTO_TEST_CASE(a_wrong_file_as_the_host_is_recognized) {
  const std::string domain = domain_file("proposal");
  require({"place", domain, "--host", domain},
          domain +
              ":1:1: this is a libvirt domain (pass it as the positional argument); "
              "give a snapshot from `vnuma capture`");
  const std::string vmi = example("vmi/proposal.yaml");
  require({"show", "--host", vmi}, vmi + ":1:1: this is a KubeVirt virtual machine");
  const TemporaryFolder folder;
  const std::string host = snapshot(folder);
  require({"place", domain, "--sysfs", host},
          host + ": this is a host's snapshot (pass it with --host); give the folder of a sysfs, such as /sys");
  require({"place", domain, "--sysfs", folder.write("notes", "notes\n")},
          folder / "notes: this is a file; give the folder of a sysfs");
}

BOOST_AUTO_TEST_CASE(a_wrong_file_as_capabilities_or_manifest_is_recognized) {
  const TemporaryFolder folder;
  const std::string host = snapshot(folder);
  const std::string domain = domain_file("one-node");
  require({"place", domain, "--sysfs", sysfs("one-node"), "--capabilities", host},
          host + ":1:1: this is a host's snapshot (pass it with --host); give the output of `virsh capabilities`");
  require({"generate", "--cpuset", "0", "--vmi", domain},
          domain + ":1:1: this is a libvirt domain (pass it as the positional argument); give a VirtualMachine");
  const std::string vmi = example("vmi/one-node.yaml");
  require({"place", domain, "--kubevirt", vmi},
          vmi + ":2:1: this is a KubeVirt virtual machine (pass it with vnuma generate --vmi); give a KubeVirt CR");
}

BOOST_AUTO_TEST_CASE(a_sysfs_folder_as_a_file_is_recognized) {
  const std::string host = sysfs("one-node");
  require({"place", host},
          host + ": cannot be read: Is a directory; this is a sysfs: pass it with --sysfs, or name a file");
  require({"show", "--host", host},
          host + ": cannot be read: Is a directory; this is a sysfs: pass it with --sysfs, or name a file");
  const TemporaryFolder folder;
  require({"place", folder.path().string()}, folder.path().string() + ": cannot be read: Is a directory; name a file");
}

BOOST_AUTO_TEST_CASE(an_unknown_file_gets_the_error_of_the_parser) {
  const TemporaryFolder folder;
  const std::string notes = folder.write("notes", "kindly yours\nkind\n");
  require({"place", notes}, notes + ":1:1: /: not well-formed XML");
  const std::string network = folder.write("network", "<network/>");
  require({"place", network}, network + ":1:1: /network: the root element is <network>; expected <domain>");
}

BOOST_AUTO_TEST_SUITE_END()
