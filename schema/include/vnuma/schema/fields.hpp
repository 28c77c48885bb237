/// \file
/// The list of models, their members and their XML, for tools that list or check the schema.
///
///     for (const ModelInfo& model : models())
///       for (const FieldInfo& field : model.fields) std::cout << model.name << "::" << field.member << '\n';
#pragma once

#include <string_view>
#include <vector>

#include <vnuma/schema/export.hpp>

namespace vnuma::schema {

/// The place of a member in the document: an attribute, the character data of the element, or a child element.
enum class FieldKind : unsigned char { attribute, text, element };

/// A member of a model. All views refer to static storage.
struct FieldInfo {
  std::string_view member;  ///< "bus_nr"
  std::string_view type;    ///< a struct ("ControllerTarget"), a type of scalar.hpp ("AnyBase32"), or "string"
  std::string_view name;    ///< name in the XML, without prefix: "busNr"; empty for character data
  std::string_view ns;      ///< namespace of an element; empty: the namespace of its parent
  FieldKind kind = FieldKind::attribute;
  bool model = false;     ///< whether `type` is a struct of the schema
  bool repeated = false;  ///< whether the member is a vector
  bool once = false;      ///< whether a second element is an error
};

/// A struct of the schema.
struct ModelInfo {
  std::string_view name;     ///< "ControllerTarget"
  std::string_view element;  ///< root of a document of this model; empty if several elements, or none, can be the root
  std::vector<FieldInfo> fields;
};

/// Every struct of the schema once: Domain and the structs in it, then Capabilities, DomainBackup, DomainCheckpoint and
/// SecretSpec. A struct comes before the structs of its fields, unless an earlier struct has fields of them too.
/// \note Complexity: linear in the number of structs. Safe to call from several threads.
VNUMA_SCHEMA_EXPORT std::vector<ModelInfo> models();

}  // namespace vnuma::schema
