// The order in which the children of an element are written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "kept.hpp"
#include "model.hpp"

namespace vnuma::schema {

struct OrderedChild {
  std::uint32_t after;  // the place of the child that was read and that this is, or follows; 0: none
  std::uint16_t code;   // of its field; 0: unmodelled
  std::size_t index;    // among the children of the same code
};

// Children that were read keep their places. If a vector was reordered, its old items fill their places in the vector's
// order. A new item follows its predecessor in the vector; the first of a kind follows the last child that is declared
// before it.
std::vector<OrderedChild> ordered_children(const ModelType& model, const void* object,
                                           const UnmodelledAccess::Kept& kept);

}  // namespace vnuma::schema
