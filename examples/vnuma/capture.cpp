#include "capture.hpp"

#include <sstream>

#include <vnuma/topology/snapshot.hpp>
#include <vnuma/topology/sysfs.hpp>

#include "errors.hpp"
#include "files.hpp"
#include "options.hpp"

namespace {

namespace options = boost::program_options;
namespace topology = vnuma::topology;

options::options_description capture_options() {
  options::options_description all("Options");
  auto add = all.add_options();
  const auto text = [](const char* name) { return options::value<std::string>()->value_name(name); };
  add("help,h", "this text");
  add("sysfs", text("DIR")->default_value("/sys"), "the host's sysfs");
  add("output,o", text("FILE"), "write the snapshot to FILE");
  return all;
}

std::string help() {
  std::ostringstream out;
  out << "Usage: vnuma capture [options]\n\n"
         "Writes the topology of this host as JSON: NUMA nodes, CPUs and PCI devices with the bridges above them. The\n"
         "other commands read it with --host, so that a plan can be made elsewhere and a bug reported. It holds no\n"
         "serial numbers, MAC addresses or host names.\n\n"
         "Example: vnuma capture -o host.json\n\n"
      << capture_options();
  return out.str();
}

}  // namespace

int capture(const std::vector<std::string>& words) {
  const OptionValues values = parse_options(words, capture_options());
  if (values.count("help")) return write_standard_output(help()), 0;
  if (const auto domain = domain_name(values)) {
    throw UsageError("capture reads no file, but this host's sysfs; -o names the file to write");
  }
  const auto output = file_name(values, "output");
  const std::string snapshot = topology::to_snapshot(topology::read_sysfs(*file_name(values, "sysfs")));
  write_output(output, snapshot);
  return 0;
}
