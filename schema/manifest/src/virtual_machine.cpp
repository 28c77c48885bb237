#include <vnuma/manifest/virtual_machine.hpp>

#include <algorithm>
#include <bit>
#include <iterator>
#include <limits>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <vnuma/schema/error.hpp>
#include <vnuma/schema/visible.hpp>

#include "object.hpp"
#include "yaml.hpp"

namespace vnuma::manifest {

namespace {

using schema::VirtualMachine;
using schema::VirtualMachineFirmware;

// The characters of an alias (libvirt 9.0 drops an alias with others, as a test showed), of a CPU feature, and of names
// in Kubernetes (RFC 1123).
constexpr std::string_view alias_characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
constexpr std::string_view feature_characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
constexpr std::string_view name_characters = "abcdefghijklmnopqrstuvwxyz0123456789-.";

// The smallest huge page of Linux on amd64 and arm64: 64 KiB, on arm64 with pages of 4 KiB.
constexpr std::uint64_t least_page = std::uint64_t{64} << 10;

constexpr std::string_view remedy = "give a VirtualMachine, as `kubectl get vm NAME -o yaml` prints it";

bool is_machine(const YAML::Node& node) {
  const std::string kind = kind_of(node);
  return kind == "VirtualMachine" || kind == "VirtualMachineInstance";
}

// The only virtual machine among the documents and the items of Lists.
YAML::Node find_machine(const std::vector<YAML::Node>& documents) {
  std::vector<YAML::Node> found;
  const auto add = [&](const YAML::Node& node) {
    if (is_machine(node)) found.push_back(node);
  };
  for (const YAML::Node& document : documents) {
    add(document);
    const YAML::Node items = kind_of(document).ends_with("List") ? child(document, "items") : YAML::Node();
    if (!items.IsDefined() || !items.IsSequence()) continue;
    for (const YAML::Node& item : items) add(item);
  }
  if (found.empty()) {
    refuse(documents[0].Mark(), "", fmt::format("there is no VirtualMachine or VirtualMachineInstance; {}", remedy));
  }
  if (found.size() > 1) {
    refuse(found[1].Mark(), "", fmt::format("there are {} virtual machines; give only one", found.size()));
  }
  return found[0];
}

// Refuses what KubeVirt's webhook refuses, and a machine without guestMappingPassthrough.
void check_numa(Object& cpu, Object& memory, std::vector<schema::LeftOut>& left_out) {
  Object numa = cpu.object("numa");
  Object passthrough = numa.object("guestMappingPassthrough");
  passthrough.leave_out(left_out);
  numa.leave_out(left_out);
  if (!numa.has("guestMappingPassthrough")) {
    numa.refuse("guestMappingPassthrough",
                "is absent, so the guest has no NUMA cells; set it to {}, and set dedicatedCpuPlacement and hugepages");
  }
  if (!cpu.boolean("dedicatedCpuPlacement").value_or(false)) {
    cpu.refuse("dedicatedCpuPlacement", "must be true with numa.guestMappingPassthrough; set it to true");
  }
  if (!memory.has("hugepages")) {
    memory.refuse("hugepages",
                  "is required with cpu.numa.guestMappingPassthrough; set its pageSize, for example to 1Gi");
  }
}

std::uint32_t whole_cpus(Object& resources, const Amount& amount) {
  if (amount.is_whole && amount.whole > 0 && amount.whole <= std::numeric_limits<std::uint32_t>::max()) {
    return static_cast<std::uint32_t>(amount.whole);
  }
  resources.refuse("cpu",
                   fmt::format("is {}; dedicatedCpuPlacement needs a whole number of CPUs, at least 1", amount.text));
}

// The number of CPUs in resources; nullopt if it is absent.
std::optional<std::uint32_t> cpus_of(Object& resources, Object& limits, Object& requests) {
  const auto limit = limits.amount("cpu");
  const auto request = requests.amount("cpu");
  std::optional<std::uint32_t> cpus;
  if (request) cpus = whole_cpus(requests, *request);
  if (limit) cpus = whole_cpus(limits, *limit);
  if (limit && request && limit->whole != request->whole) {
    resources.refuse("requests", fmt::format("has {} CPUs and limits has {}; dedicatedCpuPlacement needs equal numbers",
                                             request->text, limit->text));
  }
  return cpus;
}

void read_topology(Object& cpu, std::optional<std::uint32_t> resource_cpus, VirtualMachine& vm) {
  const auto sockets = cpu.number("sockets");
  const auto cores = cpu.number("cores");
  const auto threads = cpu.number("threads");
  const auto or_one = [](std::optional<std::uint32_t> number) { return number.value_or(0) == 0 ? 1 : *number; };
  vm.sockets = or_one(sockets);
  vm.cores = or_one(cores);
  vm.threads = or_one(threads);
  const bool stated = sockets.value_or(0) > 0 || cores.value_or(0) > 0 || threads.value_or(0) > 0;
  if (!stated && !resource_cpus) {
    cpu.refuse("cores", "is absent, and so are sockets, threads and the CPUs of resources; set one of them");
  }
  if (!stated) vm.sockets = *resource_cpus;
  const std::uint32_t most_threads = vm.architecture == "arm64" ? 1 : 2;
  if (vm.threads > most_threads) {
    cpu.refuse("threads", fmt::format("is {}; dedicatedCpuPlacement on {} allows at most {} per core", vm.threads,
                                      vm.architecture, most_threads));
  }
  const std::uint64_t cores_in_all = std::uint64_t{vm.sockets} * vm.cores;
  if (cores_in_all > std::numeric_limits<std::uint32_t>::max() / vm.threads) {
    cpu.refuse("cores",
               fmt::format("makes {} sockets of {} cores of {} threads; use fewer", vm.sockets, vm.cores, vm.threads));
  }
  const std::uint64_t vcpus = cores_in_all * vm.threads;
  if (stated && resource_cpus && *resource_cpus != vcpus) {
    cpu.refuse("cores",
               fmt::format("makes {} vCPUs with sockets and threads, but resources has {} CPUs; use one number", vcpus,
                           *resource_cpus));
  }
}

// The rules of libvirt (virCPUFeaturePolicy, and featureName in its schema).
void check_feature(Object& from, const schema::CPUFeature& feature) {
  if (!feature.name) from.refuse("name", "is absent; name the feature");
  if (feature.name->empty() || feature.name->find_first_not_of(feature_characters) != std::string::npos) {
    from.refuse("name", fmt::format("is {}; a feature name has only letters, digits, -, . and _",
                                    schema::visible(*feature.name)));
  }
  constexpr std::string_view policies[] = {"force", "require", "optional", "disable", "forbid"};
  if (std::find(std::begin(policies), std::end(policies), *feature.policy) == std::end(policies)) {
    from.refuse("policy", fmt::format("is {}; expected force, require, optional, disable or forbid",
                                      schema::visible(*feature.policy)));
  }
}

void read_cpu(Object& cpu, VirtualMachine& vm, bool to_even) {
  vm.cpu_model = cpu.text("model").value_or(vm.architecture == "arm64" ? "host-passthrough" : "host-model");
  std::set<std::string> names;
  for (Object& feature : cpu.objects("features")) {
    schema::CPUFeature& added = vm.cpu_features.emplace_back();
    added.name = feature.text("name");
    added.policy = feature.text("policy").value_or("require");
    check_feature(feature, added);
    if (!names.insert(*added.name).second) {
      feature.refuse("name", fmt::format("is {}, which is listed before; remove one", schema::visible(*added.name)));
    }
    feature.leave_out(vm.left_out);
  }
  const bool isolated = cpu.boolean("isolateEmulatorThread").value_or(false);
  const bool even = vm.sockets % 2 == 0 || vm.cores % 2 == 0 || vm.threads % 2 == 0;
  if (isolated) vm.emulator_threads = to_even && even ? 2 : 1;
  cpu.leave_out(vm.left_out);
}

void read_memory(Object& memory, Object& limits, Object& requests, VirtualMachine& vm) {
  Object pages = memory.object("hugepages");
  const auto page = pages.amount("pageSize");
  if (!page || page->whole == 0 || !page->is_whole) {
    pages.refuse("pageSize",
                 fmt::format("is {}; give the size of a huge page such as 1Gi", page ? page->text : "absent"));
  }
  vm.page_size = page->whole;
  if (!std::has_single_bit(vm.page_size) || vm.page_size < least_page) {
    pages.refuse("pageSize",
                 fmt::format("is {}; huge pages are a power of two from 64Ki, such as 2Mi or 1Gi", page->text));
  }
  pages.leave_out(vm.left_out);
  // The first one that is set.
  auto guest = memory.amount("guest");
  Object* from = &memory;
  const char* name = "guest";
  for (Object* other : {&requests, &limits}) {
    const auto amount = other->amount("memory");
    if (guest || !amount || (amount->whole == 0 && amount->is_whole)) continue;
    guest = amount;
    from = other;
    name = "memory";
  }
  vm.memory = guest ? guest->whole : vm.page_size;
  if (vm.memory == 0 || vm.memory % vm.page_size != 0) {
    from->refuse(name,
                 fmt::format("is {} ({} bytes); give a multiple, at least one, of the huge page size {} ({} bytes)",
                             guest->text, vm.memory, page->text, vm.page_size));
  }
  memory.leave_out(vm.left_out);
}

void read_firmware(Object& firmware, VirtualMachine& vm) {
  const bool arm = vm.architecture == "arm64";
  Object loader = firmware.object("bootloader");
  Object efi = loader.object("efi");
  if (loader.has("efi") || (arm && !firmware.has("bootloader"))) {
    const bool secure = efi.boolean("secureBoot").value_or(!arm);
    vm.firmware = secure ? VirtualMachineFirmware::efi_secure_boot : VirtualMachineFirmware::efi;
  }
  efi.leave_out(vm.left_out);
  loader.object("bios").leave_out(vm.left_out);
  loader.leave_out(vm.left_out);
  firmware.leave_out(vm.left_out);
}

void read_features(Object& features, VirtualMachine& vm) {
  Object acpi = features.object("acpi");
  vm.acpi = acpi.boolean("enabled").value_or(true);
  Object smm = features.object("smm");
  vm.smm = features.has("smm") && smm.boolean("enabled").value_or(true);
  features.leave_out(vm.left_out);
}

std::vector<schema::VirtualMachineDevice> read_devices(Object& devices, const char* name, VirtualMachine& vm) {
  std::vector<schema::VirtualMachineDevice> all;
  for (Object& device : devices.objects(name)) {
    const auto alias = device.text("name");
    const auto resource = device.text("deviceName");
    if (!alias || alias->empty()) device.refuse("name", "is absent; name the device");
    if (!resource || resource->empty()) {
      device.refuse("deviceName",
                    "is absent; name the resource of a device plugin, because a resource claim does not identify the "
                    "device");
    }
    if (alias->find_first_not_of(alias_characters) != alias->npos) {
      device.refuse("name",
                    fmt::format("is {}; libvirt allows only letters, digits, - and _", schema::visible(*alias)));
    }
    const auto same = [&](const schema::VirtualMachineDevice& other) { return other.name == *alias; };
    if (std::any_of(all.begin(), all.end(), same)) {
      device.refuse("name", fmt::format("is {}, which another of {} has; choose unique names", *alias, name));
    }
    all.push_back({*alias, *resource});
    device.leave_out(vm.left_out);
  }
  return all;
}

// Only these machines can have expander buses, and the firmware that the guest needs.
void check_machine(Object& machine, const VirtualMachine& vm) {
  const bool arm = vm.architecture == "arm64";
  const std::string any = arm ? "virt" : "q35";
  const std::string version = arm ? "virt-" : "pc-q35-";
  const bool known = vm.machine == any || (vm.machine.starts_with(version) && vm.machine.size() > version.size());
  if (!known || vm.machine.find_first_not_of(feature_characters) != std::string::npos) {
    machine.refuse("type", fmt::format("is {}; on {}, expected {} or {}VERSION, which have expander buses",
                                       schema::visible(vm.machine), vm.architecture, any, version));
  }
}

void read_domain(Object& domain, VirtualMachine& vm, bool to_even) {
  Object cpu = domain.object("cpu");
  Object memory = domain.object("memory");
  check_numa(cpu, memory, vm.left_out);
  Object resources = domain.object("resources");
  Object limits = resources.object("limits");
  Object requests = resources.object("requests");
  read_topology(cpu, cpus_of(resources, limits, requests), vm);
  read_cpu(cpu, vm, to_even);
  read_memory(memory, limits, requests, vm);
  Object features = domain.object("features");
  read_features(features, vm);
  Object firmware = domain.object("firmware");
  read_firmware(firmware, vm);
  if (vm.firmware != VirtualMachineFirmware::bios && !vm.acpi) {
    features.refuse("acpi", "is off, but UEFI needs it; remove it");
  }
  Object machine = domain.object("machine");
  vm.machine = machine.text("type").value_or("");
  if (vm.machine.empty()) vm.machine = vm.architecture == "arm64" ? "virt" : "q35";
  check_machine(machine, vm);
  Object devices = domain.object("devices");
  vm.gpus = read_devices(devices, "gpus", vm);
  vm.host_devices = read_devices(devices, "hostDevices", vm);
  vm.mem_balloon = devices.boolean("autoattachMemBalloon").value_or(true);
  // These turn off devices that the generated domain never has.
  devices.leave_out(vm.left_out, {"autoattachGraphicsDevice", "autoattachInputDevice", "autoattachPodInterface",
                                  "autoattachSerialConsole", "autoattachVSOCK", "disableHotplug"});
  domain.leave_out(vm.left_out);
}

void read_spec(Object& spec, VirtualMachine& vm, bool to_even) {
  vm.architecture = spec.text("architecture").value_or("");
  if (vm.architecture.empty()) vm.architecture = "amd64";
  if (vm.architecture != "amd64" && vm.architecture != "arm64") {
    spec.refuse("architecture", fmt::format("is {}; expected amd64 or arm64, whose guests can have expander buses",
                                            schema::visible(vm.architecture)));
  }
  Object domain = spec.object("domain");
  read_domain(domain, vm, to_even);
  // These are for the pod, and change nothing in the domain.
  spec.leave_out(vm.left_out, {"affinity", "dnsConfig", "dnsPolicy", "evictionStrategy", "hostname", "livenessProbe",
                               "nodeSelector", "priorityClassName", "readinessProbe", "schedulerName", "subdomain",
                               "terminationGracePeriodSeconds", "tolerations", "topologySpreadConstraints"});
}

void in_order(std::vector<schema::LeftOut>& left_out) {
  std::stable_sort(left_out.begin(), left_out.end(),
                   [](const schema::LeftOut& a, const schema::LeftOut& b) { return a.line < b.line; });
}

void read_annotations(Object metadata, VirtualMachine& vm, bool& to_even) {
  Object annotations = metadata.object("annotations");
  vm.memfd = annotations.text("kubevirt.io/memfd") != "false";
  to_even = annotations.has("alpha.kubevirt.io/EmulatorThreadCompleteToEvenParity");
}

std::string read_name(Object& metadata, const char* key, const char* otherwise) {
  std::string name = metadata.text(key).value_or(otherwise);
  if (name.find_first_not_of(name_characters) == name.npos) return name;
  metadata.refuse(
      key, fmt::format("is {}; Kubernetes allows only lower-case letters, digits, - and .", schema::visible(name)));
}

}  // namespace

schema::VirtualMachine read_virtual_machine(std::string_view text) {
  const YAML::Node node = find_machine(load(text, remedy));
  Object root(node, "", node.Mark());
  VirtualMachine vm;
  bool to_even = false;
  Object metadata = root.object("metadata");
  vm.name = read_name(metadata, "name", "");
  if (vm.name.empty()) metadata.refuse("name", "is absent; name the virtual machine");
  vm.name_space = read_name(metadata, "namespace", "default");
  Object spec = root.object("spec");
  root.leave_out(vm.left_out, {"apiVersion", "kind", "status"});
  if (kind_of(node) == "VirtualMachineInstance") {
    read_annotations(metadata, vm, to_even);
    read_spec(spec, vm, to_even);
    in_order(vm.left_out);
    return vm;
  }
  if (spec.has("instancetype")) {
    spec.refuse("instancetype",
                "has CPUs and memory that the manifest does not have; give the output of `virtctl expand --vm NAME`");
  }
  Object machine_template = spec.object("template");
  read_annotations(machine_template.object("metadata"), vm, to_even);
  Object instance = machine_template.object("spec");
  read_spec(instance, vm, to_even);
  spec.leave_out(vm.left_out, {"dataVolumeTemplates", "runStrategy", "running", "updateVolumesStrategy"});
  in_order(vm.left_out);
  return vm;
}

}  // namespace vnuma::manifest
