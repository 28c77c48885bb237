# Debian packages, by cpack in the build folder: libvnuma0 (shared libraries), libvnuma-dev and vnuma (the tool and the
# hook). An install(... COMPONENT vnuma_runtime, vnuma_development or vnuma_tool) puts a file into one of them.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "vnuma developers <vnuma@example.org>" CACHE STRING "Who makes the packages: name <address>")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL vnuma_runtime vnuma_development)
if(VNUMA_TOOL)
  list(APPEND CPACK_COMPONENTS_ALL vnuma_tool)
endif()

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SOURCE vnuma)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR})
# What is built with the libraries depends on this very version of them: there is no promise of ABI before 1.0.
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY "=")
set(runtime "libvnuma0 (= ${CPACK_PACKAGE_VERSION})")

set(CPACK_DEBIAN_VNUMA_RUNTIME_PACKAGE_NAME libvnuma0)
set(CPACK_DEBIAN_VNUMA_RUNTIME_PACKAGE_SECTION libs)
set(control triggers postinst postrm)
list(TRANSFORM control PREPEND ${PROJECT_SOURCE_DIR}/cmake/debian/)
set(CPACK_DEBIAN_VNUMA_RUNTIME_PACKAGE_CONTROL_EXTRA ${control})
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_VNUMA_RUNTIME_DESCRIPTION
    "NUMA and PCIe locality for GPU virtual machines: libraries
Reads, changes and writes libvirt's domain XML without losing anything,
reads where the devices of a host sit, and gives a domain the PCIe
controllers that show a guest each passthrough device on the right NUMA
node.")

set(CPACK_DEBIAN_VNUMA_DEVELOPMENT_PACKAGE_NAME libvnuma-dev)
set(CPACK_DEBIAN_VNUMA_DEVELOPMENT_PACKAGE_SECTION libdevel)
# vnuma's headers need Boost's. The others are for the static libraries, and pkg-config looks for their files always;
# libxml2's asks for two libraries with --static that Debian 13's libxml2-dev does not depend on.
set(CPACK_DEBIAN_VNUMA_DEVELOPMENT_PACKAGE_DEPENDS
    "${runtime}, libboost-dev (>= 1.74), libfmt-dev, libxml2-dev, zlib1g-dev, liblzma-dev, libyaml-cpp-dev")
set(CPACK_DEBIAN_VNUMA_DEVELOPMENT_DESCRIPTION
    "NUMA and PCIe locality for GPU virtual machines: development files
Headers and static libraries for programs that read, change and write
libvirt domains, or place the devices of GPU virtual machines on NUMA
nodes, with the files that CMake and pkg-config find them by.")

set(CPACK_DEBIAN_VNUMA_TOOL_PACKAGE_NAME vnuma)
set(CPACK_DEBIAN_VNUMA_TOOL_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_VNUMA_TOOL_PACKAGE_DEPENDS ${runtime})
set(CPACK_DEBIAN_VNUMA_TOOL_PACKAGE_RECOMMENDS libpci3)
set(CPACK_DEBIAN_VNUMA_TOOL_DESCRIPTION
    "NUMA and PCIe locality for GPU virtual machines: tool and KubeVirt hook
Rewrites a libvirt domain so that the guest sees each passthrough device
on the right NUMA node, and shows how near devices are on the host and in
the guest. A hook does the same for the domains of KubeVirt.")

# What Debian wants of every package.
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file(cmake/debian/changelog.in changelog @ONLY)
execute_process(COMMAND gzip -9nc INPUT_FILE ${PROJECT_BINARY_DIR}/changelog
                OUTPUT_FILE ${PROJECT_BINARY_DIR}/changelog.gz COMMAND_ERROR_IS_FATAL ANY)
foreach(component IN LISTS CPACK_COMPONENTS_ALL)
  string(TOUPPER ${component} variable)
  set(package ${CPACK_DEBIAN_${variable}_PACKAGE_NAME})
  install(FILES ${PROJECT_BINARY_DIR}/changelog.gz cmake/debian/copyright
          DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package} COMPONENT ${component})
  if(EXISTS ${PROJECT_SOURCE_DIR}/cmake/debian/${package}.lintian-overrides)
    install(FILES cmake/debian/${package}.lintian-overrides RENAME ${package}
            DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides COMPONENT ${component})
  endif()
endforeach()
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/debian/compress.cmake)
include(CPack)
