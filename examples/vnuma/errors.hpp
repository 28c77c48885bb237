// The exceptions that end a command.
#pragma once

#include <stdexcept>
#include <string>

#include <fmt/format.h>

#include <vnuma/placement/diagnostic.hpp>
#include <vnuma/schema/visible.hpp>
#include <vnuma/schema/xml.hpp>
#include <vnuma/topology/host.hpp>

#include "spelling.hpp"

// Wrong usage: exit status 2.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// An input was refused, or an output cannot be written: exit status 1. The message starts with the name of the file.
struct FileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The whole message, with the program's spelling of options.
inline std::string message_of(const vnuma::schema::Error& error,
                              const vnuma::placement::Spelling& spelling = tool_spelling) {
  const auto* diagnosed = dynamic_cast<const vnuma::placement::DiagnosticError*>(&error);
  if (!diagnosed) return error.what();
  const vnuma::placement::Diagnostic& diagnostic = diagnosed->diagnostic();
  return name(diagnostic.code) + ": " + vnuma::schema::visible(to_string(diagnostic, spelling));
}

// Runs f on the text of a file. Errors get the name of the file, line and column, except HostError, which has a file of
// its own.
template <class F>
auto in_file(const std::string& file, const std::string& text, F&& f,
             const vnuma::placement::Spelling& spelling = tool_spelling) {
  namespace schema = vnuma::schema;
  const std::string shown = file == "-" ? "<stdin>" : file;
  try {
    return f();
  } catch (const vnuma::topology::HostError&) {
    throw;
  } catch (const schema::TextError& error) {
    if (error.line() == 0) throw FileError(fmt::format("{}: {}", shown, error.what()));
    throw FileError(fmt::format("{}:{}:{}: {}", shown, error.line(), error.column(), error.what()));
  } catch (const schema::Error& error) {
    const auto position = error.path().empty() ? std::nullopt : schema::locate(text, error.path());
    const std::string message = message_of(error, spelling);
    if (!position) throw FileError(fmt::format("{}: {}", shown, message));
    throw FileError(fmt::format("{}:{}:{}: {}", shown, position->line, position->column, message));
  }
}
