// Amounts as Kubernetes writes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace vnuma::manifest {

// An amount from 0 to 2^63 - 1, the range of Kubernetes.
struct Quantity {
  std::uint64_t whole = 0;  // rounded down
  bool is_whole = true;
};

// Reads a number and its suffix: 8Gi, 0.5, 1500m, 1e3 (ParseQuantity in k8s.io/apimachinery/pkg/api/resource).
// n, u, m, k, M, G, T, P and E are powers of 1000; Ki, Mi, Gi, Ti, Pi and Ei powers of 1024; e or E with a number is a
// power of 10. Returns nullopt for any other text, and for negative and larger amounts.
std::optional<Quantity> parse_quantity(std::string_view text);

}  // namespace vnuma::manifest
