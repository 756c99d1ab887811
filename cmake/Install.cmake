# `cmake --install` gives headers, libraries, the program and a CMake package:
#   find_package(callboard REQUIRED)
#   target_link_libraries(mine PRIVATE callboard::callboard)
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# Everything that a service needs, under one name.
add_library(callboard_library INTERFACE)
add_library(callboard::callboard ALIAS callboard_library)
target_link_libraries(callboard_library INTERFACE callboard_actors)
set_target_properties(callboard_library PROPERTIES EXPORT_NAME callboard)

get_property(targets GLOBAL PROPERTY CALLBOARD_INSTALL_TARGETS)
install(TARGETS ${targets} callboard_library EXPORT callboard-targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS callboard RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

# The headers of the layers that are installed, in their folders.
install(DIRECTORY store actors DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/callboard
  FILES_MATCHING PATTERN "*.hpp"
  PATTERN "sql" EXCLUDE PATTERN "postgres" EXCLUDE PATTERN "sqlite" EXCLUDE
  PATTERN "migrations" EXCLUDE)
install(FILES actors/callboard.hpp
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/callboard)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/callboard)
install(EXPORT callboard-targets NAMESPACE callboard:: DESTINATION ${package_dir})
write_basic_package_version_file(
  ${CMAKE_CURRENT_BINARY_DIR}/callboard-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES cmake/callboard-config.cmake cmake/FindSOCI.cmake
              cmake/FindCAF.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/callboard-config-version.cmake
  DESTINATION ${package_dir})
