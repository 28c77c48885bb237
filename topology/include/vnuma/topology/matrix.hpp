/// \file
/// The nearness of devices as a table.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <vnuma/topology/export.hpp>
#include <vnuma/topology/locality.hpp>

namespace vnuma::topology {

/// The labels of a matrix: one line of headings, then one line for each device (its address or UUID, and its alias or
/// kind). All lines have the same number of words.
using MatrixLabels = std::vector<std::vector<std::string>>;

/// Returns the levels of all pairs of devices as a table for a person, with a legend.
///
/// Each device has a row and a column, which are numbered from 0. A cell has the level of two devices, X for a device
/// and itself, or ? if a location is unknown.
///
/// \param labels one line more than `locations`
/// \param locations the locations of the devices; nullopt if unknown
/// \return a text that ends in a newline
/// \note Complexity: quadratic in the devices.
VNUMA_TOPOLOGY_EXPORT std::string matrix_text(const MatrixLabels& labels,
                                              std::span<const std::optional<Location>> locations);

/// Returns one table for the host and a guest: the host above the diagonal, the guest below it.
///
/// One square is enough for both, because levels are symmetric. A * marks a level in the guest that differs from the
/// host. A line reports how many pairs differ, of the pairs that are known on both sides.
///
/// \param labels one line more than `host`
/// \param host the locations of the devices on the host; nullopt if unknown
/// \param guest the locations of the same devices in the guest
/// \note Complexity: quadratic in the devices.
VNUMA_TOPOLOGY_EXPORT std::string matrix_text(const MatrixLabels& labels, std::span<const std::optional<Location>> host,
                                              std::span<const std::optional<Location>> guest);

}  // namespace vnuma::topology
