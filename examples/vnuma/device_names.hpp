// Names of PCI devices.
#pragma once

#include <map>
#include <optional>
#include <string>

#include <vnuma/topology/tree.hpp>

// Whether the tool was built with libpci, which reads the names.
bool knows_device_names();

// Fills in the names of vendors and devices from the file, or from the pci.ids of the system. Names that the file does
// not have stay empty; without libpci all do. Throws FileError if the file cannot be read, and UsageError if a file is
// named but libpci is not installed.
void name_devices(vnuma::topology::PciTree& tree, const std::optional<std::string>& file);

// The short names of the host's devices, from the pci.ids of the system: "H100 SXM5 80GB". Devices that the file does
// not have are left out; without libpci, or if the file is missing or invalid, all are.
std::map<vnuma::topology::PciAddress, std::string> device_names(const vnuma::topology::Host& host);
