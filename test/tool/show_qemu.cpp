// vnuma show --format qemu: the arguments of QEMU, and the page that explains them.
#include <algorithm>
#include <future>
#include <sstream>
#include <thread>

#include <boost/test/unit_test.hpp>

#include <pthread.h>
#include <sched.h>

#include "programs.hpp"
#include "samples.hpp"

using namespace vnuma::test;

namespace {

using Lines = std::vector<std::string>;

Lines lines(const std::string& text) {
  Lines all;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) all.push_back(line);
  return all;
}

Result show(const std::string& domain) { return run_vnuma({"show", "-", "--format", "qemu"}, domain); }

// The indented lines of the page after a heading, up to the next heading, without their indentation.
std::string commands_after(const std::string& heading) {
  const std::string page = read(example("qemu/README.md"));
  const std::size_t from = page.find("\n## " + heading + "\n");
  if (from == std::string::npos) throw std::logic_error("the page has no " + heading);
  std::string commands;
  for (const std::string& line : lines(page.substr(from, page.find("\n## ", from + 1) - from))) {
    if (line.starts_with("    ")) commands += line.substr(4) + '\n';
  }
  return commands;
}

// A folder with vm.xml, in which the commands of the page run. Programs that would change a machine only log their
// words, one program on each line.
class Page {
 public:
  Page() {
    fs::create_directory(folder_ / "bin");
    fs::copy_file(example("qemu/vm.xml"), folder_ / "vm.xml");
    for (const char* program : {"qm", "driverctl", "qemu-system-x86_64"}) {
      stub(program, "printf '%s' \"${0##*/}\" >> log; printf ' [%s]' \"$@\" >> log; echo >> log");
    }
    // The host of the page is the sample.
    stub("vnuma", "for word in \"$@\"; do shift; [ \"$word\" != /sys ] || word='" + host +
                      "'; set -- \"$@\" \"$word\"; done\n"
                      "[ \"$1\" != place ] || set -- \"$@\" --sysfs '" +
                      host + "'\nexec " VNUMA_TOOL " \"$@\"");
  }

  Result run(const std::string& commands) const {
    return vnuma::test::run(
        {"sh", "-c", "set -e; cd \"$1\"; PATH=\"$1/bin:$PATH\"; " + commands, "sh", folder_.path().string()});
  }
  std::string file(const std::string& name) const { return folder_ / name; }

 private:
  void stub(const std::string& name, const std::string& script) const {
    folder_.write("bin/" + name, "#!/bin/sh\n" + script + '\n');
    fs::permissions(folder_ / ("bin/" + name), fs::perms::owner_all);
  }

  const std::string host = sysfs("two-socket-eight-gpu");
  TemporaryFolder folder_;
};

const std::string place_command = "vnuma place vm.xml --cells add --mmio auto > placed.xml\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(show_qemu)

