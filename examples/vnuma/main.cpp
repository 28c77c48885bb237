// vnuma: the command-line tool.
#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "command.hpp"
#include "completions.hpp"
#include "errors.hpp"
#include "files.hpp"
#include "help.hpp"
#include "manual.hpp"
#include "one_line.hpp"
#include "options.hpp"
#include "words.hpp"

namespace {

using Words = std::vector<std::string>;

Words command_names() {
  Words names;
  for (const Command& command : commands()) names.push_back(command.name);
  return names;
}

Command command_named(const std::string& name) {
  if (auto command = make_command(name)) return *std::move(command);
  const std::string nearest = nearest_word(name, command_names());
  throw UsageError(fmt::format("\"{}\" is not a command; {}expected {}", name,
                               nearest.empty() ? "" : fmt::format("did you mean {}? ", nearest),
                               alternatives(command_names())));
}

int print(const std::string& text) {
  write_standard_output(text);
  return 0;
}

// vnuma without a command.
int run_options(const Words& words) {
  const OptionValues values = parse_options(words, tool());
  if (values.count("help")) return print(help(tool()));
  if (values.count("version")) return print("vnuma " VNUMA_VERSION "\n");
  if (values.count("manual")) return print(manual(VNUMA_VERSION));
  if (const auto shell = text(values, "completion")) return print(completions(*shell));
  throw UsageError(fmt::format("name a command: {}", alternatives(command_names())));
}

bool asks_for_help(const std::string& word) { return word == "--help" || word == "-h"; }

int run(const Words& words) {
  const bool asks = !words.empty() && (words[0] == "help" || asks_for_help(words[0]));
  if (asks) return print(help(words.size() > 1 && !asks_for_help(words[1]) ? command_named(words[1]) : tool()));
  if (words.empty() || words[0].starts_with('-')) return run_options(words);
  const Command command = command_named(words[0]);
  const OptionValues values = parse_options({words.begin() + 1, words.end()}, command);
  return values.count("help") ? print(help(command)) : command.run(values);
}

}  // namespace

int main(int count, char** words) {
  // A closed pipe or a file size limit must be an error of write, not a signal.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  int status = 1;
  std::string message;
  try {
    return run(Words(words + (count > 0), words + count));
  } catch (const UsageError& error) {
    message = error.what();
    status = 2;
  } catch (const vnuma::schema::Error& error) {
    message = message_of(error);
  } catch (const std::exception& error) {
    message = error.what();
  }
  write_failure(fmt::format("vnuma: {}\n", one_line(message)));
  return status;
}
