// Prints the reference of the schema's fields as a Markdown page: field_reference kubevirt-schema.tsv
#include <iostream>
#include <map>
#include <string>

#include <fmt/format.h>

#include <vnuma/schema/fields.hpp>

#include "../go_table.hpp"

using namespace vnuma::schema;

namespace {

// "`<target>`", "`busNr=`", "character data".
std::string xml_of(const FieldInfo& field) {
  switch (field.kind) {
    case FieldKind::attribute: return fmt::format("`{}=`", field.name);
    case FieldKind::text: return "character data";
    case FieldKind::element: break;
  }
  return fmt::format("`<{}>`{}{}{}", field.name, field.repeated ? ", any number" : "",
                     field.once ? ", at most one" : "",
                     field.ns.empty() ? "" : fmt::format(", namespace {}", field.ns));
}

std::string type_of(const FieldInfo& field) {
  return field.model ? fmt::format("[{0}](#{0})", field.type) : std::string(field.type);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: field_reference kubevirt-schema.tsv\n";
    return 2;
  }
  // "Controller::index" -> the version of KubeVirt that has it
  std::map<std::string, std::string> since;
  for (const auto& row : vnuma::test::read_go_table(argv[1])) {
    since[fmt::format("{}::{}", vnuma::test::struct_of(row.structure), vnuma::test::member_of(row.field))] = row.since;
  }
  std::cout
      << "# Fields of the schema\n\n"
         "The CMake target `field_reference` makes this page from the field lists. The last column is the first of the "
         "KubeVirt versions 1.4 and 1.9 whose Go structs have the field, or libvirt if only libvirt has it. The types "
         "of scalars are in scalar.hpp.\n";
  for (const ModelInfo& model : models()) {
    std::cout << "\n## " << model.name << "\n\n";
    if (!model.element.empty()) std::cout << "`<" << model.element << ">`\n\n";
    if (model.fields.empty()) {
      std::cout << "No fields: the presence of the element is its meaning.\n";
      continue;
    }
    std::cout << "| Member | Type | XML | KubeVirt |\n|---|---|---|---|\n";
    for (const FieldInfo& field : model.fields) {
      const auto row = since.find(fmt::format("{}::{}", model.name, field.member));
      std::cout << "| " << field.member << " | " << type_of(field) << " | " << xml_of(field) << " | "
                << (row == since.end() ? "libvirt" : row->second) << " |\n";
    }
  }
}
