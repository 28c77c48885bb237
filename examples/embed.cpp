// Places the domain in argv[1] on this host and prints it.
#include <fstream>
#include <iostream>
#include <iterator>
#include <vnuma/placement/plan.hpp>
#include <vnuma/schema/xml.hpp>
#include <vnuma/topology/sysfs.hpp>

int main(int argc, char** argv) try {
  std::ifstream file(argc > 1 ? argv[1] : "");
  if (!file) throw std::runtime_error("give the file of a domain, and, if it is not /sys, the host's sysfs");
  auto domain = vnuma::schema::from_xml<vnuma::schema::Domain>(std::string(std::istreambuf_iterator<char>(file), {}));
  auto host = vnuma::topology::read_sysfs(argc > 2 ? argv[2] : "/sys");
  vnuma::placement::apply(vnuma::placement::plan(domain, host), domain);
  std::cout << vnuma::schema::to_xml(domain) << std::flush;
  return std::cout ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << error.what() << "\n";
  return 1;
}
