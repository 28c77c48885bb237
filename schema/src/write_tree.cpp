#include "write_tree.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "writer.hpp"

namespace vnuma::schema {

namespace {

using boost::property_tree::ptree;

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

}  // namespace

void write_tree(const ModelType& model, const void* object, ptree& tree) {
  ptree root;
  TreeSink sink(root);
  Writer<TreeSink> writer(sink);
  if (model.is_document) {
    writer.document(model, object);
    tree.swap(root);
  } else {
    writer.element(model, object, model.name, {});
    tree.swap(root.front().second);
  }
}

}  // namespace vnuma::schema
