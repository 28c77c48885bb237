/// \file
/// The exceptions of vnuma::schema.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

#include <vnuma/schema/export.hpp>

namespace vnuma::schema {

/// What is wrong with a document, and where. `what()` is the whole message on one line, without file name or position;
/// `path()` is the place as an XPath from the document's root ("/domain/devices/controller[3]/target/@busNr"; positions
/// count from 1 among the siblings of one name), "/" for the whole document, empty where the place is not known.
class VNUMA_SCHEMA_EXPORT Error : public std::runtime_error {
 public:
  Error(std::string path, const std::string& message);

  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

/// A text that is not the document that was asked for.
class VNUMA_SCHEMA_EXPORT ParseError : public Error {
 public:
  ParseError(std::size_t line, std::size_t column, std::string path, const std::string& message);

  /// Line and column of the place, both from 1; the column in bytes (in characters, where the text is not UTF-8). 0
  /// where the source was a tree and has none.
  std::size_t line() const noexcept { return line_; }
  std::size_t column() const noexcept { return column_; }

 private:
  std::size_t line_;
  std::size_t column_;
};

/// A value that was asked for and is absent, or written in a way that is not of its type.
class VNUMA_SCHEMA_EXPORT ValueError : public Error {
 public:
  using Error::Error;
};

}  // namespace vnuma::schema
