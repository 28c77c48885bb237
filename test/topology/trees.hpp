// Sysfs trees for tests: the sample hosts, and a small tree to change.
#pragma once

#include <cstdlib>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <vnuma/topology/sysfs.hpp>

#include "temporary_folder.hpp"

namespace vnuma::test {

using namespace vnuma::topology;

inline PciAddress at(std::string_view text) { return PciAddress::parse(text).value(); }

struct Sample : TemporaryFolder {
  explicit Sample(const std::string& name) {
    const std::string hosts = VNUMA_SOURCE_DIR "/examples/hosts/";
    const std::string command = "'" + hosts + "unfold' '" + hosts + name + ".host' '" + path().string() + "'";
    BOOST_REQUIRE(std::system(command.c_str()) == 0);
  }
  Host host() const { return read_sysfs(path()); }
};

inline const PciDevice& device(const Host& host, std::string_view address) {
  const PciDevice* found = host.find(at(address));
  BOOST_REQUIRE(found != nullptr);
  return *found;
}

// Two nodes with four CPUs each; a device below a root port.
struct Tree : TemporaryFolder {
  const std::string node = "devices/system/node/";
  const std::string device = "devices/pci0000:15/0000:15:01.0/0000:16:00.0/";
  const std::string link = "bus/pci/devices/0000:16:00.0";

  Tree() {
    write(node + "node0/cpulist", "0-3\n");
    write(node + "node1/cpulist", "4-7\n");
    write(device + "class", "0x030200\n");
    write(device + "vendor", "0x10de\n");
    write(device + "device", "0x2330\n");
    write(device + "numa_node", "1\n");
    TemporaryFolder::link(link, "../../../" + device);
  }

  void remove(const std::string& file) const { std::filesystem::remove_all(path() / file); }
  void replace_by_folder(const std::string& file) const {
    remove(file);
    std::filesystem::create_directories(path() / file);
  }

  std::optional<NodeId> numa_node() const { return test::device(read_sysfs(path()), "0000:16:00.0").numa_node; }

  std::string node_source() const {
    return std::string(name(test::device(read_sysfs(path()), "0000:16:00.0").node_source));
  }

  // The message without the name of the folder.
  std::string refusal() const {
    try {
      read_sysfs(path());
    } catch (const HostError& error) {
      const std::string message = error.what();
      const std::string root = path().string() + "/";
      BOOST_TEST(message.starts_with(error.file() + ": "));
      BOOST_TEST(message.starts_with(root));
      for (const char c : message) BOOST_TEST((c >= ' ' && c <= '~'));
      return message.substr(root.size());
    }
    return "not refused";
  }
  // The same, after the file gets this content.
  std::string refusal(const std::string& file, std::string_view content) const {
    write(file, content);
    return refusal();
  }
};

}  // namespace vnuma::test
