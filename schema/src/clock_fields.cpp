// The field lists of clock.hpp, in the order in which libvirt and this library write children.
#include <vnuma/schema/clock.hpp>

#include "model.hpp"

namespace vnuma::schema {

VNUMA_MODEL(TimerCatchup, "catchup", attribute<&T::threshold>("threshold"), attribute<&T::slew>("slew"),
            attribute<&T::limit>("limit"))

VNUMA_MODEL(Timer, "timer", attribute<&T::name>("name"), attribute<&T::present>("present"),
            attribute<&T::tick_policy>("tickpolicy"), attribute<&T::track>("track"),
            attribute<&T::frequency>("frequency"), attribute<&T::mode>("mode"), element<&T::catchup>("catchup"))

VNUMA_MODEL(Clock, "clock", attribute<&T::offset>("offset"), attribute<&T::adjustment>("adjustment"),
            attribute<&T::basis>("basis"), attribute<&T::timezone>("timezone"), attribute<&T::start>("start"),
            element<&T::timer>("timer"))

}  // namespace vnuma::schema
