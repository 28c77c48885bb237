// round_trip_folder FOLDER...: reads all *.xml in the folders and their subfolders. A well-formed document with the
// root <domain> must be unchanged (C14N) after a round trip through text and through a property tree. All other
// documents must be refused. Prints the differences and the number of documents.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include <libxml/parser.h>

#include <vnuma/schema/domain.hpp>
#include <vnuma/schema/ptree.hpp>
#include <vnuma/schema/xml.hpp>

#include "canonical.hpp"

using namespace vnuma::schema;
using vnuma::test::canonical;

namespace {

struct Counts {
  std::size_t equal = 0;
  std::size_t different = 0;
  std::size_t refused = 0;
  std::size_t wrongly_accepted = 0;
};

// The root's name; empty if the document is not well-formed.
std::string root_of(const std::string& text) {
  xmlDoc* document = xmlReadMemory(text.data(), static_cast<int>(text.size()), "", nullptr,
                                   XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  if (document == nullptr) return "";
  const xmlNode* root = xmlDocGetRootElement(document);
  std::string name = root->ns == nullptr ? reinterpret_cast<const char*>(root->name) : "";
  xmlFreeDoc(document);
  return name;
}

std::string difference(const std::string& text) {
  const std::string expected = canonical(text);
  const auto domain = from_xml<Domain>(text);
  if (canonical(to_xml(domain)) != expected) return "indented text";
  if (canonical(to_xml(domain, Layout::compact)) != expected) return "compact text";
  const auto through_tree = from_ptree<Domain>(to_ptree(domain));
  if (canonical(to_xml(through_tree)) != expected) return "tree";
  if (!(through_tree == domain)) return "the value through the tree";
  if (!(from_xml<Domain>(to_xml(domain)) == domain)) return "the value through text";
  if (canonical(to_xml(Domain(domain))) != expected) return "a copy";
  return "";
}

void check(const std::filesystem::path& file, Counts& counts) {
  std::ifstream in(file, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  const bool is_domain = root_of(text) == "domain";
  try {
    if (!is_domain) {
      from_xml<Domain>(text);
      std::cout << file.string() << ": was read, but is not a domain\n";
      ++counts.wrongly_accepted;
      return;
    }
    const std::string what = difference(text);
    if (what.empty()) {
      ++counts.equal;
      return;
    }
    std::cout << file.string() << ": " << what << " differs\n";
  } catch (const Error& error) {
    if (!is_domain) {
      ++counts.refused;
      return;
    }
    std::cout << file.string() << ": " << error.what() << "\n";
  }
  ++counts.different;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: round_trip_folder FOLDER...\n";
    return 2;
  }
  Counts counts;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (entry.is_regular_file() && entry.path().extension() == ".xml") check(entry.path(), counts);
    }
  }
  std::cout << counts.equal << " domains are unchanged, " << counts.different << " are not; " << counts.refused
            << " other documents were refused, " << counts.wrongly_accepted << " were not\n";
  return counts.different + counts.wrongly_accepted == 0 ? 0 : 1;
}
