// Measures plan and apply, for few and many devices.
#include <ctime>
#include <string>

#include <benchmark/benchmark.h>

#include <vnuma/placement/plan.hpp>
#include <vnuma/schema/xml.hpp>

#include "inputs.hpp"

namespace {

namespace benchmarks = vnuma::benchmarks;
namespace placement = vnuma::placement;

// The CPU time of this thread in seconds, so that other processes do not count.
double processor_time() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// apply changes the domain, so each round has a copy, which is not timed.
void plan_and_apply(benchmark::State& state, unsigned others) {
  const auto gpus = static_cast<unsigned>(state.range(0));
  const auto domain = vnuma::schema::from_xml<vnuma::schema::Domain>(benchmarks::domain_of(gpus, others));
  const auto host = benchmarks::host_of(gpus);
  for (auto _ : state) {
    auto copy = domain;
    const double start = processor_time();
    placement::apply(placement::plan(copy, host), copy);
    state.SetIterationTime(processor_time() - start);
  }
  const auto plan = placement::plan(domain, host);
  for (const auto& device : plan.devices) {
    if (device.outcome != placement::Outcome::placed) state.SkipWithError("a device is not placed");
  }
  if (!plan.warnings.empty()) state.SkipWithError(to_string(plan.warnings.front()).c_str());
}

}  // namespace

int main(int argc, char** argv) {
  for (const unsigned others : {0U, 1000U}) {
    const std::string name = others ? "beside_1000_others" : "plan_and_apply";
    benchmark::RegisterBenchmark(name.c_str(), plan_and_apply, others)
        ->Arg(8)
        ->Arg(25)
        ->Arg(50)
        ->Arg(100)
        ->Arg(200)
        ->UseManualTime()
        ->Unit(benchmark::kMicrosecond);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
