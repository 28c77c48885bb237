// The field lists of interface.hpp, in the order in which libvirt and this library write children.
#include <vnuma/schema/interface.hpp>

#include "model.hpp"

namespace vnuma::schema {

VNUMA_MODEL(InterfaceIP, "ip", attribute<&T::address>("address"), attribute<&T::family>("family"),
            attribute<&T::prefix>("prefix"), attribute<&T::peer>("peer"))

VNUMA_MODEL(InterfaceRoute, "route", attribute<&T::family>("family"), attribute<&T::address>("address"),
            attribute<&T::netmask>("netmask"), attribute<&T::prefix>("prefix"), attribute<&T::gateway>("gateway"),
            attribute<&T::metric>("metric"))

VNUMA_MODEL(InterfaceLocal, "local", attribute<&T::address>("address"), attribute<&T::port>("port"))

VNUMA_MODEL(InterfaceReconnect, "reconnect", attribute<&T::enabled>("enabled"), attribute<&T::timeout>("timeout"))

VNUMA_MODEL(InterfaceSource, "source", attribute<&T::network>("network"), attribute<&T::port_group>("portgroup"),
            attribute<&T::port_id>("portid"), attribute<&T::device>("dev"), attribute<&T::bridge>("bridge"),
            attribute<&T::mac_table_manager>("macTableManager"), attribute<&T::mode>("mode"),
            attribute<&T::type>("type"), attribute<&T::path>("path"), attribute<&T::name>("name"),
            attribute<&T::address_text>("address"), attribute<&T::port>("port"), attribute<&T::switch_id>("switchid"),
            attribute<&T::port_group_id>("portgroupid"), attribute<&T::connection_id>("connectionid"),
            attribute<&T::missing>("missing"), element<&T::ip>("ip"), element<&T::route>("route"),
            element<&T::local>("local"), element<&T::reconnect>("reconnect"), element<&T::vendor>("vendor"),
            element<&T::product>("product"), element<&T::address>("address"))

VNUMA_MODEL(InterfaceTarget, "target", attribute<&T::device>("dev"), attribute<&T::managed>("managed"))

VNUMA_MODEL(Model, "model", attribute<&T::type>("type"))

VNUMA_MODEL(MAC, "mac", attribute<&T::mac>("address"), attribute<&T::type>("type"), attribute<&T::check>("check"))

VNUMA_MODEL(MTU, "mtu", attribute<&T::size>("size"))

VNUMA_MODEL(BandWidthLimit, "", attribute<&T::average>("average"), attribute<&T::peak>("peak"),
            attribute<&T::floor>("floor"), attribute<&T::burst>("burst"))

VNUMA_MODEL(BandWidth, "bandwidth", attribute<&T::class_id>("classID"), element<&T::inbound>("inbound"),
            element<&T::outbound>("outbound"))

VNUMA_MODEL(LinkState, "link", attribute<&T::state>("state"))

VNUMA_MODEL(FilterRefParameter, "parameter", attribute<&T::name>("name"), attribute<&T::value>("value"))

VNUMA_MODEL(FilterRef, "filterref", attribute<&T::filter>("filter"), element<&T::parameter>("parameter"))

VNUMA_MODEL(InterfaceDriverHost, "host", attribute<&T::csum>("csum"), attribute<&T::gso>("gso"),
            attribute<&T::tso4>("tso4"), attribute<&T::tso6>("tso6"), attribute<&T::ecn>("ecn"),
            attribute<&T::ufo>("ufo"), attribute<&T::mrg_rxbuf>("mrg_rxbuf"))

VNUMA_MODEL(InterfaceDriverGuest, "guest", attribute<&T::csum>("csum"), attribute<&T::tso4>("tso4"),
            attribute<&T::tso6>("tso6"), attribute<&T::ecn>("ecn"), attribute<&T::ufo>("ufo"))

VNUMA_MODEL(InterfaceDriver, "driver", attribute<&T::name>("name"), attribute<&T::model>("model"),
            attribute<&T::tx_mode>("txmode"), attribute<&T::ioeventfd>("ioeventfd"),
            attribute<&T::event_idx>("event_idx"), attribute<&T::queues>("queues"),
            attribute<&T::rx_queue_size>("rx_queue_size"), attribute<&T::tx_queue_size>("tx_queue_size"),
            attribute<&T::rss>("rss"), attribute<&T::rss_hash_report>("rss_hash_report"), attribute<&T::iommu>("iommu"),
            attribute<&T::ats>("ats"), attribute<&T::packed>("packed"), attribute<&T::page_per_vq>("page_per_vq"),
            element<&T::host>("host"), element<&T::guest>("guest"))

VNUMA_MODEL(InterfaceBackend, "backend", attribute<&T::type>("type"), attribute<&T::tap>("tap"),
            attribute<&T::vhost>("vhost"), attribute<&T::log_file>("logFile"), attribute<&T::host_name>("hostname"),
            attribute<&T::fqdn>("fqdn"))

VNUMA_MODEL(InterfacePortForwardRange, "range", attribute<&T::start>("start"), attribute<&T::end>("end"),
            attribute<&T::to>("to"), attribute<&T::exclude>("exclude"))

VNUMA_MODEL(InterfacePortForward, "portForward", attribute<&T::proto>("proto"), attribute<&T::address>("address"),
            attribute<&T::dev>("dev"), element<&T::ranges>("range"))

VNUMA_MODEL(VirtualPortParameters, "parameters", attribute<&T::manager_id>("managerid"),
            attribute<&T::type_id>("typeid"), attribute<&T::type_id_version>("typeidversion"),
            attribute<&T::instance_id>("instanceid"), attribute<&T::interface_id>("interfaceid"),
            attribute<&T::profile_id>("profileid"))

VNUMA_MODEL(VirtualPort, "virtualport", attribute<&T::type>("type"), element<&T::parameters>("parameters"))

VNUMA_MODEL(VLANTag, "tag", attribute<&T::id>("id"), attribute<&T::native_mode>("nativeMode"))

VNUMA_MODEL(VLAN, "vlan", attribute<&T::trunk>("trunk"), element<&T::tag>("tag"))

VNUMA_MODEL(InterfaceGuest, "guest", attribute<&T::dev>("dev"), attribute<&T::actual>("actual"))

VNUMA_MODEL(InterfaceScript, "", attribute<&T::path>("path"))

VNUMA_MODEL(InterfaceTune, "tune", element<&T::send_buffer>("sndbuf"))

VNUMA_MODEL(InterfacePort, "port", attribute<&T::isolated>("isolated"))

VNUMA_MODEL(CoalesceFrames, "frames", attribute<&T::max>("max"))

VNUMA_MODEL(CoalesceReceive, "rx", element<&T::frames>("frames"))

VNUMA_MODEL(Coalesce, "coalesce", element<&T::receive>("rx"))

VNUMA_MODEL(Interface, "interface", attribute<&T::type>("type"), attribute<&T::managed>("managed"),
            attribute<&T::trust_guest_rx_filters>("trustGuestRxFilters"), element<&T::mac>("mac"),
            element<&T::source>("source"), element<&T::vlan>("vlan"), element<&T::virtual_port>("virtualport"),
            element<&T::band_width>("bandwidth"), element<&T::port>("port"), element<&T::ip>("ip"),
            element<&T::route>("route"), element<&T::port_forward>("portForward"), element<&T::script>("script"),
            element<&T::down_script>("downscript"), element<&T::backend_domain>("backenddomain"),
            element<&T::target>("target"), element<&T::guest>("guest"), element<&T::model>("model"),
            element<&T::driver>("driver"), element<&T::backend>("backend"), element<&T::filter_ref>("filterref"),
            element<&T::link_state>("link"), element<&T::tune>("tune"), element<&T::teaming>("teaming"),
            element<&T::mtu>("mtu"), element<&T::coalesce>("coalesce"), element<&T::boot_order>("boot"),
            element<&T::alias>("alias"), element<&T::rom>("rom"), element<&T::acpi>("acpi"),
            element<&T::address>("address"))

}  // namespace vnuma::schema
