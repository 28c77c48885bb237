/// \file
/// Video, graphics, sound and input.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <vnuma/schema/address.hpp>
#include <vnuma/schema/box.hpp>
#include <vnuma/schema/device.hpp>
#include <vnuma/schema/export.hpp>
#include <vnuma/schema/scalar.hpp>
#include <vnuma/schema/unmodelled.hpp>

namespace vnuma::schema {

/// `<acceleration>`.
struct VNUMA_SCHEMA_EXPORT VideoAcceleration {
  YesNo accel3d{};
  YesNo accel2d{};
  std::optional<std::string> render_node{};
  Unmodelled unmodelled{};
  bool operator==(const VideoAcceleration&) const;
};

/// `<resolution>`, in pixels.
struct VNUMA_SCHEMA_EXPORT VideoResolution {
  UInt32 x{};
  UInt32 y{};
  Unmodelled unmodelled{};
  bool operator==(const VideoResolution&) const;
};

/// `<model>` of a video device. Sizes are in KiB.
struct VNUMA_SCHEMA_EXPORT VideoModel {
  std::optional<std::string> type{};  ///< vga, virtio, qxl, bochs, ramfb, none, ...
  UInt32 ram{};                       ///< qxl
  UInt32 vram{};
  UInt32 vram64{};   ///< qxl
  UInt32 vga_mem{};  ///< qxl
  UInt32 heads{};
  YesNo primary{};
  OnOff blob{};
  OnOff edid{};
  Box<VideoAcceleration> acceleration{};
  std::optional<VideoResolution> resolution{};
  Unmodelled unmodelled{};
  bool operator==(const VideoModel&) const;
};

/// `<driver>` of a video device.
struct VNUMA_SCHEMA_EXPORT VideoDriver {
  std::optional<std::string> name{};  ///< qemu, vhostuser
  std::optional<std::string> vga_conf{};
  OnOff iommu{};
  OnOff ats{};
  OnOff packed{};
  OnOff page_per_vq{};
  Unmodelled unmodelled{};
  bool operator==(const VideoDriver&) const;
};

/// `<video>`.
struct VNUMA_SCHEMA_EXPORT Video {
  Box<VideoDriver> driver{};
  Box<VideoModel> model{};
  std::optional<Alias> alias{};
  std::optional<ACPI> acpi{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const Video&) const;
};

/// `<listen>`: where clients connect. KubeVirt 1.4 to 1.9 misspell the attribute `network` as "newtork", which libvirt
/// does not know.
struct VNUMA_SCHEMA_EXPORT GraphicsListen {
  std::optional<std::string> type{};  ///< address, network, socket, none
  std::optional<std::string> address{};
  std::optional<std::string> network{};
  std::optional<std::string> socket{};
  Unmodelled unmodelled{};
  bool operator==(const GraphicsListen&) const;
};

/// `<gl>`.
struct VNUMA_SCHEMA_EXPORT GraphicsGL {
  YesNo enable{};
  std::optional<std::string> render_node{};
  Unmodelled unmodelled{};
  bool operator==(const GraphicsGL&) const;
};

/// `<graphics>`: a server or window that shows the guest's screen.
struct VNUMA_SCHEMA_EXPORT Graphics {
  std::optional<std::string> type{};  ///< vnc, spice, rdp, sdl, dbus, egl-headless, desktop
  Int32 port{};                       ///< -1: any
  Int32 tls_port{};
  YesNo auto_port{};
  Int32 websocket{};
  std::optional<std::string> listen_address{};  ///< the attribute; libvirt keeps it equal to the first `<listen>`
  std::optional<std::string> socket{};
  std::optional<std::string> passwd{};
  std::optional<std::string> keymap{};
  std::optional<std::string> passwd_valid_to{};
  std::optional<std::string> connected{};
  std::optional<std::string> share_policy{};
  YesNo power_control{};
  std::optional<std::string> default_mode{};  ///< any, secure, insecure
  std::optional<std::string> display{};
  std::optional<std::string> xauth{};
  YesNo fullscreen{};
  std::vector<GraphicsListen> listen{};
  Box<GraphicsGL> gl{};
  Unmodelled unmodelled{};
  bool operator==(const Graphics&) const;
};

/// `<codec>` of an HDA sound card.
struct VNUMA_SCHEMA_EXPORT SoundCodec {
  std::optional<std::string> type{};  ///< duplex, micro, output
  Unmodelled unmodelled{};
  bool operator==(const SoundCodec&) const;
};

/// `<audio>` of a device: its backend.
struct VNUMA_SCHEMA_EXPORT AudioReference {
  UInt32 id{};
  Unmodelled unmodelled{};
  bool operator==(const AudioReference&) const;
};

/// `<sound>`.
struct VNUMA_SCHEMA_EXPORT SoundCard {
  std::optional<std::string> model{};
  YesNo multichannel{};
  UInt32 streams{};
  std::vector<SoundCodec> codec{};
  std::optional<AudioReference> audio{};
  Box<DeviceDriver> driver{};
  std::optional<Alias> alias{};
  std::optional<ACPI> acpi{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const SoundCard&) const;
};

/// `<audio>`: a backend on the host.
struct VNUMA_SCHEMA_EXPORT Audio {
  UInt32 id{};
  std::optional<std::string> type{};
  UInt32 timer_period{};  ///< microseconds
  Unmodelled unmodelled{};
  bool operator==(const Audio&) const;
};

/// `<source>` of an input device.
struct VNUMA_SCHEMA_EXPORT InputSource {
  std::optional<std::string> evdev{};
  std::optional<std::string> dev{};
  std::optional<std::string> grab{};
  std::optional<std::string> grab_toggle{};
  OnOff repeat{};
  Unmodelled unmodelled{};
  bool operator==(const InputSource&) const;
};

/// `<input>`.
struct VNUMA_SCHEMA_EXPORT Input {
  std::optional<std::string> type{};  ///< tablet, mouse, keyboard, passthrough, evdev
  std::optional<std::string> bus{};   ///< usb, virtio, ps2, xen
  std::optional<std::string> model{};
  Box<DeviceDriver> driver{};
  Box<InputSource> source{};
  std::optional<Alias> alias{};
  std::optional<ACPI> acpi{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const Input&) const;
};

}  // namespace vnuma::schema
