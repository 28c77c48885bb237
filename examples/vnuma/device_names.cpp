#include "device_names.hpp"

#ifdef VNUMA_LIBPCI

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

// libpci's header is C's, and does not say so.
extern "C" {
#include <pci/pci.h>
}

#include <fmt/format.h>

#include "errors.hpp"
#include "files.hpp"
#include "one_line.hpp"

namespace {

using vnuma::topology::TreeEntry;

// libpci knows no way back from an error, as in a line of pci.ids that is none. To clang, [[noreturn]] is not a part of
// the function's type, and libpci's pointer wants it to be.
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

class PciIdsFile {
 public:
  // pci_init is for reading devices, and fails where there is no way to.
  explicit PciIdsFile(const std::optional<std::string>& file) : access_(::pci_alloc()) {
    access_->error = fail;
    access_->warning = ignore;
    access_->debug = ignore;
    access_->id_lookup_mode = 0;  // no cache in the user's folder
    if (file) ::pci_set_name_list_path(access_, ::strdup(file->c_str()), 1);
  }
  PciIdsFile(const PciIdsFile&) = delete;
  PciIdsFile& operator=(const PciIdsFile&) = delete;
  ~PciIdsFile() { ::pci_cleanup(access_); }

  void name(TreeEntry& entry) const {
    if (entry.ids) {
      entry.vendor_name = look_up(PCI_LOOKUP_VENDOR, entry.ids->vendor, 0);
      entry.device_name = look_up(PCI_LOOKUP_DEVICE, entry.ids->vendor, entry.ids->device);
    }
    for (TreeEntry& below : entry.below) name(below);
  }

 private:
  // Empty if the file has none.
  std::string look_up(int what, int vendor, int device) const {
    char buffer[256];
    const char* name = ::pci_lookup_name(access_, buffer, sizeof buffer,
                                         what | PCI_LOOKUP_NO_NUMBERS | PCI_LOOKUP_NO_HWDB, vendor, device);
    return name ? name : "";
  }

  pci_access* access_;
};

}  // namespace

bool knows_device_names() { return true; }

void name_devices(vnuma::topology::PciTree& tree, const std::optional<std::string>& file) {
  if (file == "-") throw UsageError("--pci-ids: name a file, libpci reads no standard input");
  if (file) read_file(*file);  // libpci takes a file that is not there for an empty one
  const PciIdsFile ids(file);
  for (TreeEntry& node : tree.nodes) ids.name(node);
}

#else

bool knows_device_names() { return false; }

void name_devices(vnuma::topology::PciTree&, const std::optional<std::string>&) {}

#endif
