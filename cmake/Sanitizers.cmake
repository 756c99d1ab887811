# -DCALLBOARD_SANITIZE="address;undefined" instruments our targets.
if(CALLBOARD_SANITIZE)
  list(JOIN CALLBOARD_SANITIZE "," callboard_sanitizers)
  # vptr checks need the type infos of SOCI's classes, which its library hides.
  add_compile_options(-fsanitize=${callboard_sanitizers}
                      -fno-omit-frame-pointer -fno-sanitize-recover=undefined
                      -fno-sanitize=vptr)
  # Boost.Asio's fences, of which ThreadSanitizer knows nothing: it is not given
  # to what runs them (tests/sanitize.sh).
  if("thread" IN_LIST CALLBOARD_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-tsan)
  endif()
  add_link_options(-fsanitize=${callboard_sanitizers})
endif()
