// Writes the random cases of the property test to files, for test/differential: random_cases FOLDER FIRST LAST
// For each seed from FIRST to LAST the folder gets SEED.xml (the domain), SEED.json (the host's snapshot) and
// SEED.options (the options of `vnuma place`, one per line).
#include <charconv>
#include <cstdint>
#include <exception>
#include <fstream>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <vnuma/schema/xml.hpp>
#include <vnuma/topology/snapshot.hpp>

#include "placement/maker.hpp"

using namespace vnuma;

namespace {

const char* word(placement::Mirror mirror) {
  switch (mirror) {
    case placement::Mirror::numa: return "numa";
    case placement::Mirror::root_complex: return "root-complex";
    case placement::Mirror::pcie_switch: return "switch";
  }
  return "";
}

const char* word(placement::Unaligned unaligned) {
  switch (unaligned) {
    case placement::Unaligned::leave: return "leave";
    case placement::Unaligned::nearest: return "nearest";
    case placement::Unaligned::cell: return "cell";
  }
  return "";
}

const char* word(placement::Mmio mmio) {
  switch (mmio) {
    case placement::Mmio::off: return "off";
    case placement::Mmio::warn: return "warn";
    case placement::Mmio::automatic: return "auto";
  }
  return "";
}

// The options that Maker sets. Add the others here when it sets them.
std::string to_lines(const placement::Options& options) {
  if (options.firmware || !options.numa_nodes.empty()) {
    throw std::logic_error("Maker sets firmware or numa_nodes, which random_cases does not write yet");
  }
  std::string lines = std::string("--mirror=") + word(options.mirror) + "\n--unaligned=" + word(options.unaligned) +
                      "\n--mmio=" + word(options.mmio) + "\n--reserve-buses=" + std::to_string(options.reserve_buses) +
                      "\n";
  if (options.readdress) lines += "--readdress\n";
  if (options.strict) lines += "--strict\n";
  return lines;
}

// A snapshot refuses mediated devices whose parent the host does not have. Maker leaves out one device in twenty, and
// with it some parents.
void remove_orphans(topology::Host& host) {
  std::erase_if(host.mediated_devices, [&](const auto& device) { return host.find(device.parent) == nullptr; });
}

void write_file(const std::string& name, const std::string& text) {
  std::ofstream out(name, std::ios::binary);
  out << text;
  out.close();
  if (!out) throw std::runtime_error(name + ": cannot be written");
}

// Throws unless the tool, which reads the files, gets the same domain and host as the property test.
void write_case(const std::string& folder, unsigned seed) {
  test::Case made = test::Maker(seed).make();
  remove_orphans(made.host);
  const std::string domain = schema::to_xml(made.domain);
  const std::string host = topology::to_snapshot(made.host);
  if (!(schema::from_xml<schema::Domain>(domain) == made.domain))
    throw std::logic_error("the domain reads differently");
  if (!(topology::from_snapshot(host) == made.host)) throw std::logic_error("the host reads differently");
  const std::string file = folder + "/" + std::to_string(seed);
  write_file(file + ".xml", domain);
  write_file(file + ".json", host);
  write_file(file + ".options", to_lines(made.options));
}

std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

int main(int argc, char** argv) {
  const auto first = argc == 4 ? number(argv[2]) : std::nullopt;
  const auto last = argc == 4 ? number(argv[3]) : std::nullopt;
  if (!first || !last || *first > *last) {
    std::cerr << "usage: random_cases FOLDER FIRST LAST\n";
    return 2;
  }
  for (std::uint64_t seed = *first; seed <= *last; ++seed) {
    try {
      write_case(argv[1], static_cast<unsigned>(seed));
    } catch (const std::exception& error) {
      std::cerr << "random_cases: seed " << seed << ": " << error.what() << "\n";
      return 1;
    }
  }
}
