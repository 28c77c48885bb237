// The members of Box that are compiled once per model, in the library.
#pragma once

#include <utility>

#include <vnuma/schema/box.hpp>

namespace vnuma::schema {

template <class T>
Box<T>::Box(const T& value) : value_(new T(value)) {}
template <class T>
Box<T>::Box(T&& value) : value_(new T(std::move(value))) {}
template <class T>
Box<T>::Box(const Box& other) : value_(other.value_ ? new T(*other.value_) : nullptr) {}
template <class T>
T& Box<T>::emplace() {
  reset();
  value_ = new T();
  return *value_;
}
template <class T>
void Box<T>::destroy() noexcept {
  delete std::exchange(value_, nullptr);
}
template <class T>
bool Box<T>::equals(const Box& other) const {
  return has_value() == other.has_value() && (!value_ || *value_ == *other.value_);
}

}  // namespace vnuma::schema

// NOLINTBEGIN(bugprone-macro-parentheses): a type cannot be in parentheses.
#define VNUMA_BOX(Type)                        \
  template Box<Type>::Box(const Type&);        \
  template Box<Type>::Box(Type&&);             \
  template Box<Type>::Box(const Box&);         \
  template Type& Box<Type>::emplace();         \
  template void Box<Type>::destroy() noexcept; \
  template bool Box<Type>::equals(const Box&) const;
// NOLINTEND(bugprone-macro-parentheses)
