// FieldSet: some of the fields of one model.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace vnuma::schema {

// Bit i is the field at index i of the model's list.
class FieldSet {
 public:
  static constexpr std::size_t capacity = 64;

  constexpr FieldSet() = default;
  constexpr explicit FieldSet(std::uint64_t bits) : bits_(bits) {}

  constexpr void add(std::size_t field) { bits_ |= std::uint64_t{1} << field; }
  constexpr bool contains(std::size_t field) const { return (bits_ >> field & 1) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  friend constexpr FieldSet operator&(FieldSet a, FieldSet b) { return FieldSet(a.bits_ & b.bits_); }

  // Calls `f` with the index of each field, ascending.
  template <class F>
  void each(F&& f) const {
    for (std::uint64_t bits = bits_; bits != 0; bits &= bits - 1) f(static_cast<std::size_t>(std::countr_zero(bits)));
  }

 private:
  std::uint64_t bits_ = 0;
};

}  // namespace vnuma::schema
