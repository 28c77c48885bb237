// The field lists of display.hpp, in the order in which libvirt and this library write children.
#include <vnuma/schema/display.hpp>

#include "model.hpp"

namespace vnuma::schema {

VNUMA_MODEL(VideoAcceleration, "acceleration", attribute<&T::accel3d>("accel3d"), attribute<&T::accel2d>("accel2d"),
            attribute<&T::render_node>("rendernode"))

VNUMA_MODEL(VideoResolution, "resolution", attribute<&T::x>("x"), attribute<&T::y>("y"))

VNUMA_MODEL(VideoModel, "model", attribute<&T::type>("type"), attribute<&T::ram>("ram"), attribute<&T::vram>("vram"),
            attribute<&T::vram64>("vram64"), attribute<&T::vga_mem>("vgamem"), attribute<&T::heads>("heads"),
            attribute<&T::primary>("primary"), attribute<&T::blob>("blob"), attribute<&T::edid>("edid"),
            element<&T::acceleration>("acceleration"), element<&T::resolution>("resolution"))

VNUMA_MODEL(VideoDriver, "driver", attribute<&T::name>("name"), attribute<&T::vga_conf>("vgaconf"),
            attribute<&T::iommu>("iommu"), attribute<&T::ats>("ats"), attribute<&T::packed>("packed"),
            attribute<&T::page_per_vq>("page_per_vq"))

VNUMA_MODEL(Video, "video", element<&T::driver>("driver"), element<&T::model>("model"), element<&T::alias>("alias"),
            element<&T::acpi>("acpi"), element<&T::address>("address"))

VNUMA_MODEL(GraphicsListen, "listen", attribute<&T::type>("type"), attribute<&T::address>("address"),
            attribute<&T::network>("network"), attribute<&T::socket>("socket"))

VNUMA_MODEL(GraphicsGL, "gl", attribute<&T::enable>("enable"), attribute<&T::render_node>("rendernode"))

VNUMA_MODEL(Graphics, "graphics", attribute<&T::type>("type"), attribute<&T::port>("port"),
            attribute<&T::tls_port>("tlsPort"), attribute<&T::auto_port>("autoport"),
            attribute<&T::websocket>("websocket"), attribute<&T::listen_address>("listen"),
            attribute<&T::socket>("socket"), attribute<&T::passwd>("passwd"), attribute<&T::keymap>("keymap"),
            attribute<&T::passwd_valid_to>("passwdValidTo"), attribute<&T::connected>("connected"),
            attribute<&T::share_policy>("sharePolicy"), attribute<&T::power_control>("powerControl"),
            attribute<&T::default_mode>("defaultMode"), attribute<&T::display>("display"),
            attribute<&T::xauth>("xauth"), attribute<&T::fullscreen>("fullscreen"), element<&T::listen>("listen"),
            element<&T::gl>("gl"))

VNUMA_MODEL(SoundCodec, "codec", attribute<&T::type>("type"))

VNUMA_MODEL(AudioReference, "audio", attribute<&T::id>("id"))

VNUMA_MODEL(SoundCard, "sound", attribute<&T::model>("model"), attribute<&T::multichannel>("multichannel"),
            attribute<&T::streams>("streams"), element<&T::codec>("codec"), element<&T::audio>("audio"),
            element<&T::driver>("driver"), element<&T::alias>("alias"), element<&T::acpi>("acpi"),
            element<&T::address>("address"))

VNUMA_MODEL(Audio, "audio", attribute<&T::id>("id"), attribute<&T::type>("type"),
            attribute<&T::timer_period>("timerPeriod"))

VNUMA_MODEL(InputSource, "source", attribute<&T::evdev>("evdev"), attribute<&T::dev>("dev"),
            attribute<&T::grab>("grab"), attribute<&T::grab_toggle>("grabToggle"), attribute<&T::repeat>("repeat"))

VNUMA_MODEL(Input, "input", attribute<&T::type>("type"), attribute<&T::bus>("bus"), attribute<&T::model>("model"),
            element<&T::driver>("driver"), element<&T::source>("source"), element<&T::alias>("alias"),
            element<&T::acpi>("acpi"), element<&T::address>("address"))

}  // namespace vnuma::schema
