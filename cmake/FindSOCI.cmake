# Debian's SOCI 4.0.3 ships no CMake package. Defines SOCI::core,
# SOCI::postgresql and SOCI::sqlite3.
include(FindPackageHandleStandardArgs)
find_package(PostgreSQL QUIET)
find_package(SQLite3 QUIET)
find_path(SOCI_INCLUDE_DIR soci/soci.h)
foreach(part core postgresql sqlite3)
  find_library(SOCI_${part}_LIBRARY soci_${part})
endforeach()
find_package_handle_standard_args(SOCI
  REQUIRED_VARS SOCI_INCLUDE_DIR SOCI_core_LIBRARY SOCI_postgresql_LIBRARY
                SOCI_sqlite3_LIBRARY PostgreSQL_FOUND SQLite3_FOUND
  REASON_FAILURE_MESSAGE "install libsoci-dev, libpq-dev and libsqlite3-dev")
if(SOCI_FOUND AND NOT TARGET SOCI::core)
  foreach(part core postgresql sqlite3)
    add_library(SOCI::${part} UNKNOWN IMPORTED)
    set_target_properties(SOCI::${part} PROPERTIES
      IMPORTED_LOCATION ${SOCI_${part}_LIBRARY}
      INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${SOCI_INCLUDE_DIR}
      INTERFACE_INCLUDE_DIRECTORIES ${SOCI_INCLUDE_DIR})
  endforeach()
  target_link_libraries(SOCI::postgresql INTERFACE SOCI::core PostgreSQL::PostgreSQL)
  target_link_libraries(SOCI::sqlite3 INTERFACE SOCI::core SQLite::SQLite3)
endif()
