# vnuma_library(NAME FOLDER DESCRIPTION [NEEDS vnuma's own...] [PUBLIC LINKS...] [PRIVATE LINKS...] [PKG_CONFIG MODULES...])
# The library vnuma::NAME from FOLDER/src, with its headers in FOLDER/include; installed and exported, with a pkg-config
# file, if VNUMA_INSTALL. PKG_CONFIG names the modules of the private links that have to be linked. The macro
# VNUMA_NAME_EXPORT of the generated header <vnuma/NAME/export.hpp> marks what users of a shared library link against.
# Users of a static library are given the definition VNUMA_NAME_STATIC_DEFINE, which makes it empty.
include(GenerateExportHeader)
# Shared and static libraries can be installed under one prefix with one header. GenerateExportHeader would write the
# macro empty for a static library, so it is given this target instead, which is never built.
add_library(vnuma_shared SHARED IMPORTED)
if(VNUMA_INSTALL)
  include(GNUInstallDirs)
endif()
if(VNUMA_PACKAGES)
  if(NOT CMAKE_INSTALL_PREFIX STREQUAL /usr)
    message(FATAL_ERROR "VNUMA_PACKAGES needs -DCMAKE_INSTALL_PREFIX=/usr: use the preset packages")
  endif()
  set(BUILD_SHARED_LIBS ON)
elseif(PROJECT_IS_TOP_LEVEL AND BUILD_SHARED_LIBS AND NOT DEFINED CMAKE_INSTALL_RPATH)
  # So that what is installed finds its libraries under any prefix. Not without libraries of ours: cmake keeps room for
  # it with colons, and for each the loader looks for every library in the working directory.
  file(RELATIVE_PATH to_libraries ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
  set(CMAKE_INSTALL_RPATH $ORIGIN $ORIGIN/${to_libraries})
endif()

function(vnuma_library name folder description)
  cmake_parse_arguments(PARSE_ARGV 3 arg "" "" "NEEDS;PUBLIC;PRIVATE;PKG_CONFIG")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${folder}/src/*.cpp)
  add_library(vnuma_${name} ${sources})
  add_library(vnuma::${name} ALIAS vnuma_${name})
  # Before 1.0 there is no promise of ABI, so SOVERSION says nothing yet: the Debian packages demand the very version
  # they were built with.
  set_target_properties(
    vnuma_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
                             VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
  target_link_libraries(vnuma_${name} PRIVATE $<BUILD_INTERFACE:vnuma_warnings>)
  # So that a program takes of an archive what it uses (--gc-sections).
  target_compile_options(vnuma_${name} PRIVATE -ffunction-sections)
  string(TOUPPER VNUMA_${name}_STATIC_DEFINE static_define)
  set_target_properties(vnuma_shared PROPERTIES DEFINE_SYMBOL vnuma_${name}_EXPORTS)
  set(export_folder ${CMAKE_CURRENT_BINARY_DIR}/${folder}/include)
  generate_export_header(vnuma_shared BASE_NAME vnuma_${name}
                         EXPORT_FILE_NAME ${export_folder}/vnuma/${name}/export.hpp)
  vnuma_interface(vnuma_${name} "")
  if(VNUMA_PACKAGES)
    # The same objects again, so that nothing is compiled twice.
    add_library(vnuma_${name}_static STATIC $<TARGET_OBJECTS:vnuma_${name}>)
    set_target_properties(vnuma_${name}_static PROPERTIES LINKER_LANGUAGE CXX)
    vnuma_interface(vnuma_${name}_static _static)
  endif()
  if(VNUMA_INSTALL)
    vnuma_install_library(${name})
  endif()
endfunction()

# What users of the target get; `variant` is the end of the names of the libraries that it needs.
macro(vnuma_interface target variant)
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name} OUTPUT_NAME vnuma-${name})
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_include_directories(
    ${target} PUBLIC $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/${folder}/include>
                     $<BUILD_INTERFACE:${export_folder}>
                     $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  get_target_property(type ${target} TYPE)
  if(type STREQUAL STATIC_LIBRARY)
    target_compile_definitions(${target} PUBLIC ${static_define})
  endif()
  foreach(other IN LISTS arg_NEEDS)
    target_link_libraries(${target} PUBLIC vnuma_${other}${variant})
  endforeach()
  target_link_libraries(${target} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
endmacro()

macro(vnuma_install_library name)
  get_target_property(type vnuma_${name} TYPE)
  if(type STREQUAL SHARED_LIBRARY)
    set(export vnumaShared)
  else()
    set(export vnumaStatic)
  endif()
  install(TARGETS vnuma_${name} EXPORT ${export}
          LIBRARY COMPONENT vnuma_runtime NAMELINK_COMPONENT vnuma_development
          ARCHIVE COMPONENT vnuma_development)
  if(VNUMA_PACKAGES)
    install(TARGETS vnuma_${name}_static EXPORT vnumaStatic ARCHIVE COMPONENT vnuma_development)
  endif()
  install(DIRECTORY ${folder}/include/vnuma ${export_folder}/vnuma DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
          COMPONENT vnuma_development)

  list(TRANSFORM arg_NEEDS PREPEND vnuma- OUTPUT_VARIABLE requires)
  list(TRANSFORM requires APPEND " = ${PROJECT_VERSION}")
  set(requires_private ${arg_PKG_CONFIG})
  if(type STREQUAL STATIC_LIBRARY)
    # Where there is no shared library, nobody should have to say --static.
    list(APPEND requires ${requires_private})
    set(requires_private "")
  endif()
  list(JOIN requires ", " requires)
  list(JOIN requires_private ", " requires_private)
  file(RELATIVE_PATH to_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
  cmake_path(APPEND includedir "\${prefix}" ${CMAKE_INSTALL_INCLUDEDIR})
  cmake_path(APPEND libdir "\${prefix}" ${CMAKE_INSTALL_LIBDIR})
  configure_file(cmake/vnuma.pc.in vnuma-${name}.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/vnuma-${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
          COMPONENT vnuma_development)
endmacro()
