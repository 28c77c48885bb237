#include "capture.hpp"

#include <vnuma/topology/snapshot.hpp>
#include <vnuma/topology/sysfs.hpp>

#include "errors.hpp"
#include "files.hpp"
#include "inputs.hpp"
#include "options.hpp"

namespace {

namespace topology = vnuma::topology;

int capture(const OptionValues& values) {
  if (domain_name(values)) {
    throw UsageError("capture takes no input file, it reads the sysfs of this host; name the output file with -o");
  }
  write_output(text(values, "output"), topology::to_snapshot(topology::read_sysfs(*text(values, "sysfs"))));
  return 0;
}

}  // namespace

Command capture_command() {
  return {.summary = "save the topology of a host as a snapshot for --host",
          .usage = "[options]",
          .description =
              "Writes the topology of this host as JSON: NUMA nodes, CPUs and PCI devices with\n"
              "the bridges above them. The other commands read this snapshot with --host, for\n"
              "plans on another machine and for bug reports.",
          .more = {"The snapshot has no serial numbers, MAC addresses or host names."},
          .examples = {{"vnuma capture -o host.json", "writes the snapshot of this host to a file"}},
          .options = {{.name = "sysfs",
                       .help = "the host's sysfs (/sys)",
                       .kind = Value::folder,
                       .value = "DIR",
                       .preset = "/sys"},
                      output_option("the snapshot")},
          .run = capture};
}
