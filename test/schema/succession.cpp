// A thread keeps its parser from one document to the next; nothing of the one shows in the other.
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

BOOST_AUTO_TEST_CASE(after_what_was_refused) {
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

BOOST_AUTO_TEST_CASE(prefixes_are_not_known_from_before) {
  BOOST_TEST(comes_back(whole));
  for (const std::string text : {"<domain><q:commandline><q:arg value='-s'/></q:commandline></domain>",
                                 "<domain xmlns:q='urn:other'><q:commandline/></domain>"}) {
    const Domain domain = from_xml<Domain>(text);
    BOOST_TEST(!domain.qemu_cmd.has_value());
    BOOST_TEST(domain.unmodelled.children().size() == 1U);
  }
}

BOOST_AUTO_TEST_CASE(a_name_is_another_field_in_another_model) {
  // <cpu>, <topology> and <model> stand in both kinds of document, and mean different members.
  const std::string domain = "<domain><cpu mode='custom'><model>a</model><topology sockets='2'/></cpu></domain>";
  const std::string host =
      "<capabilities><host><cpu><model>b</model></cpu><topology><cells num='0'/></topology></host></capabilities>";
  for (int round = 0; round < 2; ++round) {
    BOOST_TEST(*from_xml<Domain>(domain).cpu->topology->sockets == 2U);
    BOOST_TEST(from_xml<Capabilities>(host).host->topology.has_value());
  }
}

BOOST_AUTO_TEST_CASE(names_that_take_each_others_place) {
  for (int round = 0; round < 4; ++round) {
    const Domain uuid = from_xml<Domain>("<domain><uuid>4</uuid></domain>");
    BOOST_TEST((uuid.uuid.has_value() && !uuid.name.has_value() && !uuid.vcpu.has_value()));
    const Domain vcpu = from_xml<Domain>("<domain><vcpu>4</vcpu></domain>");
    BOOST_TEST((!vcpu.uuid.has_value() && !vcpu.name.has_value() && vcpu.vcpu.has_value()));
  }
}

BOOST_AUTO_TEST_CASE(after_many_names) {
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

// Bytes that malloc has given out; with sanitizers it says nothing.
std::size_t in_use() {
  const auto info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
}

BOOST_AUTO_TEST_CASE(what_is_kept_is_bounded) {
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

// libxml2 has no memory for 8 KB at once. For the text of a document, which libxml2 before 2.14 copies, it does not
// tell its parser; for an attribute it does.
BOOST_AUTO_TEST_CASE(out_of_memory_is_no_empty_domain) {
  const std::string long_attribute = "<domain id='&lt;" + std::string(20'000, 'x') + "'/>";
  BOOST_TEST(comes_back(long_attribute));
  xmlMemSetup(
      std::free, [](std::size_t size) { return size > 8'000 ? nullptr : std::malloc(size); },
      [](void* old, std::size_t size) { return size > 8'000 ? nullptr : std::realloc(old, size); }, ::strdup);
  BOOST_CHECK_THROW(from_xml<Domain>(long_attribute), std::bad_alloc);
  xmlMemSetup(std::free, std::malloc, std::realloc, ::strdup);
  BOOST_TEST(comes_back(long_attribute));
}

BOOST_AUTO_TEST_CASE(each_thread_has_its_own) {
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
