# Debian's CAF 0.17.6 ships no CMake package. Defines CAF::core, CAF::io and
# CAF::openssl. The type id checks turn a forgotten CAF_ADD_TYPE_ID, which
# would send empty messages at run time, into a compile error.
include(FindPackageHandleStandardArgs)
find_package(Threads REQUIRED)
find_package(OpenSSL QUIET)
find_path(CAF_INCLUDE_DIR caf/all.hpp)
foreach(part core io openssl)
  find_library(CAF_${part}_LIBRARY caf_${part})
endforeach()
find_package_handle_standard_args(CAF
  REQUIRED_VARS CAF_INCLUDE_DIR CAF_core_LIBRARY CAF_io_LIBRARY
                CAF_openssl_LIBRARY OPENSSL_FOUND
  REASON_FAILURE_MESSAGE "install libcaf-dev and libssl-dev")
if(CAF_FOUND AND NOT TARGET CAF::core)
  foreach(part core io openssl)
    add_library(CAF::${part} UNKNOWN IMPORTED)
    set_target_properties(CAF::${part} PROPERTIES
      IMPORTED_LOCATION ${CAF_${part}_LIBRARY}
      INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${CAF_INCLUDE_DIR}
      INTERFACE_INCLUDE_DIRECTORIES ${CAF_INCLUDE_DIR}
      INTERFACE_COMPILE_DEFINITIONS CAF_ENABLE_TYPE_ID_CHECKS)
  endforeach()
  target_link_libraries(CAF::core INTERFACE Threads::Threads)
  target_link_libraries(CAF::io INTERFACE CAF::core)
  target_link_libraries(CAF::openssl INTERFACE CAF::io OpenSSL::SSL)
endif()
