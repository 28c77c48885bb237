/// \file
/// What holds for every manifest that is read.
#pragma once

#include <cstddef>

namespace vnuma::manifest {

/// The longest manifest that is read, in bytes: more than etcd, and so Kubernetes, stores.
inline constexpr std::size_t max_manifest_size = std::size_t{4} << 20;

}  // namespace vnuma::manifest
