// Places a domain, boots it, and compares what the guest says with what was promised.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <vnuma/placement/plan.hpp>

#include "startable.hpp"

namespace vnuma::test {

inline constexpr std::uint64_t GiB = std::uint64_t{1} << 30;

// How a guest is placed and booted.
struct Boot {
  placement::Options options{};
  bool uefi = false;                     // OVMF in place of SeaBIOS
  std::uint64_t largest_bar = 16 * GiB;  // of a stand-in
  std::vector<std::string> qemu{};       // further arguments for QEMU
  std::uint64_t memory = 0;              // in all, split as the domain splits its own; 0: 64 MiB a cell
  // Guests take seconds; a machine that is busy with other things may need much longer.
  std::chrono::seconds bound{120};
};

// A guest that ran.
struct Guest {
  placement::Plan plan;
  schema::Domain placed;           // the domain with the plan applied
  schema::Domain defined;          // as `define` gives it
  std::vector<StandIn> stand_ins;  // for each device of the plan
  topology::Host seen;             // what the guest said; nodes by the guest kernel's numbers
  std::string firmware;            // its version, as firmware_version says
};

// A file in a folder that is gone after the tests, even if they are killed.
std::string scratch_file(const std::string& name);

// What is missing to boot a guest of the architecture (x86_64, aarch64), with the remedy; "" if nothing is.
std::string missing_for(const std::string& architecture);

// The domain made small (startable.hpp) and defined: libvirt has added what it adds, and given every device an address.
// Its pinning and memnodes are those it had, so that it can be planned. Throws Refused (libvirt.hpp).
schema::Domain define(const schema::Domain& domain, const Boot& boot = {});

// What libvirt or QEMU says when the domain, made small and then changed, is defined and started; "" if they take it.
// The guest that starts is ended at once. Passthrough devices are defined only: none can start.
std::string refusal(const schema::Domain& domain, const std::function<void(schema::Domain&)>& change = {});

// Places the domain on the host, and boots it. Throws Refused (libvirt.hpp) if libvirt or QEMU does not take it, and
// std::runtime_error if the guest says nothing in time.
Guest place_and_boot(schema::Domain domain, const topology::Host& host, const Boot& boot = {});

// Where the guest does not keep what the plan promises: that every device has the planned address in the domain; that
// it is there if its address is predicted, the right device, on the right cell, behind the planned ports, with every
// BAR assigned; that nothing else is below an expander bus; that devices left alone are where libvirt put them, on no
// node; that cells have their CPUs, memory and distances; and that the guest's order is the host's, or that the plan
// warns that it is not. A line for each, so that "" is that all is kept.
std::string broken_promises(const Guest& guest);

// For each passthrough device that the guest can see at the predicted address, in the host's order: "0000:27:00.0 is
// 0000:e1:00.0 on node 0 behind 0000:e0:00.0", or "0000:27:00.0 is 0000:00:05.0 on no node".
std::vector<std::string> devices(const Guest& guest);

// For each node of the guest: "node 0: CPUs 0-1, distances 10 20".
std::vector<std::string> nodes(const Guest& guest);

// A fixture: shows the domains, consoles and logs of the running test's guests, if a check failed or it ends by an
// exception.
struct ShowsConsole {
  ShowsConsole();
  ShowsConsole(const ShowsConsole&) = delete;
  ShowsConsole& operator=(const ShowsConsole&) = delete;
  ~ShowsConsole();
};

}  // namespace vnuma::test
