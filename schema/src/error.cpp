#include <vnuma/schema/error.hpp>

#include <utility>

#include <vnuma/schema/visible.hpp>

namespace vnuma::schema {

Error::Error(std::string path, const std::string& message)
    : std::runtime_error(visible(path.empty() ? message : path + ": " + message)), path_(std::move(path)) {}

ParseError::ParseError(std::size_t line, std::size_t column, std::string path, const std::string& message)
    : Error(std::move(path), message), line_(line), column_(column) {}

}  // namespace vnuma::schema
