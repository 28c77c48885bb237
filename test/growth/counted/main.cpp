// Runs under callgrind, which writes a count for each piece of work: counted KUBEVIRT_XML
// Each piece runs once before it is counted, so that one-time initialization and loading of libraries do not count.
#include <cstdio>
#include <string>

#include <valgrind/callgrind.h>

#include <vnuma/placement/check.hpp>
#include <vnuma/placement/plan.hpp>
#include <vnuma/schema/xml.hpp>

#include "inputs.hpp"

namespace {

using vnuma::schema::Domain;

void count(const std::string& name, const auto& work) {
  work();
  CALLGRIND_ZERO_STATS;
  work();
  CALLGRIND_DUMP_STATS_AT(name.c_str());
}

// A domain with a finding for each disk except the first.
std::string at_one_address(unsigned disks) {
  std::string text = "<domain><devices>\n";
  for (unsigned i = 0; i < disks; ++i) text += "<disk><address type='pci' bus='0' slot='2'/></disk>\n";
  return text + "</devices></domain>";
}

}  // namespace

int main(int, char** words) {
  namespace benchmarks = vnuma::benchmarks;
  const std::string document = benchmarks::read(words[1]);
  for (const unsigned times : {1U, 2U, 4U, 8U}) {
    const std::string text = benchmarks::with_devices_repeated(document, times);
    count("from_xml " + std::to_string(times), [&] { vnuma::schema::from_xml<Domain>(text); });
  }
  for (const unsigned others : {0U, 1000U}) {
    for (const unsigned gpus : {25U, 50U, 100U, 200U}) {
      const auto domain = vnuma::schema::from_xml<Domain>(benchmarks::domain_of(gpus, others));
      const auto host = benchmarks::host_of(gpus);
      count("plan " + std::to_string(gpus) + " beside " + std::to_string(others),
            [&] { vnuma::placement::plan(domain, host); });
    }
  }
  for (const unsigned disks : {50U, 100U, 200U, 400U}) {
    const std::string text = at_one_address(disks);
    const auto domain = vnuma::schema::from_xml<Domain>(text);
    count("findings " + std::to_string(disks), [&] { findings_text(vnuma::placement::check(domain), text, "vm.xml"); });
  }
}
