// Compares the codec with libxml2 (a bare SAX2 pass, and its tree), pugixml and PropertyTree on the same documents.
#include <sstream>
#include <string>

#include <benchmark/benchmark.h>
#include <libxml/parser.h>
#include <boost/property_tree/xml_parser.hpp>
#include <pugixml.hpp>

#include <vnuma/schema/domain.hpp>
#include <vnuma/schema/xml.hpp>

#include "inputs.hpp"

namespace {

using vnuma::benchmarks::read;
using vnuma::schema::Domain;

int size(const std::string& text) { return static_cast<int>(text.size()); }

// The minimum cost of libxml2's SAX2 for any program: the parser with handlers that do nothing.
void sax(benchmark::State& state, const std::string& text) {
  xmlSAXHandler handlers{};
  handlers.initialized = XML_SAX2_MAGIC;
  handlers.startElementNs = [](void*, const xmlChar*, const xmlChar*, const xmlChar*, int, const xmlChar**, int, int,
                               const xmlChar**) {};
  handlers.endElementNs = [](void*, const xmlChar*, const xmlChar*, const xmlChar*) {};
  handlers.characters = [](void*, const xmlChar*, int) {};
  handlers.ignorableWhitespace = handlers.characters;
  for (auto _ : state) {
    if (xmlSAXUserParseMemory(&handlers, nullptr, text.data(), size(text)) != 0) state.SkipWithError("refused");
  }
}

void from_xml(benchmark::State& state, const std::string& text) {
  for (auto _ : state) benchmark::DoNotOptimize(vnuma::schema::from_xml<Domain>(text));
}

void to_xml(benchmark::State& state, const std::string& text) {
  const auto domain = vnuma::schema::from_xml<Domain>(text);
  for (auto _ : state) benchmark::DoNotOptimize(vnuma::schema::to_xml(domain));
}

void libxml2_tree(benchmark::State& state, const std::string& text) {
  for (auto _ : state) {
    xmlDoc* document = xmlReadMemory(text.data(), size(text), "", nullptr, XML_PARSE_NONET);
    xmlChar* out = nullptr;
    int length = 0;
    xmlDocDumpMemory(document, &out, &length);
    benchmark::DoNotOptimize(length);
    xmlFree(out);
    xmlFreeDoc(document);
  }
}

void pugixml_parse(benchmark::State& state, const std::string& text) {
  for (auto _ : state) {
    pugi::xml_document document;
    benchmark::DoNotOptimize(document.load_buffer(text.data(), text.size()));
  }
}

void pugixml_print(benchmark::State& state, const std::string& text) {
  struct Writer : pugi::xml_writer {
    std::string out;
    void write(const void* data, std::size_t bytes) override { out.append(static_cast<const char*>(data), bytes); }
  };
  pugi::xml_document document;
  document.load_buffer(text.data(), text.size());
  for (auto _ : state) {
    Writer writer;
    document.save(writer, "  ");
    benchmark::DoNotOptimize(writer.out);
  }
}

// Drops white space between elements, like the codec.
void ptree_read(benchmark::State& state, const std::string& text) {
  for (auto _ : state) {
    std::istringstream in(text);
    boost::property_tree::ptree tree;
    boost::property_tree::read_xml(in, tree, boost::property_tree::xml_parser::trim_whitespace);
    benchmark::DoNotOptimize(tree);
  }
}

void ptree_write(benchmark::State& state, const std::string& text) {
  std::istringstream in(text);
  boost::property_tree::ptree tree;
  boost::property_tree::read_xml(in, tree, boost::property_tree::xml_parser::trim_whitespace);
  for (auto _ : state) {
    std::ostringstream out;
    boost::property_tree::write_xml(out, tree, boost::property_tree::xml_writer_make_settings<std::string>(' ', 2));
    benchmark::DoNotOptimize(out.str());
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::pair<const char*, std::string> documents[] = {
      {"kubevirt", read(VNUMA_SOURCE_DIR "/benchmarks/documents/kubevirt.xml")},
      {"libvirt", read(VNUMA_SOURCE_DIR "/benchmarks/documents/libvirt.xml")},
      {"eight-gpu", read(VNUMA_PLACED)}};
  for (const auto& [name, text] : documents) {
    const auto add = [&](const char* what, auto function) {
      benchmark::RegisterBenchmark((std::string(name) + "/" + what).c_str(), function, text);
    };
    add("sax", sax);
    add("from_xml", from_xml);
    add("to_xml", to_xml);
    add("libxml2_tree", libxml2_tree);
    add("pugixml_parse", pugixml_parse);
    add("pugixml_print", pugixml_print);
    add("ptree_read", ptree_read);
    add("ptree_write", ptree_write);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
