// Names of PCI devices.
#pragma once

#include <optional>
#include <string>

#include <vnuma/topology/tree.hpp>

// Whether the tool was built for libpci, which knows them.
bool knows_device_names();

// Fills in the names of vendors and devices, as the file has them, or the system's pci.ids; what they do not have, and
// all where there is no libpci, stays unknown. Throws FileError for a file that cannot be read, UsageError for one that
// there is no libpci for.
void name_devices(vnuma::topology::PciTree& tree, const std::optional<std::string>& file);
