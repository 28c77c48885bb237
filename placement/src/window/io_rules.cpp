#include "io_rules.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "qemu_settings.hpp"

namespace vnuma::placement {

namespace {

// The settings that keep ports of a model from reserving I/O.
constexpr std::pair<PciModel, std::string_view> no_reserve[] = {
    {PciModel::root_port, "pcie-root-port.io-reserve=0"},
    {PciModel::downstream_port, "xio3130-downstream.hotplug=off"}};

// Models of which the domain says that they reserve no I/O.
std::vector<PciModel> models_of_domain(const schema::Domain& domain) {
  std::vector<PciModel> models;
  for (const auto& [model, setting] : no_reserve) {
    if (has_global(domain, setting)) models.push_back(model);
  }
  return models;
}

// Whether several root complexes have ports. All ports of one get their windows, however many they are.
bool has_several_with_ports(const BarLayout& layout) {
  const std::vector<unsigned> ports = layout.reserving_ports();
  return std::count(ports.begin(), ports.end(), 0U) + 1 < std::ssize(ports);
}

// By how many ports the root complexes exceed what the firmware has I/O for.
unsigned excess(const BarLayout& layout, const std::vector<PciModel>& without_reserve, unsigned enough) {
  if (!has_several_with_ports(layout)) return 0;
  unsigned all = 0;
  for (const unsigned ports : layout.reserving_ports(without_reserve)) all += std::max(ports, enough) - enough;
  return all;
}

// The settings that the domain lacks, without those that help no root complex.
std::vector<std::string> missing_settings(const WindowQuestion& question, unsigned enough) {
  const std::vector<PciModel> of_domain = models_of_domain(question.domain);
  std::vector<PciModel> without_reserve;
  for (const auto& [model, setting] : no_reserve) without_reserve.push_back(model);
  std::vector<std::string> settings;
  for (auto entry = std::rbegin(no_reserve); entry != std::rend(no_reserve); ++entry) {
    const auto& [model, setting] = *entry;
    if (std::count(of_domain.begin(), of_domain.end(), model) > 0) continue;
    std::vector<PciModel> fewer = without_reserve;
    std::erase(fewer, model);
    if (excess(question.layout, fewer, enough) == excess(question.layout, without_reserve, enough))
      without_reserve = fewer;
    else
      settings.emplace(settings.begin(), setting);
  }
  return settings;
}

}  // namespace

WindowAnswer check_io_ports(const WindowQuestion& question) {
  const unsigned ports = question.layout.io_ports();
  const Candidates lacking =
      question.those([&](const FirmwareFacts& row) { return row.io_ports > 0 && row.io_ports < ports; });
  if (lacking.empty()) return {};
  const bool is_seabios = question.kind == FirmwareKind::seabios;
  const unsigned enough = lacking.front()->io_ports;
  WindowAnswer answer;
  question.report(
      answer, question.is_strict, lacking,
      make_diagnostic(Code::io_ports, "/domain/devices",
                      fmt::format("{} ports have devices with I/O BARs, and {} {}", ports, question.who(lacking),
                                  is_seabios ? fmt::format("stops where there are more than {}", enough)
                                             : fmt::format("has I/O for {}, so BARs stay unassigned", enough)),
                      is_seabios
                          ? "pass fewer such devices through, or give some of them addresses on bus 0, where they "
                            "need no port but are on no node"
                          : "pass fewer such devices through"));
  return answer;
}

WindowAnswer check_io_reserve(const WindowQuestion& question) {
  const Candidates starving = question.those([](const FirmwareFacts& row) { return row.starves_others; });
  if (starving.empty()) return {};
  const unsigned enough = starving.front()->io_ports;
  const std::vector<std::string> settings = missing_settings(question, enough);
  WindowAnswer answer;
  if (settings.empty()) return answer;
  if (question.is_automatic) {
    for (const std::string& setting : settings) {
      answer.qemu_arguments.emplace_back("-global");
      answer.qemu_arguments.push_back(setting);
    }
    return answer;
  }
  const std::vector<unsigned> ports = question.layout.reserving_ports(models_of_domain(question.domain));
  std::string remedy;
  for (const std::string& setting : settings) {
    remedy += fmt::format("{}<qemu:arg value='-global'/> and <qemu:arg value='{}'/>", remedy.empty() ? "add " : ", ",
                          setting);
  }
  question.report(
      answer, false, starving,
      make_diagnostic(Code::io_reserve, "/domain/qemu:commandline",
                      fmt::format("{} reserves I/O for each of {} ports of a root complex and has enough for {}, so "
                                  "BARs may stay unassigned",
                                  question.who(starving), *std::max_element(ports.begin(), ports.end()), enough),
                      std::move(remedy), {{Option::mmio_automatic}}));
  return answer;
}

}  // namespace vnuma::placement
