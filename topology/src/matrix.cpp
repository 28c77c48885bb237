#include <vnuma/topology/matrix.hpp>

#include <algorithm>
#include <cassert>

#include <fmt/format.h>

#include <vnuma/schema/visible.hpp>

namespace vnuma::topology {

namespace {

using Locations = std::span<const std::optional<Location>>;
using Rows = std::vector<std::vector<std::string>>;

constexpr std::string_view legend =
    "PIX   behind one PCIe switch, or one root port without a switch\n"
    "PXB   behind one root port, but several switches\n"
    "PHB   behind one host bridge, but several root ports\n"
    "NODE  behind several host bridges of one NUMA node\n"
    "SYS   on several NUMA nodes, or on an unknown node\n";
constexpr std::string_view unknown_legend = "?     the location of one device is unknown\n";

std::string cell(Locations locations, std::size_t i, std::size_t j) {
  if (i == j) return "X";
  return std::string(locations[i] && locations[j] ? name(level(*locations[i], *locations[j])) : "?");
}

// The number and the labels of each row. The first row has the headings.
Rows labelled(const MatrixLabels& labels, std::size_t count) {
  assert(labels.size() == count + 1);
  Rows rows;
  for (std::size_t i = 0; i <= count; ++i) {
    auto& row = rows.emplace_back();
    row.push_back(i == 0 ? "" : fmt::format("{}", i - 1));
    for (const std::string& label : labels[i]) row.push_back(schema::visible(label));
  }
  for (std::size_t i = 0; i < count; ++i) rows[0].push_back(fmt::format("{}", i));
  return rows;
}

// Each column of labels has the width of its longest word; all columns of devices have the same width. Row numbers are
// aligned to the right.
std::string table(const Rows& rows, std::size_t labels) {
  std::vector<std::size_t> widths(rows[0].size(), 0);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  const auto first = widths.begin() + static_cast<std::ptrdiff_t>(labels);
  if (first != widths.end()) std::fill(first, widths.end(), *std::max_element(first, widths.end()));
  std::string out;
  for (const auto& row : rows) {
    std::string line = fmt::format("{:>{}}", row[0], widths[0]);
    for (std::size_t i = 1; i < row.size(); ++i) line += fmt::format(" {:{}}", row[i], widths[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

// The matrix with its legend.
std::string finished(const Rows& rows, std::size_t labels, const std::string& remark) {
  std::string text = table(rows, labels) + '\n' + remark;
  text += legend;
  const auto unknown = [](const auto& row) { return std::find(row.begin(), row.end(), "?") != row.end(); };
  if (std::any_of(rows.begin(), rows.end(), unknown)) text += unknown_legend;
  return text;
}

}  // namespace

std::string matrix_text(const MatrixLabels& labels, Locations locations) {
  Rows rows = labelled(labels, locations.size());
  const std::size_t first = rows.back().size();
  for (std::size_t i = 0; i < locations.size(); ++i) {
    for (std::size_t j = 0; j < locations.size(); ++j) rows[i + 1].push_back(cell(locations, i, j));
  }
  return finished(rows, first, "");
}

std::string matrix_text(const MatrixLabels& labels, Locations host, Locations guest) {
  assert(host.size() == guest.size());
  Rows rows = labelled(labels, host.size());
  const std::size_t first = rows.back().size();
  std::size_t pairs = 0;
  std::size_t different = 0;
  for (std::size_t i = 0; i < host.size(); ++i) {
    for (std::size_t j = 0; j < host.size(); ++j) {
      const std::string on_host = cell(host, i, j);
      const std::string in_guest = cell(guest, i, j);
      const bool known = on_host != "?" && in_guest != "?";
      const bool below = j < i;
      pairs += below && known;
      different += below && known && on_host != in_guest;
      rows[i + 1].push_back(!below ? on_host : in_guest + (known && on_host != in_guest ? "*" : ""));
    }
  }
  return "above the diagonal: the host; below: the guest, * where it differs\n\n" +
         finished(rows, first,
                  fmt::format("{} of {} {}\n\n", different, pairs, pairs == 1 ? "pair differs" : "pairs differ"));
}

}  // namespace vnuma::topology
