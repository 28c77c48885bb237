// Plans domains for hosts, on all cores, and prints a table: fleet [--jobs N] DOMAIN... HOST...
// A file that ends in .json is a host from `vnuma capture`, any other file is a domain. A folder means all its files
// that end in .json or .xml. Each domain is planned for each host; no file is changed. The exit status is 1 if any plan
// is refused.
#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <set>
#include <sstream>
#include <thread>
#include <variant>

#include <unistd.h>

#include <vnuma/placement/plan.hpp>
#include <vnuma/schema/xml.hpp>
#include <vnuma/topology/snapshot.hpp>

namespace fs = std::filesystem;
namespace placement = vnuma::placement;

namespace {

struct Arguments {
  std::size_t jobs = std::max(1U, std::thread::hardware_concurrency());
  std::vector<std::string> domains;
  std::vector<std::string> hosts;
};

void add(const std::string& file, Arguments& arguments) {
  (fs::path(file).extension() == ".json" ? arguments.hosts : arguments.domains).push_back(file);
}

Arguments parse(const std::vector<std::string>& words) {
  Arguments arguments;
  for (auto word = words.begin(); word != words.end(); ++word) {
    if (*word == "--jobs") {
      const std::string number = ++word == words.end() ? "" : *word;
      const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), arguments.jobs);
      if (error != std::errc() || end != number.data() + number.size() || arguments.jobs < 1 || arguments.jobs > 1024) {
        throw std::runtime_error("--jobs takes a number from 1 to 1024");
      }
    } else if (fs::is_directory(*word)) {
      std::set<std::string> names;
      for (const auto& entry : fs::directory_iterator(*word)) {
        const fs::path extension = entry.path().extension();
        if (extension == ".json" || extension == ".xml") names.insert(entry.path().string());
      }
      for (const std::string& name : names) add(name, arguments);
    } else {
      add(*word, arguments);
    }
  }
  if (arguments.domains.empty() || arguments.hosts.empty()) {
    throw std::runtime_error("usage: fleet [--jobs N] DOMAIN... HOST.json...");
  }
  return arguments;
}

std::string read(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  if (!file) throw std::runtime_error("cannot be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

// A progress bar, which is only shown on a terminal.
class Progress {
 public:
  explicit Progress(std::size_t all) : all_(all), shown_(::isatty(STDERR_FILENO) != 0) {}
  ~Progress() {
    if (shown_) std::fputs("\r\x1b[K", stderr);
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void show(std::size_t done) {
    constexpr std::size_t width = 40;
    if (!shown_ || done * 100 / all_ == percent_) return;
    percent_ = done * 100 / all_;
    const std::size_t full = done * width / all_;
    const std::string bar = std::string(full, '#') + std::string(width - full, ' ');
    std::fprintf(stderr, "\r[%s] %3zu%%", bar.c_str(), percent_);
  }

 private:
  std::size_t all_;
  bool shown_;
  std::size_t percent_ = 101;
};

// Calls `work`, which must not throw, for each number below `count`, on several threads. The first one shows progress.
void for_each(std::size_t count, std::size_t jobs, const auto& work) {
  Progress progress(count);
  std::atomic<std::size_t> next = 0;
  const auto run = [&](bool first) {
    for (std::size_t i = next++; i < count; i = next++) {
      work(i);
      if (first) progress.show(i);
    }
  };
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < std::min(jobs, count); ++i) others.emplace_back(run, false);
  run(true);
}

using Host = std::variant<vnuma::topology::Host, std::string>;  // or the reason why it is refused

Host read_host(const std::string& file) try {
  return vnuma::topology::from_snapshot(read(file));
} catch (const std::exception& error) {
  return error.what();
}

struct Line {
  std::string text;
  bool refused = false;
};

Line refused(const std::string& file, const std::string& why) { return {"refused: " + file + ": " + why + "\n", true}; }

Line plan(const std::string& file, const std::string& host_file, const Host& host) try {
  if (const auto* why = std::get_if<std::string>(&host)) return refused(host_file, *why);
  const auto domain = vnuma::schema::from_xml<vnuma::schema::Domain>(read(file));
  const auto plan =
      placement::plan(domain, std::get<vnuma::topology::Host>(host), {.mirror = placement::Mirror::pcie_switch});
  const auto count = [&](placement::Outcome outcome) {
    return std::count_if(plan.devices.begin(), plan.devices.end(),
                         [&](const auto& device) { return device.outcome == outcome; });
  };
  std::ostringstream line;
  line << std::setw(7) << count(placement::Outcome::placed) << std::setw(7) << count(placement::Outcome::kept)
       << std::setw(7) << count(placement::Outcome::left) << std::setw(10) << plan.warnings.size() << "  " << file
       << "  " << host_file << "\n";
  return {line.str(), false};
} catch (const std::exception& error) {
  return refused(file + " on " + host_file, error.what());
}

}  // namespace

int main(int count, char** words) try {
  const Arguments arguments = parse({words + 1, words + count});
  std::vector<Host> hosts(arguments.hosts.size());
  for_each(hosts.size(), arguments.jobs, [&](std::size_t i) { hosts[i] = read_host(arguments.hosts[i]); });
  std::vector<Line> lines(arguments.domains.size() * hosts.size());
  for_each(lines.size(), arguments.jobs, [&](std::size_t i) {
    const std::size_t host = i % hosts.size();
    lines[i] = plan(arguments.domains[i / hosts.size()], arguments.hosts[host], hosts[host]);
  });
  std::cout << " PLACED   KEPT   LEFT  WARNINGS  DOMAIN  HOST\n";
  for (const Line& line : lines) std::cout << line.text;
  std::cout << std::flush;
  const bool all = std::none_of(lines.begin(), lines.end(), [](const Line& line) { return line.refused; });
  return all && std::cout ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << "fleet: " << error.what() << "\n";
  return 2;
}
