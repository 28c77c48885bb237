// Runs the tool on a terminal.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <pty.h>

#include "run.hpp"

namespace vnuma::test {

// Returns the output of the tool on a terminal with this number of columns, without the carriage returns that the
// terminal adds. The environment has only the given variables.
inline std::string on_terminal(std::vector<std::string> words, unsigned short columns,
                               const std::map<std::string, std::string>& environment) {
  words.insert(words.begin(), VNUMA_TOOL);
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
  const auto pointers = [](std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (std::string& text : texts) all.push_back(text.data());
    all.push_back(nullptr);
    return all;
  };
  const std::vector<char*> argv = pointers(words);
  const std::vector<char*> envp = pointers(variables);
  const winsize size{.ws_row = 24, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, &size);
  if (child < 0) throw std::system_error(errno, std::generic_category(), "forkpty");
  if (child == 0) {
    ::execve(argv[0], argv.data(), envp.data());
    ::_exit(127);
  }
  std::string out;
  char buffer[4096];
  // At the end, read fails with EIO on Linux.
  for (ssize_t count = 0; (count = ::read(terminal, buffer, sizeof buffer)) > 0 || (count < 0 && errno == EINTR);) {
    if (count > 0) out.append(buffer, static_cast<std::size_t>(count));
  }
  ::close(terminal);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  std::erase(out, '\r');
  return out;
}

}  // namespace vnuma::test
