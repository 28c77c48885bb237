// Places a domain, boots it, and compares the report of the guest with the plan.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <vnuma/placement/plan.hpp>

#include "startable.hpp"

namespace vnuma::test {

inline constexpr std::uint64_t GiB = std::uint64_t{1} << 30;

// The settings for placing and booting a guest.
struct Boot {
  placement::Options options{};
  bool uefi = false;                     // OVMF instead of SeaBIOS
  std::uint64_t largest_bar = 16 * GiB;  // the limit for a BAR of a stand-in
  std::vector<std::string> qemu{};       // more arguments for QEMU
  std::uint64_t memory = 0;              // in total, as in Machine (startable.hpp)
  // A guest takes seconds, but much longer on a busy machine.
  std::chrono::seconds bound{150};
  // How often a guest is started until it prints its report. QEMU without KVM hung one guest in several hundred before
  // the guest printed anything. 1 if the guest is expected to hang.
  unsigned starts = 2;
};

// A guest that ran.
struct Guest {
  placement::Plan plan;
  schema::Domain placed;           // the domain with the plan applied
  schema::Domain defined;          // `placed`, as `define` returns it
  std::vector<StandIn> stand_ins;  // for each device of the plan
  topology::Host seen;             // the guest's report; nodes have the numbers of the guest's kernel
  std::string firmware;            // its version, as firmware_version returns it
};

// The path of a file in a folder that is removed after the tests, even if they are killed.
std::string scratch_file(const std::string& name);

// Why no guest of the architecture (x86_64, aarch64) can boot, with the remedy; "" if one can.
std::string missing_for(const std::string& architecture);

// For preconditions: test/guest/prepare leaves arm64 out if its packages are not available.
boost::test_tools::assertion_result aarch64_can_boot(boost::unit_test::test_unit_id test);

// Makes the domain small (startable.hpp) and defines it: libvirt adds its own devices, and gives every device an
// address. The result has the pinning and memnodes of `domain`, as input for a plan. Throws Refused (libvirt.hpp).
schema::Domain define(const schema::Domain& domain, const Boot& boot = {});

// Makes the domain small, changes it, defines it and starts it. Returns the error of libvirt or QEMU, or "" if there is
// none. A guest that starts is ended at once. A domain with passthrough devices is only defined: it cannot start.
std::string refusal(const schema::Domain& domain, const std::function<void(schema::Domain&)>& change = {});

// Places the domain on the host, and boots it. Throws Refused (libvirt.hpp) if libvirt or QEMU refuses the domain, and
// std::runtime_error if the guest prints no report in time.
Guest place_and_boot(schema::Domain domain, const topology::Host& host, const Boot& boot = {});

// Boots the guest again without libvirt: QEMU gets the arguments that placement::qemu_arguments has for Guest::defined,
// with a stand-in for each vfio-pci. Host nodes are left out of the domain, because this machine may lack them. The
// result has what this guest sees. x86_64 only. Throws std::runtime_error if the guest prints no report in time.
Guest boot_without_libvirt(Guest guest);

// The differences between the guest and the plan, a line for each; "" if there are none. Checks that
// - every device has its planned address in the domain;
// - every device that is placed or below an expander bus is at its predicted address in the guest, on its cell and
//   behind the planned ports, with every BAR assigned;
// - no other device is below an expander bus;
// - other devices of the plan are at the address from libvirt, on no node;
// - cells have their CPUs, memory and distances;
// - devices are in the host's order, unless the plan warns of another order.
std::string broken_promises(const Guest& guest);

// A line for each passthrough device that the guest has at the predicted address, in the host's order: "0000:27:00.0 is
// 0000:e1:00.0 on node 0 behind 0000:e0:00.0", or "0000:27:00.0 is 0000:00:05.0 on no node".
std::vector<std::string> devices(const Guest& guest);

// A line for each node of the guest: "node 0: CPUs 0-1, distances 10 20".
std::vector<std::string> nodes(const Guest& guest);

// A fixture: prints the domains, consoles and logs of the test's guests if a check fails or the test throws an
// exception.
struct ShowsConsole {
  ShowsConsole();
  ShowsConsole(const ShowsConsole&) = delete;
  ShowsConsole& operator=(const ShowsConsole&) = delete;
  ~ShowsConsole();
};

}  // namespace vnuma::test
