# -DCALLBOARD_SANITIZE="address;undefined" instruments our targets.
if(CALLBOARD_SANITIZE)
  list(JOIN CALLBOARD_SANITIZE "," callboard_sanitizers)
  add_compile_options(-fsanitize=${callboard_sanitizers}
                      -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=${callboard_sanitizers})
endif()
