#include "kept.hpp"

namespace vnuma::schema {

bool UnmodelledChild::operator==(const UnmodelledChild& other) const {
  return name == other.name && tree == other.tree;
}

Unmodelled::Unmodelled() noexcept = default;
Unmodelled::Unmodelled(const Unmodelled& other)
    : kept_(other.kept_ ? std::make_unique<Kept>(*other.kept_) : nullptr), place_(other.place_) {}
Unmodelled::Unmodelled(Unmodelled&&) noexcept = default;
Unmodelled& Unmodelled::operator=(const Unmodelled& other) {
  if (this != &other) *this = Unmodelled(other);
  return *this;
}
Unmodelled& Unmodelled::operator=(Unmodelled&&) noexcept = default;
Unmodelled::~Unmodelled() = default;

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
  if (attributes() != other.attributes() || children() != other.children()) return false;
  static const Kept none;
  const Kept& a = kept_ ? *kept_ : none;
  const Kept& b = other.kept_ ? *other.kept_ : none;
  return a.scalars == b.scalars && a.prolog == b.prolog && a.epilog == b.epilog;
}

}  // namespace vnuma::schema
