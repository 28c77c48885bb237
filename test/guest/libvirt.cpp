#include "libvirt.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include <fcntl.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <sys/wait.h>
#include <unistd.h>

#include "temporary_folder.hpp"

namespace vnuma::test {

namespace {

std::string read_all(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string configuration() {
  std::string text = read_all(VNUMA_SOURCE_DIR "/test/guest/qemu.conf");
  if (text.empty()) throw std::runtime_error("cannot read test/guest/qemu.conf");
  if (::geteuid() == 0) text += "user = \"root\"\ngroup = \"root\"\n";
  return text;
}

std::string last_error() {
  const char* message = ::virGetLastErrorMessage();
  return message ? message : "no error";
}

// libvirt starts QEMU to read its capabilities. On a busy machine, this failed ("unable to execute QEMU command
// 'qmp_capabilities': JSON parse error"), and succeeded when tried again.
bool knows_qemu(virConnect* connection, const char* architecture, const char* machine) {
  for (int tries = 0; tries < 3; ++tries) {
    char* text = ::virConnectGetDomainCapabilities(connection, nullptr, architecture, machine, "qemu", 0);
    if (!text) continue;
    std::free(text);
    return true;
  }
  return false;
}

struct Pipe {
  Pipe() {
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("cannot create a pipe");
  }
  // Waits until no process has the write end open.
  void wait_for_end() const {
    char none = 0;
    while (::read(ends[0], &none, 1) < 0 && errno == EINTR) {
    }
  }
  void close_reading() const { ::close(ends[0]); }
  void close_writing() const { ::close(ends[1]); }
  std::array<int, 2> ends{};
};

// A process that ends the guests of a test that was killed, for example by a debugger or at its timeout. libvirt starts
// QEMU as a daemon, which would continue to run. The process waits for the end of a pipe that only the test has open.
class Reaper {
 public:
  explicit Reaper(const fs::path& root) {
    const pid_t between = ::fork();
    if (between == 0) {
      // ctest kills a test with all its descendants. The reaper is no longer one once its parent has exited.
      const pid_t reaper = ::fork();
      if (reaper == 0) reap(root);
      ::_exit(reaper < 0 ? 1 : 0);
    }
    int status = -1;
    if (between > 0) ::waitpid(between, &status, 0);
    test_.close_reading();
    reaper_.close_writing();
    if (status != 0) throw std::runtime_error("cannot start a process");
  }
  Reaper(const Reaper&) = delete;
  Reaper& operator=(const Reaper&) = delete;
  ~Reaper() {
    test_.close_writing();
    reaper_.wait_for_end();
    reaper_.close_reading();
  }

 private:
  [[noreturn]] void reap(const fs::path& root) const {
    ::setsid();  // a signal to the test's process group must not kill this process
    test_.close_writing();
    test_.wait_for_end();
    // run has the guests, and lib has the QEMU processes that libvirt starts to read capabilities.
    for (const char* folder : {"run", "lib"}) end_all(root / folder);
    std::error_code ignored;
    fs::remove_all(root, ignored);
    ::_exit(0);
  }

  static void end_all(const fs::path& folder) {
    std::error_code ignored;
    for (const auto& entry : fs::recursive_directory_iterator(folder, ignored)) {
      // driver.pid is that of the test itself.
      if (entry.path().extension() != ".pid" || entry.path().stem() == "driver") continue;
      pid_t guest = 0;
      if (std::ifstream(entry.path()) >> guest && guest > 1) ::kill(guest, SIGKILL);
    }
  }

  Pipe test_;    // closed when the test ends
  Pipe reaper_;  // closed when the reaper ends
};

struct FreeDomain {
  void operator()(virDomain* domain) const { ::virDomainFree(domain); }
};
using DomainHandle = std::unique_ptr<virDomain, FreeDomain>;

// Ends the guest at the end of the scope, also after an exception.
struct Destroyer {
  virDomain* domain;
  explicit Destroyer(virDomain* to_destroy) : domain(to_destroy) {}
  Destroyer(const Destroyer&) = delete;
  Destroyer& operator=(const Destroyer&) = delete;
  ~Destroyer() {
    if (::virDomainIsActive(domain) == 1) ::virDomainDestroy(domain);
  }
};

}  // namespace

unsigned long libvirt_version() {
  unsigned long version = 0;
  if (::virGetVersion(&version, nullptr, nullptr) != 0) throw std::runtime_error("cannot read the version of libvirt");
  return version;
}

struct Libvirt::State {
  // After this call, log() returns only new text.
  void begin_log() {
    logged = read_all(log_file).size();
    fs::remove_all(qemu_log);
    fs::create_directories(qemu_log);
  }
  std::string log() const {
    std::string text = read_all(log_file).substr(logged);
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(qemu_log, ignored)) text += read_all(entry.path().string());
    return text;
  }

