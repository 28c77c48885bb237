#include "one_line.hpp"

#include <vnuma/schema/visible.hpp>

std::string one_line(std::string_view message) {
  // Keeps the beginning, which has the position, and the end, which has the remedy.
  constexpr std::size_t most = 2000;
  constexpr std::size_t ending = 500;
  using vnuma::schema::visible;
  if (message.size() <= most) return visible(message);
  return visible(message.substr(0, most - ending)) + " ... " + visible(message.substr(message.size() - ending));
}
