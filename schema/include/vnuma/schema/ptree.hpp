/// \file
/// Models from trees of Boost.PropertyTree, and back, without loss; and UnmodelledChild, which holds a tree.
///
/// It is the only header that includes PropertyTree, which is larger than all others together.
#pragma once

#include <cstdint>
#include <string>

#include <boost/property_tree/ptree.hpp>

#include <vnuma/schema/export.hpp>
#include <vnuma/schema/unmodelled.hpp>
#include <vnuma/schema/xml.hpp>

namespace vnuma::schema {

/// One child of an element that the schema does not name. `name` is the name of an element as written, with its prefix,
/// or one of three keys: PropertyTree's `<xmlcomment>` (a comment) and `<xmltext>` (text between children), and
/// `<xmlpi>`, which PropertyTree does not have (a processing instruction: its target, a space, its content).
struct VNUMA_SCHEMA_EXPORT UnmodelledChild {
  std::string name{};
  boost::property_tree::ptree tree{};
  std::uint32_t place = 0;  ///< set when the child is read; leave it 0 for a new child

  /// Compares name and tree, not the place.
  bool operator==(const UnmodelledChild& other) const;
};

/// Reads a tree in PropertyTree's conventions.
/// \param tree for Domain, Capabilities, DomainBackup, DomainCheckpoint and SecretSpec, a tree as PropertyTree's
/// read_xml returns it, whose child is the root element; for any other model, the tree below its element
/// \throws ParseError, without line and column, if the tree is not such a document, or is deeper than max_depth
template <XmlModel T>
VNUMA_SCHEMA_EXPORT T from_ptree(const boost::property_tree::ptree& tree);

/// Writes a tree, which from_ptree reads without loss.
/// \param tree what is in it is lost
/// \throws ValueError for an unmodelled attribute, as to_xml. Other content that XML does not allow is not an error
/// here; from_ptree refuses it
template <XmlModel T>
VNUMA_SCHEMA_EXPORT void to_ptree(const T& value, boost::property_tree::ptree& tree);

/// The same, as a new tree.
template <XmlModel T>
boost::property_tree::ptree to_ptree(const T& value) {
  boost::property_tree::ptree tree;
  to_ptree(value, tree);
  return tree;
}

}  // namespace vnuma::schema
