/// \file
/// Models from XML, and back, without loss; ptree.hpp has the same for property trees.
///
/// Without edits, the canonical XML of the output equals that of the input (C14N 1.0 with comments, after removal of
/// whitespace-only text between elements). After an edit, only the edited part differs.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <vnuma/schema/error.hpp>
#include <vnuma/schema/export.hpp>
#include <vnuma/schema/unmodelled.hpp>

namespace vnuma::schema {

/// A struct of domain.hpp, capabilities.hpp, backup.hpp or secret.hpp. The functions below are compiled in the library
/// for these structs; there are no others.
template <class T>
concept XmlModel = requires(T value) {
  { value.unmodelled } -> std::same_as<Unmodelled&>;
};

/// The layout of the output of to_xml.
enum class Layout {
  indented,  ///< as in libvirt: two spaces per level, one element per line
  compact,   ///< no white space between elements
};

/// The maximum size of a document in bytes. libxml2 also refuses a single attribute or comment of more than 10 MB.
inline constexpr std::size_t max_document_size = std::size_t{64} << 20;
/// The maximum depth of elements.
inline constexpr std::size_t max_depth = 200;

/// Reads a document. Values are not checked: an invalid number stays a text (see Scalar).
/// \param text the document, in any encoding that libxml2 knows. Its root is the element of the model: `<domain>` for
/// Domain, `<hostdev>` for HostDevice
/// \throws ParseError if the text is not well-formed, has another root or a DOCTYPE, or exceeds max_document_size or
/// max_depth; if a domain has two of cputune, numatune, cpu, vcpu, os, features or devices; and for every text if
/// several elements have this model, so it cannot be a document (FeatureState). The message says how to fix the
/// document
/// \note Complexity: linear. Safe to call from several threads. Each thread keeps its parser for its next document,
/// which takes about 70 KB, and at most about 200 KB.
template <XmlModel T>
VNUMA_SCHEMA_EXPORT T from_xml(std::string_view text);

/// Writes a document.
/// \return the document in UTF-8, without XML declaration. The indented layout ends with a newline
/// \throws ValueError if the model cannot be a document, or contains something that XML does not allow: a control
/// character, text that is not UTF-8, an invalid name of an unmodelled attribute or child; or if an unmodelled
/// attribute has the name of a member
/// \note Complexity: linear.
template <XmlModel T>
VNUMA_SCHEMA_EXPORT std::string to_xml(const T& value, Layout layout = Layout::indented);

/// A position in a text. Line and column count from 1; columns are bytes, or characters if the text is not UTF-8.
struct Position {
  std::size_t line = 0;
  std::size_t column = 0;
  bool operator==(const Position&) const = default;
};

/// Finds the line and column of a path.
/// \param text the document
/// \param path a path as in Error::path()
/// \return the position of the start tag of the element, or of the name of the attribute; nullopt if the document does
/// not have the path, has a DOCTYPE, or is not well-formed before it
/// \note Complexity: linear in the text.
VNUMA_SCHEMA_EXPORT std::optional<Position> locate(std::string_view text, std::string_view path);

}  // namespace vnuma::schema
