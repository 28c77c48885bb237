#include "model.hpp"

namespace vnuma::schema {

const Field* ModelType::attribute(std::string_view of_name) const {
  for (const Field& field : fields) {
    if (field.kind == FieldKind::attribute && field.name == of_name) return &field;
  }
  return nullptr;
}

const Field* ModelType::child(std::string_view local, std::string_view uri, std::string_view parent_uri) const {
  for (const Field& field : fields) {
    const bool same_namespace = (field.ns.empty() ? parent_uri : field.ns) == uri;
    if (field.kind == FieldKind::element && field.name == local && same_namespace) return &field;
  }
  return nullptr;
}

}  // namespace vnuma::schema
