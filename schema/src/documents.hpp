// The models that are whole documents: the root of the field listing, and what from_ptree and to_ptree read and write
// with the root element.
#pragma once

#include <type_traits>

namespace vnuma::schema {

struct Domain;
struct Capabilities;
struct DomainBackup;
struct DomainCheckpoint;
struct SecretSpec;

template <class... T>
struct TypeList {};

using Documents = TypeList<Domain, Capabilities, DomainBackup, DomainCheckpoint, SecretSpec>;

template <class T, class List>
inline constexpr bool is_in = false;
template <class T, class... Listed>
inline constexpr bool is_in<T, TypeList<Listed...>> = (std::is_same_v<T, Listed> || ...);

template <class T>
inline constexpr bool is_document = is_in<T, Documents>;

}  // namespace vnuma::schema
