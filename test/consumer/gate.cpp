// Uses the part of the installed package that needs yaml-cpp.
#include <vnuma/manifest/feature_gates.hpp>

int main() {
  return vnuma::manifest::gate_enabled_in_kubevirt(
             "kind: KubeVirt\nspec: {configuration: {developerConfiguration: {featureGates: [GPUDeviceNUMA]}}}")
             ? 0
             : 1;
}
