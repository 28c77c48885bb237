// Places the domain in argv[1] on this host and prints it.
#include <fstream>
#include <iostream>
#include <iterator>
#include <vnuma/placement/plan.hpp>
#include <vnuma/schema/xml.hpp>
#include <vnuma/topology/sysfs.hpp>

int main(int, char** argv) {
  std::ifstream file(argv[1]);
  auto domain = vnuma::schema::from_xml<vnuma::schema::Domain>(std::string(std::istreambuf_iterator<char>(file), {}));
  auto host = vnuma::topology::read_sysfs(argv[2] ? argv[2] : "/sys");
  vnuma::placement::apply(vnuma::placement::plan(domain, host), domain);
  std::cout << vnuma::schema::to_xml(domain);
}
