// Every row of kubevirt-schema.tsv has a field: in its struct, and with its name, kind and XML name.
#include <algorithm>
#include <map>

#include <boost/test/unit_test.hpp>

#include <vnuma/schema/fields.hpp>

#include "go_table.hpp"

using namespace vnuma::schema;
using vnuma::test::GoField;

namespace {

struct Exception {
  const char* structure;
  const char* field;
  const char* instead;  // the correct XML name or type; empty: there is no field
  const char* reason;
};

constexpr Exception exceptions[] = {
    {"DomainSpec", "XmlNS", "", "the codec declares the namespaces that a document needs, and keeps those it has"},
    {"GraphicsListen", "Network", "network,attr,omitempty", "KubeVirt misspells it as newtork"},
    {"FilesystemDevice", "AccessMode", "accessmode,attr", "KubeVirt misspells it as accessMode"},
};

// Fields of another type than the row's. Elements that libvirt repeats are vectors; they need no entry here.
constexpr Exception other_types[] = {
    {"CPU", "Model", "CPUModel", "libvirt's element has attributes"},
    {"DiskSource", "Slices", "Slice", "KubeVirt repeats the container, libvirt what is in it"},
};

const Exception* find(const Exception* begin, const Exception* end, const GoField& row) {
  const auto* found = std::find_if(
      begin, end, [&](const Exception& e) { return row.structure == e.structure && row.field == e.field; });
  return found == end ? nullptr : found;
}

const std::string qemu = "http://libvirt.org/schemas/domain/qemu/1.0";

class Schema {
 public:
  Schema() {
    for (ModelInfo& model : models()) {
      for (const FieldInfo& field : model.fields) {
        if (!field.ns.empty()) namespaces_[std::string(field.type)] = field.ns;
      }
      models_.emplace(std::string(model.name), std::move(model));
    }
  }

  // The difference between the row and the field; empty if there is none.
  std::string difference(const GoField& row) const {
    const std::string structure = vnuma::test::struct_of(row.structure);
    const auto model = models_.find(structure);
    if (model == models_.end()) return "there is no such struct";
    if (row.field.empty()) return "";
    if (row.field == "XMLName") {
      return model->second.element == row.xml ? "" : "it is not a document with this root";
    }
    const Exception* exception = find(std::begin(exceptions), std::end(exceptions), row);
    if (exception && *exception->instead == '\0') return "";
    const std::string xml = exception ? exception->instead : row.xml;
    const FieldInfo* field = member(model->second, vnuma::test::member_of(row.field));
    if (!field) return "there is no member " + vnuma::test::member_of(row.field);
    const std::string wrong = xml_difference(*field, structure, xml);
    return wrong.empty() ? type_difference(*field, row) : wrong;
  }

 private:
  static const FieldInfo* member(const ModelInfo& model, const std::string& name) {
    for (const FieldInfo& field : model.fields) {
      if (field.member == name) return &field;
    }
    return nullptr;
  }

  std::string xml_difference(const FieldInfo& field, const std::string& structure, const std::string& xml) const {
    std::string name = xml.substr(0, xml.find(','));
    const std::string options = xml.substr(name.size()) + ",";
    std::string ns;
    if (const std::size_t space = name.find(' '); space != name.npos) {
      ns = name.substr(0, space);
      name = name.substr(space + 1);
    } else if (name.starts_with("qemu:")) {
      // A child of an element in a namespace inherits it.
      ns = namespaces_.contains(structure) ? "" : qemu;
      if (ns.empty() && namespaces_.at(structure) != qemu) return "is in another namespace";
      name = name.substr(5);
    }
    FieldKind kind = FieldKind::element;
    if (options.find(",attr,") != options.npos) kind = FieldKind::attribute;
    if (options.find(",chardata,") != options.npos) kind = FieldKind::text;
    std::string below;
    if (const std::size_t path = name.find('>'); path != name.npos) {
      below = name.substr(path + 1);
      name = name.substr(0, path);
    }
    if (field.name != name) return "its name in XML is " + std::string(field.name);
    if (field.kind != kind) return "it is of another kind";
    if (field.ns != ns) return "it is in another namespace";
    if (below.empty()) return "";
    const auto container = models_.find(std::string(field.type));
    if (container == models_.end()) return "it has no children";
    for (const FieldInfo& child : container->second.fields) {
      if (child.name == below && child.kind == FieldKind::element && child.repeated) return "";
    }
    return "it has no repeated child " + below;
  }

