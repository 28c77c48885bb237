// Writing a model as a property tree.
#pragma once

#include <boost/property_tree/ptree_fwd.hpp>

#include "field.hpp"

namespace vnuma::schema {

// Replaces the content of the tree. Throws ValueError.
void write_tree(const ModelType& model, const void* object, boost::property_tree::ptree& tree);

}  // namespace vnuma::schema
