#include <vnuma/schema/positions.hpp>

#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "sax.hpp"

namespace vnuma::schema {

namespace {

// Takes one step of a path, "/name[2]" or "/@name", off its front; without the slash. Empty if there is none.
std::string_view take_step(std::string_view& path) {
  if (!path.starts_with('/')) return {};
  path.remove_prefix(1);
  const std::string_view step = path.substr(0, path.find('/'));
  path.remove_prefix(step.size());
  return step;
}

// The name and position of "name[2]"; a name alone has the position 1.
std::pair<std::string_view, std::size_t> name_and_position(std::string_view step) {
  const std::size_t bracket = step.find('[');
  if (bracket == step.npos) return {step, 1};
  std::size_t position = 0;
  for (const char c : step.substr(bracket + 1)) {
    if (c >= '0' && c <= '9') position = position * 10 + static_cast<std::size_t>(c - '0');
  }
  return {step.substr(0, bracket), position};
}

// The offset of an attribute's name in the text of a start tag; npos if the tag does not have it.
std::size_t find_attribute(std::string_view tag, std::string_view attribute) {
  const auto space = [](char x) { return x == ' ' || x == '\t' || x == '\n' || x == '\r'; };
  std::size_t i = 0;
  while (i < tag.size()) {
    while (i < tag.size() && !space(tag[i])) ++i;
    while (i < tag.size() && space(tag[i])) ++i;
    const std::size_t equals = tag.find('=', i);
    if (equals == tag.npos) break;
    std::size_t end = i;
    while (end < equals && !space(tag[end])) ++end;
    if (tag.substr(i, end - i) == attribute) return i;
    const std::size_t quote = tag.find_first_of("\"'", equals);
    if (quote == tag.npos) break;
    i = tag.find(tag[quote], quote + 1);
  }
  return std::string_view::npos;
}

// Finds many paths in one pass. Paths share their beginnings, so the wanted elements form a tree. For each open element
// that is wanted or leads to a wanted one, the children of each name are counted.
class Locator : public SaxPass {
 public:
  // A position to find: an element, or one of its attributes.
  struct Target {
    std::vector<std::size_t> elements;  // indexes in wanted_, from the root down
    std::string_view attribute;         // empty for the element itself
  };

  explicit Locator(std::string_view text) : SaxPass(text) {}
  Locator(const Locator&) = delete;
  Locator& operator=(const Locator&) = delete;
  ~Locator() = default;

  // nullopt if the text is not a path.
  std::optional<Target> add(std::string_view path) {
    Target target;
    std::size_t at = 0;
    while (!path.empty() && target.attribute.empty()) {
      const std::string_view step = take_step(path);
      if (step.starts_with('@')) {
        target.attribute = step.substr(1);
      } else if (step.empty()) {
        return std::nullopt;
      } else {
        at = add_element(at, step);
        target.elements.push_back(at);
      }
    }
    if (!path.empty() || target.elements.empty()) return std::nullopt;
    if (!target.attribute.empty()) wanted_[at].attributes.try_emplace(target.attribute);
    return target;
  }

  // Reads the text up to the last wanted element, or as far as it is well-formed.
  void find() {
    if (missing_ == 0) return;
    try {
      run(*new_sax_context(), handler());
    } catch (const ParseError&) {
      // The positions before the error are valid.
    }
  }

  std::optional<Position> found(const Target& target) const {
    const Wanted& element = wanted_[target.elements.back()];
    return target.attribute.empty() ? element.position : element.attributes.at(target.attribute);
  }

  // The position, or that of the innermost element around it.
  std::optional<Position> nearest(const Target& target) const {
    if (const auto exact = found(target)) return exact;
    std::optional<Position> position;
    for (const std::size_t index : target.elements) {
      if (wanted_[index].position) position = wanted_[index].position;
    }
    return position;
  }

 private:
  struct Wanted {
    std::map<std::pair<std::string_view, std::size_t>, std::size_t> children;  // name and position -> index in wanted_
    std::map<std::string_view, std::optional<Position>> attributes;
    std::optional<Position> position;
  };
  struct Open {
    std::size_t index;  // in wanted_
    std::map<std::string, std::size_t> seen;
  };

  static Locator& of(void* user) { return static_cast<Locator&>(SaxPass::of(user)); }

  static const xmlSAXHandler& handler() {
    static const xmlSAXHandler handler = [] {
      xmlSAXHandler callbacks{};
      callbacks.startElementNs = [](void* user, const xmlChar* local, const xmlChar* prefix, const xmlChar*, int,
                                    const xmlChar**, int, int, const xmlChar**) {
        Locator& locator = of(user);
        locator.guarded([&] { locator.start(local, prefix); });
      };
      callbacks.endElementNs = [](void* user, const xmlChar*, const xmlChar*, const xmlChar*) { of(user).end(); };
      // from_xml reads no further than a DOCTYPE either; libxml2 would expand its entities, and leak broken ones.
      callbacks.internalSubset = [](void* user, const xmlChar*, const xmlChar*, const xmlChar*) { of(user).stop(); };
      return callbacks;
    }();
    return handler;
  }

  std::size_t add_element(std::size_t parent, std::string_view step) {
    const auto [child, is_new] = wanted_[parent].children.try_emplace(name_and_position(step), wanted_.size());
    const std::size_t index = child->second;
    if (is_new) {
      wanted_.emplace_back();
      ++missing_;
    }
    return index;
  }

  void start(const xmlChar* local, const xmlChar* prefix) {
    const std::size_t level = depth_++;
    if (missing_ == 0 || open_.size() != level + 1) return;
    const std::string name = prefix ? fmt::format("{}:{}", view(prefix), view(local)) : std::string(view(local));
    const std::size_t position = ++open_.back().seen[name];
    const auto& children = wanted_[open_.back().index].children;
    const auto child = children.find({name, position});
    if (child == children.end()) return;
    Wanted& element = wanted_[child->second];
    element.position = tag();
    for (auto& [attribute, position] : element.attributes) position = attribute_position(attribute);
    open_.push_back({child->second, {}});
    if (--missing_ == 0) stop();
  }

  // An absent attribute has the position of the tag.
  Position attribute_position(std::string_view attribute) const {
    const std::string_view text = tag_text();
    const std::size_t offset = find_attribute(text, attribute);
    if (offset == text.npos) return tag();
    return position(reinterpret_cast<const xmlChar*>(text.data()) + offset);
  }

  void end() {
    if (open_.size() == depth_ + 1) open_.pop_back();
    --depth_;
  }

  std::vector<Wanted> wanted_{1};  // the first is the parent of the root
  std::vector<Open> open_{{0, {}}};
  std::size_t depth_ = 0;  // open elements
  std::size_t missing_ = 0;
};

}  // namespace

std::optional<Position> locate(std::string_view text, std::string_view path) {
  Locator locator(text);
  const auto target = locator.add(path);
  if (!target) return std::nullopt;
  locator.find();
  return locator.found(*target);
}

std::vector<std::optional<Position>> positions(std::string_view text, std::span<const std::string_view> paths) {
  Locator locator(text);
  std::vector<std::optional<Locator::Target>> targets;
  targets.reserve(paths.size());
  for (const std::string_view path : paths) targets.push_back(locator.add(path));
  locator.find();
  std::vector<std::optional<Position>> positions;
  positions.reserve(paths.size());
  for (const auto& target : targets) positions.push_back(target ? locator.nearest(*target) : std::nullopt);
  return positions;
}

}  // namespace vnuma::schema
