/// \file
/// Network interfaces.
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

/// `<ip>`: an address of the interface.
struct VNUMA_SCHEMA_EXPORT InterfaceIP {
  std::optional<std::string> address{};
  std::optional<std::string> family{};  ///< ipv4, ipv6
  UInt32 prefix{};
  std::optional<std::string> peer{};
  Unmodelled unmodelled{};
  bool operator==(const InterfaceIP&) const;
};

/// `<route>`.
struct VNUMA_SCHEMA_EXPORT InterfaceRoute {
  std::optional<std::string> family{};
  std::optional<std::string> address{};
  std::optional<std::string> netmask{};
  UInt32 prefix{};
  std::optional<std::string> gateway{};
  UInt32 metric{};
  Unmodelled unmodelled{};
  bool operator==(const InterfaceRoute&) const;
};

/// `<local>`: this end of a UDP tunnel.
struct VNUMA_SCHEMA_EXPORT InterfaceLocal {
  std::optional<std::string> address{};
  UInt32 port{};
  Unmodelled unmodelled{};
  bool operator==(const InterfaceLocal&) const;
};

/// `<reconnect>` of a socket to which the host connects.
struct VNUMA_SCHEMA_EXPORT InterfaceReconnect {
  YesNo enabled{};
  UInt32 timeout{};  ///< seconds
  Unmodelled unmodelled{};
  bool operator==(const InterfaceReconnect&) const;
};

/// `<source>` of an interface: what it is connected to on the host. The type of the interface decides which members are
/// used; for type hostdev, the address of the PCI or USB device.
struct VNUMA_SCHEMA_EXPORT InterfaceSource {
  std::optional<std::string> network{};
  std::optional<std::string> port_group{};
  std::optional<std::string> port_id{};  ///< UUID of the network port; vds: a number
  std::optional<std::string> device{};
  std::optional<std::string> bridge{};
  std::optional<std::string> mac_table_manager{};
  std::optional<std::string> mode{};          ///< direct: vepa, bridge, private, passthrough; vhostuser: server, client
  std::optional<std::string> type{};          ///< vhostuser: unix
  std::optional<std::string> path{};          ///< vhostuser: socket
  std::optional<std::string> name{};          ///< internal
  std::optional<std::string> address_text{};  ///< mcast, udp, client, server: IP address (the attribute)
  UInt32 port{};
  UuidText switch_id{};                        ///< vds
  std::optional<std::string> port_group_id{};  ///< vds
  Int64 connection_id{};                       ///< vds
  YesNo missing{};
  std::vector<InterfaceIP> ip{};        ///< ethernet
  std::vector<InterfaceRoute> route{};  ///< ethernet
  Box<InterfaceLocal> local{};          ///< udp
  Box<InterfaceReconnect> reconnect{};
  Box<USBId> vendor{};
  Box<USBId> product{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const InterfaceSource&) const;
};

/// `<target>`: the host's tap device.
struct VNUMA_SCHEMA_EXPORT InterfaceTarget {
  std::optional<std::string> device{};
  YesNo managed{};  ///< no: the tap device already exists
  Unmodelled unmodelled{};
  bool operator==(const InterfaceTarget&) const;
};

/// `<model>` of an interface: the NIC that the guest sees.
struct VNUMA_SCHEMA_EXPORT Model {
  std::optional<std::string> type{};  ///< virtio, e1000e, igb, ...
  Unmodelled unmodelled{};
  bool operator==(const Model&) const;
};

/// `<mac>`.
struct VNUMA_SCHEMA_EXPORT MAC {
  MacText mac{};
  std::optional<std::string> type{};  ///< generated, static
  YesNo check{};
  Unmodelled unmodelled{};
  bool operator==(const MAC&) const;
};

/// `<mtu>`, in bytes.
struct VNUMA_SCHEMA_EXPORT MTU {
  UInt32 size{};
  Unmodelled unmodelled{};
  bool operator==(const MTU&) const;
};

/// `<inbound>` or `<outbound>` of a bandwidth.
struct VNUMA_SCHEMA_EXPORT BandWidthLimit {
  UInt64 average{};  ///< KB/s
  UInt64 peak{};     ///< KB/s
  UInt64 floor{};    ///< guaranteed KB/s; only inbound
  UInt64 burst{};    ///< KB
  Unmodelled unmodelled{};
  bool operator==(const BandWidthLimit&) const;
};