BOOST_AUTO_TEST_CASE(a_placed_domain_is_one_argument_on_each_line) {
  // By hand from the plan of the proposal: both GPUs are on cell 0.
  const Result result = show(place(samples[0]).out);
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.err == "");
  Lines devices = lines(result.out);
  std::erase_if(devices, [](const std::string& line) { return !line.starts_with("-device"); });
  BOOST_TEST(devices == (Lines{"-device pxb-pcie,id=vnuma-pci1,bus_nr=240,numa_node=0,bus=pcie.0,addr=0x2",
                               "-device pcie-root-port,id=vnuma-pci2,port=0,chassis=2,bus=vnuma-pci1,addr=0x0",
                               "-device pcie-root-port,id=vnuma-pci3,port=8,chassis=3,bus=vnuma-pci1,addr=0x1",
                               "-device vfio-pci,host=0000:27:00.0,id=ua-gpu-gpu-1,bus=vnuma-pci2,addr=0x0",
                               "-device vfio-pci,host=0000:60:00.0,id=ua-gpu-gpu-2,bus=vnuma-pci3,addr=0x0"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_sample_can_be_printed_after_it_was_placed) {
  for (const Sample& sample : samples) {
    BOOST_TEST_CONTEXT(sample) {
      const Result result = show(place(sample, {"--unaligned", "cell"}).out);
      BOOST_TEST(result.status == (sample.domain == std::string("no-node") ? 1 : 0), result.err);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_shell_and_xargs_read_the_same_words) {
  const std::string domain =
      "<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>"
      "<os><type machine='q35'>hvm</type></os><features><acpi/></features><qemu:commandline>"
      "<qemu:arg value='-name'/><qemu:arg value=\"it's $HOME, &quot;100%&quot; \\ *\"/><qemu:arg value='-S'/>"
      "</qemu:commandline></domain>";
  const std::string expected = "[-name][it's $HOME, \"100%\" \\ *][-S]";
  const std::string text = show(domain).out;
  BOOST_TEST(run({"sh", "-c", "printf '[%s]' " + lines(text)[0] + ' ' + lines(text)[1]}).out == expected);
  BOOST_TEST(run({"xargs", "printf", "[%s]"}, text).out == expected);
}

BOOST_AUTO_TEST_CASE(a_host_alone_has_no_arguments) {
  for (const std::vector<std::string>& host : {std::vector<std::string>{}, {"--sysfs", sysfs("one-node")}}) {
    std::vector<std::string> words{"show", "--format", "qemu"};
    words.insert(words.end(), host.begin(), host.end());
    const Result result = run_vnuma(words);
    BOOST_TEST(result.status == 2);
    BOOST_TEST(result.out == "");
    BOOST_TEST(result.err == "vnuma: --format qemu needs a DOMAIN; name a domain that vnuma place has placed\n");
  }
}

BOOST_AUTO_TEST_CASE(a_domain_that_is_not_placed_is_refused) {
  const std::string file = example("qemu/vm.xml");
  const Result result = run_vnuma({"show", file, "--format", "qemu"});
  BOOST_TEST(result.status == 1);
  BOOST_TEST(result.out == "");
  BOOST_TEST(result.err == "vnuma: " + file +
                               ":7:3: VN071: /domain/devices/hostdev[1]: the device has no address in the guest; use "
                               "vnuma place --cells add\n");
  const Result with_cells = run_vnuma({"show", domain_file("proposal"), "--format", "qemu"});
  BOOST_TEST(with_cells.status == 1);
  BOOST_TEST(with_cells.err.ends_with("the device has no address in the guest; use vnuma place\n"), with_cells.err);
}

// libvirt gave the devices of the domain addresses on the root complex.
BOOST_AUTO_TEST_CASE(a_device_on_no_cell_is_a_warning) {
  const std::string port = "model='pcie-root-port'/>";
  const auto at = [](const char* slot) {
    return "model='pcie-root-port'><address type='pci' slot='" + std::string(slot) + "'/></controller>";
  };
  const std::string domain = with(with(plain_domain, port, at("3")), port, at("4"));
  const Result result = show(domain);
  BOOST_TEST(result.status == 0);
  BOOST_TEST(lines(result.out).size() == 4U);
  const std::string remedy =
      " is on no guest cell; use vnuma place --cells add --readdress, which places it or tells why not\n";
  BOOST_TEST(result.err == "warning: 0000:18:00.0" + remedy + "warning: 0000:9a:00.0" + remedy);
  const std::string cells = "<numa><cell id='0' cpus='0-15' memory='64' unit='GiB'/></numa></cpu>";
  const std::string with_cells = with(domain, "migratable='on'/>", "migratable='on'>" + cells);
  BOOST_TEST(show(with_cells).err.find("use vnuma place --readdress, which") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_page_prints_what_the_tool_prints) {
  const Page page;
  const Result result = page.run(place_command + "vnuma show placed.xml --format qemu");
  BOOST_TEST(result.status == 0, result.err);
  BOOST_TEST(result.out == commands_after("What is printed"));
}

BOOST_AUTO_TEST_CASE(the_commands_for_proxmox_give_the_arguments_to_qm) {
  const Page page;
  const std::string commands = commands_after("Proxmox VE");
  BOOST_TEST(commands.starts_with(place_command));
  const Result result = page.run(commands);
  BOOST_TEST(result.status == 0, result.err);
  BOOST_TEST(result.out.find("2 of 2 passthrough devices are on the cell") != std::string::npos, result.out);
  std::string arguments = commands_after("What is printed");
  std::replace(arguments.begin(), arguments.end(), '\n', ' ');
  const Lines log = lines(read(page.file("log")));
  BOOST_TEST(log.size() == 5U);
  BOOST_TEST(log.at(0) ==
             "qm [set] [100] [--machine] [q35] [--bios] [ovmf] [--cpu] [host] [--numa] [0] [--memory] [65536] "
             "[--balloon] [0] [--sockets] [2] [--cores] [8]");
  BOOST_TEST(log.at(2) == "qm [set] [100] [--args] [" + arguments + "]");
}

BOOST_AUTO_TEST_CASE(the_command_for_scripts_gives_qemu_each_word) {
  const Page page;
  const Result result = page.run(place_command + commands_after("Scripts"));
  BOOST_TEST(result.status == 0, result.err);
  std::string expected =
      "qemu-system-x86_64 [-name] [vm100,debug-threads=on] [-machine] [q35,accel=kvm] [-cpu] [host] "
      "[-nodefaults]";
  std::istringstream words(commands_after("What is printed"));
  for (std::string word; words >> word;) expected += " [" + word + ']';
  BOOST_TEST(read(page.file("log")) == expected + '\n');
}

// This process stands in for QEMU: it has a thread with the name of that of vCPU 1.
BOOST_AUTO_TEST_CASE(the_loop_of_the_page_pins_each_vcpu, *skip_unless("taskset")) {
  const Page page;
  std::promise<void> end;
  std::promise<cpu_set_t> pinned;
  std::thread vcpu([&] {
    ::pthread_setname_np(::pthread_self(), "CPU 1/KVM");
    end.get_future().wait();
    cpu_set_t cpus;
    ::sched_getaffinity(0, sizeof cpus, &cpus);
    pinned.set_value(cpus);
  });
  cpu_set_t allowed;
  ::sched_getaffinity(0, sizeof allowed, &allowed);
  int last = CPU_SETSIZE - 1;
  while (last > 0 && !CPU_ISSET(last, &allowed)) --last;
  std::ofstream(page.file("pid")) << ::getpid();
  std::ofstream(page.file("placed.xml")) << "<cputune>\n  <vcpupin vcpu='1' cpuset='" << last << "'/>\n</cputune>\n";
  const Result result = page.run(with(commands_after("Pinning"), "/var/run/qemu-server/100.pid", "pid"));
  end.set_value();
  const cpu_set_t cpus = pinned.get_future().get();
  vcpu.join();
  BOOST_TEST(result.status == 0, result.err);
  BOOST_TEST(CPU_COUNT(&cpus) == 1);
  BOOST_TEST(CPU_ISSET(last, &cpus));
}

BOOST_AUTO_TEST_SUITE_END()
