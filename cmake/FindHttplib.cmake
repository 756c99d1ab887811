# Debian's cpp-httplib may come with or without a CMake package. Defines
# Httplib::httplib, with TLS.
include(FindPackageHandleStandardArgs)
find_package(Threads REQUIRED)
find_package(OpenSSL QUIET)
find_path(HTTPLIB_INCLUDE_DIR httplib.h)
find_library(HTTPLIB_LIBRARY NAMES cpp-httplib httplib)
find_package_handle_standard_args(Httplib
  REQUIRED_VARS HTTPLIB_INCLUDE_DIR OPENSSL_FOUND
  REASON_FAILURE_MESSAGE "install libcpp-httplib-dev and libssl-dev")
if(Httplib_FOUND AND NOT TARGET Httplib::httplib)
  add_library(Httplib::httplib INTERFACE IMPORTED)
  target_include_directories(Httplib::httplib SYSTEM INTERFACE ${HTTPLIB_INCLUDE_DIR})
  # TLS changes the layout of httplib's classes: a compiled library needs the
  # macro that it was built with.
  target_compile_definitions(Httplib::httplib INTERFACE CPPHTTPLIB_OPENSSL_SUPPORT)
  target_link_libraries(Httplib::httplib INTERFACE OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
  if(HTTPLIB_LIBRARY)
    target_link_libraries(Httplib::httplib INTERFACE ${HTTPLIB_LIBRARY})
  endif()
endif()
