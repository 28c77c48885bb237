// Runs the hook like sidecar-shim: onDefineDomain --vmi JSON --domain XML (runOnDefineDomain in KubeVirt's
// cmd/sidecars/sidecar_shim.go).
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "tool/samples.hpp"

namespace vnuma::test {

using Variables = std::map<std::string, std::string>;
using Annotations = std::vector<std::pair<std::string, std::string>>;

// A VMI that requests guestMappingPassthrough, with annotations.
inline std::string vmi(const Annotations& annotations = {}) {
  std::string list;
  for (const auto& [name, value] : annotations) {
    list += (list.empty() ? "\"" : ",\"") + name + "\":\"" + value + "\"";
  }
  return R"({"kind":"VirtualMachineInstance","metadata":{"name":"vm","annotations":{)" + list +
         R"(}},"spec":{"domain":{"cpu":{"dedicatedCpuPlacement":true,"numa":{"guestMappingPassthrough":{}}}}}})";
}

inline std::vector<std::string> hook_words(const Variables& variables, const std::vector<std::string>& arguments) {
  std::vector<std::string> words{"env"};
  for (const auto& [name, value] : variables) words.push_back(name + "=" + value);
  words.emplace_back(VNUMA_HOOK);
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

inline Result hook(const Variables& variables, const std::vector<std::string>& arguments, const std::string& out = "") {
  return run(hook_words(variables, arguments), "", out);
}

// Runs the hook on a sysfs tree.
inline Result hook_on(const std::string& tree, const std::string& vmi, const std::string& domain,
                      Variables variables = {}) {
  variables["VNUMA_SYSFS"] = tree;
  return hook(variables, {"--vmi", vmi, "--domain", domain});
}

inline Result hook_on(const Sample& sample, const Annotations& annotations = {}, const Variables& variables = {}) {
  return hook_on(sysfs(sample.host), vmi(annotations), read(domain_file(sample.domain)), variables);
}

inline bool mentions(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// Returns whether each line is a log line of the hook.
inline bool is_log(const std::string& text) {
  for (std::size_t begin = 0; begin < text.size(); begin = text.find('\n', begin) + 1) {
    if (text.compare(begin, 7, "vnuma: ") != 0 || text.find('\n', begin) == std::string::npos) return false;
  }
  return true;
}

}  // namespace vnuma::test
