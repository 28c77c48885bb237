// Detects the wrong kind of input file.
#pragma once

#include <string>
#include <string_view>

#include <vnuma/schema/xml.hpp>

enum class Kind { domain, capabilities, snapshot, virtual_machine, kubevirt, sysfs };

// Returns the message for a text that cannot be read as the wanted kind: its kind, the option that takes this kind, and
// the input to give instead. Empty if the kind is not known. Linear in the text.
std::string mistaken(std::string_view text, Kind wanted);

// Returns "give a libvirt domain, ...".
std::string_view wish(Kind wanted);

// Returns the result of `read`. If it throws and the text is of another kind, the error has the message of mistaken().
template <class F>
auto read_as(Kind wanted, const std::string& text, F&& read) {
  try {
    return read();
  } catch (const vnuma::schema::TextError& error) {
    const std::string message = mistaken(text, wanted);
    if (message.empty()) throw;
    const bool has_position = error.line() > 0;
    throw vnuma::schema::ParseError(has_position ? error.line() : 1, has_position ? error.column() : 1, "", message);
  }
}
