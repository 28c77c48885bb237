#include <vnuma/topology/device_kind.hpp>

namespace vnuma::topology {

DeviceKind device_kind(std::uint32_t class_code) {
  switch (class_code >> 8) {
    case 0x0108: return {"NVMe", true};
    case 0x0600: return {"host bridge"};
    case 0x0b40: return {"accelerator", true};
    case 0x0c03: return {"USB controller"};
    case 0x0c05: return {"SMBus"};
    case 0x0c06: return {"NIC", true};  // InfiniBand; new adapters are 0x0207
    default: break;
  }
  switch (class_code >> 16) {
    case 0x01: return {"disk controller"};
    case 0x02: return {"NIC", true};
    case 0x03: return {"GPU", true};
    case 0x04: return {"audio"};
    case 0x05: return {"memory"};
    case 0x06: return {"bridge"};
    case 0x07: return {"serial"};
    case 0x0d: return {"wireless"};
    case 0x10: return {"crypto"};
    case 0x12: return {"accelerator", true};
    default: return {"device"};
  }
}

bool is_pci_bridge(const PciDevice& device) {
  const std::uint32_t kind = device.class_code >> 8;
  return kind == 0x0604 || kind == 0x0607 || kind == 0x0609;
}

std::string device_word(const PciDevice& device) {
  std::string word(device_kind(device.class_code).word);
  if (device.physical_function) word += " VF";
  return word;
}

}  // namespace vnuma::topology
