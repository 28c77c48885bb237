/// \file
/// What the models are made of: structs, members, and their XML. For tools that list or check the schema.
///
///     for (const ModelInfo& model : models())
///       for (const FieldInfo& field : model.fields) std::cout << model.name << "::" << field.member << '\n';
#pragma once

#include <string_view>
#include <vector>

#include <vnuma/schema/export.hpp>

namespace vnuma::schema {

/// What a member is in the document: an attribute, the element's character data, or a child element.
enum class FieldKind : unsigned char { attribute, text, element };

/// A member of a model. All views are of static storage.
struct FieldInfo {
  std::string_view member;  ///< "bus_nr"
  std::string_view type;    ///< a struct ("ControllerTarget"), a type of scalar.hpp ("AnyBase32"), or "string"
  std::string_view name;    ///< in XML, without prefix: "busNr"; empty for character data
  std::string_view ns;      ///< namespace of an element; empty: that of its parent
  FieldKind kind = FieldKind::attribute;
  bool model = false;     ///< whether `type` is a struct of the schema
  bool repeated = false;  ///< whether the member is a vector
  bool once = false;      ///< whether a second one is refused
};

/// A struct of the schema.
struct ModelInfo {
  std::string_view name;     ///< "ControllerTarget"
  std::string_view element;  ///< as which it can be a document; empty: of several elements, or never alone
  std::vector<FieldInfo> fields;
};

/// Every struct of the schema once: Domain and all below it, then Capabilities, DomainBackup, DomainCheckpoint and
/// SecretSpec. A struct stands before those that its fields need and that no earlier one does.
/// Complexity: linear in their number. Safe to call from several threads.
VNUMA_SCHEMA_EXPORT std::vector<ModelInfo> models();

}  // namespace vnuma::schema
