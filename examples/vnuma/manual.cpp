#include "manual.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "command.hpp"
#include "help.hpp"

namespace {

// Escapes a word for roff: a backslash starts an escape, a dash may become a hyphen that searches do not find, an
// apostrophe becomes a quotation mark, and a dot at the start of a line makes it a request.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '.' && out.empty()) out += "\\&";
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else if (c == '\'')
      out += "\\(aq";
    else if (c == '`')
      out += "\\(ga";
    else
      out += c;
  }
  return out;
}

// Breaks a text into lines of at most 80 characters, which man fills again. Each sentence starts on a new line, so that
// man recognizes its end.
std::string folded(std::string_view text) {
  std::string out;
  std::size_t width = 0;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find_first_of(" \n"));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    std::string next = escaped(word);
    const bool ends = out.ends_with('.') || out.ends_with("?");
    if (!out.empty()) out += ends || width + 1 + next.size() > 78 ? '\n' : ' ';
    width = out.ends_with('\n') ? 0 : width + 1;
    out += next;
    width += next.size();
  }
  return out;
}

std::string paragraph(std::string_view text) { return fmt::format(".PP\n{}\n", folded(text)); }

// The option in bold, its value in italics, and its meaning.
std::string entry(const Option& option) {
  const std::string letter = option.letter ? fmt::format("\\fB\\-{}\\fR, ", option.letter) : "";
  const std::string value = option.value.empty() ? "" : fmt::format(" \\fI{}\\fR", escaped(option.value));
  std::string text = meaning(option) + ".";
  text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  if (!option.more.empty()) text += " " + option.more;
  return fmt::format(".TP\n{}\\fB\\-\\-{}\\fR{}\n{}\n", letter, escaped(option.name), value, folded(text));
}

std::string entries(const Command& command) {
  std::string out;
  for (const Option& option : command.options) out += entry(option);
  return out;
}

std::string synopsis(const Command& command) {
  return fmt::format("\\fBvnuma{}{}\\fR {}\n", command.name.empty() ? "" : " ", escaped(command.name),
                     escaped(command.usage));
}

std::string section(const Command& command) {
  std::string out = fmt::format(".SS vnuma {}\n{}", escaped(command.name), synopsis(command));
  out += paragraph(command.description);
  for (const std::string& text : command.more) out += paragraph(text);
  return out + entries(command);
}

std::string examples() {
  std::string out;
  for (const Command& command : commands()) {
    for (const Example& example : command.examples) {
      out += fmt::format(".TP\n\\fB{}\\fR\n{}.\n", escaped(example.words), folded(example.what));
    }
  }
  return out;
}

}  // namespace

std::string manual(std::string_view version) {
  std::string out =
      fmt::format(".\\\" Made by vnuma --manual.\n.TH VNUMA 1 \"\" \"vnuma {}\" \"User Commands\"\n", escaped(version));
  out += fmt::format(".SH NAME\nvnuma \\- {}\n.SH SYNOPSIS\n", escaped(tool().summary));
  for (const Command& command : commands()) out += synopsis(command) + ".br\n";
  out += synopsis(tool()) + ".SH DESCRIPTION\n" + folded(tool().description) + "\n";
  for (const std::string& text : tool().more) out += paragraph(text);
  out += ".SH COMMANDS\n";
  for (const Command& command : commands()) out += section(command);
  out += ".SH OPTIONS\nWithout a command:\n" + entries(tool());
  out += ".SH EXIT STATUS\n";
  for (const Example& status : exit_statuses()) {
    out += fmt::format(".TP\n\\fB{}\\fR\n{}\n", status.words, folded(status.what));
  }
  out += ".SH EXAMPLES\n" + examples();
  out += ".SH SEE ALSO\n\\fBvirsh\\fR(1), \\fBlspci\\fR(8), \\fBnumactl\\fR(8)\n";
  return out;
}
