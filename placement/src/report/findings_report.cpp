#include <algorithm>
#include <cctype>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <vnuma/placement/check.hpp>
#include <vnuma/schema/positions.hpp>
#include <vnuma/schema/visible.hpp>

namespace vnuma::placement {

namespace {

// A finding and its position in the text.
struct Located {
  const Diagnostic* finding = nullptr;
  std::optional<schema::Position> position{};
};

std::vector<Located> by_line(std::span<const Diagnostic> findings, std::string_view text) {
  std::vector<std::string_view> paths;
  paths.reserve(findings.size());
  for (const Diagnostic& finding : findings) paths.push_back(finding.path);
  const auto positions = schema::positions(text, paths);
  std::vector<Located> located;
  located.reserve(findings.size());
  for (std::size_t i = 0; i < findings.size(); ++i) located.push_back({&findings[i], positions[i]});
  std::stable_sort(located.begin(), located.end(), [](const Located& a, const Located& b) {
    const auto line = [](const Located& one) { return one.position ? one.position->line : 0; };
    return line(a) < line(b);
  });
  return located;
}

std::string_view title_of(const Diagnostic& finding) {
  return diagnostic_kinds()[static_cast<std::size_t>(finding.code)].title;
}

std::string sentence(std::string text) {
  text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text.ends_with('?') ? text : text + ".";
}

std::size_t count(std::span<const Diagnostic> findings, Severity severity) {
  return static_cast<std::size_t>(std::count_if(
      findings.begin(), findings.end(), [&](const Diagnostic& finding) { return finding.severity == severity; }));
}

}  // namespace

std::string findings_text(std::span<const Diagnostic> findings, std::string_view text, std::string_view file,
                          const Spelling& spelling) {
  std::string out;
  for (const auto& [finding, position] : by_line(findings, text)) {
    out += position ? fmt::format("{}:{}: ", schema::visible(file), position->line)
                    : fmt::format("{}: ", schema::visible(file));
    const std::string remedy = remedy_text(*finding, spelling);
    out += schema::visible(fmt::format("{} {}: {}.{}", name(finding->severity), name(finding->code), finding->message,
                                       remedy.empty() ? "" : " " + sentence(remedy)));
    out += '\n';
  }
  return out;
}

std::string findings_json(std::span<const Diagnostic> findings, std::string_view text, std::string_view file,
                          const Spelling& spelling) {
  using Json = nlohmann::ordered_json;
  Json out;
  out["file"] = file;
  out["errors"] = count(findings, Severity::error);
  out["warnings"] = count(findings, Severity::warning);
  out["doubts"] = count(findings, Severity::doubt);
  out["findings"] = Json::array();
  for (const auto& [finding, position] : by_line(findings, text)) {
    Json entry;
    entry["code"] = name(finding->code);
    entry["severity"] = name(finding->severity);
    entry["title"] = title_of(*finding);
    entry["path"] = finding->path;
    entry["line"] = position ? Json(position->line) : Json(nullptr);
    entry["column"] = position ? Json(position->column) : Json(nullptr);
    entry["message"] = finding->message;
    entry["remedy"] = remedy_text(*finding, spelling);
    out["findings"].push_back(std::move(entry));
  }
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace vnuma::placement
