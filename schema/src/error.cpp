#include <vnuma/schema/error.hpp>

#include <utility>

#include <vnuma/schema/visible.hpp>

namespace vnuma::schema {

namespace {

std::string whole(const std::string& path, const std::string& message, const std::string& remedy) {
  std::string text = path.empty() ? message : path + ": " + message;
  if (!remedy.empty()) text += "; " + remedy;
  return visible(text);
}

}  // namespace

Error::Error(std::string path, std::string message, std::string remedy)
    : std::runtime_error(whole(path, message, remedy)),
      path_(std::move(path)),
      message_(std::move(message)),
      remedy_(std::move(remedy)) {}

TextError::TextError(std::size_t line, std::size_t column, std::string path, std::string message)
    : Error(std::move(path), std::move(message)), line_(line), column_(column) {}

}  // namespace vnuma::schema
