// The codec beside libxml2's own tree, on the eight-GPU sample.
#include <fstream>
#include <iterator>
#include <string>

#include <benchmark/benchmark.h>
#include <libxml/parser.h>

#include <vnuma/schema/domain.hpp>
#include <vnuma/schema/xml.hpp>

namespace {

const std::string& sample() {
  static const std::string text = [] {
    std::ifstream file(VNUMA_SOURCE_DIR "/examples/domains/eight-gpu.xml");
    return std::string(std::istreambuf_iterator<char>(file), {});
  }();
  return text;
}

void from_xml(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(vnuma::schema::from_xml<vnuma::schema::Domain>(sample()));
}
BENCHMARK(from_xml);

void to_xml(benchmark::State& state) {
  const auto domain = vnuma::schema::from_xml<vnuma::schema::Domain>(sample());
  for (auto _ : state) benchmark::DoNotOptimize(vnuma::schema::to_xml(domain));
}
BENCHMARK(to_xml);

void libxml2_tree(benchmark::State& state) {
  for (auto _ : state) {
    xmlDoc* document = xmlReadMemory(sample().data(), static_cast<int>(sample().size()), "", nullptr, XML_PARSE_NONET);
    xmlChar* text = nullptr;
    int size = 0;
    xmlDocDumpMemory(document, &text, &size);
    benchmark::DoNotOptimize(size);
    xmlFree(text);
    xmlFreeDoc(document);
  }
}
BENCHMARK(libxml2_tree);

}  // namespace

BENCHMARK_MAIN();
