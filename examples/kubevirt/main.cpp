// onDefineDomain: the hook that KubeVirt's sidecar-shim runs for each domain that is defined.
//
// The domain that it was given is in its arguments, and it has written nothing until the result is whole. So whatever
// happens, it can still write the former, or nothing.
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
    "guestMappingPassthrough; else, and if anything is wrong, the domain as it is. KubeVirt's sidecar-shim runs it.\n"
    "VNUMA_STRICT=true: if anything is wrong, print nothing and fail. README.md lists the other options.\n";

struct Arguments {
  bool help = false;
  const char* vmi = nullptr;
  const char* domain = nullptr;
  const char* problem = nullptr;
  const char* problem_word = "";
};

// Goes on after a problem, for the domain's sake. Takes no memory.
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

// The options, as far as there is a VMI to read them from. Throws for what is wrong with the call.
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
  // Part of it may be out. Only the exit status can say so; sidecar-shim drops what a hook that fails has written.
  const int error = errno;
  log_line("the domain cannot be written to standard output: ", std::strerror(error));
  return 1;
}

int give_up(const Arguments& arguments, bool strict) noexcept {
  if (strict) {
    log_line("strict: no domain is given back, so the guest does not start");
    return 1;
  }
  log_line("the domain is given back as it was");
  return write_domain(arguments.domain);
}

int run(const Arguments& arguments) noexcept {
  bool strict = environment_is_strict();
  try {
    const Request request = request_of(arguments, strict);
    const auto domain = run_in_child([&] {
      Placed placed = place(arguments.domain, request);
      log_lines(placed.report);  // before the domain: sidecar-shim may lose what is written last
      return std::move(placed.domain);
    });
    if (domain) return write_domain(*domain);
  } catch (const std::exception& error) {
    log_line(error.what());
  }
  return give_up(arguments, strict);
}

// Without, what is written to a descriptor that is closed would end in whatever is opened next: the pipe of the child.
void open_standard_descriptors() noexcept {
  // Not for writing, so that it is still known for closed.
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
