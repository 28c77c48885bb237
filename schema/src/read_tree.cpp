#include "read_tree.hpp"

#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "builder.hpp"
#include "characters.hpp"

namespace vnuma::schema {

namespace {

using boost::property_tree::ptree;

// Sends a tree to a Builder, as the events of the document that it represents.
class TreeReader {
 public:
  explicit TreeReader(Builder& builder) : builder_(builder) {
    namespaces_["xml"] = "http://www.w3.org/XML/1998/namespace";
  }

  void document(const ptree& tree, std::string_view root) {
    bool found = false;
    if (tree.data().find_first_not_of(" \t\r\n") != std::string::npos) {
      throw Refusal{"/", "the tree has text beside its root element; remove it"};
    }
    for (const auto& [key, node] : tree) {
      if (key == comment_key)
        builder_.comment(checked(node.data()));
      else if (key == instruction_key)
        instruction(node.data());
      else if (std::exchange(found, true))
        throw Refusal{"/", fmt::format("the tree has two roots, <{}> and <{}>; remove one", root, key)};
      else
        element(key, node);
    }
    if (!found) throw Refusal{"/", fmt::format("the tree has no root element; pass a tree whose child is <{}>", root)};
  }

  void root(std::string_view name, const ptree& node) {
    const auto attributes = attributes_of(name, node);
    builder_.start_root(name, attributes);
    content(node);
    builder_.end();
  }

 private:
  std::vector<AttributeEvent> attributes_of(std::string_view name, const ptree& node) {
    std::vector<AttributeEvent> attributes;
    for (const auto& [key, list] : node) {
      if (key != attributes_key) continue;
      for (const auto& [attribute, value] : list) {
        check_name(attribute);
        for (const AttributeEvent& other : attributes) {
          if (other.name == attribute) {
            throw Refusal{here(), fmt::format("<{}> has the attribute {} twice; remove one", name, attribute)};
          }
        }
        attributes.push_back({attribute, checked(value.data())});
      }
    }
    return attributes;
  }

  void element(const std::string& name, const ptree& node) {
    check_name(name);
    const auto attributes = attributes_of(name, node);
    const auto outer = declare(attributes);
    const Name qualified(name);
    const auto uri = namespaces_.find(qualified.prefix());
    builder_.start({qualified, uri == namespaces_.end() ? std::string_view() : uri->second, attributes});
    content(node);
    builder_.end();
    for (const auto& [prefix, outer_uri] : outer) namespaces_[prefix] = outer_uri;
  }

  // Applies the namespace declarations of an element. Returns those that they replace.
  std::vector<std::pair<std::string, std::string_view>> declare(const std::vector<AttributeEvent>& attributes) {
    std::vector<std::pair<std::string, std::string_view>> outer;
    for (const AttributeEvent& attribute : attributes) {
      const std::string_view name = attribute.name;
      if (name != "xmlns" && (!name.starts_with("xmlns:") || name == "xmlns:")) continue;
      const std::string prefix(name == "xmlns" ? "" : name.substr(6));
      std::string_view& uri = namespaces_[prefix];
      outer.emplace_back(prefix, uri);
      uri = attribute.value;
    }
    return outer;
  }

  void content(const ptree& node) {
    if (!node.data().empty()) builder_.text(checked(node.data()));
    for (const auto& [key, child] : node) {
      if (key == attributes_key) continue;
      if (key == text_key)
        builder_.text(checked(child.data()));
      else if (key == comment_key)
        builder_.comment(checked(child.data()));
      else if (key == instruction_key)
        instruction(child.data());
      else
        element(key, child);
    }
  }

  void instruction(const std::string& data) {
    const std::size_t space = data.find(' ');
    if (!is_instruction_target(std::string_view(data).substr(0, space))) {
      throw Refusal{builder_.path(),
                    "a processing instruction must begin with a name other than xml, followed by a space"};
    }
    builder_.instruction(data.substr(0, space), space == std::string::npos ? "" : checked(data).substr(space + 1));
  }

  void check_name(const std::string& name) const {
    if (!is_name(name)) {
      throw Refusal{here(), fmt::format("\"{}\" is not a name in XML; rename or remove it", name)};
    }
  }

  std::string_view checked(const std::string& text) const {
    if (first_forbidden(text) != std::string_view::npos) {
      throw Refusal{here(), "the text is not UTF-8 or contains characters that XML does not allow; remove them"};
    }
    return text;
  }

  std::string here() const {
    std::string path = builder_.path();
    return path.empty() ? "/" : path;
  }

  Builder& builder_;
  std::map<std::string, std::string_view, std::less<>> namespaces_;  // by prefix; the URIs are strings of the tree
};

}  // namespace

void read_tree(const ptree& tree, const ModelType& model, void* object) {
  FoundNames names;
  Builder builder(model, object, names);
  TreeReader reader(builder);
  try {
    if (model.is_document)
      reader.document(tree, model.element);
    else
      reader.root(model.element.empty() ? model.name : model.element, tree);
  } catch (const Refusal& refusal) {
    throw ParseError(0, 0, refusal.path, refusal.message);
  }
}

}  // namespace vnuma::schema
