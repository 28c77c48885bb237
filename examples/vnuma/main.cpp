// vnuma: the command-line tool.
#include <csignal>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <boost/program_options.hpp>

#include <vnuma/manifest/feature_gates.hpp>
#include <vnuma/placement/report.hpp>
#include <vnuma/schema/xml.hpp>
#include <vnuma/topology/capabilities.hpp>
#include <vnuma/topology/sysfs.hpp>

#include "files.hpp"

namespace {

namespace options = boost::program_options;
using vnuma::placement::PciAddress;

// Wrong usage, exit status 2.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// An input that was refused, with its place in front; exit status 1.
struct InputError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string shown(const std::string& file) { return file == "-" ? "<stdin>" : file; }

// Runs f on a text that came from a file; errors get the file's name, line and column.
template <class F>
auto in_file(const std::string& file, const std::string& text, F&& f) {
  namespace schema = vnuma::schema;
  try {
    return f();
  } catch (const schema::ParseError& error) {
    throw InputError(fmt::format("{}:{}:{}: {}", shown(file), error.line(), error.column(), error.what()));
  } catch (const schema::Error& error) {
    const auto place = error.path().empty() ? std::nullopt : schema::locate(text, error.path());
    if (!place) throw InputError(fmt::format("{}: {}", shown(file), error.what()));
    throw InputError(fmt::format("{}:{}:{}: {}", shown(file), place->line, place->column, error.what()));
  }
}

struct Arguments {
  std::string domain;
  std::string sysfs;
  std::string capabilities;
  std::string feature_gates;
  std::string kubevirt;
  std::string report;
  std::string output;
  bool has_gates = false;
  vnuma::placement::Options plan;
};

options::options_description place_options() {
  options::options_description all("Options");
  auto add = all.add_options();
  add("help,h", "this text");
  add("sysfs", options::value<std::string>()->value_name("DIR")->default_value("/sys"), "the host's sysfs");
  add("capabilities", options::value<std::string>()->value_name("FILE"),
      "take the host's nodes from virsh capabilities");
  add("feature-gates", options::value<std::string>()->value_name("LIST"), "place only if GPUDeviceNUMA is in LIST");
  add("kubevirt", options::value<std::string>()->value_name("FILE"), "place only if the KubeVirt CR enables the gate");
  add("numa-node", options::value<std::vector<std::string>>()->value_name("BDF=N"), "the host node of a device");
  add("readdress", "move devices that have an address off their cell");
  add("strict", "fail unless every passthrough device ends on its cell");
  add("report", options::value<std::string>()->value_name("KIND")->default_value("text"), "text, json or none");
  add("output,o", options::value<std::string>()->value_name("FILE"), "write the domain to FILE");
  add("mirror", options::value<std::string>()->value_name("LEVEL")->default_value("numa"), "numa");
  add("unaligned", options::value<std::string>()->value_name("HOW")->default_value("leave"), "leave");
  return all;
}

options::options_description hidden_options() {
  options::options_description all;
  auto add = all.add_options();
  add("domain", options::value<std::vector<std::string>>());
  for (const char* name : {"host", "mmio", "reserve-buses"}) add(name, options::value<std::string>(), "");
  return all;
}

void parse_numa_node(const std::string& text, vnuma::placement::Options& plan) {
  const std::size_t equals = text.find('=');
  const auto address = PciAddress::parse(std::string_view(text).substr(0, equals));
  const auto node = vnuma::schema::UInt32::from_text(equals == std::string::npos ? "" : text.substr(equals + 1));
  if (!address || !node.valid()) {
    throw UsageError(fmt::format("--numa-node {}: expected BDF=N, as 0000:27:00.0=1", text));
  }
  plan.numa_nodes[*address] = *node;
}

Arguments parse_place(const std::vector<std::string>& words) {
  options::options_description all;
  all.add(place_options()).add(hidden_options());
  options::positional_options_description positional;
  positional.add("domain", -1);
  options::variables_map map;
  options::store(options::command_line_parser(words).options(all).positional(positional).run(), map);
  Arguments arguments;
  if (map.count("help")) {
    std::cout << "Usage: vnuma place [DOMAIN|-] [options]\n\nGives each passthrough device of a libvirt domain a root "
                 "port on its guest NUMA cell.\nThe domain goes to standard output, the report to standard error.\n\n"
                 "Example: virsh dumpxml --inactive VM | vnuma place --readdress - > placed.xml\n\n"
              << place_options();
    std::exit(0);
  }
  for (const char* name : {"host", "mmio", "reserve-buses"}) {
    if (map.count(name)) throw UsageError(fmt::format("--{} is not available yet", name));
  }
  if (const auto& mirror = map["mirror"].as<std::string>(); mirror == "root-complex" || mirror == "switch") {
    throw UsageError(fmt::format("--mirror {} is not available yet", mirror));
  } else if (mirror != "numa") {
    throw UsageError(fmt::format("--mirror {}: expected numa", mirror));
  }
  if (const auto& how = map["unaligned"].as<std::string>(); how == "nearest" || how == "cell") {
    throw UsageError(fmt::format("--unaligned {} is not available yet", how));
  } else if (how != "leave") {
    throw UsageError(fmt::format("--unaligned {}: expected leave", how));
  }
  arguments.report = map["report"].as<std::string>();
  if (arguments.report != "text" && arguments.report != "json" && arguments.report != "none") {
    throw UsageError(fmt::format("--report {}: expected text, json or none", arguments.report));
  }
  const auto text = [&](const char* name) { return map.count(name) ? map[name].as<std::string>() : std::string(); };
  arguments.sysfs = text("sysfs");
  arguments.capabilities = text("capabilities");
  arguments.has_gates = map.count("feature-gates") > 0;
  arguments.feature_gates = text("feature-gates");
  arguments.kubevirt = text("kubevirt");
  arguments.output = text("output");
  if (arguments.has_gates && map.count("kubevirt")) {
    throw UsageError("--feature-gates and --kubevirt exclude each other");
  }
  arguments.plan.strict = map.count("strict") > 0;
  arguments.plan.readdress = map.count("readdress") > 0;
  if (map.count("numa-node")) {
    for (const auto& word : map["numa-node"].as<std::vector<std::string>>()) parse_numa_node(word, arguments.plan);
  }
  const auto domains =
      map.count("domain") ? map["domain"].as<std::vector<std::string>>() : std::vector<std::string>{"-"};
  if (domains.size() != 1) throw UsageError("name one domain");
  arguments.domain = domains[0];
  return arguments;
}

bool gate_is_on(const Arguments& arguments) {
  if (arguments.has_gates) return vnuma::manifest::gate_enabled(arguments.feature_gates);
  if (arguments.kubevirt.empty()) return true;
  const std::string text = read_file(arguments.kubevirt);
  return in_file(arguments.kubevirt, text, [&] { return vnuma::manifest::gate_enabled_in_kubevirt(text); });
}

vnuma::topology::Host read_host(const Arguments& arguments, const std::vector<PciAddress>& devices) {
  vnuma::topology::Host host = vnuma::topology::read_sysfs(arguments.sysfs, devices);
  if (arguments.capabilities.empty()) return host;
  const std::string text = read_file(arguments.capabilities);
  host.nodes = in_file(arguments.capabilities, text, [&] {
    return vnuma::topology::nodes_of(vnuma::schema::from_xml<vnuma::schema::Capabilities>(text));
  });
  return host;
}

int place(const std::vector<std::string>& words) {
  const Arguments arguments = parse_place(words);
  std::string text = read_file(arguments.domain);
  if (!gate_is_on(arguments)) {
    write_file(arguments.output, text);
    if (arguments.report == "text") std::cerr << "the feature gate GPUDeviceNUMA is off; nothing was changed\n";
    if (arguments.report == "json") std::cerr << vnuma::placement::report_json({});
    return 0;
  }
  std::string report;
  in_file(arguments.domain, text, [&] {
    auto domain = vnuma::schema::from_xml<vnuma::schema::Domain>(text);
    const auto devices = vnuma::placement::passthrough_devices(domain);
    const bool needs_host = domain.cpu && domain.cpu->numa && !domain.cpu->numa->cells.empty() && !devices.empty();
    const auto host = needs_host ? read_host(arguments, devices) : vnuma::topology::Host{};
    const auto plan = needs_host || !devices.empty() ? vnuma::placement::plan(domain, host, arguments.plan)
                                                     : vnuma::placement::Plan{};
    if (plan.changed) {
      vnuma::placement::apply(plan, domain);
      text = vnuma::schema::to_xml(domain);
    }
    if (arguments.report == "text") report = vnuma::placement::report_text(plan);
    if (arguments.report == "json") report = vnuma::placement::report_json(plan);
  });
  write_file(arguments.output, text);
  std::cerr << report;
  return 0;
}

constexpr const char* usage =
    "Usage: vnuma COMMAND ...\n\n"
    "  place    give the passthrough devices of a libvirt domain their host's NUMA locality\n\n"
    "vnuma COMMAND --help explains a command; vnuma --version names the version.\n";

int run(const std::vector<std::string>& words) {
  if (words.empty()) throw UsageError("name a command: place");
  if (words[0] == "--help" || words[0] == "-h") return std::cout << usage, 0;
  if (words[0] == "--version") return std::cout << "vnuma " VNUMA_VERSION "\n", 0;
  if (words[0] == "place") return place({words.begin() + 1, words.end()});
  for (const char* later : {"show", "check", "capture", "generate"}) {
    if (words[0] == later) throw UsageError(fmt::format("{} is not available yet", later));
  }
  throw UsageError(fmt::format("{} is no command; expected place", words[0]));
}

}  // namespace

int main(int count, char** words) {
  std::signal(SIGPIPE, SIG_IGN);
  int status = 1;
  std::string message;
  try {
    return run({words + 1, words + count});
  } catch (const UsageError& error) {
    message = error.what();
    status = 2;
  } catch (const options::error& error) {
    message = error.what();
    status = 2;
  } catch (const std::exception& error) {
    message = error.what();
  }
  std::fputs(fmt::format("vnuma: {}\n", message).c_str(), stderr);
  return status;
}
