// The functions of xml.hpp for every model, on top of the four functions that work on a ModelType and an object.
#pragma once

#include <string>
#include <string_view>

#include <boost/property_tree/ptree_fwd.hpp>

#include <vnuma/schema/xml.hpp>

#include "read_tree.hpp"
#include "read_xml.hpp"
#include "write_tree.hpp"
#include "write_xml.hpp"

namespace vnuma::schema {

template <XmlModel T>
T from_xml(std::string_view text) {
  T value;
  read_xml(text, model_type<T>(), &value);
  return value;
}

template <XmlModel T>
std::string to_xml(const T& value, Layout layout) {
  return write_xml(model_type<T>(), &value, layout);
}

// Declared as in ptree.hpp, which the field lists do not include: it takes longer to compile than they do.
template <XmlModel T>
VNUMA_SCHEMA_EXPORT T from_ptree(const boost::property_tree::ptree& tree);
template <XmlModel T>
VNUMA_SCHEMA_EXPORT void to_ptree(const T& value, boost::property_tree::ptree& tree);

template <XmlModel T>
T from_ptree(const boost::property_tree::ptree& tree) {
  T value;
  read_tree(tree, model_type<T>(), &value);
  return value;
}

template <XmlModel T>
void to_ptree(const T& value, boost::property_tree::ptree& tree) {
  write_tree(model_type<T>(), &value, tree);
}

}  // namespace vnuma::schema

#define VNUMA_CODEC(Type)                                             \
  template Type from_xml<Type>(std::string_view);                     \
  template std::string to_xml<Type>(const Type&, Layout);             \
  template Type from_ptree<Type>(const boost::property_tree::ptree&); \
  template void to_ptree<Type>(const Type&, boost::property_tree::ptree&);
