// The field lists of backup.hpp, in the order in which libvirt and this library write children.
#include <vnuma/schema/backup.hpp>

#include "model.hpp"

namespace vnuma::schema {

VNUMA_MODEL(BackupTarget, "target", attribute<&T::file>("file"), attribute<&T::dev>("dev"))

VNUMA_MODEL(BackupScratch, "scratch", attribute<&T::file>("file"), attribute<&T::dev>("dev"))

VNUMA_MODEL(BackupDriver, "driver", attribute<&T::type>("type"))

VNUMA_MODEL(BackupDisk, "disk", attribute<&T::name>("name"), attribute<&T::backup>("backup"),
            attribute<&T::type>("type"), attribute<&T::backup_mode>("backupmode"),
            attribute<&T::incremental>("incremental"), attribute<&T::export_name>("exportname"),
            attribute<&T::export_bitmap>("exportbitmap"), attribute<&T::index>("index"), attribute<&T::state>("state"),
            element<&T::target>("target"), element<&T::scratch>("scratch"), element<&T::driver>("driver"))

VNUMA_MODEL(BackupDisks, "disks", element<&T::disks>("disk"))

VNUMA_MODEL(DomainBackupServer, "server", attribute<&T::transport>("transport"), attribute<&T::tls>("tls"),
            attribute<&T::socket>("socket"), attribute<&T::name>("name"), attribute<&T::port>("port"))

VNUMA_MODEL(DomainBackup, "domainbackup", attribute<&T::mode>("mode"), attribute<&T::id>("id"),
            element<&T::incremental>("incremental"), element<&T::server>("server"), element<&T::backup_disks>("disks"))

VNUMA_MODEL(CheckpointDisk, "disk", attribute<&T::name>("name"), attribute<&T::checkpoint>("checkpoint"),
            attribute<&T::bitmap>("bitmap"), attribute<&T::size>("size"))

VNUMA_MODEL(CheckpointDisks, "disks", element<&T::disks>("disk"))

VNUMA_MODEL(CheckpointParent, "parent", element<&T::name>("name"))

VNUMA_MODEL(DomainCheckpoint, "domaincheckpoint", element<&T::name>("name"), element<&T::description>("description"),
            element<&T::parent>("parent"), element<&T::creation_time>("creationTime"),
            element<&T::checkpoint_disks>("disks"), element<&T::domain>("domain"))

}  // namespace vnuma::schema
