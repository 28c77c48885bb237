// Names of PCI devices.
#pragma once

#include <optional>
#include <string>

#include <vnuma/topology/tree.hpp>

// Fills in the names of vendors and devices, as the file has them, or the system's pci.ids. Without that, or built
// without libpci, none are known. Throws FileError for a file that cannot be read, UsageError for one without libpci.
void name_devices(vnuma::topology::Tree& tree, const std::optional<std::string>& file);
