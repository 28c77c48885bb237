/// \file
/// The guest's clock.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <vnuma/schema/box.hpp>
#include <vnuma/schema/export.hpp>
#include <vnuma/schema/scalar.hpp>
#include <vnuma/schema/unmodelled.hpp>

namespace vnuma::schema {

/// `<catchup>`.
struct VNUMA_SCHEMA_EXPORT TimerCatchup {
  UInt32 threshold{};
  UInt32 slew{};
  UInt32 limit{};
  Unmodelled unmodelled{};
  bool operator==(const TimerCatchup&) const;
};

/// `<timer>`.
struct VNUMA_SCHEMA_EXPORT Timer {
  std::optional<std::string> name{};  ///< rtc, pit, hpet, tsc, kvmclock, hypervclock, armvtimer
  YesNo present{};
  std::optional<std::string> tick_policy{};  ///< delay, catchup, merge, discard
  std::optional<std::string> track{};
  UInt64 frequency{};  ///< Hz
  std::optional<std::string> mode{};
  Box<TimerCatchup> catchup{};
  Unmodelled unmodelled{};
  bool operator==(const Timer&) const;
};

/// `<clock>`.
struct VNUMA_SCHEMA_EXPORT Clock {
  std::optional<std::string> offset{};      ///< utc, localtime, timezone, variable, absolute
  std::optional<std::string> adjustment{};  ///< seconds, or "reset"
  std::optional<std::string> basis{};
  std::optional<std::string> timezone{};
  UInt64 start{};  ///< absolute: seconds since 1970
  std::vector<Timer> timer{};
  Unmodelled unmodelled{};
  bool operator==(const Clock&) const;
};

}  // namespace vnuma::schema