  std::string type_difference(const FieldInfo& field, const GoField& row) const {
    if (row.xml.find('>') != row.xml.npos) return "";
    std::string type = row.type;
    const bool repeated = type.starts_with("[]");
    if (repeated) type = type.substr(2);
    if (type.starts_with("*")) type = type.substr(1);
    const Exception* other = find(std::begin(other_types), std::end(other_types), row);
    if (other) return field.type == other->instead ? "" : "its type is " + std::string(field.type);
    const bool model = models_.contains(type);
    if (field.model != model || (model && field.type != type)) return "its type is " + std::string(field.type);
    return repeated && !field.repeated ? "it is not a vector" : "";
  }

  std::map<std::string, ModelInfo> models_;
  std::map<std::string, std::string> namespaces_;  // of structs whose element has one
};

}  // namespace

BOOST_AUTO_TEST_SUITE(conformance)

BOOST_AUTO_TEST_CASE(go_names_become_snake_case) {
  BOOST_TEST(vnuma::test::member_of("NUMANode") == "numa_node");
  BOOST_TEST(vnuma::test::member_of("BusNr") == "bus_nr");
  BOOST_TEST(vnuma::test::member_of("CPUTune") == "cpu_tune");
  BOOST_TEST(vnuma::test::member_of("IOThreadPin") == "io_thread_pin");
  BOOST_TEST(vnuma::test::member_of("PCIHole64") == "pci_hole64");
  BOOST_TEST(vnuma::test::member_of("DHCert") == "dh_cert");
  BOOST_TEST(vnuma::test::member_of("VCPUs") == "vcpus");
}

BOOST_AUTO_TEST_CASE(every_row_of_kubevirts_schema_has_a_field) {
  const Schema schema;
  const auto table = vnuma::test::read_go_table(VNUMA_SOURCE_DIR "/test/schema/kubevirt-schema.tsv");
  BOOST_TEST(table.size() == 570U);
  for (const GoField& row : table) {
    const std::string wrong = schema.difference(row);
    BOOST_TEST(wrong.empty(), row.structure << "." << row.field << " (" << row.xml << "): " << wrong);
  }
}

BOOST_AUTO_TEST_CASE(differences_from_the_table_are_reported) {
  const Schema schema;
  BOOST_TEST(schema.difference({"Nothing", "Name", "string", "name", "1.4"}) == "there is no such struct");
  BOOST_TEST(schema.difference({"Domain", "Nothing", "string", "nothing", "1.4"}) == "there is no member nothing");
  BOOST_TEST(schema.difference({"Domain", "Name", "string", "name,attr", "1.4"}) == "it is of another kind");
  BOOST_TEST(schema.difference({"Domain", "Name", "string", "title", "1.4"}) == "its name in XML is name");
  BOOST_TEST(schema.difference({"Domain", "CPU", "NUMA", "cpu", "1.4"}) == "its type is CPU");
  BOOST_TEST(schema.difference({"Domain", "OS", "[]OS", "os", "1.4"}) == "it is not a vector");
  BOOST_TEST(schema.difference({"Commandline", "QEMUArg", "[]Arg", "arg", "1.4"}) == "");
  BOOST_TEST(schema.difference({"Domain", "CPU", "CPU", "qemu:cpu", "1.4"}) == "it is in another namespace");
}

BOOST_AUTO_TEST_CASE(no_struct_has_two_fields_of_one_name) {
  for (const ModelInfo& model : models()) {
    for (std::size_t i = 0; i < model.fields.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        const FieldInfo& a = model.fields[i];
        const FieldInfo& b = model.fields[k];
        BOOST_TEST(!(a.kind == b.kind && a.name == b.name && a.ns == b.ns), model.name << ": " << a.name);
        BOOST_TEST(a.member != b.member, model.name << ": " << a.member);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
