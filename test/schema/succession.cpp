// A thread keeps its parser for its next document. No document may influence the next one.
#include <malloc.h>

#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <libxml/xmlmemory.h>
#include <boost/test/unit_test.hpp>

#include <vnuma/schema/capabilities.hpp>
#include <vnuma/schema/domain.hpp>
#include <vnuma/schema/ptree.hpp>
#include <vnuma/schema/xml.hpp>

#include "canonical.hpp"

using namespace vnuma::schema;
using vnuma::test::canonical;

namespace {

constexpr const char* whole =
    "<domain xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0' id='1'><name>a</name><devices><disk device='cdrom'/>"
    "</devices><q:commandline><q:arg value='-s'/></q:commandline></domain>";

bool comes_back(const std::string& text) { return canonical(to_xml(from_xml<Domain>(text))) == canonical(text); }

}  // namespace

BOOST_AUTO_TEST_SUITE(succession)

BOOST_AUTO_TEST_CASE(a_refused_document_does_not_change_the_next) {
  for (const std::string bad :
       {"", "<domain", "<domain><name>text", "<domain xmlns:q='urn:x'><q:commandline>", "<a/>",
        "<!DOCTYPE domain><domain/>", "<domain><os/><os/></domain>", "<domain><name>&no;</name></domain>"}) {
    BOOST_TEST_CONTEXT(bad) {
      BOOST_TEST(comes_back(whole));
      BOOST_CHECK_THROW(from_xml<Domain>(bad), ParseError);
      BOOST_TEST(comes_back(whole));
    }
  }
}

BOOST_AUTO_TEST_CASE(prefixes_of_a_document_are_unknown_in_the_next) {
  BOOST_TEST(comes_back(whole));
  for (const std::string text : {"<domain><q:commandline><q:arg value='-s'/></q:commandline></domain>",
                                 "<domain xmlns:q='urn:other'><q:commandline/></domain>"}) {
    const Domain domain = from_xml<Domain>(text);
    BOOST_TEST(!domain.qemu_cmd.has_value());
    BOOST_TEST(domain.unmodelled.children().size() == 1U);
  }
}

BOOST_AUTO_TEST_CASE(one_name_is_different_fields_of_different_models) {
  // <cpu>, <topology> and <model> are in both kinds of document, and are different members.
  const std::string domain = "<domain><cpu mode='custom'><model>a</model><topology sockets='2'/></cpu></domain>";
  const std::string host =
      "<capabilities><host><cpu><model>b</model></cpu><topology><cells num='0'/></topology></host></capabilities>";
  for (int round = 0; round < 2; ++round) {
    BOOST_TEST(*from_xml<Domain>(domain).cpu->topology->sockets == 2U);
    BOOST_TEST(from_xml<Capabilities>(host).host->topology.has_value());
  }
}

BOOST_AUTO_TEST_CASE(names_with_the_same_address_in_successive_documents_are_distinguished) {
  for (int round = 0; round < 4; ++round) {
    const Domain uuid = from_xml<Domain>("<domain><uuid>4</uuid></domain>");
    BOOST_TEST((uuid.uuid.has_value() && !uuid.name.has_value() && !uuid.vcpu.has_value()));
    const Domain vcpu = from_xml<Domain>("<domain><vcpu>4</vcpu></domain>");
    BOOST_TEST((!vcpu.uuid.has_value() && !vcpu.name.has_value() && vcpu.vcpu.has_value()));
  }
}

BOOST_AUTO_TEST_CASE(a_document_with_many_names_does_not_change_the_next) {
  BOOST_TEST(comes_back(whole));
  std::string many = "<domain>";
  for (int i = 0; i < 20'000; ++i) many += fmt::format("<name-{} attribute-{}='' q-{}='{}'/>", i, i, i, i);
  many += "</domain>";
  BOOST_TEST(comes_back(many));
  BOOST_TEST(comes_back(whole));
  // A long text without new names, and names without a long text.
  BOOST_TEST(comes_back("<domain><name>" + std::string(1 << 20, 'x') + "</name></domain>"));
  BOOST_TEST(comes_back("<domain><" + std::string(40'000, 'x') + "/></domain>"));
  BOOST_TEST(comes_back("<domain><" + std::string(40'000, 'y') + "/></domain>"));
  BOOST_TEST(comes_back(whole));
}

// Bytes allocated with malloc; always 0 with sanitizers.
std::size_t in_use() {
  const auto info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
}

BOOST_AUTO_TEST_CASE(the_memory_of_a_kept_parser_is_bounded) {
  const std::size_t before = in_use();
  std::thread([before] {
    from_xml<Domain>(whole);
    std::string names = "<domain>";
    for (int i = 0; i < 5'000; ++i) names += fmt::format("<n{}/>", i);
    from_xml<Domain>(names + "</domain>");
    for (const std::size_t size : {60'000U, 1'000'000U, 10'000'000U}) {
      from_xml<Domain>("<domain><name>" + std::string(size, 'x') + "</name></domain>");
      names.clear();
      names.shrink_to_fit();
      BOOST_TEST(in_use() < before + 300'000);
    }
  }).join();
}

// libxml2 cannot allocate 8 KB at once. It does not report this for the text of a document, which it copies before
// version 2.14, but for an attribute.
BOOST_AUTO_TEST_CASE(out_of_memory_throws_bad_alloc) {
  const std::string long_attribute = "<domain id='&lt;" + std::string(20'000, 'x') + "'/>";
  BOOST_TEST(comes_back(long_attribute));
  xmlMemSetup(
      std::free, [](std::size_t size) { return size > 8'000 ? nullptr : std::malloc(size); },
      [](void* old, std::size_t size) { return size > 8'000 ? nullptr : std::realloc(old, size); }, ::strdup);
  BOOST_CHECK_THROW(from_xml<Domain>(long_attribute), std::bad_alloc);
  xmlMemSetup(std::free, std::malloc, std::realloc, ::strdup);
  BOOST_TEST(comes_back(long_attribute));
}

BOOST_AUTO_TEST_CASE(threads_do_not_share_parsers) {
  std::vector<int> right(8, 0);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < right.size(); ++t) {
    threads.emplace_back([&right, t] {
      for (int i = 0; i < 100; ++i) {
        const std::string text =
            fmt::format("<domain><name>n{}</name><own-{} a-{}='{}'/><vcpu>{}</vcpu></domain>", i, t, i, i, i + 1);
        right[t] += comes_back(text) ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(right == std::vector<int>(8, 100), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
