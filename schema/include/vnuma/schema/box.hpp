/// \file
/// Box: an optional value on the heap that copies like a value.
#pragma once

#include <utility>

#include <vnuma/schema/export.hpp>

namespace vnuma::schema {

/// What std::optional is, but the size of a pointer: for children that are large or rare, and for types that contain
/// themselves. T is a model of this library: what copies and destroys T is compiled once, in the library.
template <class T>
class VNUMA_SCHEMA_EXPORT Box {
 public:
  Box() noexcept = default;
  Box(const T& value);
  Box(T&& value);
  Box(const Box& other);
  Box(Box&& other) noexcept : value_(std::exchange(other.value_, nullptr)) {}
  // Through a copy, so that itself may be assigned. NOLINTNEXTLINE(bugprone-unhandled-self-assignment)
  Box& operator=(const Box& other) { return *this = Box(other); }
  Box& operator=(Box&& other) noexcept {
    std::swap(value_, other.value_);
    other.reset();
    return *this;
  }
  ~Box() { reset(); }

  bool has_value() const noexcept { return value_ != nullptr; }
  explicit operator bool() const noexcept { return has_value(); }
  /// The value. Undefined if there is none, as with std::optional.
  T& operator*() noexcept { return *value_; }
  const T& operator*() const noexcept { return *value_; }
  T* operator->() noexcept { return value_; }
  const T* operator->() const noexcept { return value_; }
  /// Replaces the value by a new one, with every member absent, and gives it.
  T& emplace();
  void reset() noexcept {
    if (value_) destroy();
  }

  /// Both empty, or both with equal values.
  friend bool operator==(const Box& a, const Box& b) { return a.equals(b); }

 private:
  void destroy() noexcept;
  bool equals(const Box& other) const;

  T* value_ = nullptr;
};

}  // namespace vnuma::schema
