// The field lists of tuning.hpp, in the order in which libvirt and this library write children.
#include <vnuma/schema/tuning.hpp>

#include "model.hpp"

namespace vnuma::schema {

VNUMA_MODEL(CPUTuneVCPUPin, "vcpupin", attribute<&T::vcpu>("vcpu"), attribute<&T::cpu_set>("cpuset"))

VNUMA_MODEL(CPUTuneIOThreadPin, "iothreadpin", attribute<&T::io_thread>("iothread"), attribute<&T::cpu_set>("cpuset"))

VNUMA_MODEL(CPUEmulatorPin, "emulatorpin", attribute<&T::cpu_set>("cpuset"))

VNUMA_MODEL(CPUTuneVCPUSched, "vcpusched", attribute<&T::vcpus>("vcpus"), attribute<&T::scheduler>("scheduler"),
            attribute<&T::priority>("priority"))

VNUMA_MODEL(CPUTuneIOThreadSched, "iothreadsched", attribute<&T::io_threads>("iothreads"),
            attribute<&T::scheduler>("scheduler"), attribute<&T::priority>("priority"))

VNUMA_MODEL(CPUTuneEmulatorSched, "emulatorsched", attribute<&T::scheduler>("scheduler"),
            attribute<&T::priority>("priority"))

VNUMA_MODEL(CacheTuneCache, "cache", attribute<&T::id>("id"), attribute<&T::level>("level"),
            attribute<&T::type>("type"), attribute<&T::size>("size"), attribute<&T::unit>("unit"))

VNUMA_MODEL(CacheTuneMonitor, "monitor", attribute<&T::level>("level"), attribute<&T::vcpus>("vcpus"))

VNUMA_MODEL(CacheTune, "cachetune", attribute<&T::vcpus>("vcpus"), attribute<&T::id>("id"),
            element<&T::caches>("cache"), element<&T::monitors>("monitor"))

VNUMA_MODEL(MemoryTuneNode, "node", attribute<&T::id>("id"), attribute<&T::bandwidth>("bandwidth"))

VNUMA_MODEL(MemoryTuneMonitor, "monitor", attribute<&T::vcpus>("vcpus"))

VNUMA_MODEL(MemoryTune, "memorytune", attribute<&T::vcpus>("vcpus"), attribute<&T::id>("id"),
            element<&T::nodes>("node"), element<&T::monitors>("monitor"))

VNUMA_MODEL(CPUTune, "cputune", element<&T::shares>("shares"), element<&T::period>("period"),
            element<&T::quota>("quota"), element<&T::global_period>("global_period"),
            element<&T::global_quota>("global_quota"), element<&T::emulator_period>("emulator_period"),
            element<&T::emulator_quota>("emulator_quota"), element<&T::io_thread_period>("iothread_period"),
            element<&T::io_thread_quota>("iothread_quota"), element<&T::vcpu_pin>("vcpupin"),
            element<&T::emulator_pin>("emulatorpin"), element<&T::io_thread_pin>("iothreadpin"),
            element<&T::emulator_sched>("emulatorsched"), element<&T::vcpu_sched>("vcpusched"),
            element<&T::io_thread_sched>("iothreadsched"), element<&T::cache_tune>("cachetune"),
            element<&T::memory_tune>("memorytune"))

VNUMA_MODEL(NumaTuneMemory, "memory", attribute<&T::mode>("mode"), attribute<&T::node_set>("nodeset"),
            attribute<&T::placement>("placement"))

VNUMA_MODEL(MemNode, "memnode", attribute<&T::cell_id>("cellid"), attribute<&T::mode>("mode"),
            attribute<&T::node_set>("nodeset"))

VNUMA_MODEL(NUMATune, "numatune", element<&T::memory>("memory"), element<&T::mem_nodes>("memnode"))

VNUMA_MODEL(IOThreads, "iothreads", text<&T::io_threads>())

VNUMA_MODEL(IOThreadID, "iothread", attribute<&T::id>("id"), attribute<&T::thread_pool_min>("thread_pool_min"),
            attribute<&T::thread_pool_max>("thread_pool_max"))

VNUMA_MODEL(IOThreadIDs, "iothreadids", element<&T::io_thread>("iothread"))

VNUMA_MODEL(DefaultIOThread, "defaultiothread", attribute<&T::thread_pool_min>("thread_pool_min"),
            attribute<&T::thread_pool_max>("thread_pool_max"))

}  // namespace vnuma::schema
