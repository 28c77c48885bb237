// The arguments of QEMU that a placed domain means. The expected ones are written after what libvirt 9.0 passes to QEMU
// (virsh domxml-to-native qemu-argv), with ids of vnuma's own.
#include <boost/test/unit_test.hpp>

#include <vnuma/placement/qemu_arguments.hpp>
#include <vnuma/schema/xml.hpp>

#include "build.hpp"

using namespace vnuma;
using namespace vnuma::test;
using boost::test_tools::per_element;
using placement::Code;
using placement::PlanError;
using placement::qemu_arguments;
using schema::Domain;

namespace {

// The lines of qemu_text that begin with a word.
Lines lines(const Domain& domain, const std::string& first = "") {
  Lines all;
  std::istringstream text(placement::qemu_text(qemu_arguments(domain)));
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with(first)) all.push_back(line);
  }
  return all;
}

Domain domain_of(const std::string& inside) {
  return schema::from_xml<Domain>(
      "<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>"
      "<os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/></features>" +
      inside + "</domain>");
}

// A guest with a cell of 1 GiB and 2 vCPUs, and with what is in `tuning`.
Lines memory_of(const std::string& tuning) {
  return lines(
      domain_of("<vcpu>2</vcpu><cpu><numa><cell id='0' cpus='0-1' memory='1' unit='GiB'/></numa></cpu>" + tuning),
      "-object");
}

// A guest with one cell and an expander bus for it, which has the index 1 and busNr 240.
Domain with_expander(std::initializer_list<schema::Controller> below = {}) {
  Domain domain = guest(1);
  domain.cpu->numa->cells[0].memory = 1048576;
  domain.devices->controllers = {expander(1, "00:02.0", 240, 0)};
  domain.devices->controllers.insert(domain.devices->controllers.end(), below.begin(), below.end());
  return domain;
}

schema::Controller upstream(unsigned index, const std::string& address) {
  return controller(index, "pcie-switch-upstream-port", address);
}

schema::Controller downstream(unsigned index, const std::string& address) {
  return controller(index, "pcie-switch-downstream-port", address);
}

// with_expander, with one port that has a device.
Domain with_device(schema::HostDevice device = hostdev("27:00.0", "02:00.0")) {
  Domain domain = with_expander({port(2, "01:00.0")});
  domain.devices->host_devices.push_back(std::move(device));
  return domain;
}

std::string device_line(const Domain& domain) { return lines(domain, "-device vfio-pci").at(0); }

