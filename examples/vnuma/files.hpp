// Reading and writing whole files.
#pragma once

#include <stdexcept>
#include <string>

// A file that cannot be read or written; the message starts with its name.
struct FileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The file's content; "-" is standard input. Throws FileError.
std::string read_file(const std::string& name);

// Writes to a temporary file beside the target and renames it, so that the target is either the old or the whole new
// file; "-" or "" is standard output. Throws FileError.
void write_file(const std::string& name, const std::string& content);
