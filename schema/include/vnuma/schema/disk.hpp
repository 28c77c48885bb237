/// \file
/// Disks and the sources of their content.
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

/// `<host>` of a network source.
struct VNUMA_SCHEMA_EXPORT DiskSourceHost {
  std::optional<std::string> name{};
  UInt32 port{};
  std::optional<std::string> transport{};  ///< tcp, rdma, unix
  std::optional<std::string> socket{};     ///< unix
  Unmodelled unmodelled{};
  bool operator==(const DiskSourceHost&) const;
};

/// `<source>` of reservations: the socket of the helper.
struct VNUMA_SCHEMA_EXPORT SourceReservations {
  std::optional<std::string> type{};  ///< unix
  std::optional<std::string> path{};
  std::optional<std::string> mode{};  ///< client
  Unmodelled unmodelled{};
  bool operator==(const SourceReservations&) const;
};

/// `<reservations>`: SCSI persistent reservations.
struct VNUMA_SCHEMA_EXPORT Reservations {
  YesNo managed{};  ///< whether libvirt runs the helper
  YesNo migration{};
  Box<SourceReservations> source_reservations{};
  Unmodelled unmodelled{};
  bool operator==(const Reservations&) const;
};

/// `<slice>`: the part of the image that is the disk.
struct VNUMA_SCHEMA_EXPORT SliceType {
  std::optional<std::string> type{};  ///< storage
  UInt64 offset{};                    ///< bytes
  UInt64 size{};                      ///< bytes
  Unmodelled unmodelled{};
  bool operator==(const SliceType&) const;
};

/// `<slices>`. KubeVirt repeats this element; libvirt, and this schema, repeat the `<slice>` in it.
struct VNUMA_SCHEMA_EXPORT Slice {
  std::vector<SliceType> slice{};
  Unmodelled unmodelled{};
  bool operator==(const Slice&) const;
};

/// `<secret>`: a secret that libvirt keeps, named by usage or UUID.
struct VNUMA_SCHEMA_EXPORT DiskSecret {
  std::optional<std::string> type{};
  std::optional<std::string> usage{};
  UuidText uuid{};
  Unmodelled unmodelled{};
  bool operator==(const DiskSecret&) const;
};

/// `<auth>`.
struct VNUMA_SCHEMA_EXPORT DiskAuth {
  std::optional<std::string> username{};
  Box<DiskSecret> secret{};
  Unmodelled unmodelled{};
  bool operator==(const DiskAuth&) const;
};

/// `<secret>` of an encryption.
struct VNUMA_SCHEMA_EXPORT EncryptionSecret {
  std::optional<std::string> type{};  ///< passphrase
  std::optional<std::string> usage{};
  UuidText uuid{};
  Unmodelled unmodelled{};
  bool operator==(const EncryptionSecret&) const;
};

/// `<encryption>` of an image.
struct VNUMA_SCHEMA_EXPORT Encryption {
  std::optional<std::string> format{};  ///< luks, luks2, qcow
  std::optional<std::string> engine{};  ///< qemu, librbd
  std::vector<EncryptionSecret> secret{};
  Unmodelled unmodelled{};
  bool operator==(const Encryption&) const;
};

/// `<iqn>` of an iSCSI initiator.
struct VNUMA_SCHEMA_EXPORT InitiatorIQN {
  std::optional<std::string> name{};
  Unmodelled unmodelled{};
  bool operator==(const InitiatorIQN&) const;
};

/// `<initiator>`: the name of the host for an iSCSI target.
struct VNUMA_SCHEMA_EXPORT Initiator {
  Box<InitiatorIQN> iqn{};
  Unmodelled unmodelled{};
  bool operator==(const Initiator&) const;
};

struct VNUMA_SCHEMA_EXPORT DataStore;

/// `<source>` of a disk: a file, block device, network or NVMe source. Sources can nest: a data store has a source.
struct VNUMA_SCHEMA_EXPORT DiskSource {
  std::optional<std::string> dev{};
  std::optional<std::string> file{};
  std::optional<std::string> dir{};
  std::optional<std::string> pool{};  ///< volume
  std::optional<std::string> volume{};
  std::optional<std::string> mode{};      ///< volume: host, direct
  std::optional<std::string> protocol{};  ///< nbd, iscsi, rbd, gluster, http, ...
  std::optional<std::string> name{};
  std::optional<std::string> query{};
  YesNo tls{};
  std::optional<std::string> tls_hostname{};
  std::optional<std::string> type{};            ///< nvme: pci; vhostuser: unix
  UInt32 namespace_id{};                        ///< nvme
  YesNo managed{};                              ///< nvme
  std::optional<std::string> path{};            ///< vhostuser
  std::optional<std::string> startup_policy{};  ///< mandatory, requisite, optional
  std::optional<std::string> fd_group{};
  UInt32 index{};
  std::vector<DiskSourceHost> host{};
  Box<Address> address{};  ///< nvme
  Box<DiskAuth> auth{};
  Box<Initiator> initiator{};
  Box<Slice> slices{};
  Box<Reservations> reservations{};
  Box<Encryption> encryption{};
  Box<DataStore> data_store{};
  Unmodelled unmodelled{};
  bool operator==(const DiskSource&) const;
};

/// `<format>` of a data store.
struct VNUMA_SCHEMA_EXPORT DataStoreFormat {
  std::optional<std::string> type{};
  Unmodelled unmodelled{};
  bool operator==(const DataStoreFormat&) const;
};

