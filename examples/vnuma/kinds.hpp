// What a file is that was given where another belongs.
#pragma once

#include <string>
#include <string_view>

#include <vnuma/schema/xml.hpp>

enum class Kind { domain, capabilities, snapshot, virtual_machine, kubevirt, sysfs };

// The message for a text that cannot be read as the kind that is wanted: what it looks like, which option takes that,
// and what is to be given. Empty if it looks like nothing else that is known. Linear in the text.
std::string mistaken(std::string_view text, Kind wanted);

// "give a libvirt domain, ...".
std::string_view wish(Kind wanted);

// What `read` makes of the text. Where it throws and the text is of another kind, the error says so.
template <class F>
auto read_as(Kind wanted, const std::string& text, F&& read) {
  try {
    return read();
  } catch (const vnuma::schema::ParseError& error) {
    const std::string message = mistaken(text, wanted);
    if (message.empty()) throw;
    const bool placed = error.line() > 0;
    throw vnuma::schema::ParseError(placed ? error.line() : 1, placed ? error.column() : 1, "", message);
  }
}
