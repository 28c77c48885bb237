#include "child.hpp"

#include <array>
#include <cerrno>
#include <exception>
#include <system_error>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "output.hpp"

namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

[[noreturn]] void run_as_child(const std::function<std::string()>& work, int out) noexcept {
  try {
    if (write_all(out, work())) ::_exit(0);
  } catch (const std::exception& error) {
    log_line(error.what());
  }
  ::_exit(1);
}

// Reads until the child closes its end. Returns whether everything was read.
bool read_all(int in, std::string& text) {
  std::array<char, 65536> part;
  for (;;) {
    const ssize_t count = ::read(in, part.data(), part.size());
    if (count == 0) return true;
    if (count > 0)
      text.append(part.data(), static_cast<std::size_t>(count));
    else if (errno != EINTR)
      return false;
  }
}

}  // namespace

std::optional<std::string> run_in_child(const std::function<std::string()>& work) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) fail("pipe2");
  const pid_t pid = ::fork();
  if (pid < 0) fail("fork");
  if (pid == 0) run_as_child(work, ends[1]);
  ::close(ends[1]);
  std::string text;
  const bool whole = read_all(ends[0], text);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) fail("waitpid");
  }
  if (WIFSIGNALED(status))
    log_line(fmt::format("the process that places devices was ended by signal {}", WTERMSIG(status)));
  if (!whole || !WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
  return text;
}
