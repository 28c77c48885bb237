// The field lists of metadata.hpp, in the order in which libvirt and this library write children.
#include <vnuma/schema/metadata.hpp>

#include "model.hpp"

namespace vnuma::schema {

namespace {

constexpr std::string_view kubevirt_namespace = "http://kubevirt.io";

}  // namespace

VNUMA_MODEL(GracePeriodMetadata, "", element<&T::deletion_grace_period_seconds>("deletionGracePeriodSeconds"),
            element<&T::deletion_timestamp>("deletionTimestamp"),
            element<&T::marked_for_graceful_shutdown>("markedForGracefulShutdown"))

VNUMA_MODEL(MigrationMetadata, "", element<&T::uid>("uid"), element<&T::start_timestamp>("startTimestamp"),
            element<&T::end_timestamp>("endTimestamp"), element<&T::failed>("failed"),
            element<&T::failure_reason>("failureReason"), element<&T::abort_status>("abortStatus"),
            element<&T::mode>("mode"))

VNUMA_MODEL(BackupMetadata, "", element<&T::name>("name"), element<&T::mode>("mode"),
            element<&T::skip_quiesce>("skipQuiesce"), element<&T::start_timestamp>("startTimestamp"),
            element<&T::end_timestamp>("endTimestamp"), element<&T::completed>("completed"),
            element<&T::failed>("failed"), element<&T::backup_msg>("backupMsg"),
            element<&T::checkpoint_name>("checkpointName"), element<&T::volumes>("volumes"),
            element<&T::quiesce_status>("quiesceStatus"))

VNUMA_MODEL(AccessCredentialMetadata, "", element<&T::succeeded>("succeeded"), element<&T::message>("message"))

VNUMA_MODEL(MemoryDumpMetadata, "", element<&T::file_name>("fileName"), element<&T::start_timestamp>("startTimestamp"),
            element<&T::end_timestamp>("endTimestamp"), element<&T::completed>("completed"),
            element<&T::failed>("failed"), element<&T::failure_reason>("failureReason"))

VNUMA_MODEL(KubeVirtMetadata, "", element<&T::uid>("uid"), element<&T::grace_period>("graceperiod"),
            element<&T::migration>("migration"), element<&T::backup>("backup"),
            element<&T::access_credential>("accessCredential"), element<&T::memory_dump>("memoryDump"))

VNUMA_MODEL(Metadata, "metadata", element<&T::kubevirt>("kubevirt", kubevirt_namespace, ""))

}  // namespace vnuma::schema
