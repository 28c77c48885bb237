// Numbers, units, UUIDs and addresses: valid values, and how new values are written.
#include <limits>

#include <boost/test/unit_test.hpp>

#include <vnuma/schema/domain.hpp>
#include <vnuma/schema/size.hpp>
#include <vnuma/schema/xml.hpp>

using namespace vnuma::schema;

namespace {

template <class F>
std::string refusal(F&& f) {
  try {
    f();
  } catch (const ValueError& error) {
    return error.what();
  }
  return "not refused";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(numbers)

BOOST_AUTO_TEST_CASE(units_are_read_as_libvirt_reads_them) {
  const std::pair<const char*, std::uint64_t> units[] = {
      {"b", 1},
      {"byte", 1},
      {"bytes", 1},
      {"BYTES", 1},
      {"k", 1024},
      {"K", 1024},
      {"KiB", 1024},
      {"kib", 1024},
      {"KB", 1000},
      {"kb", 1000},
      {"M", 1048576},
      {"MiB", 1048576},
      {"MB", 1000000},
      {"G", 1073741824},
      {"GiB", 1073741824},
      {"GB", 1000000000},
      {"T", 1ULL << 40},
      {"TB", 1000000000000},
      {"PiB", 1ULL << 50},
      {"PB", 1000000000000000},
      {"E", 1ULL << 60},
      {"EiB", 1ULL << 60},
      {"EB", 1000000000000000000},
  };
  for (const auto& [text, scale] : units) {
    BOOST_TEST_CONTEXT(text) BOOST_TEST(static_cast<std::uint64_t>(*UnitText::from_text(text)) == scale);
  }
  for (const char* text : {"", " ", "x", "KX", "KiBs", "kibi", "bit", "B2", " KiB"}) {
    BOOST_TEST_CONTEXT(text) BOOST_TEST(!UnitText::from_text(text).valid());
  }
}

BOOST_AUTO_TEST_CASE(units_are_written_with_their_names) {
  BOOST_TEST(UnitText(Unit::bytes).text() == "bytes");
  BOOST_TEST(UnitText(Unit::KiB).text() == "KiB");
  BOOST_TEST(UnitText(Unit::KB).text() == "KB");
  BOOST_TEST(UnitText(Unit::MB).text() == "MB");
  BOOST_TEST(UnitText(Unit::GiB).text() == "GiB");
  BOOST_TEST(UnitText(Unit::EB).text() == "EB");
  BOOST_TEST(UnitText(Unit::EiB).text() == "EiB");
}

BOOST_AUTO_TEST_CASE(sizes_are_converted_to_bytes) {
  const auto size = [](const char* memory) { return bytes(from_xml<Memory>(memory)); };
  BOOST_TEST(size("<memory>1</memory>") == 1024U);
  BOOST_TEST(size("<memory unit=''>1</memory>") == 1024U);
  BOOST_TEST(size("<memory unit='GiB'>2</memory>") == 2147483648U);
  BOOST_TEST(size("<memory unit='b'>18446744073709551615</memory>") == std::numeric_limits<std::uint64_t>::max());
  BOOST_TEST(bytes(Memory{.value = 3, .unit = Unit::MB}) == 3000000U);
  BOOST_TEST(bytes(NUMACell{.memory = 4}) == 4096U);
  BOOST_TEST(bytes(HugePage{.size = 1, .unit = Unit::GiB}) == 1073741824U);
}

BOOST_AUTO_TEST_CASE(an_invalid_size_is_refused_with_its_path) {
  const auto domain = from_xml<Domain>(
      "<domain><memory unit='parsec'>1</memory><currentMemory>much</currentMemory><maxMemory "
      "unit='EiB'>16</maxMemory></domain>");
  BOOST_TEST(refusal([&] { bytes(*domain.memory); }) ==
             "/domain/memory/@unit: \"parsec\" is not a unit of size, as \"bytes\", \"KiB\" or \"GB\"");
  BOOST_TEST(refusal([&] { bytes(*domain.current_memory); }) ==
             "/domain/currentMemory: \"much\" is not a whole number from 0 to 18446744073709551615");
  BOOST_TEST(refusal([&] { bytes(*domain.max_memory, "/domain/maxMemory"); }) ==
             "/domain/maxMemory: 16 EiB are more than 2^64 - 1 bytes; give a smaller size");
}

BOOST_AUTO_TEST_CASE(messages_without_a_path_are_complete) {
  BOOST_TEST(refusal([] { bytes(Memory{}); }) == "the size is missing; give a whole number, with a unit or in KiB");
  BOOST_TEST(refusal([] { bytes(Memory{.value = 1ULL << 54}); }) ==
             "18014398509481984 KiB are more than 2^64 - 1 bytes; give a smaller size");
  BOOST_TEST(refusal([] { YesNo().value(); }) == "a value is missing; expected \"yes\" or \"no\"");
  BOOST_TEST(refusal([] { UInt32::from_text("-5").value(); }) == "\"-5\" is not a whole number from 0 to 4294967295");
}

BOOST_AUTO_TEST_CASE(uuids_are_read_with_and_without_hyphens_in_any_case) {
  const Uuid uuid = {0xc7, 0xa5, 0xfd, 0xbd, 0xcd, 0xaf, 0x94, 0x55, 0x92, 0x6a, 0xd6, 0x5c, 0x16, 0xdb, 0x18, 0x09};
  for (const char* text :
       {"c7a5fdbd-cdaf-9455-926a-d65c16db1809", "C7A5FDBDCDAF9455926AD65C16DB1809",
        "\n c7a5fdbd cdaf-9455--926ad65c16DB1809 ", "c7-a5-fd-bd-cd-af-94-55-92-6a-d6-5c-16-db-18-09"}) {
    BOOST_TEST_CONTEXT(text) {
      BOOST_TEST((*UuidText::from_text(text) == uuid));
      BOOST_TEST(UuidText::from_text(text).text() == text);
    }
  }
  for (const char* text : {"", "c7a5fdbd-cdaf-9455-926a-d65c16db180", "c7a5fdbd-cdaf-9455-926a-d65c16db18090",
                           "c7a5fdbd-cdaf-9455-926a-d65c16db180g", "c-7a5fdbdcdaf9455926ad65c16db1809",
                           "c7a5fdbd-cdaf-9455-926a-d65c16db1809-", "{c7a5fdbd-cdaf-9455-926a-d65c16db1809}"}) {
    BOOST_TEST_CONTEXT(text) BOOST_TEST(!UuidText::from_text(text).valid());
  }
  BOOST_TEST(UuidText(uuid).text() == "c7a5fdbd-cdaf-9455-926a-d65c16db1809");
}

BOOST_AUTO_TEST_CASE(mac_addresses_are_read_as_libvirt_reads_them) {
  const MacAddress mac = {0x52, 0x54, 0x00, 0xab, 0x0c, 0xff};
  for (const char* text : {"52:54:00:ab:0c:ff", "52:54:00:AB:0c:ff", "52:54:0:AB:c:FF", "52:54:0:ab:c:ff"}) {
    BOOST_TEST_CONTEXT(text) {
      BOOST_TEST((*MacText::from_text(text) == mac));
      BOOST_TEST(MacText::from_text(text).text() == text);
    }
  }
  for (const char* text : {"", "52:54:00:ab:0c", "52:54:00:ab:0c:ff:01", "52:54:00:ab:0c:", "525400ab0cff",
                           "52:54:00:ab:0c:fg", "52:54:00:ab:0c:0ff", "52:54::ab:0c:ff", " 52:54:00:ab:0c:ff"}) {
    BOOST_TEST_CONTEXT(text) BOOST_TEST(!MacText::from_text(text).valid());
  }
  BOOST_TEST(MacText(mac).text() == "52:54:00:ab:0c:ff");
}

BOOST_AUTO_TEST_CASE(booleans_are_read_as_go_reads_them) {
  BOOST_TEST(*TrueFalse::from_text("true"));
  BOOST_TEST(!*TrueFalse::from_text("false"));
  BOOST_TEST(*TrueFalse::from_text("1"));
  BOOST_TEST(!TrueFalse::from_text("yes").valid());
  BOOST_TEST(TrueFalse(true).text() == "true");
}

BOOST_AUTO_TEST_CASE(numbers_are_signed_where_libvirt_allows_signs) {
  const auto domain = from_xml<Domain>(
      "<domain><cputune><quota>-1</quota></cputune><devices><graphics port='-1'/><controller queues='-5'><driver "
      "queues='-5'/></controller></devices></domain>");
  BOOST_TEST(*domain.cpu_tune->quota == -1);
  BOOST_TEST(*domain.devices->graphics[0].port == -1);
  BOOST_TEST(!domain.devices->controllers[0].driver->queues.valid());
}

BOOST_AUTO_TEST_CASE(memory_addresses_have_64_bits) {
  const auto domain = from_xml<Domain>(
      "<domain><devices><memory><address type='dimm' slot='0' base='0x100000000'/></memory></devices></domain>");
  BOOST_TEST(*domain.devices->memory[0].address->base == 4294967296U);
  BOOST_TEST(Hex64(4294967296U).text() == "0x100000000");
}

BOOST_AUTO_TEST_SUITE_END()
