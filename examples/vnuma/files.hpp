// Reading and writing whole files.
#pragma once

#include <optional>
#include <string>

// The file's content; "-" is standard input. Throws FileError, also for a file that is larger than any document that
// is read.
std::string read_file(const std::string& name);

// Writes to a temporary file beside the target and renames it, so that the target is either the old or the whole new
// file; a symbolic link stays, and what it points to is replaced. A device or a pipe is written to. Throws FileError.
void write_file(const std::string& name, const std::string& content);

// To standard output. Throws FileError.
void write_standard_output(const std::string& content);

// To standard error: reports and warnings, which nobody need read.
void write_standard_error(const std::string& content);

// To the file, or to standard output if none is named, or "-". Throws FileError.
void write_output(const std::optional<std::string>& name, const std::string& content);
