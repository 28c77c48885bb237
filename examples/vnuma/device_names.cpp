#include "device_names.hpp"

#ifdef VNUMA_LIBPCI

#include <dlfcn.h>

#include <csetjmp>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <type_traits>
#include <utility>

// The header of libpci is in C and has no extern "C".
extern "C" {
#include <pci/pci.h>
}

#include <fmt/format.h>

#include "errors.hpp"
#include "files.hpp"
#include "one_line.hpp"

namespace {

using vnuma::topology::Host;
using vnuma::topology::PciAddress;
using vnuma::topology::PciDevice;
using vnuma::topology::TreeEntry;

// Must not return: libpci cannot recover from an error, such as an invalid line in pci.ids. For clang, [[noreturn]] is
// not a part of the function's type, but the type of libpci's pointer requires it.
__attribute__((noreturn)) void fail(char* format, ...) {
  char buffer[1000];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(buffer, sizeof buffer, format, arguments);
  va_end(arguments);
  std::string message = buffer;
  message.erase(message.find_last_not_of('\n') + 1);
  std::fputs(fmt::format("vnuma: {}; name another file with --pci-ids\n", one_line(message)).c_str(), stderr);
  std::exit(1);
}

void ignore(char*, ...) {}

// Where an error of libpci ends, if the names may be absent. No exception may cross the frames of libpci.
std::jmp_buf no_names;

__attribute__((noreturn)) void leave(char*, ...) { std::longjmp(no_names, 1); }  // NOLINT(cert-err52-cpp)

// libpci, loaded only for names, so that the other commands do not load it and its dependencies.
struct Libpci {
  Libpci() {
    void* library = ::dlopen("libpci.so.3", RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
    const auto find = [&](auto& function, const char* name) {
      function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(::dlsym(library, name));
      return function != nullptr;
    };
    is_loaded = find(alloc, "pci_alloc") && find(cleanup, "pci_cleanup") && find(lookup_name, "pci_lookup_name") &&
                find(set_name_list_path, "pci_set_name_list_path");
  }

  bool is_loaded = false;
  decltype(&::pci_alloc) alloc = nullptr;
  decltype(&::pci_cleanup) cleanup = nullptr;
  decltype(&::pci_lookup_name) lookup_name = nullptr;
  decltype(&::pci_set_name_list_path) set_name_list_path = nullptr;
};

class PciIdsFile {
 public:
  // Without pci_init, which is only needed to read devices, and fails if there is no way to read them. An error in the
  // file that is named, or in the system's, ends the program.
  PciIdsFile(const Libpci& pci, const std::optional<std::string>& file) : PciIdsFile(pci) {
    access_->error = fail;
    if (file) pci_.set_name_list_path(access_, ::strdup(file->c_str()), 1);
  }
  // The system's file. After an error in it, is_readable() is false.
  explicit PciIdsFile(const Libpci& pci) : pci_(pci), access_(pci.alloc()) {
    access_->error = leave;
    access_->warning = ignore;
    access_->debug = ignore;
    access_->id_lookup_mode = 0;  // no cache in the user's home
  }
  PciIdsFile(const PciIdsFile&) = delete;
  PciIdsFile& operator=(const PciIdsFile&) = delete;
  ~PciIdsFile() { pci_.cleanup(access_); }

  // Reads the file, with the first look-up. Has no object whose destructor a jump would skip.
  bool is_readable() const {
    char buffer[256];
    if (setjmp(no_names) != 0) return false;  // NOLINT(cert-err52-cpp)
    pci_.lookup_name(access_, buffer, sizeof buffer, PCI_LOOKUP_VENDOR | PCI_LOOKUP_NO_NUMBERS | PCI_LOOKUP_NO_HWDB, 0,
                     0);
    access_->error = fail;
    return true;
  }

  std::string name(const PciDevice& device) const {
    return vnuma::topology::short_name(look_up(PCI_LOOKUP_DEVICE, device.vendor, device.device));
  }

  void name(TreeEntry& entry) const {
    if (entry.ids) {
      entry.vendor_name = look_up(PCI_LOOKUP_VENDOR, entry.ids->vendor, 0);
      entry.device_name = look_up(PCI_LOOKUP_DEVICE, entry.ids->vendor, entry.ids->device);
    }
    for (TreeEntry& below : entry.below) name(below);
  }

 private:
  // Empty if the file does not have the name.
  std::string look_up(int what, int vendor, int device) const {
    char buffer[256];
    const char* name = pci_.lookup_name(access_, buffer, sizeof buffer,
                                        what | PCI_LOOKUP_NO_NUMBERS | PCI_LOOKUP_NO_HWDB, vendor, device);
    return name ? name : "";
  }

  const Libpci& pci_;
  pci_access* access_;
};

}  // namespace

bool knows_device_names() { return true; }

void name_devices(vnuma::topology::PciTree& tree, const std::optional<std::string>& file) {
  if (file == "-") throw UsageError("--pci-ids: libpci cannot read standard input; name a file");
  if (file) read_file(*file);  // libpci treats a missing file as empty
  const Libpci pci;
  if (file && !pci.is_loaded)
    throw UsageError("--pci-ids needs libpci.so.3, which is not installed; install it, or omit the option");
  if (!pci.is_loaded) return;
  const PciIdsFile ids(pci, file);
  for (TreeEntry& node : tree.nodes) ids.name(node);
}

std::map<PciAddress, std::string> device_names(const Host& host) {
  std::map<PciAddress, std::string> names;
  const Libpci pci;
  if (!pci.is_loaded) return names;
  const PciIdsFile ids(pci);
  if (!ids.is_readable()) return names;
  for (const PciDevice& device : host.devices) {
    if (std::string name = ids.name(device); !name.empty()) names.emplace(device.address, std::move(name));
  }
  return names;
}

#else

bool knows_device_names() { return false; }

void name_devices(vnuma::topology::PciTree&, const std::optional<std::string>&) {}

std::map<vnuma::topology::PciAddress, std::string> device_names(const vnuma::topology::Host&) { return {}; }

#endif
