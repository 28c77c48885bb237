#include "json_place.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include <fmt/format.h>

namespace vnuma::topology {

namespace {

constexpr std::string_view white_space = " \t\r\n";

// Goes through a text that is JSON, so that what must follow need not be checked.
class Walk {
 public:
  // Starts after a byte order mark, which parsers pass over.
  explicit Walk(std::string_view text) : text_(text), at_(text.starts_with("\xef\xbb\xbf") ? 3 : 0) {}

  std::size_t at() const { return at_; }

  // To the value of a member of the object here; stays where there is none.
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
  // To the element of the array here, which has it.
  void enter(std::size_t index) {
    token();
    for (next(); index > 0; --index, next()) {
      skip();
      token();
    }
  }
  // To the next token; gives its first character, 0 at the end.
  char next() {
    at_ = std::min(text_.find_first_not_of(white_space, at_), text_.size());
    return at_ == text_.size() ? '\0' : text_[at_];
  }
  // Past the next token; gives its first character.
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
  // Past the next value.
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

TextPlace text_place(std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(0, at);
  const std::size_t newline = before.rfind('\n');
  return {static_cast<std::size_t>(1 + std::count(before.begin(), before.end(), '\n')),
          newline == std::string_view::npos ? before.size() + 1 : before.size() - newline};
}

TextPlace json_place(std::string_view text, std::string_view path) {
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
  return text_place(text, walk.at());
}

std::optional<JsonFlaw> json_flaw(std::string_view text, std::size_t depth) {
  std::vector<std::set<std::string_view>> open;  // the arrays and objects around a token, with the names so far
  Walk walk(text);
  while (const char first = walk.next()) {
    const std::size_t begin = walk.at();
    walk.token();
    const std::string_view token = text.substr(begin, walk.at() - begin);
    if (first == '[' || first == '{') open.emplace_back();
    if (first == ']' || first == '}') open.pop_back();
    if (open.size() > depth) return JsonFlaw{text_place(text, begin), fmt::format("is nested deeper than {}", depth)};
    if (first == '"' && walk.next() == ':' && !open.back().insert(token).second) {
      return JsonFlaw{text_place(text, begin), fmt::format("{} is there twice in one object", token)};
    }
  }
  return std::nullopt;
}

}  // namespace vnuma::topology
