// Models whose XML differs from one name per member.
#include <boost/test/unit_test.hpp>

#include <vnuma/schema/backup.hpp>
#include <vnuma/schema/domain.hpp>
#include <vnuma/schema/ptree.hpp>
#include <vnuma/schema/secret.hpp>
#include <vnuma/schema/xml.hpp>

#include "canonical.hpp"

using namespace vnuma::schema;
using vnuma::test::canonical;

namespace {

template <class T>
T same(const std::string& text) {
  const T value = from_xml<T>(text);
  BOOST_TEST(canonical(to_xml(value)) == canonical(text));
  BOOST_TEST(canonical(to_xml(from_ptree<T>(to_ptree(value)))) == canonical(text));
  return value;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(models)

BOOST_AUTO_TEST_CASE(kubevirts_metadata_is_read_under_any_prefix) {
  for (const char* text :
       {"<domain><metadata><kubevirt xmlns='http://kubevirt.io'><uid>u</uid><graceperiod><deletionGracePeriodSeconds>30"
        "</deletionGracePeriodSeconds></graceperiod></kubevirt><o:o xmlns:o='urn:o'/></metadata></domain>",
        "<domain xmlns:k='http://kubevirt.io'><metadata><k:kubevirt><k:uid>u</k:uid><k:graceperiod>"
        "<k:deletionGracePeriodSeconds>30</k:deletionGracePeriodSeconds></k:graceperiod></k:kubevirt></metadata>"
        "</domain>"}) {
    const auto domain = same<Domain>(text);
    BOOST_REQUIRE(domain.metadata && domain.metadata->kubevirt);
    BOOST_TEST(*domain.metadata->kubevirt->uid == "u");
    BOOST_TEST(*domain.metadata->kubevirt->grace_period->deletion_grace_period_seconds == 30);
  }
  BOOST_TEST(!same<Domain>("<domain><metadata><kubevirt/></metadata></domain>").metadata->kubevirt);
}

BOOST_AUTO_TEST_CASE(new_metadata_declares_its_namespace) {
  Domain domain;
  domain.metadata.emplace().kubevirt.emplace().migration.emplace().failed = true;
  const std::string text = to_xml(domain, Layout::compact);
  BOOST_TEST(text ==
             "<domain><metadata><kubevirt xmlns='http://kubevirt.io'><migration><failed>true</failed></migration>"
             "</kubevirt></metadata></domain>");
  BOOST_TEST(*from_xml<Domain>(text).metadata->kubevirt->migration->failed);
}

BOOST_AUTO_TEST_CASE(metadata_keeps_its_prefix_in_another_document) {
  const auto from = from_xml<Domain>(
      "<domain xmlns:k='http://kubevirt.io'><metadata><k:kubevirt><k:uid>u</k:uid></k:kubevirt></metadata></domain>");
  Domain to;
  to.metadata = from.metadata;
  BOOST_TEST(to_xml(to, Layout::compact) ==
             "<domain><metadata><k:kubevirt xmlns:k='http://kubevirt.io'><k:uid>u</k:uid></k:kubevirt></metadata>"
             "</domain>");
}

BOOST_AUTO_TEST_CASE(empty_containers_are_kept) {
  const auto domain = same<Domain>(
      "<domain><sysinfo type='smbios'><bios/><system><entry name='uuid'>u</entry></system><baseBoard/></sysinfo>"
      "<devices><disk><source><slices/></source></disk></devices></domain>");
  const SysInfo& sys_info = domain.sys_info.at(0);
  BOOST_TEST(sys_info.bios.has_value());
  BOOST_TEST(!sys_info.chassis.has_value());
  BOOST_TEST(*sys_info.system->entry.at(0).value == "u");
  BOOST_TEST(domain.devices->disks.at(0).source->slices.has_value());
}

BOOST_AUTO_TEST_CASE(disk_sources_and_backing_stores_can_nest) {
  const auto domain = same<Domain>(
      "<domain><devices><disk type='network'><source protocol='rbd' name='p/i'><host name='a' port='1'/><host "
      "name='b'/>"
      "<dataStore type='file'><format type='raw'/><source file='/d'/></dataStore></source><backingStore type='file'>"
      "<format type='qcow2'/><source file='/b'/><backingStore/></backingStore></disk></devices></domain>");
  const Disk& disk = domain.devices->disks.at(0);
  BOOST_TEST(disk.source->host.size() == 2U);
  BOOST_TEST(*disk.source->host[0].port == 1U);
  BOOST_TEST(*disk.source->data_store->source->file == "/d");
  BOOST_TEST(disk.backing_store->backing_store.has_value());
  Disk copy = disk;
  copy.source->data_store->source->file = "/e";
  BOOST_TEST(*disk.source->data_store->source->file == "/d");
}

BOOST_AUTO_TEST_CASE(elements_that_libvirt_repeats_are_vectors) {
  const auto domain = same<Domain>(
      "<domain><devices><memory model='dimm'/><rng/><graphics><listen type='network' network='n'/><listen "
      "type='socket'/></graphics><memory "
      "model='nvdimm'><source><path>/p</path><pmem/></source></memory><rng/></devices>"
      "</domain>");
  BOOST_TEST(domain.devices->memory.size() == 2U);
  BOOST_TEST(domain.devices->memory[1].source->pmem.has_value());
  BOOST_TEST(domain.devices->rng.size() == 2U);
  BOOST_TEST(*domain.devices->graphics[0].listen[0].network == "n");
}

BOOST_AUTO_TEST_CASE(tuning_that_only_libvirt_knows_is_modelled) {
  const auto domain = same<Domain>(
      "<domain><cputune><shares>2</shares><vcpusched vcpus='0-1' scheduler='fifo' priority='1'/><cachetune vcpus='0'>"
      "<cache id='0' level='3' type='both' size='3' unit='MiB'/><monitor level='3' vcpus='0'/></cachetune><memorytune "
      "vcpus='0'><node id='0' bandwidth='60'/></memorytune></cputune><cpu><maxphysaddr mode='passthrough' limit='46'/>"
      "<numa><cell id='0' cpus='0' memory='1'><cache level='1' associativity='direct' policy='writeback'><size "
      "value='10' unit='KiB'/><line value='8' unit='B'/></cache></cell><interconnects><latency initiator='0' "
      "target='0' "
      "type='access' value='5'/></interconnects></numa></cpu></domain>");
  BOOST_TEST(*domain.cpu_tune->vcpu_sched[0].priority == 1);
  BOOST_TEST(*domain.cpu_tune->cache_tune[0].caches[0].size == 3U);
  BOOST_TEST(*domain.cpu_tune->memory_tune[0].nodes[0].bandwidth == 60U);
  BOOST_TEST(*domain.cpu->max_phys_addr->limit == 46U);
  BOOST_TEST(*domain.cpu->numa->cells[0].caches[0].line->value == 8U);
  BOOST_TEST(*domain.cpu->numa->interconnects->latencies[0].value == 5U);
}

BOOST_AUTO_TEST_CASE(backups_checkpoints_and_secrets_are_documents) {
  const auto backup = same<DomainBackup>(
      "<domainbackup mode='pull'><incremental>c1</incremental><server transport='unix' socket='/s'/><disks><disk "
      "name='vda' backup='yes' type='file'><scratch file='/f'/></disk><disk name='vdb' backup='no'/></disks>"
      "</domainbackup>");
  BOOST_TEST(*backup.backup_disks->disks[0].scratch->file == "/f");
  BOOST_TEST(!*backup.backup_disks->disks[1].backup);
  const auto checkpoint = same<DomainCheckpoint>(
      "<domaincheckpoint><name>c2</name><parent><name>c1</name></parent><creationTime>7</creationTime><disks><disk "
      "name='vda' checkpoint='bitmap'/></disks></domaincheckpoint>");
  BOOST_TEST(*checkpoint.creation_time == 7U);
  const auto secret =
      same<SecretSpec>("<secret ephemeral='no' private='yes'><usage type='iscsi'><target>t</target></usage></secret>");
  BOOST_TEST(*secret.is_private);
  BOOST_TEST(*secret.usage->target == "t");
}

BOOST_AUTO_TEST_SUITE_END()
