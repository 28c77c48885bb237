// Places the devices of the domain in argv[1] and prints the domain. The report goes to standard error.
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <vnuma/placement/report.hpp>
#include <vnuma/schema/xml.hpp>
#include <vnuma/topology/sysfs.hpp>

int main(int argc, char** argv) try {
  std::ifstream file(argc > 1 ? argv[1] : "");
  if (!file) throw std::runtime_error("cannot read the domain; usage: embed DOMAIN.xml [SYSFS]");
  auto domain = vnuma::schema::from_xml<vnuma::schema::Domain>(std::string(std::istreambuf_iterator<char>(file), {}));
  auto host = vnuma::topology::read_sysfs(argc > 2 ? argv[2] : "/sys");
  auto plan = vnuma::placement::plan(domain, host, {.readdress = true});
  vnuma::placement::apply(plan, domain);
  std::cerr << vnuma::placement::report_text(plan);
  std::cout << vnuma::schema::to_xml(domain) << std::flush;
  return std::cout ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << error.what() << "\n";
  return 1;
}
