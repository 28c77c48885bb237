// The guarantee when standard output, memory or the process itself fails: status 0 never comes with a part of a domain.
#include <boost/test/unit_test.hpp>

#include <array>
#include <chrono>
#include <csignal>
#include <sstream>
#include <thread>

#include <fmt/format.h>
#include <sys/ioctl.h>

#include "hook.hpp"

using namespace vnuma::test;
using namespace std::chrono_literals;

namespace {

const Sample proposal{"proposal", "eight-node"};

// Runs the hook in a shell script, which has it as "$@".
Result in_shell(const std::string& script, const Variables& variables, const std::vector<std::string>& arguments) {
  std::vector<std::string> words{"sh", "-c", script, "sh"};
  for (const std::string& word : hook_words(variables, arguments)) words.push_back(word);
  return run(words);
}

std::vector<std::string> arguments_of(const std::string& domain) { return {"--vmi", vmi(), "--domain", domain}; }

std::string input() { return read(domain_file("proposal")); }

constexpr int pipe_size = 4096;

// A pipe of one page.
class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_, O_CLOEXEC) != 0 || ::fcntl(ends_[1], F_SETPIPE_SZ, pipe_size) < 0) {
      throw std::runtime_error("pipe2");
    }
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    ::close(ends_[0]);
    close_writing_end();
  }
  int writing_end() const { return ends_[1]; }
  void close_writing_end() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }
  // Fills the pipe, so that the next write blocks.
  void fill() const { BOOST_REQUIRE(::write(ends_[1], std::string(pipe_size, '-').data(), pipe_size) == pipe_size); }
  void wait_until_full() const {
    int bytes = 0;
    for (int i = 0; i < 1000 && bytes < pipe_size; ++i) {
      std::this_thread::sleep_for(10ms);
      ::ioctl(ends_[0], FIONREAD, &bytes);
    }
    BOOST_REQUIRE(bytes == pipe_size);
  }
  // Reads to the end.
  std::string read() const {
    std::string text;
    std::array<char, 65536> part;
    for (ssize_t count; (count = ::read(ends_[0], part.data(), part.size())) > 0;) {
      text.append(part.data(), static_cast<std::size_t>(count));
    }
    return text;
  }

 private:
  int ends_[2];
};

enum class Waits { to_report, to_write };

// The hook while it blocks on a full pipe: on its report, before the work is done, or on its domain.
class Running {
 public:
  Running(Waits waits, const Variables& variables, const std::vector<std::string>& arguments) {
    if (waits == Waits::to_report) err.fill();
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, out.writing_end(), 1);
    ::posix_spawn_file_actions_adddup2(&actions, err.writing_end(), 2);
    auto words = hook_words(variables, arguments);
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    if (::posix_spawnp(&pid_, pointers[0], &actions, nullptr, pointers.data(), environ) != 0) {
      throw std::runtime_error("posix_spawnp");
    }
    ::posix_spawn_file_actions_destroy(&actions);
    out.close_writing_end();
    err.close_writing_end();
  }

  // The child process, which does the work.
  pid_t worker() const {
    pid_t child = 0;
    for (int i = 0; i < 1000 && child == 0; ++i) {
      std::this_thread::sleep_for(10ms);
      std::istringstream children(read(fmt::format("/proc/{0}/task/{0}/children", pid_)));
      children >> child;
    }
    BOOST_REQUIRE(child > 0);
    return child;
  }
  void signal(int number) const { ::kill(pid_, number); }
  Result finish() const {
    Result result;
    result.err = err.read();
    result.out = out.read();
    int status = 0;
    ::waitpid(pid_, &status, 0);
    result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return result;
  }

  Pipe out;
  Pipe err;

 private:
  pid_t pid_ = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(interruptions)

BOOST_AUTO_TEST_CASE(the_hook_fails_if_standard_output_is_closed) {
  for (const std::string& domain : {input(), std::string("garbage")}) {
    const Result result = in_shell("exec \"$@\" >&-", {{"VNUMA_SYSFS", sysfs("eight-node")}}, arguments_of(domain));
    BOOST_TEST(result.status == 1);
    BOOST_TEST(mentions(result.err, "the domain cannot be written to standard output: Bad file descriptor"));
  }
}

BOOST_AUTO_TEST_CASE(the_hook_fails_if_the_disk_is_full) {
  for (const std::string& domain : {input(), std::string("garbage")}) {
    const Result result = hook({{"VNUMA_SYSFS", sysfs("eight-node")}}, arguments_of(domain), "/dev/full");
    BOOST_TEST(result.status == 1);
    BOOST_TEST(mentions(result.err, "the domain cannot be written to standard output: No space left on device"));
  }
}

// The limit is 2 blocks of 512 bytes, so a part is written. Without the trap, SIGXFSZ would kill the process.
BOOST_AUTO_TEST_CASE(the_hook_fails_at_a_file_size_limit) {
  const TemporaryFolder folder;
  const Result result = in_shell("ulimit -f 2; trap '' XFSZ; exec \"$@\" 2>/dev/null >" + folder / "out",
                                 {{"VNUMA_SYSFS", sysfs("eight-node")}}, arguments_of(input()));
  BOOST_TEST(result.status == 1);
  BOOST_TEST(read(folder / "out").size() == 1024U);
}

