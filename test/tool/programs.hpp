// Programs that a test needs and a machine may lack.
#pragma once

#include <cstdlib>
#include <sstream>
#include <string>

#include <unistd.h>

#include <boost/test/unit_test.hpp>

namespace vnuma::test {

inline bool has_program(const std::string& name) {
  std::istringstream folders(std::getenv("PATH") ? std::getenv("PATH") : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (::access((folder + "/" + name).c_str(), X_OK) == 0) return true;
  }
  return false;
}

// Decorates a test case: it is skipped, with a message, if the program is not installed.
inline boost::unit_test::precondition skip_unless(const std::string& program) {
  return boost::unit_test::precondition([program](boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result found(has_program(program));
    if (!found) found.message() << "this machine has no " << program;
    return found;
  });
}

}  // namespace vnuma::test
