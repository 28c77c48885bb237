#include "read_pci_tree.hpp"

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <vnuma/schema/visible.hpp>

#include "guest_address.hpp"
#include "machine.hpp"
#include "pci_elements.hpp"

namespace vnuma::placement {

namespace {

class Reader {
 public:
  Reader(const schema::Domain& domain, const DiagnosticSink& sink)
      : domain_(domain), sink_(sink), tree_(has_acpi(domain)) {}

  PciTree read() {
    if (domain_.devices) read_controllers(domain_.devices->controllers);
    if (!tree_.find(0)) tree_.declare({.position = not_declared, .model = PciModel::pcie_root});
    tree_.count_bridges();
    if (domain_.devices) read_devices(*domain_.devices);
    return std::move(tree_);
  }

 private:
  void read_devices(const schema::Devices& devices) {
    for_each_pci_device(devices, sink_, [&](const auto& device, const Element& element, const auto& address) {
      if (address)
        occupy(*device.address, *address, element);
      else
        tree_.expect_ports(1);
    });
  }

  // libvirt gives a controller without an index the lowest one that no other has (virDomainControllerFindUnusedIndex).
  void read_controllers(const std::vector<schema::Controller>& controllers) {
    std::vector<std::size_t> without_index;
    for (std::size_t i = 0; i < controllers.size(); ++i) {
      if (sink_.collects() && controllers[i].type == "pci" && !controllers[i].index)
        without_index.push_back(i);
      else
        read_controller(controllers[i], {"controller", i}, 0);
    }
    std::uint32_t index = 0;
    for (const std::size_t i : without_index) {
      while (tree_.find(index)) ++index;
      const Element element{"controller", i};
      if (index < 256) {
        read_controller(controllers[i], element, index);
      } else {
        sink_.add(make_diagnostic(Code::invalid_value, element.path(), "no controller index up to 255 is left",
                                  "remove a controller"));
      }
    }
  }

  void read_controller(const schema::Controller& from, const Element& element, std::uint32_t index_if_absent) {
    const auto address = guest_address(from.address, element, sink_);
    if (address) occupy(*from.address, *address, element);
    if (from.type != "pci") {
      if (!address && on_pci(from)) tree_.expect_ports(1);
      return;
    }
    if (!from.model || from.model->empty()) {
      sink_.add(make_diagnostic(Code::unknown_model, element.path(), "the PCI controller has no model",
                                "add model='pcie-root', 'pcie-root-port' or another"));
      return;
    }
    PciController controller{.position = element.position, .model = model_of(*from.model), .address = address};
    if (!from.index && !controller.is_root() && !sink_.collects()) {
      sink_.add(make_diagnostic(Code::index_of_root, element.path(), "the PCI controller has no index",
                                "give it one from 1 to 255 that no other has"));
    }
    const auto index = number(from.index, element.path() + "/@index", 0, 255);
    if (from.index && !index) return;
    controller.index = index.value_or(controller.is_root() ? 0 : index_if_absent);
    if (from.target) read_target(*from.target, element, controller);
    if (has_wrong_index(from, element, controller)) return;
    tree_.declare(controller);
  }

  void read_target(const schema::ControllerTarget& target, const Element& element, PciController& controller) {
    const std::string path = element.path() + "/target/";
    controller.bus_nr = number(target.bus_nr, path + "@busNr", 1, 254);
    controller.chassis = number(target.chassis, path + "@chassis", 0, 255);
    controller.node = number(target.numa_node, path + "node", 0, std::numeric_limits<std::uint32_t>::max(),
                             "expected the id of a guest cell");
  }

  bool has_wrong_index(const schema::Controller& from, const Element& element, const PciController& controller) {
    if (const PciController* other = tree_.find(controller.index)) {
      sink_.add(
          make_diagnostic(Code::index_twice, element.path() + "/@index",
                          fmt::format("controller[{}] also has the index {}", other->position + 1, controller.index),
                          "give each PCI controller its own"));
      return true;
    }
    // As in libvirt: otherwise what is plugged into bus 0 would be plugged into this controller.
    const bool is_wrong =
        controller.is_root() ? controller.model == PciModel::pcie_root && controller.index != 0 : controller.index == 0;
    if (is_wrong) {
      sink_.add(make_diagnostic(Code::index_of_root, element.path() + (from.index ? "/@index" : ""),
                                fmt::format("a {} has index {}", schema::visible(*from.model), controller.index),
                                "change it: index 0 is for the PCI root alone"));
    }
    return is_wrong;
  }

  // A number from `least` to `most`; nullopt if it is absent or invalid.
  std::optional<std::uint32_t> number(const auto& scalar, const std::string& path, std::uint32_t least,
                                      std::uint32_t most, const std::string& expected = "") {
    if (!scalar) return std::nullopt;
    if (scalar.valid() && *scalar >= least && *scalar <= most) return *scalar;
    sink_.add(make_diagnostic(Code::invalid_value, path,
                              scalar.valid() ? fmt::format("{} is out of range", *scalar)
                                             : fmt::format("\"{}\" is not a whole number", scalar.text()),
                              expected.empty() ? fmt::format("expected {} to {}", least, most) : expected));
    return std::nullopt;
  }

  void occupy(const schema::Address& from, const PciAddress& address, const Element& element) {
    if (const Occupant* other = tree_.is_occupied(address) ? tree_.occupant(address) : nullptr) {
      sink_.add(make_diagnostic(Code::address_twice, element.path() + "/address",
                                fmt::format("{} is also the address of {}", address.format(), other->element.path()),
                                "give each its own"));
      return;
    }
    const bool is_single = address.function == 0 && from.multifunction.valid() && !*from.multifunction;
    tree_.occupy({address, element, is_single});
  }

  const schema::Domain& domain_;
  const DiagnosticSink& sink_;
  PciTree tree_;
};

}  // namespace

PciTree read_pci_tree(const schema::Domain& domain, const DiagnosticSink& sink) { return Reader(domain, sink).read(); }

}  // namespace vnuma::placement
