/// \file
/// Limits for all manifests.
#pragma once

#include <cstddef>

namespace vnuma::manifest {

/// The maximum size of a manifest in bytes: more than etcd, and so Kubernetes, stores.
inline constexpr std::size_t max_manifest_size = std::size_t{4} << 20;

}  // namespace vnuma::manifest
