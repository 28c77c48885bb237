#include "fast.hpp"

#include <libxml/parser.h>

namespace vnuma::schema {

namespace {

std::unique_ptr<Parser>& kept_parser() {
  thread_local std::unique_ptr<Parser> parser;
  return parser;
}

}  // namespace

LentParser::LentParser() : parser_(std::move(kept_parser())) {
  if (!parser_) parser_ = std::make_unique<Parser>();
}

void LentParser::give_back(std::size_t size) {
  xmlCtxtReset(parser_->context.get());  // releases the text
  constexpr std::size_t most_read = std::size_t{64} << 10;
  constexpr std::size_t most_names = std::size_t{64} << 10;  // bytes of libxml2's pools, each four times the last
  if (size <= most_read && xmlDictGetUsage(parser_->context->dict) <= most_names) kept_parser() = std::move(parser_);
}

void Output::grow(std::size_t added) {
  const std::string_view old = text();
  const std::size_t capacity = 2 * old.size() + added + 16384;
  auto larger = std::make_unique_for_overwrite<char[]>(capacity);
  end_ = std::copy(old.begin(), old.end(), larger.get());
  limit_ = larger.get() + capacity;
  buffer_ = std::move(larger);
}

}  // namespace vnuma::schema
