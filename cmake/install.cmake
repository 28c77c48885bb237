# The CMake package. Static and shared libraries can be installed under one prefix, by one build or by two.
include(CMakePackageConfigHelpers)
set(destination ${CMAKE_INSTALL_LIBDIR}/cmake/vnuma)
set(flavours Static)
if(VNUMA_PACKAGES)
  list(APPEND flavours Shared)
elseif(BUILD_SHARED_LIBS)
  set(flavours Shared)
endif()
foreach(flavour IN LISTS flavours)
  install(EXPORT vnuma${flavour} NAMESPACE vnuma:: DESTINATION ${destination} FILE vnuma${flavour}Targets.cmake
          COMPONENT vnuma_development)
endforeach()
configure_package_config_file(cmake/vnumaConfig.cmake.in vnumaConfig.cmake INSTALL_DESTINATION ${destination}
                              NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(vnumaConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/vnumaConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/vnumaConfigVersion.cmake
        DESTINATION ${destination} COMPONENT vnuma_development)
