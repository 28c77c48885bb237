/// \file
/// Serial ports, consoles, channels, and other streams of bytes.
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

/// `<log>`: a file that receives a copy of the guest's output.
struct VNUMA_SCHEMA_EXPORT CharacterLog {
  std::optional<std::string> file{};
  OnOff append{};
  Unmodelled unmodelled{};
  bool operator==(const CharacterLog&) const;
};

/// `<protocol>` of a TCP socket.
struct VNUMA_SCHEMA_EXPORT CharacterProtocol {
  std::optional<std::string> type{};  ///< raw, telnet, telnets, tls
  Unmodelled unmodelled{};
  bool operator==(const CharacterProtocol&) const;
};

/// `<model>` of a serial port: the device that QEMU uses for it.
struct VNUMA_SCHEMA_EXPORT SerialTargetModel {
  std::optional<std::string> name{};
  Unmodelled unmodelled{};
  bool operator==(const SerialTargetModel&) const;
};

/// `<target>` of a serial or parallel port.
struct VNUMA_SCHEMA_EXPORT SerialTarget {
  std::optional<std::string> type{};  ///< isa-serial, usb-serial, pci-serial, ...
  UInt32 port{};
  std::optional<SerialTargetModel> model{};
  Unmodelled unmodelled{};
  bool operator==(const SerialTarget&) const;
};

/// `<source>` of a serial or parallel port. A udp device has two: bind and connect.
struct VNUMA_SCHEMA_EXPORT SerialSource {
  std::optional<std::string> mode{};
  std::optional<std::string> path{};
  OnOff append{};
  std::optional<std::string> host{};
  std::optional<std::string> service{};
  std::optional<std::string> channel{};
  std::optional<std::string> master{};
  std::optional<std::string> slave{};
  YesNo tls{};
  Unmodelled unmodelled{};
  bool operator==(const SerialSource&) const;
};

/// `<log>` of a serial port.
struct VNUMA_SCHEMA_EXPORT SerialLog {
  std::optional<std::string> file{};
  OnOff append{};
  Unmodelled unmodelled{};
  bool operator==(const SerialLog&) const;
};

/// `<serial>`.
struct VNUMA_SCHEMA_EXPORT Serial {
  std::optional<std::string> type{};  ///< pty, unix, file, tcp, udp, dev, null, ...
  std::optional<std::string> tty{};
  std::vector<SerialSource> source{};
  Box<CharacterProtocol> protocol{};
  Box<SerialLog> log{};
  Box<SerialTarget> target{};
  std::optional<Alias> alias{};
  std::optional<ACPI> acpi{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const Serial&) const;
};

/// `<parallel>`.
struct VNUMA_SCHEMA_EXPORT Parallel {
  std::optional<std::string> type{};
  std::optional<std::string> tty{};
  std::vector<SerialSource> source{};
  Box<CharacterProtocol> protocol{};
  Box<CharacterLog> log{};
  Box<SerialTarget> target{};
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const Parallel&) const;
};

/// `<target>` of a console.
struct VNUMA_SCHEMA_EXPORT ConsoleTarget {
  std::optional<std::string> type{};  ///< serial, virtio, xen, sclp, ...
  UInt32 port{};
  Unmodelled unmodelled{};
  bool operator==(const ConsoleTarget&) const;
};

/// `<source>` of a console. A udp console has two: bind and connect.
struct VNUMA_SCHEMA_EXPORT ConsoleSource {
  std::optional<std::string> mode{};
  std::optional<std::string> path{};
  OnOff append{};
  std::optional<std::string> host{};
  std::optional<std::string> service{};
  std::optional<std::string> channel{};
  std::optional<std::string> master{};
  std::optional<std::string> slave{};
  YesNo tls{};
  Unmodelled unmodelled{};
  bool operator==(const ConsoleSource&) const;
};

/// `<console>`.
struct VNUMA_SCHEMA_EXPORT Console {
  std::optional<std::string> type{};
  std::optional<std::string> tty{};
  std::vector<ConsoleSource> source{};
  Box<CharacterProtocol> protocol{};
  Box<CharacterLog> log{};
  Box<ConsoleTarget> target{};
  std::optional<Alias> alias{};
  std::optional<ACPI> acpi{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const Console&) const;
};

/// `<source>` of a channel. A udp channel has two: bind and connect.
struct VNUMA_SCHEMA_EXPORT ChannelSource {
  std::optional<std::string> mode{};
  std::optional<std::string> path{};
  OnOff append{};
  std::optional<std::string> host{};
  std::optional<std::string> service{};
  std::optional<std::string> channel{};
  std::optional<std::string> master{};
  std::optional<std::string> slave{};
  YesNo tls{};
  Unmodelled unmodelled{};
  bool operator==(const ChannelSource&) const;
};

/// `<target>` of a channel: the name or address that the guest finds it by.
struct VNUMA_SCHEMA_EXPORT ChannelTarget {
  std::optional<std::string> type{};     ///< virtio, guestfwd, xen
  std::optional<std::string> name{};     ///< virtio: org.qemu.guest_agent.0, ...
  std::optional<std::string> state{};    ///< connected, disconnected
  std::optional<std::string> address{};  ///< guestfwd: IP address
  UInt32 port{};                         ///< guestfwd
  Unmodelled unmodelled{};
  bool operator==(const ChannelTarget&) const;
};

/// `<channel>`: a connection between host and guest.
struct VNUMA_SCHEMA_EXPORT Channel {
  std::optional<std::string> type{};
  std::vector<ChannelSource> source{};
  Box<CharacterProtocol> protocol{};
  Box<CharacterLog> log{};
  Box<ChannelTarget> target{};
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const Channel&) const;
};

/// `<source>` of a redirected device. A udp device has two: bind and connect.
struct VNUMA_SCHEMA_EXPORT RedirectedDeviceSource {
  std::optional<std::string> mode{};
  std::optional<std::string> path{};
  OnOff append{};
  std::optional<std::string> host{};
  std::optional<std::string> service{};
  std::optional<std::string> channel{};
  std::optional<std::string> master{};
  std::optional<std::string> slave{};
  YesNo tls{};
  Unmodelled unmodelled{};
  bool operator==(const RedirectedDeviceSource&) const;
};

/// `<redirdev>`: a USB device that a remote client passes through.
struct VNUMA_SCHEMA_EXPORT RedirectedDevice {
  std::optional<std::string> bus{};   ///< usb
  std::optional<std::string> type{};  ///< spicevmc, tcp, unix, ...
  std::vector<RedirectedDeviceSource> source{};
  Box<CharacterProtocol> protocol{};
  std::optional<BootOrder> boot_order{};
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const RedirectedDevice&) const;
};

/// `<smartcard>`.
struct VNUMA_SCHEMA_EXPORT Smartcard {
  std::optional<std::string> mode{};  ///< host, host-certificates, passthrough
  std::optional<std::string> type{};
  std::vector<SerialSource> source{};
  Box<CharacterProtocol> protocol{};
  std::optional<std::string> database{};
  std::optional<Alias> alias{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const Smartcard&) const;
};

}  // namespace vnuma::schema
