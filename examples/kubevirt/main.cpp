// onDefineDomain: the hook that KubeVirt's sidecar-shim runs for each domain that is defined.
//
// It gets the domain as an argument, and writes nothing before the result is complete. After any error, it can
// therefore still write the original domain, or nothing.
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "child.hpp"
#include "output.hpp"
#include "place.hpp"
#include "request.hpp"

namespace {

constexpr std::string_view usage =
    "Usage: onDefineDomain --vmi JSON --domain XML\n\n"
    "Prints the domain with its passthrough devices on their guest NUMA cells, if the VMI asks for\n"
    "guestMappingPassthrough. Otherwise, and after any error, prints the original domain. KubeVirt's sidecar-shim\n"
    "runs this program. With VNUMA_STRICT=true, it prints nothing after an error, and fails. README.md lists the\n"
    "other options.\n";

struct Arguments {
  bool help = false;
  const char* vmi = nullptr;
  const char* domain = nullptr;
  const char* problem = nullptr;
  const char* problem_word = "";
};

// Continues after a problem, because the domain may follow. Allocates no memory.
Arguments read_arguments(char** words) {
  Arguments arguments;
  const auto complain = [&](const char* problem, const char* word) {
    if (arguments.problem != nullptr) return;
    arguments.problem = problem;
    arguments.problem_word = word;
  };
  for (; *words != nullptr; ++words) {
    const std::string_view word = *words;
    const char** value = nullptr;
    for (const auto& [name, target] : {std::pair{"--vmi", &arguments.vmi}, {"--domain", &arguments.domain}}) {
      if (word.substr(0, word.find('=')) != name) continue;
      value = target;
      if (*value != nullptr) complain("given twice: ", name);
      if (word.size() > std::strlen(name)) {
        *value = *words + std::strlen(name) + 1;
      } else if (words[1] != nullptr) {
        *value = *++words;
      } else {
        complain("expected a value after ", name);
      }
    }
    if (value != nullptr) continue;
    arguments.help = arguments.help || word == "--help";
    if (word != "--help") complain("unknown argument ", *words);
  }
  if (arguments.vmi == nullptr) complain("missing: ", "--vmi");
  if (arguments.domain == nullptr) complain("missing: ", "--domain");
  return arguments;
}

// Reads the options, if there is a VMI. Throws if the arguments or the VMI are wrong.
Request request_of(const Arguments& arguments, bool& strict) {
  Request request;
  if (arguments.vmi != nullptr) request = read_request(arguments.vmi, strict);
  if (arguments.problem != nullptr) {
    throw std::runtime_error(std::string(arguments.problem) + arguments.problem_word);
  }
  return request;
}

void log_lines(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    log_line(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
}

int write_domain(std::string_view domain) noexcept {
  if (write_all(STDOUT_FILENO, domain) && ::close(STDOUT_FILENO) == 0) return 0;
  // A part may already be written, so the exit status must report the failure: sidecar-shim then drops the output.
  const int error = errno;
  log_line("the domain cannot be written to standard output: ", std::strerror(error));
  return 1;
}

int give_up(const Arguments& arguments, bool strict) noexcept {
  if (strict) {
    log_line("strict mode: no domain is returned, so the guest does not start");
    return 1;
  }
  log_line("the original domain is returned");
  return write_domain(arguments.domain);
}

int run(const Arguments& arguments) noexcept {
  bool strict = environment_is_strict();
  try {
    const Request request = request_of(arguments, strict);
    const auto domain = run_in_child([&] {
      Placed placed = place(arguments.domain, request);
      log_lines(placed.report);  // before the domain, because sidecar-shim may lose the last output
      return std::move(placed.domain);
    });
    if (domain) return write_domain(*domain);
  } catch (const std::exception& error) {
    log_line(error.what());
  }
  return give_up(arguments, strict);
}

// Opens standard descriptors that are closed. Otherwise the next file, the pipe of the child, would get their numbers
// and receive what is written to them.
void open_standard_descriptors() noexcept {
  // Read-only, so that writing to a closed descriptor still fails.
  while (true) {
    const int fd = ::open("/dev/null", O_RDONLY);
    if (fd > STDERR_FILENO) ::close(fd);
    if (fd < 0 || fd > STDERR_FILENO) return;
  }
}

}  // namespace

int main(int, char** argv) {
  open_standard_descriptors();
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGCHLD, SIG_DFL);
  const Arguments arguments = read_arguments(argv[0] == nullptr ? argv : argv + 1);
  if (arguments.help) return write_all(STDOUT_FILENO, usage) ? 0 : 1;
  if (arguments.domain != nullptr) return run(arguments);
  log_line(arguments.problem, arguments.problem_word);
  write_all(STDERR_FILENO, usage);
  return 2;
}
