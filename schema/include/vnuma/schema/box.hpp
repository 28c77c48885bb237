/// \file
/// Box: an optional value on the heap that copies like a value.
#pragma once

#include <utility>

#include <vnuma/schema/export.hpp>

namespace vnuma::schema {

/// An optional value in the size of a pointer: for children that are large or rare, and for types that contain
/// themselves. T is a model of this library, which compiles the code that copies and destroys it once.
/// \tparam T a model, as Address
template <class T>
class VNUMA_SCHEMA_EXPORT Box {
 public:
  Box() noexcept = default;
  Box(const T& value);
  Box(T&& value);
  Box(const Box& other);
  Box(Box&& other) noexcept : value_(std::exchange(other.value_, nullptr)) {}
  // The copy makes self-assignment safe. NOLINTNEXTLINE(bugprone-unhandled-self-assignment)
  Box& operator=(const Box& other) { return *this = Box(other); }
  Box& operator=(Box&& other) noexcept {
    std::swap(value_, other.value_);
    other.reset();
    return *this;
  }
  ~Box() { reset(); }

  bool has_value() const noexcept { return value_ != nullptr; }
  explicit operator bool() const noexcept { return has_value(); }
  /// The value. The behaviour is undefined if there is none, as with std::optional.
  T& operator*() noexcept { return *value_; }
  const T& operator*() const noexcept { return *value_; }
  T* operator->() noexcept { return value_; }
  const T* operator->() const noexcept { return value_; }
  /// Replaces the value by a new one whose members are all absent, and returns it.
  T& emplace();
  void reset() noexcept {
    if (value_) destroy();
  }

  /// Whether both are empty, or both have equal values.
  friend bool operator==(const Box& a, const Box& b) { return a.equals(b); }

 private:
  void destroy() noexcept;
  bool equals(const Box& other) const;

  T* value_ = nullptr;
};

}  // namespace vnuma::schema
