// The exceptions that the commands end with.
#pragma once

#include <stdexcept>
#include <string>

#include <fmt/format.h>

#include <vnuma/schema/xml.hpp>

// Wrong usage, exit status 2.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// An input that was refused, or an output that cannot be written; the message starts with the file's name. Exit
// status 1.
struct FileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Runs f on a text that came from a file; errors get the file's name, line and column.
template <class F>
auto in_file(const std::string& file, const std::string& text, F&& f) {
  namespace schema = vnuma::schema;
  const std::string shown = file == "-" ? "<stdin>" : file;
  try {
    return f();
  } catch (const schema::ParseError& error) {
    if (error.line() == 0) throw FileError(fmt::format("{}: {}", shown, error.what()));
    throw FileError(fmt::format("{}:{}:{}: {}", shown, error.line(), error.column(), error.what()));
  } catch (const schema::Error& error) {
    const auto place = error.path().empty() ? std::nullopt : schema::locate(text, error.path());
    if (!place) throw FileError(fmt::format("{}: {}", shown, error.what()));
    throw FileError(fmt::format("{}:{}:{}: {}", shown, place->line, place->column, error.what()));
  }
}
