// Reads and writes whole files.
#pragma once

#include <optional>
#include <string>

// Returns the content of a file; "-" is standard input. Throws FileError, also if the file is larger than the largest
// document that the readers accept.
std::string read_file(const std::string& name);

// Writes a temporary file beside the target and renames it, so that the target always has either the old or the
// complete new content. A symbolic link stays, and its target is replaced. A device or a pipe is written directly. The
// report goes to standard error before the file is replaced, which then stays if the report cannot be written. Throws
// FileError.
void write_file(const std::string& name, const std::string& content, const std::string& report = "");

// Writes to standard output. Throws FileError.
void write_standard_output(const std::string& content);

// Writes to standard error, for reports and warnings. Throws FileError, except if standard error is closed: then nobody
// wants them.
void write_standard_error(const std::string& content);

// Writes why the program fails to standard error. Ignores errors, because the exit status says it too.
void write_failure(const std::string& content) noexcept;

// Writes to the file, or to standard output if the name is absent or "-", and the report to standard error. Throws
// FileError.
void write_output(const std::optional<std::string>& name, const std::string& content, const std::string& report = "");
