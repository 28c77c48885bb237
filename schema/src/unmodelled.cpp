#include "kept.hpp"

namespace vnuma::schema {

namespace {

// With consecutive texts joined: a modelled child between them, present or erased, makes no difference.
std::vector<UnmodelledChild> joined(const std::vector<UnmodelledChild>& children) {
  std::vector<UnmodelledChild> all;
  for (const UnmodelledChild& child : children) {
    if (child.name == text_key && !all.empty() && all.back().name == text_key)
      all.back().tree.data() += child.tree.data();
    else
      all.push_back(child);
  }
  return all;
}

}  // namespace

bool UnmodelledChild::operator==(const UnmodelledChild& other) const {
  return name == other.name && tree == other.tree;
}

void Unmodelled::destroy() noexcept { delete kept_; }

Unmodelled::Unmodelled(const Unmodelled& other)
    : kept_(other.kept_ ? new Kept(*other.kept_) : nullptr),
      place_(other.place_),
      attribute_order_(other.attribute_order_) {}
Unmodelled& Unmodelled::operator=(const Unmodelled& other) {
  if (this != &other) *this = Unmodelled(other);
  return *this;
}

const std::vector<Unmodelled::Attribute>& Unmodelled::attributes() const noexcept {
  static const std::vector<Attribute> none;
  return kept_ ? kept_->attributes : none;
}

const std::vector<UnmodelledChild>& Unmodelled::children() const noexcept {
  static const std::vector<UnmodelledChild> none;
  return kept_ ? kept_->children : none;
}

std::vector<Unmodelled::Attribute>& Unmodelled::attributes() { return UnmodelledAccess::kept(*this).attributes; }

std::vector<UnmodelledChild>& Unmodelled::children() { return UnmodelledAccess::kept(*this).children; }

bool Unmodelled::empty() const noexcept { return attributes().empty() && children().empty(); }

bool Unmodelled::operator==(const Unmodelled& other) const {
  if (attributes() != other.attributes()) return false;
  if (children() != other.children() && joined(children()) != joined(other.children())) return false;
  static const Kept none;
  const Kept& a = kept_ ? *kept_ : none;
  const Kept& b = other.kept_ ? *other.kept_ : none;
  return a.scalars == b.scalars && a.prolog == b.prolog && a.epilog == b.epilog;
}

}  // namespace vnuma::schema
