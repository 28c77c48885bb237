// Domain XML: refused as documented, or it comes back unchanged.
#include <cstddef>
#include <cstdint>

#include <vnuma/schema/domain.hpp>

#include "fuzz/round_trip.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto domain = vnuma::test::read<vnuma::schema::Domain>(text)) vnuma::test::check_round_trip(text, *domain);
  return 0;
}
