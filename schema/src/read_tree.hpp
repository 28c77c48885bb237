// Reading a model from a property tree.
#pragma once

#include <boost/property_tree/ptree_fwd.hpp>

#include "field.hpp"

namespace vnuma::schema {

// Fills the object, which must be new, from the tree. Throws ParseError.
void read_tree(const boost::property_tree::ptree& tree, const ModelType& model, void* object);

}  // namespace vnuma::schema
