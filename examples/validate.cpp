// Reads all domains in a folder and prints a line for each one with a fault: validate FOLDER
// A fault is a file that is not a domain, or a domain that cannot be planned. The exit status is 1 if there is a fault.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>
#include <vnuma/placement/plan.hpp>
#include <vnuma/schema/xml.hpp>

namespace schema = vnuma::schema;

namespace {

// A host that has every CPU, because the host of the domain is unknown.
const vnuma::topology::Host any_host{.nodes = {{.id = 0, .cpus = schema::CpuSet::parse("0-4294967295").value()}}};

// Returns whether the document is valid. Errors have a position in the text, or a path, which locate() finds in it.
bool validate(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  if (!file) return std::cout << name << ": cannot be read\n", false;
  const std::string text(std::istreambuf_iterator<char>(file), {});
  try {
    const auto domain = schema::from_xml<schema::Domain>(text);
    vnuma::placement::plan(domain, any_host);
    return true;
  } catch (const schema::ParseError& error) {
    std::cout << name << ":" << error.line() << ":" << error.column() << ": " << error.what() << "\n";
  } catch (const schema::Error& error) {
    const auto position = error.path().empty() ? std::nullopt : schema::locate(text, error.path());
    std::cout << name << ":" << (position ? position->line : 1) << ": " << error.what() << "\n";
  }
  return false;
}

}  // namespace

int main(int count, char** words) try {
  if (count != 2) throw std::runtime_error("usage: validate FOLDER");
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(words[1])) {
    if (entry.path().extension() == ".xml" && !entry.is_directory() && !entry.is_fifo())
      names.push_back(entry.path().string());
  }
  std::sort(names.begin(), names.end());
  const auto refused = std::count_if(names.begin(), names.end(), [](const auto& name) { return !validate(name); });
  std::cout << names.size() << " domains, " << refused << " refused\n";
  std::cout << std::flush;
  return refused == 0 && std::cout ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << "validate: " << error.what() << "\n";
  return 2;
}
