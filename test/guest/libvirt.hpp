// Starts guests through libvirt: a driver of the test's own (qemu:///embed), so that no daemon is needed and none that
// runs on the machine is touched.
#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace vnuma::test {

// What is left of a guest that ran.
struct Run {
  std::string console{};  // what the guest wrote to its serial port
  std::string log{};      // what libvirt and QEMU said meanwhile
};

// libvirt or QEMU did not take the domain; what() is what they say of it.
class Refused : public std::runtime_error {
 public:
  Refused(const std::string& why, Run left) : std::runtime_error(why), run(std::move(left)) {}
  Run run;
};

// The version of the libvirt that is used: 9000000 for 9.0.0.
unsigned long libvirt_version();

class Libvirt {
 public:
  // Throws std::runtime_error if libvirt's QEMU driver cannot be had.
  Libvirt();
  Libvirt(const Libvirt&) = delete;
  Libvirt& operator=(const Libvirt&) = delete;
  ~Libvirt();

  // A file for the guests' use, in a folder that is gone after the test, even if that is killed.
  std::string file(const std::string& name) const;

  // Defines the domain, and gives it as libvirt completed it: with an address for every device. Throws Refused.
  std::string define(const std::string& xml);

  // Starts the domain, whose serial port must write to file("console"), and waits until the console has the words, the
  // guest has powered off, or the time is up. Then the guest is destroyed. Throws Refused.
  Run run(const std::string& xml, const std::string& words, std::chrono::seconds bound);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vnuma::test