  TemporaryFolder folder;
  Reaper reaper{folder.path()};
  std::string log_file = folder / "libvirt.log";
  fs::path qemu_log = folder.path() / "log" / "qemu";
  std::size_t logged = 0;
  std::atomic<bool> stopping = false;
  std::thread events;
  virConnect* connection = nullptr;
};

Libvirt::Libvirt() : state_(std::make_unique<State>()) {
  state_->folder.write("etc/qemu.conf", configuration());
  // 3: warnings and errors. libvirt reads the variable once, in virInitialize.
  ::setenv("LIBVIRT_LOG_OUTPUTS", ("3:file:" + state_->log_file).c_str(), 1);
  // If the user is not root, libvirt keeps state in this folder, even if the driver has its own root.
  ::setenv("XDG_CACHE_HOME", (state_->folder / "cache").c_str(), 1);
  // libvirt must not print errors: this class throws them.
  ::virSetErrorFunc(nullptr, [](void*, virError*) {});
  if (::virInitialize() < 0 || ::virEventRegisterDefaultImpl() < 0) throw std::runtime_error(last_error());
  // The event loop receives the messages of QEMU. A timer ends each iteration, so that the loop can stop.
  ::virEventAddTimeout(100, [](int, void*) {}, nullptr, nullptr);
  state_->events = std::thread([state = state_.get()] {
    while (!state->stopping) ::virEventRunDefaultImpl();
  });
  const std::string uri = "qemu:///embed?root=" + state_->folder.path().string();
  state_->connection = ::virConnectOpen(uri.c_str());
  if (state_->connection && knows_qemu(state_->connection, "x86_64", "q35")) {
    // If this QEMU is not installed, only the tests of aarch64 guests fail, with the reason.
    knows_qemu(state_->connection, "aarch64", "virt");
    return;
  }
  const std::string error = last_error();
  if (state_->connection) ::virConnectClose(state_->connection);
  state_->stopping = true;
  state_->events.join();
  throw std::runtime_error("cannot open " + uri + ": " + error);
}

Libvirt::~Libvirt() {
  ::virConnectClose(state_->connection);
  state_->stopping = true;
  state_->events.join();
}

std::string Libvirt::file(const std::string& name) const { return state_->folder / name; }

std::string Libvirt::define(const std::string& xml) {
  state_->begin_log();
  const DomainHandle domain(::virDomainDefineXML(state_->connection, xml.c_str()));
  if (!domain) throw Refused(last_error(), {.log = state_->log()});
  char* text = ::virDomainGetXMLDesc(domain.get(), VIR_DOMAIN_XML_INACTIVE);
  std::string completed = text ? text : "";
  std::free(text);
  ::virDomainUndefineFlags(domain.get(), VIR_DOMAIN_UNDEFINE_NVRAM);
  if (completed.empty()) throw Refused(last_error(), {.log = state_->log()});
  return completed;
}

Run Libvirt::run(const std::string& xml, const std::string& words, std::chrono::seconds bound) {
  using namespace std::chrono_literals;
  const std::string console = file("console");
  fs::remove(console);
  state_->begin_log();
  const DomainHandle domain(::virDomainCreateXML(state_->connection, xml.c_str(), 0));
  if (!domain) {
    const std::string why = last_error();
    throw Refused(why, {.console = read_all(console), .log = state_->log()});
  }
  const Destroyer destroyer(domain.get());
  Run run;
  const auto end = std::chrono::steady_clock::now() + bound;
  do {
    std::this_thread::sleep_for(50ms);
    const bool active = ::virDomainIsActive(domain.get()) == 1;
    run.console = read_all(console);
    if (!active) break;
  } while (run.console.find(words) == std::string::npos && std::chrono::steady_clock::now() < end);
  run.log = state_->log();
  return run;
}

}  // namespace vnuma::test
