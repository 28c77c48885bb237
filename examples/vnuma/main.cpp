// vnuma: the command-line tool.
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <boost/program_options/errors.hpp>

#include "capture.hpp"
#include "errors.hpp"
#include "files.hpp"
#include "generate.hpp"
#include "one_line.hpp"
#include "place.hpp"
#include "show.hpp"

namespace {

constexpr const char* usage =
    "Usage: vnuma COMMAND ...\n\n"
    "  place     give the passthrough devices of a libvirt domain their host's NUMA locality\n"
    "  show      how near devices are to each other, on a host, in a guest, or both\n"
    "  generate  make a libvirt domain for a KubeVirt VM on a host, and place its devices\n"
    "  capture   write down the host's topology, to plan for it elsewhere (--host)\n\n"
    "vnuma COMMAND --help explains a command; vnuma --version names the version.\n";

int run(const std::vector<std::string>& words) {
  if (words.empty()) throw UsageError("name a command: place, show, generate, capture");
  if (words[0] == "--help" || words[0] == "-h") return write_standard_output(usage), 0;
  if (words[0] == "--version") return write_standard_output("vnuma " VNUMA_VERSION "\n"), 0;
  if (words[0] == "place") return place({words.begin() + 1, words.end()});
  if (words[0] == "show") return show({words.begin() + 1, words.end()});
  if (words[0] == "generate") return generate({words.begin() + 1, words.end()});
  if (words[0] == "capture") return capture({words.begin() + 1, words.end()});
  if (words[0] == "check") throw UsageError("check is not available yet");
  throw UsageError(fmt::format("\"{}\" is no command; expected place, show, generate, capture", words[0]));
}

}  // namespace

int main(int count, char** words) {
  // A reader that went away, and a file that may not grow, are errors like others.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  int status = 1;
  std::string message;
  const std::vector<std::string> all(words + (count > 0), words + count);
  try {
    return run(all);
  } catch (const UsageError& error) {
    message = error.what();
    status = 2;
  } catch (const boost::program_options::error& error) {
    message = fmt::format("{}; vnuma {} --help lists the options", error.what(), all[0]);
    status = 2;
  } catch (const std::exception& error) {
    message = error.what();
  }
  std::fputs(fmt::format("vnuma: {}\n", one_line(message)).c_str(), stderr);
  return status;
}
