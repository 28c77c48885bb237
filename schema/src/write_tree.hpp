// Writing a model as a property tree.
#pragma once

#include <boost/property_tree/ptree.hpp>

#include "field.hpp"

namespace vnuma::schema {

// Throws ValueError.
boost::property_tree::ptree write_tree(const ModelType& model, const void* object);

}  // namespace vnuma::schema
