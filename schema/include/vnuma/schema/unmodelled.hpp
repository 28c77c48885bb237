/// \file
/// Unmodelled: the content of an element that the schema does not name. It is kept, and written back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <vnuma/schema/export.hpp>

namespace vnuma::schema {

struct UnmodelledChild;  // in ptree.hpp

/// The member `unmodelled` of every model. If empty, it takes 16 bytes and no allocation.
///
/// It keeps the attributes and children that the schema does not name, and the order of all attributes and children if
/// that is not the order of the schema.
///
/// \note Equality compares attributes and children. It ignores the order of siblings of different kinds, and the places
/// at which children divide a text. To compare documents, compare the output of to_xml.
class VNUMA_SCHEMA_EXPORT Unmodelled {
 public:
  using Attribute = std::pair<std::string, std::string>;  ///< name as written (with prefix; xmlns:... too), value

  Unmodelled() noexcept = default;
  Unmodelled(const Unmodelled& other);
  Unmodelled(Unmodelled&& other) noexcept
      : kept_(std::exchange(other.kept_, nullptr)), place_(other.place_), attribute_order_(other.attribute_order_) {}
  Unmodelled& operator=(const Unmodelled& other);
  Unmodelled& operator=(Unmodelled&& other) noexcept {
    std::swap(kept_, other.kept_);
    place_ = other.place_;
    attribute_order_ = other.attribute_order_;
    return *this;
  }
  ~Unmodelled() {
    if (kept_) destroy();
  }

  /// Attributes and children in document order. They can be changed; a child that is appended is written last.
  const std::vector<Attribute>& attributes() const noexcept;
  const std::vector<UnmodelledChild>& children() const noexcept;
  std::vector<Attribute>& attributes();
  std::vector<UnmodelledChild>& children();

  bool empty() const noexcept;
  bool operator==(const Unmodelled& other) const;

 private:
  friend struct UnmodelledAccess;
  struct Kept;
  void destroy() noexcept;

  Kept* kept_ = nullptr;               // owned; usually nullptr
  std::uint32_t place_ = 0;            // among the children of the parent element, from 1; 0: new
  std::uint32_t attribute_order_ = 0;  // see packed() in fast.hpp
};

}  // namespace vnuma::schema
