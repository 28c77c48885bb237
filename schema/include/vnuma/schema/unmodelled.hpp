/// \file
/// Unmodelled: what stands in an element and the schema does not name, kept for writing back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/property_tree/ptree.hpp>

#include <vnuma/schema/export.hpp>

namespace vnuma::schema {

/// One child of an element that the schema does not name: an element (`name` as written, with its prefix), or one of
/// PropertyTree's special keys: `<xmlcomment>` (a comment), `<xmltext>` (text between children) and, an addition of
/// ours, `<xmlpi>` (a processing instruction: its target, a space, its content).
struct VNUMA_SCHEMA_EXPORT UnmodelledChild {
  std::string name{};
  boost::property_tree::ptree tree{};
  std::uint32_t place = 0;  ///< kept by the codec; leave it 0 for a new child

  /// Name and tree; not the place.
  bool operator==(const UnmodelledChild& other) const;
};

/// The member `unmodelled` of every model. Empty, it costs 16 bytes and no allocation.
///
/// Besides what the schema does not name, it remembers in what order the element's attributes and children stood, where
/// that is not the schema's own. Equality compares attributes and children, not the order in which siblings of
/// different kinds stood, nor where between them a text was cut in two: to compare documents, compare what to_xml
/// gives.
class VNUMA_SCHEMA_EXPORT Unmodelled {
 public:
  using Attribute = std::pair<std::string, std::string>;  ///< name as written (with prefix; also xmlns:..), value

  Unmodelled() noexcept = default;
  Unmodelled(const Unmodelled& other);
  Unmodelled(Unmodelled&& other) noexcept = default;
  Unmodelled& operator=(const Unmodelled& other);
  Unmodelled& operator=(Unmodelled&& other) noexcept = default;
  ~Unmodelled() = default;

  /// Attributes and children, in document order; they may be changed. A child appended here is written last.
  const std::vector<Attribute>& attributes() const noexcept;
  const std::vector<UnmodelledChild>& children() const noexcept;
  std::vector<Attribute>& attributes();
  std::vector<UnmodelledChild>& children();

  bool empty() const noexcept;
  bool operator==(const Unmodelled& other) const;

 private:
  friend struct UnmodelledAccess;
  struct Kept;
  struct Delete {
    void operator()(Kept* kept) const noexcept;
  };

  std::unique_ptr<Kept, Delete> kept_;  // mostly empty
  std::uint32_t place_ = 0;             // among the children of the parent element, from 1; 0: new
  std::uint32_t attribute_order_ = 0;
};

}  // namespace vnuma::schema
