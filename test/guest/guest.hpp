// Places a domain, boots it, and compares what the guest says with what was promised.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <vnuma/placement/plan.hpp>

#include "startable.hpp"

namespace vnuma::test {

inline constexpr std::uint64_t GiB = std::uint64_t{1} << 30;

// How a guest is placed and booted.
struct Boot {
  placement::Options options{};
  bool uefi = false;          // OVMF in place of SeaBIOS
  bool libvirts_own = false;  // let libvirt add its USB controller and its balloon, where the domain has none
  std::uint64_t largest_bar = 16 * GiB;  // of a stand-in
  std::vector<std::string> qemu{};       // further arguments for QEMU
};

// A guest that ran.
struct Guest {
  placement::Plan plan;
  schema::Domain placed;           // the domain with the plan applied
  schema::Domain defined;          // as libvirt completed it: every device has an address
  std::vector<StandIn> stand_ins;  // for each device of the plan
  topology::Host seen;             // what the guest said; nodes by the guest kernel's numbers
};

// Places the domain on the host, and boots it. Throws std::runtime_error with the guest's console and libvirt's log if
// it does not start or says nothing.
Guest place_and_boot(schema::Domain domain, const topology::Host& host, const Boot& boot = {});

// Where the guest does not keep what the plan promises: that every device with a predicted address is there, the right
// device, on the right cell, behind the planned ports, with every BAR assigned; that nothing else is below an expander
// bus; that devices left alone are on no node; that cells have their CPUs, memory and distances; and that the guest's
// order is the host's, or that the plan warns that it is not. A line for each, so that "" is that all is kept.
std::string broken_promises(const Guest& guest);

// For each passthrough device that the guest can see at the predicted address, in the host's order: "0000:27:00.0 is
// e1:00.0 on node 0 behind e0:00.0".
std::vector<std::string> devices(const Guest& guest);

// For each node of the guest: "node 0: CPUs 0-1, distances 10 20".
std::vector<std::string> nodes(const Guest& guest);

// Shows the console and the log of the guest that ran last, if a check of the running test failed.
struct ShowsConsole {
  ~ShowsConsole();
};

}  // namespace vnuma::test