BOOST_AUTO_TEST_CASE(a_closed_pipe_fails_the_hook_but_does_not_kill_it) {
  const TemporaryFolder folder;
  in_shell("(sleep 0.3; \"$@\"; echo $? >" + folder / "status" + ") | :", {{"VNUMA_SYSFS", sysfs("eight-node")}},
           arguments_of(input()));
  BOOST_TEST(read(folder / "status") == "1\n");
}

BOOST_AUTO_TEST_CASE(other_closed_descriptors_do_not_matter) {
  for (const char* closed : {"<&-", "2>&-", "<&- 2>&-"}) {
    BOOST_TEST_CONTEXT(closed) {
      const Result result =
          in_shell(std::string("exec \"$@\" ") + closed, {{"VNUMA_SYSFS", sysfs("eight-node")}}, arguments_of(input()));
      BOOST_TEST(result.status == 0);
      BOOST_TEST(result.out == place(proposal).out);
    }
  }
  // Otherwise the pipe from the worker would become standard error.
  const TemporaryFolder folder;
  const Result result =
      in_shell("exec \"$@\" >" + folder / "out" + " <&- 2>&-", {{"VNUMA_SYSFS", "/nowhere"}}, arguments_of(input()));
  BOOST_TEST(result.status == 0);
  BOOST_TEST(read(folder / "out") == input());
}

BOOST_AUTO_TEST_CASE(the_hook_works_if_its_parent_ignores_sigchld) {
  const Result result =
      in_shell("trap '' CHLD; exec \"$@\"", {{"VNUMA_SYSFS", sysfs("eight-node")}}, arguments_of(input()));
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.out == place(proposal).out);
}

BOOST_AUTO_TEST_CASE(a_hook_killed_before_the_result_has_written_nothing) {
  const Running running(Waits::to_report, {{"VNUMA_SYSFS", sysfs("eight-node")}}, arguments_of(input()));
  running.worker();
  running.signal(SIGKILL);
  const Result result = running.finish();
  BOOST_TEST(result.status == 128 + SIGKILL);
  BOOST_TEST(result.out == "");
}

BOOST_AUTO_TEST_CASE(a_hook_killed_while_writing_has_a_failure_status) {
  const std::string domain = read(domain_file("eight-gpu"));
  const Running running(Waits::to_write, {{"VNUMA_SYSFS", sysfs("two-socket-eight-gpu")}, {"VNUMA_MMIO", "off"}},
                        arguments_of(domain));
  running.out.wait_until_full();
  running.signal(SIGKILL);
  const Result result = running.finish();
  BOOST_TEST(result.status == 128 + SIGKILL);
  BOOST_TEST(result.out.size() == static_cast<std::size_t>(pipe_size));
  BOOST_TEST(place({"eight-gpu", "two-socket-eight-gpu"}).out.starts_with(result.out));
}

// SIGKILL is what the kernel sends when memory runs out. A crash has another signal, but sanitizers catch that one.
BOOST_AUTO_TEST_CASE(a_killed_worker_leaves_the_original_domain) {
  for (const bool strict : {false, true}) {
    const Running running(Waits::to_report, {{"VNUMA_SYSFS", sysfs("eight-node")}},
                          {"--vmi", vmi({{"vnuma.io/strict", strict ? "true" : "false"}}), "--domain", input()});
    ::kill(running.worker(), SIGKILL);
    const Result result = running.finish();
    BOOST_TEST(result.status == (strict ? 1 : 0));
    BOOST_TEST(result.out == (strict ? "" : input()));
    BOOST_TEST(mentions(result.err, "the process that places devices was ended by signal 9"));
  }
}

// Sanitizers need more memory than any limit. clang reports them with __has_feature.
#if !defined(__has_feature)
#define __has_feature(feature) 0
#endif
#if !defined(__SANITIZE_ADDRESS__) && !__has_feature(address_sanitizer)
BOOST_AUTO_TEST_CASE(the_original_domain_is_returned_when_memory_runs_out) {
  const std::string placed = place(proposal).out;
  const auto run = [](unsigned limit) {
    return in_shell(fmt::format("ulimit -v {}; exec \"$@\"", limit), {{"VNUMA_SYSFS", sysfs("eight-node")}},
                    arguments_of(input()));
  };
  unsigned too_little = 1000;  // KiB
  unsigned enough = 1000000;
  while (enough - too_little > 8) {
    const unsigned limit = (too_little + enough) / 2;
    (run(limit).out == placed ? enough : too_little) = limit;
  }
  unsigned kept = 0;
  for (unsigned limit = enough - 800; limit < enough + 800; limit += 8) {
    BOOST_TEST_CONTEXT(limit << " KiB") {
      const Result result = run(limit);
      if (result.out == input()) ++kept;
      // If the limit is too low to load the libraries, nothing is written.
      BOOST_TEST((result.out == placed || result.out == input() || result.out == ""));
      BOOST_TEST((result.status == 0) == (result.out != ""));
    }
  }
  BOOST_TEST(kept > 0U);
}
#endif

BOOST_AUTO_TEST_SUITE_END()