/// `<dataStore>`: the file that holds the data of a qcow2 image, if that is another file.
struct VNUMA_SCHEMA_EXPORT DataStore {
  std::optional<std::string> type{};
  std::optional<DataStoreFormat> format{};
  Box<DiskSource> source{};
  Unmodelled unmodelled{};
  bool operator==(const DataStore&) const;
};

/// `<format>` of a backing store.
struct VNUMA_SCHEMA_EXPORT BackingStoreFormat {
  std::optional<std::string> type{};
  Unmodelled unmodelled{};
  bool operator==(const BackingStoreFormat&) const;
};

/// `<backingStore>`: the next image of the chain. An empty one ends the chain.
struct VNUMA_SCHEMA_EXPORT BackingStore {
  std::optional<std::string> type{};
  UInt32 index{};
  std::optional<BackingStoreFormat> format{};
  Box<DiskSource> source{};
  Box<BackingStore> backing_store{};
  Unmodelled unmodelled{};
  bool operator==(const BackingStore&) const;
};

/// `<target>`: the bus and the name of the disk in the guest.
struct VNUMA_SCHEMA_EXPORT DiskTarget {
  std::optional<std::string> device{};  ///< vda, sda, ...: a hint at the order
  std::optional<std::string> bus{};     ///< virtio, scsi, sata, usb, ide, fdc
  std::optional<std::string> tray{};    ///< open, closed
  OnOff removable{};
  UInt32 rotation_rate{};
  Unmodelled unmodelled{};
  bool operator==(const DiskTarget&) const;
};

/// `<iothread>` of a disk.
struct VNUMA_SCHEMA_EXPORT DiskIOThread {
  UInt32 id{};
  Unmodelled unmodelled{};
  bool operator==(const DiskIOThread&) const;
};

/// `<iothreads>`: the threads that serve the disk's queues.
struct VNUMA_SCHEMA_EXPORT DiskIOThreads {
  std::vector<DiskIOThread> io_thread{};
  Unmodelled unmodelled{};
  bool operator==(const DiskIOThreads&) const;
};

/// `<driver>` of a disk.
struct VNUMA_SCHEMA_EXPORT DiskDriver {
  std::optional<std::string> name{};
  std::optional<std::string> type{};  ///< image format: raw, qcow2, ...
  std::optional<std::string> cache{};
  std::optional<std::string> error_policy{};
  std::optional<std::string> rerror_policy{};
  std::optional<std::string> io{};  ///< native, threads, io_uring
  OnOff ioeventfd{};
  OnOff event_idx{};
  OnOff copy_on_read{};
  std::optional<std::string> discard{};  ///< unmap, ignore
  UInt32 io_thread{};
  std::optional<std::string> detect_zeroes{};
  UInt32 queues{};
  UInt32 queue_size{};
  OnOff discard_no_unref{};
  OnOff iommu{};
  OnOff ats{};
  OnOff packed{};
  OnOff page_per_vq{};
  Box<DiskIOThreads> io_threads{};
  Unmodelled unmodelled{};
  bool operator==(const DiskDriver&) const;
};

/// `<blockio>`: block sizes that the guest sees, in bytes.
struct VNUMA_SCHEMA_EXPORT BlockIO {
  UInt32 logical_block_size{};
  UInt32 physical_block_size{};
  UInt32 discard_granularity{};
  Unmodelled unmodelled{};
  bool operator==(const BlockIO&) const;
};

/// `<transient>`: writes are discarded when the guest stops.
struct VNUMA_SCHEMA_EXPORT DiskTransient {
  YesNo share_backing{};
  Unmodelled unmodelled{};
  bool operator==(const DiskTransient&) const;
};

/// `<geometry>`.
struct VNUMA_SCHEMA_EXPORT DiskGeometry {
  UInt32 cyls{};
  UInt32 heads{};
  UInt32 secs{};
  std::optional<std::string> trans{};
  Unmodelled unmodelled{};
  bool operator==(const DiskGeometry&) const;
};

/// `<disk>`.
struct VNUMA_SCHEMA_EXPORT Disk {
  std::optional<std::string> type{};    ///< file, block, dir, network, volume, nvme, vhostuser
  std::optional<std::string> device{};  ///< disk, cdrom, floppy, lun
  std::optional<std::string> model{};
  YesNo rawio{};
  std::optional<std::string> sgio{};
  std::optional<std::string> snapshot{};
  Box<DiskDriver> driver{};
  Box<DiskAuth> auth{};
  Box<DiskSource> source{};
  Box<BackingStore> backing_store{};
  Box<BackendDomain> backend_domain{};
  Box<DiskGeometry> geometry{};
  Box<BlockIO> block_io{};
  Box<DiskTarget> target{};
  std::optional<ReadOnly> read_only{};
  std::optional<Shareable> shareable{};
  Box<DiskTransient> transient{};
  std::optional<std::string> serial{};
  std::optional<std::string> wwn{};
  std::optional<std::string> vendor{};
  std::optional<std::string> product{};
  Box<Encryption> encryption{};
  std::optional<BootOrder> boot_order{};
  std::optional<Alias> alias{};
  std::optional<ACPI> acpi{};
  Box<Address> address{};
  /// only in KubeVirt: the share of the volume that a filesystem takes, 0 to 1
  std::optional<std::string> filesystem_overhead{};
  Int64 capacity{};  ///< only in KubeVirt: bytes
  Unmodelled unmodelled{};
  bool operator==(const Disk&) const;
};

}  // namespace vnuma::schema
