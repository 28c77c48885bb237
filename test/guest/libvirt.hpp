// Starts guests through libvirt. The tests have their own driver (qemu:///embed): they need no daemon, and do not use
// one that runs on the machine.
#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace vnuma::test {

// The output of a guest that ran.
struct Run {
  std::string console{};  // what the guest wrote to its serial port
  std::string log{};      // what libvirt and QEMU wrote to their logs
};

// libvirt or QEMU refused the domain; what() is their error message.
class Refused : public std::runtime_error {
 public:
  Refused(const std::string& why, Run left) : std::runtime_error(why), run(std::move(left)) {}
  Run run;
};

// The version of the libvirt library: 9000000 for 9.0.0.
unsigned long libvirt_version();

class Libvirt {
 public:
  // Throws std::runtime_error if libvirt's QEMU driver is not available.
  Libvirt();
  Libvirt(const Libvirt&) = delete;
  Libvirt& operator=(const Libvirt&) = delete;
  ~Libvirt();

  // The path of a file for the guests, in a folder that is removed after the tests, even if they are killed.
  std::string file(const std::string& name) const;

  // Defines the domain, and returns it as libvirt completes it: every device has an address. Throws Refused.
  std::string define(const std::string& xml);

  // Starts the domain, whose serial port must write to file("console"). Waits until the console has the words, the
  // guest has powered off, or the time has passed. Then destroys the guest. Throws Refused.
  Run run(const std::string& xml, const std::string& words, std::chrono::seconds bound);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vnuma::test
