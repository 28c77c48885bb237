// The field lists of disk.hpp, in the order in which libvirt and this library write children.
#include <vnuma/schema/disk.hpp>

#include "model.hpp"

namespace vnuma::schema {

VNUMA_MODEL(DiskSourceHost, "host", attribute<&T::name>("name"), attribute<&T::port>("port"),
            attribute<&T::transport>("transport"), attribute<&T::socket>("socket"))

VNUMA_MODEL(SourceReservations, "source", attribute<&T::type>("type"), attribute<&T::path>("path"),
            attribute<&T::mode>("mode"))

VNUMA_MODEL(Reservations, "reservations", attribute<&T::managed>("managed"), attribute<&T::migration>("migration"),
            element<&T::source_reservations>("source"))

VNUMA_MODEL(SliceType, "slice", attribute<&T::type>("type"), attribute<&T::offset>("offset"),
            attribute<&T::size>("size"))

VNUMA_MODEL(Slice, "slices", element<&T::slice>("slice"))

VNUMA_MODEL(DiskSecret, "secret", attribute<&T::type>("type"), attribute<&T::usage>("usage"),
            attribute<&T::uuid>("uuid"))

VNUMA_MODEL(DiskAuth, "auth", attribute<&T::username>("username"), element<&T::secret>("secret"))

VNUMA_MODEL(EncryptionSecret, "secret", attribute<&T::type>("type"), attribute<&T::usage>("usage"),
            attribute<&T::uuid>("uuid"))

VNUMA_MODEL(Encryption, "encryption", attribute<&T::format>("format"), attribute<&T::engine>("engine"),
            element<&T::secret>("secret"))

VNUMA_MODEL(InitiatorIQN, "iqn", attribute<&T::name>("name"))

VNUMA_MODEL(Initiator, "initiator", element<&T::iqn>("iqn"))

// Defined below; contains a DiskSource.
template <>
const ModelType& model_type<DataStore>();

VNUMA_MODEL(DiskSource, "source", attribute<&T::dev>("dev"), attribute<&T::file>("file"), attribute<&T::dir>("dir"),
            attribute<&T::pool>("pool"), attribute<&T::volume>("volume"), attribute<&T::mode>("mode"),
            attribute<&T::protocol>("protocol"), attribute<&T::name>("name"), attribute<&T::query>("query"),
            attribute<&T::tls>("tls"), attribute<&T::tls_hostname>("tlsHostname"), attribute<&T::type>("type"),
            attribute<&T::namespace_id>("namespace"), attribute<&T::managed>("managed"), attribute<&T::path>("path"),
            attribute<&T::startup_policy>("startupPolicy"), attribute<&T::fd_group>("fdgroup"),
            attribute<&T::index>("index"), element<&T::host>("host"), element<&T::address>("address"),
            element<&T::auth>("auth"), element<&T::initiator>("initiator"), element<&T::slices>("slices"),
            element<&T::reservations>("reservations"), element<&T::encryption>("encryption"),
            element<&T::data_store>("dataStore"))

VNUMA_MODEL(DataStoreFormat, "format", attribute<&T::type>("type"))

VNUMA_MODEL(DataStore, "dataStore", attribute<&T::type>("type"), element<&T::format>("format"),
            element<&T::source>("source"))

VNUMA_MODEL(BackingStoreFormat, "format", attribute<&T::type>("type"))

VNUMA_MODEL(BackingStore, "backingStore", attribute<&T::type>("type"), attribute<&T::index>("index"),
            element<&T::format>("format"), element<&T::source>("source"), element<&T::backing_store>("backingStore"))

VNUMA_MODEL(DiskTarget, "target", attribute<&T::device>("dev"), attribute<&T::bus>("bus"), attribute<&T::tray>("tray"),
            attribute<&T::removable>("removable"), attribute<&T::rotation_rate>("rotation_rate"))

VNUMA_MODEL(DiskIOThread, "iothread", attribute<&T::id>("id"))

VNUMA_MODEL(DiskIOThreads, "iothreads", element<&T::io_thread>("iothread"))

VNUMA_MODEL(DiskDriver, "driver", attribute<&T::name>("name"), attribute<&T::type>("type"),
            attribute<&T::cache>("cache"), attribute<&T::error_policy>("error_policy"),
            attribute<&T::rerror_policy>("rerror_policy"), attribute<&T::io>("io"),
            attribute<&T::ioeventfd>("ioeventfd"), attribute<&T::event_idx>("event_idx"),
            attribute<&T::copy_on_read>("copy_on_read"), attribute<&T::discard>("discard"),
            attribute<&T::io_thread>("iothread"), attribute<&T::detect_zeroes>("detect_zeroes"),
            attribute<&T::queues>("queues"), attribute<&T::queue_size>("queue_size"),
            attribute<&T::discard_no_unref>("discard_no_unref"), attribute<&T::iommu>("iommu"),
            attribute<&T::ats>("ats"), attribute<&T::packed>("packed"), attribute<&T::page_per_vq>("page_per_vq"),
            element<&T::io_threads>("iothreads"))

VNUMA_MODEL(BlockIO, "blockio", attribute<&T::logical_block_size>("logical_block_size"),
            attribute<&T::physical_block_size>("physical_block_size"),
            attribute<&T::discard_granularity>("discard_granularity"))

VNUMA_MODEL(DiskTransient, "transient", attribute<&T::share_backing>("shareBacking"))

VNUMA_MODEL(DiskGeometry, "geometry", attribute<&T::cyls>("cyls"), attribute<&T::heads>("heads"),
            attribute<&T::secs>("secs"), attribute<&T::trans>("trans"))

VNUMA_MODEL(Disk, "disk", attribute<&T::type>("type"), attribute<&T::device>("device"), attribute<&T::model>("model"),
            attribute<&T::rawio>("rawio"), attribute<&T::sgio>("sgio"), attribute<&T::snapshot>("snapshot"),
            element<&T::driver>("driver"), element<&T::auth>("auth"), element<&T::source>("source"),
            element<&T::backing_store>("backingStore"), element<&T::backend_domain>("backenddomain"),
            element<&T::geometry>("geometry"), element<&T::block_io>("blockio"), element<&T::target>("target"),
            element<&T::read_only>("readonly"), element<&T::shareable>("shareable"),
            element<&T::transient>("transient"), element<&T::serial>("serial"), element<&T::wwn>("wwn"),
            element<&T::vendor>("vendor"), element<&T::product>("product"), element<&T::encryption>("encryption"),
            element<&T::boot_order>("boot"), element<&T::alias>("alias"), element<&T::acpi>("acpi"),
            element<&T::address>("address"), element<&T::filesystem_overhead>("filesystemOverhead"),
            element<&T::capacity>("capacity"))

}  // namespace vnuma::schema
