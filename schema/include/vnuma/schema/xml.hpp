/// \file
/// Models from XML or a property tree, and back, with nothing lost.
///
/// The promise: without edits, the canonical XML (C14N 1.0 with comments, whitespace-only text between elements
/// removed) of the output equals that of the input; after an edit, only what was edited differs.
#pragma once

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <boost/property_tree/ptree.hpp>

#include <vnuma/schema/error.hpp>
#include <vnuma/schema/export.hpp>
#include <vnuma/schema/unmodelled.hpp>

namespace vnuma::schema {

/// A struct of domain.hpp, capabilities.hpp, backup.hpp or secret.hpp. Those are all: the functions below are compiled
/// in the library.
template <class T>
concept XmlModel = requires(T value) {
  { value.unmodelled } -> std::same_as<Unmodelled&>;
};

/// How to_xml lays its output out.
enum class Layout {
  indented,  ///< as libvirt does: two spaces per level, an element per line
  compact,   ///< nothing between elements
};

/// Bounds of what is read. A longer text, or elements nested deeper, are refused; so is, by libxml2, a single attribute
/// or comment beyond 10 MB.
inline constexpr std::size_t max_document_size = std::size_t{64} << 20;
inline constexpr std::size_t max_depth = 200;

/// Reads a document whose root is the model's element (`<domain>` for Domain, `<hostdev>` for HostDevice), in any
/// encoding that libxml2 knows. Values are not judged: what is no number stays as text (see Scalar).
/// \throws ParseError if the text is not well-formed, has another root, a DOCTYPE, or exceeds the bounds; if a domain
/// has two of cputune, numatune, cpu, vcpu, os, features or devices; always, if the model stands for several elements
/// and so is no document (FeatureState). The message says what to do about it.
/// Complexity: linear. Safe to call from several threads; each keeps its parser for its next document, mostly
/// 70 KB, at most some 200.
template <XmlModel T>
VNUMA_SCHEMA_EXPORT T from_xml(std::string_view text);

/// The document, in UTF-8, without XML declaration; indented, it ends in a newline.
/// \throws ValueError if the model is no document, or holds what none can: a control character, text that is not UTF-8,
/// an unmodelled attribute or child with a name that XML does not allow, an unmodelled attribute that a member stands
/// for. Complexity: linear.
template <XmlModel T>
VNUMA_SCHEMA_EXPORT std::string to_xml(const T& value, Layout layout = Layout::indented);

/// Reads a tree in PropertyTree's conventions. For a document (Domain, Capabilities, DomainBackup,
/// DomainCheckpoint, SecretSpec), the tree that PropertyTree's read_xml gives, with the root element as child; for any
/// other model, the tree below its element.
/// \throws ParseError (without line) if the tree is not such a document, or nested deeper than max_depth.
template <XmlModel T>
VNUMA_SCHEMA_EXPORT T from_ptree(const boost::property_tree::ptree& tree);

/// The reverse of from_ptree, with the same promise. What a model holds and no document can is refused by from_ptree
/// and not here, but for attributes in `unmodelled`: \throws ValueError as to_xml.
template <XmlModel T>
VNUMA_SCHEMA_EXPORT boost::property_tree::ptree to_ptree(const T& value);

/// A place in a text; line and column count from 1, the column in bytes (in characters, where the text is not UTF-8).
struct Location {
  std::size_t line = 0;
  std::size_t column = 0;
  bool operator==(const Location&) const = default;
};

/// Where a path as in Error::path() stands in the text of the document: an element's start tag, or an attribute's
/// name. nullopt if the text is not well-formed up to there, has a DOCTYPE or no such place. Linear in the text.
VNUMA_SCHEMA_EXPORT std::optional<Location> locate(std::string_view text, std::string_view path);

}  // namespace vnuma::schema
