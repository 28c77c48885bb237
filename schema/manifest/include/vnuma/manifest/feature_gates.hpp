/// \file
/// The feature gate of KubeVirt for NUMA-aware placement.
#pragma once

#include <string_view>

#include <vnuma/manifest/export.hpp>
#include <vnuma/manifest/limits.hpp>

namespace vnuma::manifest {

/// Whether a list of feature gates has the gate: GPUDeviceNUMA, or PCINUMAAwareTopology, its name since KubeVirt 1.8.
/// \param list names separated by commas, "A,B"; spaces around names are allowed
/// \note Complexity: linear.
VNUMA_MANIFEST_EXPORT bool gate_enabled(std::string_view list);

/// Whether a KubeVirt CR has the gate in featureGates and not in disabledFeatureGates, both under
/// spec.configuration.developerConfiguration.
/// \param text the CR in YAML or JSON, or a List of only the CR, as `kubectl get kubevirt -o yaml` prints it
/// \throws schema::ParseError, with line and column, if the text is neither YAML nor JSON, is longer than
/// max_manifest_size, is nested too deeply, has several documents, or is of another kind than KubeVirt; or if the
/// gates, or a map around them, have another type than in KubeVirt's schema
VNUMA_MANIFEST_EXPORT bool gate_enabled_in_kubevirt(std::string_view text);

}  // namespace vnuma::manifest