void refuses(const Domain& domain, Code code, const char* path, const char* words) {
  BOOST_CHECK_EXCEPTION(qemu_arguments(domain), PlanError, with(code, path, words));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(arguments_of_qemu)

BOOST_AUTO_TEST_CASE(a_placed_domain_has_cells_then_buses_then_devices) {
  const Domain domain = domain_of(
      "<vcpu>4</vcpu><cpu><topology sockets='2' cores='2' threads='1'/><numa>"
      "<cell id='0' cpus='0,2' memory='1' unit='GiB'><distances><sibling id='1' value='21'/></distances></cell>"
      "<cell id='1' cpus='1,3' memory='512' unit='MiB'/></numa></cpu>"
      "<numatune><memory mode='strict' nodeset='0-1'/><memnode cellid='0' mode='strict' nodeset='0'/>"
      "<memnode cellid='1' mode='preferred' nodeset='1'/></numatune><devices>"
      "<controller type='pci' index='0' model='pcie-root'><pcihole64 unit='KiB'>1073741824</pcihole64></controller>"
      "<controller type='pci' index='1' model='pcie-expander-bus'><target busNr='224'><node>0</node></target>"
      "<address type='pci' bus='0' slot='2' function='0'/></controller>"
      "<controller type='pci' index='2' model='pcie-root-port'><target chassis='2' port='0x0'/>"
      "<address type='pci' bus='1' slot='0' function='0'/></controller>"
      "<controller type='pci' index='3' model='pcie-expander-bus'><target busNr='240'><node>1</node></target>"
      "<address type='pci' bus='0' slot='3' function='0'/></controller>"
      "<controller type='pci' index='4' model='pcie-root-port'><target chassis='4' port='0x8'/>"
      "<address type='pci' bus='3' slot='1' function='0'/></controller>"
      "<hostdev mode='subsystem' type='pci'><source><address domain='0' bus='0x27' slot='0' function='0'/></source>"
      "<alias name='ua-gpu-0'/><address type='pci' bus='2' slot='0' function='0'/></hostdev>"
      "<interface type='hostdev'><source><address type='pci' domain='0' bus='0xa0' slot='2' function='1'/></source>"
      "<address type='pci' bus='4' slot='0' function='0'/></interface></devices>"
      "<qemu:commandline><qemu:arg value='-fw_cfg'/>"
      "<qemu:arg value='name=opt/ovmf/X-PciMmio64Mb,string=524288'/></qemu:commandline>");
  BOOST_TEST(
      lines(domain) == (Lines{"-m 1536M", "-smp 4,maxcpus=4,sockets=2,cores=2,threads=1",
                              "-object memory-backend-ram,id=vnuma-cell0,size=1G,host-nodes=0,policy=bind",
                              "-numa node,nodeid=0,cpus=0,cpus=2,memdev=vnuma-cell0",
                              "-object memory-backend-ram,id=vnuma-cell1,size=512M,host-nodes=1,policy=preferred",
                              "-numa node,nodeid=1,cpus=1,cpus=3,memdev=vnuma-cell1", "-numa dist,src=0,dst=1,val=21",
                              "-numa dist,src=1,dst=0,val=21", "-global q35-pcihost.pci-hole64-size=1024G",
                              "-device pxb-pcie,id=vnuma-pci1,bus_nr=224,numa_node=0,bus=pcie.0,addr=0x2",
                              "-device pcie-root-port,id=vnuma-pci2,port=0,chassis=2,bus=vnuma-pci1,addr=0x0",
                              "-device pxb-pcie,id=vnuma-pci3,bus_nr=240,numa_node=1,bus=pcie.0,addr=0x3",
                              "-device pcie-root-port,id=vnuma-pci4,port=8,chassis=4,bus=vnuma-pci3,addr=0x1",
                              "-device vfio-pci,host=0000:27:00.0,id=ua-gpu-0,bus=vnuma-pci2,addr=0x0",
                              "-device vfio-pci,host=0000:a0:02.1,id=vnuma-device1,bus=vnuma-pci4,addr=0x0",
                              "-fw_cfg name=opt/ovmf/X-PciMmio64Mb,string=524288"}),
      per_element());
}

// QEMU refuses -numa without the sum of the cells as its memory, so neither is there without cells.
BOOST_AUTO_TEST_CASE(a_domain_without_cells_has_no_arguments_for_memory_and_vcpus) {
  Domain domain = domain_of(
      "<memory unit='GiB'>1</memory><vcpu>4</vcpu><devices><hostdev mode='subsystem' type='pci'>"
      "<source><address domain='0' bus='0x27' slot='0' function='0'/></source>"
      "<address type='pci' bus='0' slot='5' function='0'/></hostdev></devices>");
  BOOST_TEST(lines(domain) == Lines{"-device vfio-pci,host=0000:27:00.0,id=vnuma-device0,bus=pcie.0,addr=0x5"},
             per_element());
}

BOOST_AUTO_TEST_CASE(without_a_topology_each_vcpu_is_a_socket_as_with_libvirt) {
  const auto smp = [](const std::string& vcpu, const std::string& topology = "") {
    return lines(domain_of(vcpu + "<cpu>" + topology + "<numa><cell cpus='0' memory='1' unit='GiB'/></numa></cpu>"),
                 "-smp");
  };
  BOOST_TEST(smp("<vcpu>8</vcpu>") == Lines{"-smp 8,maxcpus=8,sockets=8,cores=1,threads=1"});
  BOOST_TEST(smp("") == Lines{"-smp 1,maxcpus=1,sockets=1,cores=1,threads=1"});
  BOOST_TEST(smp("<vcpu current='2'>4</vcpu>") == Lines{"-smp 2,maxcpus=4,sockets=4,cores=1,threads=1"});
  BOOST_TEST(smp("<vcpu>24</vcpu>", "<topology sockets='1' dies='2' clusters='3' cores='2' threads='2'/>") ==
             Lines{"-smp 24,maxcpus=24,sockets=1,dies=2,clusters=3,cores=2,threads=2"});
}

BOOST_AUTO_TEST_CASE(cells_come_by_number_and_one_without_vcpus_has_memory_alone) {
  const Domain domain = domain_of(
      "<vcpu>12</vcpu><cpu><numa><cell id='1' memory='65536'/><cell id='0' cpus='0-3,8-11' memory='1' unit='GiB'/>"
      "<cell id='2' cpus='4-7' memory='65536'/></numa></cpu>");
  BOOST_TEST(lines(domain, "-m ") == Lines{"-m 1152M"});
  BOOST_TEST(lines(domain, "-numa") ==
                 (Lines{"-numa node,nodeid=0,cpus=0-3,cpus=8-11,memdev=vnuma-cell0",
                        "-numa node,nodeid=1,memdev=vnuma-cell1", "-numa node,nodeid=2,cpus=4-7,memdev=vnuma-cell2"}),
             per_element());
}

// libvirt takes a distance that only one of two cells has for both directions, and 20 where neither has one.
BOOST_AUTO_TEST_CASE(distances_are_complete_or_absent) {
  const auto distances = [](const std::string& of_0, const std::string& of_1 = "") {
    return lines(domain_of("<vcpu>3</vcpu><cpu><numa>"
                           "<cell id='0' cpus='0' memory='1' unit='GiB'>" +
                           of_0 + "</cell><cell id='1' cpus='1' memory='1' unit='GiB'>" + of_1 +
                           "</cell><cell id='2' cpus='2' memory='1' unit='GiB'/></numa></cpu>"),
                 "-numa dist");
  };
  BOOST_TEST(distances("") == Lines{});
  BOOST_TEST(
      distances("<distances><sibling id='0' value='10'/><sibling id='1' value='31'/></distances>",
                "<distances><sibling id='0' value='32'/></distances>") ==
          (Lines{"-numa dist,src=0,dst=1,val=31", "-numa dist,src=0,dst=2,val=20", "-numa dist,src=1,dst=0,val=32",
                 "-numa dist,src=1,dst=2,val=20", "-numa dist,src=2,dst=0,val=20", "-numa dist,src=2,dst=1,val=20"}),
      per_element());
}

BOOST_AUTO_TEST_CASE(memory_is_bound_as_numatune_says) {
  const auto bound = [](const std::string& tuning) { return memory_of("<numatune>" + tuning + "</numatune>"); };
  const std::string ram = "-object memory-backend-ram,id=vnuma-cell0,size=1G";
  BOOST_TEST(memory_of("") == Lines{ram});
  BOOST_TEST(bound("<memory nodeset='0'/>") == Lines{ram + ",host-nodes=0,policy=bind"});
  BOOST_TEST(bound("<memory mode='interleave' nodeset='0-1,3'/>") ==
             Lines{ram + ",host-nodes=0-1,host-nodes=3,policy=interleave"});
  // A memnode is for its cell, and comes before the memory of the domain. libvirt leaves restrictive to cgroups.
  BOOST_TEST(bound("<memory nodeset='0'/><memnode cellid='0' mode='preferred' nodeset='1'/>") ==
             Lines{ram + ",host-nodes=1,policy=preferred"});
  BOOST_TEST(bound("<memory nodeset='0'/><memnode cellid='0' mode='restrictive' nodeset='1'/>") == Lines{ram});
  BOOST_TEST(bound("<memory mode='strict' placement='auto'/>") == Lines{ram});
  BOOST_CHECK_EXCEPTION(bound("<memory mode='bind' nodeset='0'/>"), PlanError,
                        with(Code::invalid_value, "/domain/numatune/memory/@mode", "bind"));
}

BOOST_AUTO_TEST_CASE(huge_pages_and_shared_memory_are_memfd) {
  const auto backing = [](const std::string& inside) {
    return memory_of("<memoryBacking>" + inside + "</memoryBacking>");
  };
  const std::string ram = "-object memory-backend-ram,id=vnuma-cell0,size=1G";
  const std::string memfd = "-object memory-backend-memfd,id=vnuma-cell0,size=1G";
  const std::string pages = "<hugepages><page size='2' unit='MiB'/></hugepages>";
  BOOST_TEST(backing("<source type='anonymous'/>") == Lines{ram});
  BOOST_TEST(backing("<allocation mode='immediate'/>") == Lines{ram + ",prealloc=on"});
  BOOST_TEST(backing("<source type='memfd'/>") == Lines{memfd});
  BOOST_TEST(backing("<source type='memfd'/><access mode='private'/>") == Lines{memfd + ",share=off"});
  BOOST_TEST(backing("<access mode='shared'/>") == Lines{memfd + ",share=on"});
  BOOST_TEST(backing("<source type='file'/>") == Lines{memfd + ",share=off"});
  BOOST_TEST(backing(pages) == Lines{memfd + ",hugetlb=on,hugetlbsize=2M,share=off,prealloc=on"});
  BOOST_TEST(backing(pages + "<source type='memfd'/><access mode='shared'/>") ==
             Lines{memfd + ",hugetlb=on,hugetlbsize=2M,share=on,prealloc=on"});
  BOOST_TEST(backing("<hugepages/>") == Lines{memfd + ",hugetlb=on,share=off,prealloc=on"});
  BOOST_TEST(backing("<hugepages><page size='1' unit='GiB' nodeset='1'/></hugepages>") == Lines{ram});
  BOOST_TEST(backing("<hugepages><page size='1' unit='GiB' nodeset='0'/><page size='2' unit='MiB'/></hugepages>") ==
             Lines{memfd + ",hugetlb=on,hugetlbsize=1G,share=off,prealloc=on"});
}

BOOST_AUTO_TEST_CASE(a_switch_is_root_port_upstream_port_and_downstream_ports) {
  Domain domain =
      with_expander({port(2, "01:00.0"), upstream(3, "02:00.0"), downstream(4, "03:00.0"), downstream(5, "03:01.0")});
  domain.devices->host_devices = {hostdev("27:00.0", "04:00.0"), hostdev("28:00.0", "05:00.0")};
  BOOST_TEST(lines(domain, "-device") ==
                 (Lines{"-device pxb-pcie,id=vnuma-pci1,bus_nr=240,numa_node=0,bus=pcie.0,addr=0x2",
                        "-device pcie-root-port,id=vnuma-pci2,port=0,chassis=2,bus=vnuma-pci1,addr=0x0",
                        "-device x3130-upstream,id=vnuma-pci3,bus=vnuma-pci2,addr=0x0",
                        "-device xio3130-downstream,id=vnuma-pci4,port=0,chassis=4,bus=vnuma-pci3,addr=0x0",
                        "-device xio3130-downstream,id=vnuma-pci5,port=1,chassis=5,bus=vnuma-pci3,addr=0x1",
                        "-device vfio-pci,host=0000:27:00.0,id=vnuma-device0,bus=vnuma-pci4,addr=0x0",
                        "-device vfio-pci,host=0000:28:00.0,id=vnuma-device1,bus=vnuma-pci5,addr=0x0"}),
             per_element());
}

BOOST_AUTO_TEST_CASE(bridges_to_conventional_pci_keep_their_place) {
  Domain domain = with_expander({controller(2, "dmi-to-pci-bridge", "01:00.0"), controller(3, "pci-bridge", "02:01.0"),
                                 port(4, "01:01.0"), controller(5, "pcie-to-pci-bridge", "04:00.0")});
  domain.devices->controllers[2].target.emplace().chassis_nr = 7;
  domain.devices->host_devices = {hostdev("27:00.0", "03:02.0"), hostdev("28:00.0", "05:01.0")};
  BOOST_TEST(lines(domain, "-device") ==
                 (Lines{"-device pxb-pcie,id=vnuma-pci1,bus_nr=240,numa_node=0,bus=pcie.0,addr=0x2",
                        "-device i82801b11-bridge,id=vnuma-pci2,bus=vnuma-pci1,addr=0x0",
                        "-device pci-bridge,id=vnuma-pci3,chassis_nr=7,bus=vnuma-pci2,addr=0x1",
                        "-device pcie-root-port,id=vnuma-pci4,port=8,chassis=4,bus=vnuma-pci1,addr=0x1",
                        "-device pcie-pci-bridge,id=vnuma-pci5,bus=vnuma-pci4,addr=0x0",
                        "-device vfio-pci,host=0000:27:00.0,id=vnuma-device0,bus=vnuma-pci3,addr=0x2",
                        "-device vfio-pci,host=0000:28:00.0,id=vnuma-device1,bus=vnuma-pci5,addr=0x1"}),
             per_element());
}

BOOST_AUTO_TEST_CASE(a_port_has_the_numbers_and_settings_of_the_domain) {
  Domain domain = with_device();
  schema::Controller& first = domain.devices->controllers[1];
  first.target.emplace().chassis = 9;
  first.target->port = 17;
  first.target->hotplug = false;
  first.target->memory_reserve = 2048;
  first.model_name.emplace().name = "ioh3420";
  BOOST_TEST(
      lines(domain, "-device ioh3420") ==
      Lines{"-device ioh3420,id=vnuma-pci2,port=17,chassis=9,hotplug=off,mem-reserve=2M,bus=vnuma-pci1,addr=0x0"});
}

// libvirt numbers the ports of a slot by slot and function: 1 * 8 + 1.
BOOST_AUTO_TEST_CASE(function_0_of_a_slot_with_others_is_multifunction) {
  Domain domain = with_expander({port(2, "01:01.0"), port(3, "01:01.1")});
  domain.devices->host_devices = {hostdev("27:00.0", "02:00.0"), hostdev("27:00.1", "02:00.1")};
  BOOST_TEST(
      lines(domain, "-device pcie") ==
          (Lines{"-device pcie-root-port,id=vnuma-pci2,port=8,chassis=2,bus=vnuma-pci1,multifunction=on,addr=0x1",
                 "-device pcie-root-port,id=vnuma-pci3,port=9,chassis=3,bus=vnuma-pci1,addr=0x1.0x1"}),
      per_element());
  BOOST_TEST(lines(domain, "-device vfio") ==
                 (Lines{"-device vfio-pci,host=0000:27:00.0,id=vnuma-device0,bus=vnuma-pci2,multifunction=on,addr=0x0",
                        "-device vfio-pci,host=0000:27:00.1,id=vnuma-device1,bus=vnuma-pci2,addr=0x0.0x1"}),
             per_element());
}

// Other devices may be left out, and their ports: whoever starts the guest has ports for them.
BOOST_AUTO_TEST_CASE(ports_of_the_root_are_left_out_unless_a_passthrough_device_needs_them) {
  Domain domain = with_expander({port(2, "01:00.0"), port(3, "00:1c.0"), port(4, "00:1c.1"), port(5, "00:1c.2")});
  domain.devices->host_devices = {hostdev("27:00.0", "02:00.0"), hostdev("28:00.0", "04:00.0")};
  // The port at function 1 needs the one at function 0.
  BOOST_TEST(lines(domain, "-device pcie") ==
                 (Lines{"-device pcie-root-port,id=vnuma-pci2,port=0,chassis=2,bus=vnuma-pci1,addr=0x0",
                        "-device pcie-root-port,id=vnuma-pci3,port=224,chassis=3,bus=pcie.0,multifunction=on,addr=0x1c",
                        "-device pcie-root-port,id=vnuma-pci4,port=225,chassis=4,bus=pcie.0,addr=0x1c.0x1"}),
             per_element());
}

BOOST_AUTO_TEST_CASE(an_empty_port_below_an_expander_bus_stays) {
  BOOST_TEST(lines(with_expander({port(2, "01:00.0")}), "-device pcie").size() == 1);
}

BOOST_AUTO_TEST_CASE(a_mediated_device_is_named_by_its_uuid) {
  schema::HostDevice device = mdev("83B8F4F2-509F-382F-3C1E-E6BFE0FA1001");
  device.address = pci("02:00.0");
  const std::string source = "sysfsdev=/sys/bus/mdev/devices/83b8f4f2-509f-382f-3c1e-e6bfe0fa1001,id=vnuma-device0";
  BOOST_TEST(device_line(with_device(device)) == "-device vfio-pci," + source + ",bus=vnuma-pci2,addr=0x0");
  device.display = true;
  device.ram_fb = true;
  BOOST_TEST(device_line(with_device(device)) ==
             "-device vfio-pci-nohotplug," + source + ",display=on,ramfb=on,bus=vnuma-pci2,addr=0x0");
}

BOOST_AUTO_TEST_CASE(boot_order_acpi_index_and_rom_are_those_of_the_domain) {
  schema::HostDevice device = hostdev("27:00.0", "02:00.0");
  device.boot_order.emplace().order = 2;
  device.acpi.emplace().index = 5;
  device.rom.emplace().bar = false;
  device.rom->file = "/roms/a,b";
  BOOST_TEST(device_line(with_device(device)) ==
             "-device vfio-pci,host=0000:27:00.0,id=vnuma-device0,bootindex=2,acpi-index=5,rombar=0,"
             "romfile=/roms/a,,b,bus=vnuma-pci2,addr=0x0");
  device = hostdev("27:00.0", "02:00.0");
  device.rom.emplace().enabled = false;
  BOOST_TEST(device_line(with_device(device)) ==
             "-device vfio-pci,host=0000:27:00.0,id=vnuma-device0,romfile=,bus=vnuma-pci2,addr=0x0");
}

BOOST_AUTO_TEST_CASE(an_alias_is_the_id_if_libvirt_would_use_it) {
  const auto id = [](const char* alias) {
    schema::HostDevice device = hostdev("27:00.0", "02:00.0");
    device.alias.emplace().name = alias;
    const std::string line = device_line(with_device(device));
    const std::size_t at = line.find(",id=") + 4;
    return line.substr(at, line.find(',', at) - at);
  };
  BOOST_TEST(id("ua-gpu_0-X") == "ua-gpu_0-X");
  BOOST_TEST(id("hostdev0") == "vnuma-device0");
  BOOST_TEST(id("ua-a,b") == "vnuma-device0");
}

BOOST_AUTO_TEST_CASE(an_unassigned_device_has_no_argument) {
  schema::HostDevice device = hostdev("28:00.0");
  device.address.emplace().type = "unassigned";
  Domain domain = with_device();
  domain.devices->host_devices.push_back(device);
  BOOST_TEST(lines(domain, "-device vfio").size() == 1);
}

BOOST_AUTO_TEST_CASE(words_with_odd_characters_are_quoted_for_a_shell) {
  Domain domain = guest(0);
  domain.cpu.reset();
  for (const char* word : {"-append", "it's $HOME", "-no-reboot", "-name", "", "-x", "a b"}) {
    domain.qemu_cmd = domain.qemu_cmd ? std::move(domain.qemu_cmd) : schema::Box(schema::Commandline{});
    domain.qemu_cmd->qemu_arg.push_back({.value = word});
  }
  BOOST_TEST(lines(domain) == (Lines{R"(-append 'it'\''s $HOME')", "-no-reboot", "-name ''", "-x 'a b'"}),
             per_element());
}

// As with libvirt.
BOOST_AUTO_TEST_CASE(vcpus_that_no_cell_names_are_in_cell_0) {
  const Domain domain = domain_of(
      "<vcpu>6</vcpu><cpu><numa><cell id='1' cpus='0-1' memory='1' unit='GiB'/>"
      "<cell id='0' cpus='3' memory='1' unit='GiB'/></numa></cpu>");
  BOOST_TEST(lines(domain, "-numa node") == (Lines{"-numa node,nodeid=0,cpus=2-5,memdev=vnuma-cell0",
                                                   "-numa node,nodeid=1,cpus=0-1,memdev=vnuma-cell1"}),
             per_element());
}

// A line is one argument.
BOOST_AUTO_TEST_CASE(control_characters_are_refused) {
  Domain domain = with_device();
  for (const char* file : {"a\nb", "a\xc2\x9b\x33m", "a\xe2\x80\xae\x62"}) {  // a line break, U+009B, U+202E
    domain.devices->host_devices[0].rom.emplace().file = file;
    refuses(domain, Code::invalid_value, "-device", "control character");
  }
}

BOOST_AUTO_TEST_CASE(what_is_not_placed_is_refused) {
  refuses(with_device(hostdev("27:00.0")), Code::not_placed, "/domain/devices/hostdev[1]", "no address");
  refuses(with_device(hostdev("27:00.0", "07:00.0")), Code::not_placed, "/domain/devices/hostdev[1]", "07:00.0");
  Domain domain = with_device();
  domain.devices->controllers[0].target->bus_nr.reset();
  refuses(domain, Code::not_placed, "/domain/devices/controller[1]", "no busNr");
  domain = with_device();
  domain.devices->controllers[0].address.reset();
  refuses(domain, Code::not_placed, "/domain/devices/controller[1]", "no address");
  domain = with_device();
  domain.devices->controllers[1].address.reset();
  refuses(domain, Code::not_placed, "/domain/devices/hostdev[1]", "02:00.0");
}

// Function 0 may be a device that the arguments leave out.
BOOST_AUTO_TEST_CASE(a_function_beside_an_emulated_function_0_is_refused) {
  Domain domain = guest(1);
  domain.cpu->numa->cells[0].memory = 1048576;
  domain.devices->host_devices = {hostdev("27:00.0", "00:05.1")};
  domain.devices->watchdogs.emplace_back().address = pci("00:05.0");
  refuses(domain, Code::not_placed, "/domain/devices/hostdev[1]", "/domain/devices/watchdog[1]");
}

BOOST_AUTO_TEST_CASE(the_remedy_is_to_place_the_domain_with_new_cells_if_it_has_none) {
  const auto remedy = [](const Domain& domain) {
    try {
      qemu_arguments(domain);
    } catch (const PlanError& error) {
      return error.remedy();
    }
    return std::string();
  };
  BOOST_TEST(remedy(with_device(hostdev("27:00.0"))) == "use plan()");
  Domain domain = guest(0, {"27:00.0"});
  domain.cpu.reset();
  BOOST_TEST(remedy(domain) == "use Cells::add");
}

BOOST_AUTO_TEST_CASE(what_libvirt_or_qemu_refuses_is_refused) {
  Domain domain = with_device();
  domain.features.reset();
  refuses(domain, Code::acpi_off, "/domain", "ACPI");
  domain = with_device();
  domain.os->type->machine = "pc";
  refuses(domain, Code::no_pcie_root, "/domain", "q35");
  domain = with_device();
  domain.cpu->numa->cells[0].memory = 0;
  refuses(domain, Code::cell_without_memory, "/domain/cpu/numa/cell[1]", "");
  domain = with_device();
  domain.devices->controllers[0].target->numa_node = 3;
  refuses(domain, Code::unknown_cell, "/domain/devices/controller[1]", "");
}

// On virt, QEMU 10.1 and later take the window as a setting of the machine.
BOOST_AUTO_TEST_CASE(the_window_of_virt_is_a_setting_of_the_machine) {
  Domain domain = with_device();
  domain.os->type->machine = "virt";
  domain.os->type->arch = "aarch64";
  schema::Controller root;
  root.type = "pci";
  root.index = 0;
  root.model = "pcie-root";
  root.pci_hole64.emplace().value = 1073741824;
  domain.devices->controllers.push_back(root);
  BOOST_TEST(lines(domain, "-machine") == Lines{"-machine highmem-mmio-size=1024G"});
}

BOOST_AUTO_TEST_SUITE_END()
