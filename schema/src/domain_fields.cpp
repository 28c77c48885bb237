// The field lists of domain.hpp, in the order in which libvirt and this library write children.
#include <vnuma/schema/domain.hpp>

#include "model.hpp"

namespace vnuma::schema {

namespace {

constexpr std::string_view qemu_namespace = "http://libvirt.org/schemas/domain/qemu/1.0";

}  // namespace

VNUMA_MODEL(Resource, "resource", element<&T::partition>("partition"))

VNUMA_MODEL(QGS, "quoteGenerationService", attribute<&T::path>("path"))

VNUMA_MODEL(LaunchSecurity, "launchSecurity", attribute<&T::type>("type"), attribute<&T::kernel_hashes>("kernelHashes"),
            element<&T::cbitpos>("cbitpos"), element<&T::reduced_phys_bits>("reducedPhysBits"),
            element<&T::policy>("policy"), element<&T::dh_cert>("dhCert"), element<&T::session>("session"),
            element<&T::quote_generation_service>("quoteGenerationService"))

VNUMA_MODEL(IOMMUFD, "iommufd", attribute<&T::enabled>("enabled"), attribute<&T::fd_group>("fdgroup"))

VNUMA_MODEL(Domain, "domain", attribute<&T::type>("type"), attribute<&T::id>("id"), element<&T::name>("name"),
            element<&T::uuid>("uuid"), element<&T::gen_id>("genid"), element<&T::title>("title"),
            element<&T::description>("description"), element<&T::metadata>("metadata"),
            element<&T::max_memory>("maxMemory"), element<&T::memory>("memory"),
            element<&T::current_memory>("currentMemory"), element<&T::memory_backing>("memoryBacking"),
            only_once(element<&T::vcpu>("vcpu")), element<&T::vcpus>("vcpus"), element<&T::io_threads>("iothreads"),
            element<&T::io_thread_ids>("iothreadids"), element<&T::default_io_thread>("defaultiothread"),
            only_once(element<&T::cpu_tune>("cputune")), only_once(element<&T::numa_tune>("numatune")),
            element<&T::resource>("resource"), element<&T::sys_info>("sysinfo"), only_once(element<&T::os>("os")),
            only_once(element<&T::features>("features")), only_once(element<&T::cpu>("cpu")),
            element<&T::clock>("clock"), element<&T::on_poweroff>("on_poweroff"), element<&T::on_reboot>("on_reboot"),
            element<&T::on_crash>("on_crash"), element<&T::iommufd>("iommufd"),
            only_once(element<&T::devices>("devices")), element<&T::launch_security>("launchSecurity"),
            element<&T::qemu_cmd>("commandline", qemu_namespace, "qemu"))

}  // namespace vnuma::schema
