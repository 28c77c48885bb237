#include <vnuma/topology/node_overrides.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace vnuma::topology {

namespace {

// The beginning as PciAddress::format writes it; nullopt if no address begins in this way.
std::optional<std::string> written_beginning(std::string_view text) {
  // One or two digits without a colon are of a bus, as two before a colon are.
  const bool is_bus = text.find(':') == 2 || (text.find(':') == text.npos && !text.empty() && text.size() <= 2);
  if (is_bus) return written_beginning(fmt::format("0000:{}", text));
  const std::size_t domain_size = std::min(text.find(':'), text.size());
  // Completes the text with zeros: "0000:4" becomes "0000:40:00.0".
  constexpr std::string_view zeros = ":00:00.0";
  std::string whole(text);
  if (domain_size == text.size()) whole.resize(std::max<std::size_t>(domain_size, 4), '0');
  whole += zeros.substr(std::min(text.size() - domain_size, zeros.size()));
  const auto address = PciAddress::parse(whole);
  if (!address) return std::nullopt;
  std::string beginning(text);
  std::transform(beginning.begin(), beginning.end(), beginning.begin(),
                 [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (domain_size < text.size()) beginning.replace(0, domain_size, fmt::format("{:04x}", address->domain));
  return beginning;
}

}  // namespace

std::optional<AddressPattern> AddressPattern::parse(std::string_view text) {
  if (!text.ends_with('*')) {
    const auto address = PciAddress::parse(text);
    return address ? std::optional<AddressPattern>(*address) : std::nullopt;
  }
  auto beginning = written_beginning(text.substr(0, text.size() - 1));
  if (!beginning) return std::nullopt;
  AddressPattern pattern;
  pattern.beginning_ = *std::move(beginning);
  return pattern;
}

bool AddressPattern::matches(const PciAddress& address) const {
  return address_ ? *address_ == address : address.format().starts_with(beginning_);
}

std::strong_ordering AddressPattern::operator<=>(const AddressPattern& other) const {
  if (address_ && other.address_) return *address_ <=> *other.address_;
  if (address_ || other.address_) return address_ ? std::strong_ordering::less : std::strong_ordering::greater;
  if (beginning_.size() != other.beginning_.size()) return other.beginning_.size() <=> beginning_.size();
  return beginning_ <=> other.beginning_;
}

std::optional<NodeId> given_node(const NodeOverrides& overrides, const PciAddress& address) {
  if (overrides.empty()) return std::nullopt;
  if (const auto exact = overrides.find(address); exact != overrides.end()) return exact->second;
  std::optional<NodeId> node;
  for (auto entry = overrides.rbegin(); entry != overrides.rend() && !entry->first.address(); ++entry) {
    if (entry->first.matches(address)) node = entry->second;  // the longest comes last
  }
  return node;
}

void override_nodes(const NodeOverrides& overrides, Host& host) {
  for (PciDevice& device : host.devices) {
    const auto node = given_node(overrides, device.address);
    if (!node) continue;
    device.numa_node = node;
    device.node_source = NodeSource::given;
  }
}

}  // namespace vnuma::topology
