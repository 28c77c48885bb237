#include "json_position.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include <fmt/format.h>

namespace vnuma::topology {

namespace {

constexpr std::string_view white_space = " \t\r\n";

// Walks through the tokens of a text. The text must be valid JSON, so the walk does not check it.
class Walk {
 public:
  // Starts after a byte order mark, which parsers skip.
  explicit Walk(std::string_view text) : text_(text), at_(text.starts_with("\xef\xbb\xbf") ? 3 : 0) {}

  std::size_t at() const { return at_; }

  // Moves to the value of a member of this object; stays if there is no such member.
  bool enter(std::string_view name) {
    const std::size_t object = at_;
    char last = token();
    while (last != '}' && next() != '}') {
      const std::size_t begin = at_ + 1;
      token();
      const std::string_view key = text_.substr(begin, at_ - 1 - begin);
      token();
      next();
      if (key == name) return true;
      skip();
      last = token();
    }
    at_ = object;
    return false;
  }
  // Moves to an element of this array, which must have it.
  void enter(std::size_t index) {
    token();
    for (next(); index > 0; --index, next()) {
      skip();
      token();
    }
  }
  // Moves to the next token and returns its first character, or 0 at the end.
  char next() {
    at_ = std::min(text_.find_first_not_of(white_space, at_), text_.size());
    return at_ == text_.size() ? '\0' : text_[at_];
  }
  // Moves past the next token and returns its first character.
  char token() {
    const char first = next();
    if (first == '"') {
      for (++at_; text_[at_] != '"'; ++at_) {
        if (text_[at_] == '\\') ++at_;
      }
      ++at_;
    } else if (std::string_view("[]{},:").find(first) != std::string_view::npos) {
      ++at_;
    } else {
      at_ = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
    }
    return first;
  }

 private:
  // Moves past the next value.
  void skip() {
    std::size_t depth = 0;
    do {
      const char first = token();
      if (first == '[' || first == '{') ++depth;
      if (first == ']' || first == '}') --depth;
    } while (depth > 0);
  }

  std::string_view text_;
  std::size_t at_;
};

}  // namespace

TextPosition text_position(std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(0, at);
  const std::size_t newline = before.rfind('\n');
  return {static_cast<std::size_t>(1 + std::count(before.begin(), before.end(), '\n')),
          newline == std::string_view::npos ? before.size() + 1 : before.size() - newline};
}

TextPosition json_position(std::string_view text, std::string_view path) {
  Walk walk(text);
  walk.next();
  while (!path.empty()) {
    const bool element = path[0] == '[';
    if (element || path[0] == '.') path.remove_prefix(1);
    const std::string_view part = path.substr(0, path.find_first_of(".[]"));
    path.remove_prefix(part.size() + (element ? 1 : 0));
    if (!element) {
      if (!walk.enter(part)) break;
      continue;
    }
    std::size_t index = 0;
    for (const char digit : part) index = 10 * index + static_cast<std::size_t>(digit - '0');
    walk.enter(index);
  }
  return text_position(text, walk.at());
}

std::optional<JsonFlaw> json_flaw(std::string_view text, std::size_t depth) {
  std::vector<std::set<std::string_view>> open;  // the arrays and objects around a token, with their names so far
  Walk walk(text);
  while (const char first = walk.next()) {
    const std::size_t begin = walk.at();
    walk.token();
    const std::string_view token = text.substr(begin, walk.at() - begin);
    if (first == '[' || first == '{') open.emplace_back();
    if (first == ']' || first == '}') open.pop_back();
    if (open.size() > depth)
      return JsonFlaw{text_position(text, begin), fmt::format("is nested deeper than {} levels", depth)};
    if (first == '"' && walk.next() == ':' && !open.back().insert(token).second) {
      return JsonFlaw{text_position(text, begin), fmt::format("{} occurs twice in one object", token)};
    }
  }
  return std::nullopt;
}

}  // namespace vnuma::topology
