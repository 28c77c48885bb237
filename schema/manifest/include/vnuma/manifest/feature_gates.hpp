/// \file
/// KubeVirt's feature gate for NUMA-aware placement.
#pragma once

#include <string_view>

namespace vnuma::manifest {

/// Whether a list of feature gates ("A,B", spaces allowed) holds GPUDeviceNUMA, or PCINUMAAwareTopology as KubeVirt
/// calls it since 1.8.
bool gate_enabled(std::string_view list);

/// The same for a KubeVirt CR in YAML or JSON: the gate stands in featureGates and not in disabledFeatureGates, both
/// under spec.configuration.developerConfiguration.
/// \throws schema::Error if the text is neither, or of another kind than KubeVirt.
bool gate_enabled_in_kubevirt(std::string_view text);

}  // namespace vnuma::manifest
