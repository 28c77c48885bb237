// Runs programs and captures their output.
#pragma once

#include <cerrno>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "temporary_folder.hpp"

namespace vnuma::test {

inline std::string read(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

struct Result {
  int status = -1;  // a signal's number + 128, as in a shell
  std::string out;
  std::string err;
};

// Runs a program from PATH to its end. If `out` is not empty, standard output goes to this file and is not captured.
inline Result run(std::vector<std::string> words, const std::string& input = "", const std::string& out = "") {
  const TemporaryFolder folder;
  const std::string in_file = folder.write("in", input);
  const std::string out_file = out.empty() ? folder / "out" : out;
  const std::string err_file = folder / "err";
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, in_file.c_str(), O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 1, out_file.c_str(), O_WRONLY | O_CREAT, 0644);
  ::posix_spawn_file_actions_addopen(&actions, 2, err_file.c_str(), O_WRONLY | O_CREAT, 0644);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  const int error = ::posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::system_error(error, std::generic_category(), words[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  Result result;
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  if (out.empty()) result.out = read(out_file);
  result.err = read(err_file);
  return result;
}

inline Result run_vnuma(std::vector<std::string> words, const std::string& input = "", const std::string& out = "") {
  words.insert(words.begin(), VNUMA_TOOL);
  return run(std::move(words), input, out);
}

}  // namespace vnuma::test
