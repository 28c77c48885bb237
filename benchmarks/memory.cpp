// Measures the bytes of a parsed domain, and whether the process grows during many parses. Prints names and numbers.
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <new>

#include <malloc.h>
#include <unistd.h>

#include <vnuma/schema/xml.hpp>

#include "inputs.hpp"

namespace {

std::size_t held = 0;  // bytes allocated with new and not freed, with the sizes that malloc chose

void* allocate(std::size_t size) {
  void* memory = std::malloc(size);
  if (!memory) throw std::bad_alloc();
  held += ::malloc_usable_size(memory);
  return memory;
}

void release(void* memory) noexcept {
  held -= ::malloc_usable_size(memory);
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void operator delete(void* memory) noexcept { release(memory); }
void operator delete[](void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { release(memory); }

namespace {

using vnuma::schema::Domain;

std::size_t bytes_of_domain(const std::string& text) {
  const std::size_t before = held;
  const auto domain = std::make_unique<Domain>(vnuma::schema::from_xml<Domain>(text));
  return held - before;
}

long resident_kb() {
  std::ifstream file("/proc/self/statm");
  long all = 0;
  long resident = 0;
  file >> all >> resident;
  return resident * (::sysconf(_SC_PAGESIZE) / 1024);
}

void parse_and_drop(const std::string& text, unsigned times) {
  for (unsigned i = 0; i < times; ++i) vnuma::schema::from_xml<Domain>(text);
}

}  // namespace

int main() try {
  const std::pair<const char*, std::string> documents[] = {
      {"kubevirt", vnuma::benchmarks::read(VNUMA_SOURCE_DIR "/benchmarks/documents/kubevirt.xml")},
      {"libvirt", vnuma::benchmarks::read(VNUMA_SOURCE_DIR "/benchmarks/documents/libvirt.xml")},
      {"eight-gpu", vnuma::benchmarks::read(VNUMA_PLACED)}};
  for (const auto& [name, text] : documents) {
    bytes_of_domain(text);  // one-time allocations do not count
    std::printf("held/%s %zu\ntext/%s %zu\n", name, bytes_of_domain(text), name, text.size());
  }
  const std::string& text = documents[0].second;
  parse_and_drop(text, 1000);
  std::printf("resident_kb/1000 %ld\n", resident_kb());
  parse_and_drop(text, 99000);
  std::printf("resident_kb/100000 %ld\n", resident_kb());
} catch (const std::exception& error) {
  std::fprintf(stderr, "benchmark_memory: %s\n", error.what());
  return 1;
}
