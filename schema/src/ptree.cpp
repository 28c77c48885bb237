// Between models and property trees.
#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "builder.hpp"
#include "characters.hpp"
#include "writer.hpp"

namespace vnuma::schema {

namespace {

using boost::property_tree::ptree;

// Sends a tree to a Builder as the events of the document that it stands for.
class TreeReader {
 public:
  explicit TreeReader(Builder& builder) : builder_(builder) {
    bindings_["xml"] = "http://www.w3.org/XML/1998/namespace";
  }

  void document(const ptree& tree, std::string_view root) {
    bool found = false;
    if (tree.data().find_first_not_of(" \t\r\n") != std::string::npos) {
      throw Refusal{"/", "the tree holds text beside its root element; take it out"};
    }
    for (const auto& [key, node] : tree) {
      if (key == comment_key)
        builder_.comment(checked(node.data()));
      else if (key == instruction_key)
        instruction(node.data());
      else if (std::exchange(found, true))
        throw Refusal{"/", fmt::format("the tree has two roots, <{}> and <{}>; take one out", root, key)};
      else
        element(key, node);
    }
    if (!found) throw Refusal{"/", fmt::format("the tree has no root element; give one whose child is <{}>", root)};
  }

  void root(std::string_view name, const ptree& node) {
    const auto attributes = attributes_of(name, node);
    builder_.start_root(name.data(), attributes);
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
            throw Refusal{here(), fmt::format("<{}> has the attribute {} twice; take one out", name, attribute)};
          }
        }
        attributes.push_back({attribute.c_str(), checked(value.data())});
      }
    }
    return attributes;
  }

  void element(const std::string& name, const ptree& node) {
    check_name(name);
    const auto attributes = attributes_of(name, node);
    std::vector<std::pair<std::string, const char*>> shadowed;
    for (const AttributeEvent& attribute : attributes) {
      const std::string_view declares = attribute.name;
      if (declares != "xmlns" && (!declares.starts_with("xmlns:") || declares == "xmlns:")) continue;
      const std::string prefix(declares == "xmlns" ? "" : declares.substr(6));
      shadowed.emplace_back(prefix, bindings_[prefix]);
      bindings_[prefix] = attribute.value.data();  // a string of the tree's own
    }
    const Name qualified(name.c_str());
    const char* uri = bindings_[std::string(qualified.prefix())];
    builder_.start(qualified, uri && *uri ? uri : nullptr, attributes);
    content(node);
    builder_.end();
    for (auto& [prefix, uri] : shadowed) bindings_[prefix] = uri;
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
                    "a processing instruction begins with a name that is not xml, and a space behind it"};
    }
    builder_.instruction(data.substr(0, space), space == std::string::npos ? "" : checked(data).substr(space + 1));
  }

  void check_name(const std::string& name) const {
    if (!is_name(name)) {
      throw Refusal{here(), fmt::format("\"{}\" is not a name that XML allows; rename it or take it out", name)};
    }
  }

  std::string_view checked(const std::string& text) const {
    if (first_forbidden(text) != std::string_view::npos) {
      throw Refusal{here(),
                    "the tree holds text that is not UTF-8, or characters that XML does not allow; take them out"};
    }
    return text;
  }

  std::string here() const {
    std::string path = builder_.path();
    return path.empty() ? "/" : path;
  }

  Builder& builder_;
  std::map<std::string, const char*, std::less<>> bindings_;  // prefix to namespace; nullptr: none
};

class TreeSink {
 public:
  explicit TreeSink(ptree& root) { open_.push_back(&root); }

  void open(std::string_view prefix, std::string_view name) {
    std::string full;
    if (!prefix.empty()) (full += prefix) += ':';
    open_.push_back(&open_.back()->push_back({full += name, {}})->second);
  }
  void attribute(std::string_view name, std::string_view value) {
    ptree& element = *open_.back();
    ptree& list = element.empty() ? element.push_back({attributes_key, {}})->second : element.front().second;
    list.push_back({std::string(name), ptree(std::string(value))});
  }
  void content(bool) {}
  void text(std::string_view text, bool alone) {
    if (alone)
      open_.back()->data() = text;
    else
      open_.back()->push_back({text_key, ptree(std::string(text))});
  }
  void child(const std::string& name, const ptree& tree) { open_.back()->push_back({name, tree}); }
  void close(std::string_view, std::string_view) { open_.pop_back(); }

 private:
  std::vector<ptree*> open_;
};

bool is_document(const Record& record) {
  constexpr std::string_view documents[] = {"Domain", "Capabilities", "DomainBackup", "DomainCheckpoint", "SecretSpec"};
  return std::find(std::begin(documents), std::end(documents), record.name) != std::end(documents);
}

}  // namespace

void read_ptree(const ptree& tree, const Record& record, void* object) {
  Builder builder;
  builder.begin(record, object);
  TreeReader reader(builder);
  try {
    if (is_document(record))
      reader.document(tree, record.element);
    else
      reader.root(record.element.empty() ? record.name : record.element, tree);
  } catch (const Refusal& refusal) {
    throw ParseError(0, 0, refusal.path, refusal.message);
  }
}

ptree write_ptree(const Record& record, const void* object) {
  ptree root;
  TreeSink sink(root);
  Writer<TreeSink> writer(sink);
  if (is_document(record)) {
    writer.document(record, object);
    return root;
  }
  writer.model(record, object, record.name, {});
  return root.front().second;
}

}  // namespace vnuma::schema
