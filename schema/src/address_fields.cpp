// The field lists of address.hpp, in the order in which libvirt and this library write children.
#include <vnuma/schema/address.hpp>

#include "model.hpp"

namespace vnuma::schema {

VNUMA_MODEL(Alias, "alias", attribute<&T::name>("name"))

VNUMA_MODEL(ZPCIAddress, "zpci", attribute<&T::uid>("uid"), attribute<&T::fid>("fid"))

VNUMA_MODEL(Address, "address", attribute<&T::type>("type"), attribute<&T::domain>("domain"), attribute<&T::bus>("bus"),
            attribute<&T::slot>("slot"), attribute<&T::function>("function"),
            attribute<&T::multifunction>("multifunction"), attribute<&T::controller>("controller"),
            attribute<&T::target>("target"), attribute<&T::unit>("unit"), attribute<&T::port>("port"),
            attribute<&T::uuid>("uuid"), attribute<&T::device>("device"), attribute<&T::cssid>("cssid"),
            attribute<&T::ssid>("ssid"), attribute<&T::dev_no>("devno"), attribute<&T::iobase>("iobase"),
            attribute<&T::irq>("irq"), attribute<&T::reg>("reg"), attribute<&T::base>("base"),
            element<&T::zpci>("zpci"))

}  // namespace vnuma::schema
