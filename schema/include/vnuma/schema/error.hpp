/// \file
/// The base class of every exception that vnuma throws, and the exceptions of vnuma::schema.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

#include <vnuma/schema/export.hpp>

namespace vnuma::schema {

/// The base class of every exception that the libraries throw on bad input: what is wrong, where, and what to do.
///
/// `what()` is all of it on one line, "PATH: MESSAGE; REMEDY", without a file name or line number. Control characters
/// are escaped (schema::visible).
class VNUMA_SCHEMA_EXPORT Error : public std::runtime_error {
 public:
  /// \param path see path()
  /// \param message what is wrong, with the value: a sentence without its full stop
  /// \param remedy what to do: likewise; empty if the message says it
  Error(std::string path, std::string message, std::string remedy = {});

  /// The place in the document, as an XPath from its root ("/domain/devices/controller[3]/target/@busNr"; positions
  /// count from 1 among the siblings of one name). "/" for the whole document, empty where the place is not known.
  const std::string& path() const noexcept { return path_; }
  const std::string& message() const noexcept { return message_; }
  const std::string& remedy() const noexcept { return remedy_; }

 private:
  std::string path_;
  std::string message_;
  std::string remedy_;
};

/// An error at a position of a text.
class VNUMA_SCHEMA_EXPORT TextError : public Error {
 public:
  TextError(std::size_t line, std::size_t column, std::string path, std::string message);

  /// Line and column, both from 1; the column in bytes (in characters, where the text is not UTF-8). 0 where the
  /// position is not known, as in a tree, which has no lines.
  std::size_t line() const noexcept { return line_; }
  std::size_t column() const noexcept { return column_; }

 private:
  std::size_t line_;
  std::size_t column_;
};

/// A text or tree that is not the document of libvirt or KubeVirt that was expected.
class VNUMA_SCHEMA_EXPORT ParseError : public TextError {
 public:
  using TextError::TextError;
};

/// A value that a program asked for and that is absent or malformed.
class VNUMA_SCHEMA_EXPORT ValueError : public Error {
 public:
  using Error::Error;
};

}  // namespace vnuma::schema