/// `<bandwidth>`: limits on traffic; inbound is traffic to the guest.
struct VNUMA_SCHEMA_EXPORT BandWidth {
  UInt32 class_id{};
  Box<BandWidthLimit> inbound{};
  Box<BandWidthLimit> outbound{};
  Unmodelled unmodelled{};
  bool operator==(const BandWidth&) const;
};

/// `<link>`.
struct VNUMA_SCHEMA_EXPORT LinkState {
  std::optional<std::string> state{};  ///< up, down
  Unmodelled unmodelled{};
  bool operator==(const LinkState&) const;
};

/// `<parameter>` of a filterref.
struct VNUMA_SCHEMA_EXPORT FilterRefParameter {
  std::optional<std::string> name{};
  std::optional<std::string> value{};
  Unmodelled unmodelled{};
  bool operator==(const FilterRefParameter&) const;
};

/// `<filterref>`: a network filter of the host.
struct VNUMA_SCHEMA_EXPORT FilterRef {
  std::optional<std::string> filter{};
  std::vector<FilterRefParameter> parameter{};
  Unmodelled unmodelled{};
  bool operator==(const FilterRef&) const;
};

/// `<host>` of an interface's driver: offloads of the host side.
struct VNUMA_SCHEMA_EXPORT InterfaceDriverHost {
  OnOff csum{};
  OnOff gso{};
  OnOff tso4{};
  OnOff tso6{};
  OnOff ecn{};
  OnOff ufo{};
  OnOff mrg_rxbuf{};
  Unmodelled unmodelled{};
  bool operator==(const InterfaceDriverHost&) const;
};

/// `<guest>` of an interface's driver: offloads of the guest side.
struct VNUMA_SCHEMA_EXPORT InterfaceDriverGuest {
  OnOff csum{};
  OnOff tso4{};
  OnOff tso6{};
  OnOff ecn{};
  OnOff ufo{};
  Unmodelled unmodelled{};
  bool operator==(const InterfaceDriverGuest&) const;
};

/// `<driver>` of an interface.
struct VNUMA_SCHEMA_EXPORT InterfaceDriver {
  std::optional<std::string> name{};   ///< vhost, qemu; of type hostdev: vfio, kvm, xen
  std::optional<std::string> model{};  ///< of type hostdev: the host kernel's driver
  std::optional<std::string> tx_mode{};
  OnOff ioeventfd{};
  OnOff event_idx{};
  UInt32 queues{};
  UInt32 rx_queue_size{};
  UInt32 tx_queue_size{};
  OnOff rss{};
  OnOff rss_hash_report{};
  OnOff iommu{};
  OnOff ats{};
  OnOff packed{};
  OnOff page_per_vq{};
  Box<InterfaceDriverHost> host{};
  Box<InterfaceDriverGuest> guest{};
  Unmodelled unmodelled{};
  bool operator==(const InterfaceDriver&) const;
};

/// `<backend>`: the process or files behind the NIC.
struct VNUMA_SCHEMA_EXPORT InterfaceBackend {
  std::optional<std::string> type{};  ///< default, passt
  std::optional<std::string> tap{};
  std::optional<std::string> vhost{};
  std::optional<std::string> log_file{};
  std::optional<std::string> host_name{};
  std::optional<std::string> fqdn{};
  Unmodelled unmodelled{};
  bool operator==(const InterfaceBackend&) const;
};

/// `<range>` of a port forward.
struct VNUMA_SCHEMA_EXPORT InterfacePortForwardRange {
  UInt32 start{};
  UInt32 end{};
  UInt32 to{};
  YesNo exclude{};
  Unmodelled unmodelled{};
  bool operator==(const InterfacePortForwardRange&) const;
};

/// `<portForward>` of a passt interface.
struct VNUMA_SCHEMA_EXPORT InterfacePortForward {
  std::optional<std::string> proto{};  ///< tcp, udp
  std::optional<std::string> address{};
  std::optional<std::string> dev{};
  std::vector<InterfacePortForwardRange> ranges{};
  Unmodelled unmodelled{};
  bool operator==(const InterfacePortForward&) const;
};

/// `<parameters>` of a virtual port.
struct VNUMA_SCHEMA_EXPORT VirtualPortParameters {
  UInt32 manager_id{};
  UInt32 type_id{};
  UInt32 type_id_version{};
  UuidText instance_id{};
  UuidText interface_id{};
  std::optional<std::string> profile_id{};
  Unmodelled unmodelled{};
  bool operator==(const VirtualPortParameters&) const;
};

