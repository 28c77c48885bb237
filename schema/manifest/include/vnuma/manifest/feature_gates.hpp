/// \file
/// KubeVirt's feature gate for NUMA-aware placement.
#pragma once

#include <string_view>

#include <vnuma/manifest/export.hpp>
#include <vnuma/manifest/limits.hpp>

namespace vnuma::manifest {

/// Whether a list of feature gates ("A,B", spaces allowed) holds GPUDeviceNUMA, or PCINUMAAwareTopology as KubeVirt
/// calls it since 1.8. Complexity: linear.
VNUMA_MANIFEST_EXPORT bool gate_enabled(std::string_view list);

/// The same for a KubeVirt CR in YAML or JSON: the gate stands in featureGates and not in disabledFeatureGates, both
/// under spec.configuration.developerConfiguration. A List that holds nothing but the CR, as `kubectl get kubevirt -o
/// yaml` prints, counts as the CR.
/// \throws schema::ParseError, with line and column, if the text is neither YAML nor JSON, is longer than
/// max_manifest_size or too deeply nested, holds several documents, is of another kind than KubeVirt, or if what leads
/// to the gates is of another type than in KubeVirt's schema.
VNUMA_MANIFEST_EXPORT bool gate_enabled_in_kubevirt(std::string_view text);

}  // namespace vnuma::manifest
