/// \file
/// The nearness of devices to each other as a table.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <vnuma/topology/export.hpp>
#include <vnuma/topology/locality.hpp>

namespace vnuma::topology {

/// What a matrix calls its devices: one line of headings, then a line for each device, as many words in each (the
/// address or UUID, the alias or kind).
using MatrixLabels = std::vector<std::vector<std::string>>;

/// For a person: a row and a column for each device, numbered from 0; in the cells how near the two are to each other,
/// X for a device and itself, ? where a place is not known; below, what the words mean. Ends in a newline. Quadratic in
/// the devices.
VNUMA_TOPOLOGY_EXPORT std::string matrix_text(const MatrixLabels& labels, std::span<const std::optional<Place>> places);

/// The same of the host and a guest side by side. Nearness is symmetric, so that one square holds both: the host above
/// the diagonal, the guest below. A * marks what differs in the guest, and a line says how many pairs do, of those that
/// are known in both.
VNUMA_TOPOLOGY_EXPORT std::string matrix_text(const MatrixLabels& labels, std::span<const std::optional<Place>> host,
                                              std::span<const std::optional<Place>> guest);

}  // namespace vnuma::topology
