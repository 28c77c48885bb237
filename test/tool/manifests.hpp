// The manifests of examples/vmi, with the CPUs and devices that each gets on its sample host.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "samples.hpp"

namespace vnuma::test {

struct Manifest {
  const char* file;
  const char* host;
  const char* cpuset;
  std::vector<std::string> devices;  // of gpus, then of hostDevices
  friend std::ostream& operator<<(std::ostream& out, const Manifest& manifest) { return out << manifest.file; }
};

inline const Manifest manifests[] = {
    {"proposal.yaml", "eight-node", "8-15,136-143", {"0000:27:00.0"}},
    {"eight-gpu.yaml",
     "two-socket-eight-gpu",
     "28-35,92-99",
     {"0000:18:00.0", "0000:1a:00.0", "0000:3a:00.0", "0000:3c:00.0", "0000:9a:00.0", "0000:9c:00.0", "0000:ba:00.0",
      "0000:bc:00.0", "0000:19:00.0", "0000:1b:00.0", "0000:3b:00.0", "0000:3d:00.0", "0000:9b:00.0", "0000:9d:00.0",
      "0000:bb:00.0", "0000:bd:00.0"}},
    {"eight-node.yaml",
     "eight-node",
     "0,16,32,48,64,80,96,112,128,144,160,176,192,208,224,240",
     {"0000:27:00.0", "0000:10:00.0", "0000:42:00.0", "0000:82:00.0", "0000:92:00.0", "0000:a2:00.0", "0000:c2:00.0",
      "0000:e2:00.0"}},
    {"one-node.yaml", "one-node", "0-4,8-12", {"0000:01:00.0", "0000:02:00.0", "0000:03:02.0"}},
    {"no-node.yaml", "no-node", "6-9", {"0000:01:00.0", "0000:41:00.0"}},
    {"unreported.yaml", "unreported", "0-1,4-5", {"0000:01:00.0", "0000:41:02.0"}},
    {"grace.yaml", "grace", "68-75", {"0008:01:00.0", "0018:01:00.0", "0000:03:00.0", "0010:03:00.0"}},
    {"mediated.json",
     "mediated",
     "0-1,8-9,16-17,24-25",
     {"4b20d080-1b54-4048-85b3-a6a62d165c01", "83b8f4f2-509f-382f-3c1e-e6bfe0fa1001", "0000:19:00.2", "0001:98:00.0"}},
};

inline std::string manifest_file(const Manifest& manifest) { return example("vmi/" + std::string(manifest.file)); }

// The command line of `vnuma generate` for a manifest.
inline std::vector<std::string> words_of(const Manifest& manifest, std::vector<std::string> more = {}) {
  std::vector<std::string> words{"generate",           "--vmi",    manifest_file(manifest), "--sysfs",
                                 sysfs(manifest.host), "--cpuset", manifest.cpuset};
  for (const std::string& device : manifest.devices) words.insert(words.end(), {"--device", device});
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace vnuma::test
