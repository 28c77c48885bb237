// Plans one domain for many hosts and prints a table: fleet DOMAIN SNAPSHOT...
// A snapshot is what `vnuma capture` writes; a folder stands for all files in it that end in .json. Nothing is changed.
// The exit status is 1 if any host is refused.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <set>
#include <vnuma/placement/plan.hpp>
#include <vnuma/schema/xml.hpp>
#include <vnuma/topology/snapshot.hpp>

namespace fs = std::filesystem;
namespace placement = vnuma::placement;

namespace {

// The files that a word stands for, in order.
std::set<std::string> snapshots(const std::string& word) {
  if (!fs::is_directory(word)) return {word};
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(word)) {
    if (entry.path().extension() == ".json") names.insert(entry.path().string());
  }
  return names;
}

std::string read(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  if (!file) throw std::runtime_error("cannot be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

std::size_t count(const placement::Plan& plan, placement::Outcome outcome) {
  return static_cast<std::size_t>(std::count_if(plan.devices.begin(), plan.devices.end(),
                                                [&](const auto& device) { return device.outcome == outcome; }));
}

// The line of a host; whether it has one.
bool print(const vnuma::schema::Domain& domain, const std::string& snapshot) try {
  const auto host = vnuma::topology::from_snapshot(read(snapshot));
  const auto plan = placement::plan(domain, host, {.mirror = placement::Mirror::pcie_switch});
  std::cout << std::setw(7) << count(plan, placement::Outcome::placed) << std::setw(7)
            << count(plan, placement::Outcome::kept) << std::setw(7) << count(plan, placement::Outcome::left)
            << std::setw(10) << plan.warnings.size() << "  " << snapshot << "\n";
  return true;
} catch (const std::exception& error) {
  std::cout << "refused: " << snapshot << ": " << error.what() << "\n";
  return false;
}

}  // namespace

int main(int count, char** words) try {
  if (count < 3) throw std::runtime_error("usage: fleet DOMAIN SNAPSHOT...");
  const auto domain = vnuma::schema::from_xml<vnuma::schema::Domain>(read(words[1]));
  std::cout << " PLACED   KEPT   LEFT  WARNINGS  HOST\n";
  bool all = true;
  for (int i = 2; i < count; ++i) {
    for (const std::string& snapshot : snapshots(words[i])) all = print(domain, snapshot) && all;
  }
  std::cout << std::flush;
  return all && std::cout ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << "fleet: " << error.what() << "\n";
  return 2;
}
