// Names of PCI devices.
#pragma once

#include <optional>
#include <string>

#include <vnuma/topology/tree.hpp>

// Whether the tool was built with libpci, which reads the names.
bool knows_device_names();

// Fills in the names of vendors and devices from the file, or from the pci.ids of the system. Names that the file does
// not have stay empty; without libpci all do. Throws FileError if the file cannot be read, and UsageError if a file is
// named but libpci is not installed.
void name_devices(vnuma::topology::PciTree& tree, const std::optional<std::string>& file);
