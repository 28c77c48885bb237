// Names of PCI devices.
#pragma once

#include <optional>
#include <string>

#include <vnuma/topology/tree.hpp>

// Whether the tool was built with libpci, which knows them.
bool knows_device_names();

// Fills in the names of vendors and devices, as the file has them, or the system's pci.ids; what they do not have, and
// all if the tool was built without libpci, stays unknown. Throws FileError for a file that cannot be read.
void name_devices(vnuma::topology::PciTree& tree, const std::optional<std::string>& file);