/// `<virtualport>`: the identity of the port for a switch.
struct VNUMA_SCHEMA_EXPORT VirtualPort {
  std::optional<std::string> type{};  ///< 802.1Qbg, 802.1Qbh, openvswitch, midonet
  Box<VirtualPortParameters> parameters{};
  Unmodelled unmodelled{};
  bool operator==(const VirtualPort&) const;
};

/// `<tag>`.
struct VNUMA_SCHEMA_EXPORT VLANTag {
  UInt32 id{};                               ///< 0-4095
  std::optional<std::string> native_mode{};  ///< tagged, untagged
  Unmodelled unmodelled{};
  bool operator==(const VLANTag&) const;
};

/// `<vlan>`.
struct VNUMA_SCHEMA_EXPORT VLAN {
  YesNo trunk{};
  std::vector<VLANTag> tag{};
  Unmodelled unmodelled{};
  bool operator==(const VLAN&) const;
};

/// `<guest>`: the name of the interface in a container.
struct VNUMA_SCHEMA_EXPORT InterfaceGuest {
  std::optional<std::string> dev{};
  std::optional<std::string> actual{};
  Unmodelled unmodelled{};
  bool operator==(const InterfaceGuest&) const;
};

/// `<script>` or `<downscript>`.
struct VNUMA_SCHEMA_EXPORT InterfaceScript {
  std::optional<std::string> path{};
  Unmodelled unmodelled{};
  bool operator==(const InterfaceScript&) const;
};

/// `<tune>`.
struct VNUMA_SCHEMA_EXPORT InterfaceTune {
  UInt64 send_buffer{};
  Unmodelled unmodelled{};
  bool operator==(const InterfaceTune&) const;
};

/// `<port>`.
struct VNUMA_SCHEMA_EXPORT InterfacePort {
  YesNo isolated{};
  Unmodelled unmodelled{};
  bool operator==(const InterfacePort&) const;
};

/// `<frames>`.
struct VNUMA_SCHEMA_EXPORT CoalesceFrames {
  UInt32 max{};
  Unmodelled unmodelled{};
  bool operator==(const CoalesceFrames&) const;
};

/// `<rx>` of a coalesce.
struct VNUMA_SCHEMA_EXPORT CoalesceReceive {
  std::optional<CoalesceFrames> frames{};
  Unmodelled unmodelled{};
  bool operator==(const CoalesceReceive&) const;
};

/// `<coalesce>`.
struct VNUMA_SCHEMA_EXPORT Coalesce {
  std::optional<CoalesceReceive> receive{};
  Unmodelled unmodelled{};
  bool operator==(const Coalesce&) const;
};

/// `<interface>`. Type hostdev is a PCI device of the host, usually an SR-IOV function.
struct VNUMA_SCHEMA_EXPORT Interface {
  std::optional<std::string> type{};  ///< bridge, network, ethernet, direct, user, vhostuser, hostdev, vdpa, ...
  YesNo managed{};  ///< hostdev: whether libvirt detaches the device from its host driver and reattaches it later
  YesNo trust_guest_rx_filters{};
  std::optional<MAC> mac{};
  Box<InterfaceSource> source{};
  Box<VLAN> vlan{};
  Box<VirtualPort> virtual_port{};
  Box<BandWidth> band_width{};
  std::optional<InterfacePort> port{};
  std::vector<InterfaceIP> ip{};
  std::vector<InterfaceRoute> route{};
  std::vector<InterfacePortForward> port_forward{};
  Box<InterfaceScript> script{};
  Box<InterfaceScript> down_script{};
  Box<BackendDomain> backend_domain{};
  Box<InterfaceTarget> target{};
  Box<InterfaceGuest> guest{};
  std::optional<Model> model{};
  Box<InterfaceDriver> driver{};
  Box<InterfaceBackend> backend{};
  Box<FilterRef> filter_ref{};
  std::optional<LinkState> link_state{};
  Box<InterfaceTune> tune{};
  std::optional<Teaming> teaming{};
  std::optional<MTU> mtu{};
  Box<Coalesce> coalesce{};
  std::optional<BootOrder> boot_order{};
  std::optional<Alias> alias{};
  Box<Rom> rom{};
  std::optional<ACPI> acpi{};
  Box<Address> address{};
  Unmodelled unmodelled{};
  bool operator==(const Interface&) const;
};

}  // namespace vnuma::schema
