// The functions of xml.hpp for every model, on top of the four functions that work on a ModelType and an object.
#pragma once

#include <string>
#include <string_view>

#include <boost/property_tree/ptree.hpp>

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

template <XmlModel T>
T from_ptree(const boost::property_tree::ptree& tree) {
  T value;
  read_tree(tree, model_type<T>(), &value);
  return value;
}

template <XmlModel T>
boost::property_tree::ptree to_ptree(const T& value) {
  return write_tree(model_type<T>(), &value);
}

}  // namespace vnuma::schema

#define VNUMA_CODEC(Type)                                             \
  template Type from_xml<Type>(std::string_view);                     \
  template std::string to_xml<Type>(const Type&, Layout);             \
  template Type from_ptree<Type>(const boost::property_tree::ptree&); \
  template boost::property_tree::ptree to_ptree<Type>(const Type&);
