#include "child_order.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace vnuma::schema {

namespace {

// Collects the children, one field after the other.
class ChildOrder {
 public:
  // `slots` are the codes of the children that were read.
  explicit ChildOrder(const Codes& slots) : slots_(slots) { children_.reserve(slots.size()); }

  void add(const Field& field, const void* object) {
    places_.assign(field.count(object), 0);
    if (field.repeated) {
      const ModelType& model = field.model();
      for (std::size_t k = 0; k < places_.size(); ++k) {
        places_[k] = UnmodelledAccess::place(model.unmodelled(field.at(object, k)));
      }
    } else if (const std::size_t slot = slots_.find(static_cast<char8_t>(field.code)); slot != slots_.npos) {
      places_[0] = static_cast<std::uint32_t>(slot + 1);
    }
    add_places(field.code);
  }

  void add(const std::vector<UnmodelledChild>& unmodelled) {
    places_.clear();
    for (const UnmodelledChild& child : unmodelled) places_.push_back(child.place);
    add_places(0);
  }

  std::vector<OrderedChild> finish() {
    std::ranges::stable_sort(children_, {}, &OrderedChild::after);
    return std::move(children_);
  }

 private:
  void add_places(std::uint16_t code) {
    forget_invalid_places(code);
    sort_places();
    std::uint32_t after = place_before_first(code);
    for (std::size_t k = 0; k < places_.size(); ++k) {
      if (places_[k] != 0) after = places_[k];
      children_.push_back({after, code, k});
    }
  }

  // Sets places to 0 that belong to another code.
  void forget_invalid_places(std::uint16_t code) {
    for (std::uint32_t& place : places_) {
      if (place > slots_.size() || (place > 0 && slots_[place - 1] != code)) place = 0;
    }
  }

  // Makes the places ascend, without those that are 0, and sets a place to 0 that occurred before.
  void sort_places() {
    if (std::ranges::adjacent_find(places_, std::ranges::greater_equal()) == places_.end()) return;
    std::vector<bool> taken(slots_.size() + 1, false);
    for (std::uint32_t& place : places_) {
      if (taken[place]) place = 0;
      if (place != 0) taken[place] = true;
    }
    std::uint32_t next = 0;
    for (std::uint32_t& place : places_) {
      if (place == 0) continue;
      do ++next;
      while (!taken[next]);
      place = next;
    }
  }

  // What the new items before the first old one follow.
  std::uint32_t place_before_first(std::uint16_t code) const {
    for (const std::uint32_t place : places_) {
      if (place != 0) return place;  // they are added before the old one, which has the same place
    }
    const auto size = static_cast<std::uint32_t>(slots_.size());
    if (code == 0) return size;
    for (std::uint32_t place = size; place > 0; --place) {
      if (slots_[place - 1] != 0 && slots_[place - 1] <= code) return place;
    }
    return 0;
  }

  const Codes& slots_;
  std::vector<OrderedChild> children_;
  std::vector<std::uint32_t> places_;  // of the children that are being added; 0: new
};

}  // namespace

std::vector<OrderedChild> ordered_children(const ModelType& model, const void* object,
                                           const UnmodelledAccess::Kept& kept) {
  ChildOrder order(kept.child_order);
  (model.present(object) & model.elements).each([&](std::size_t i) { order.add(model.fields[i], object); });
  order.add(kept.children);
  return order.finish();
}

}  // namespace vnuma::schema
