#include "inputs.hpp"

#include <vnuma/placement/plan.hpp>
#include <vnuma/topology/sysfs.hpp>

vnuma::schema::Domain read_domain(const std::string& text) {
  return read_document<vnuma::schema::Domain>(
      text, "capabilities",
      "this is the output of virsh capabilities, which --capabilities reads; give a libvirt domain, as `virsh "
      "dumpxml` prints it");
}

vnuma::topology::Host read_host(const std::string& sysfs, const vnuma::schema::Domain& domain) {
  namespace placement = vnuma::placement;
  return vnuma::topology::read_sysfs(sysfs, placement::passthrough_devices(domain),
                                     placement::mediated_devices(domain));
}
