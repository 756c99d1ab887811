# callboard_embed(TARGET NAMESPACE HEADER FILE...): makes a header in the build
# tree with one `inline constexpr std::string_view` per file, named after the
# file with every other character than letters and digits turned into '_'.
function(callboard_embed target namespace header)
  set(out ${CMAKE_BINARY_DIR}/embedded/${header})
  set(text "#pragma once\n\n#include <string_view>\n\nnamespace ${namespace} {\n\n")
  foreach(file IN LISTS ARGN)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(READ ${file} body)
    get_filename_component(name ${file} NAME)
    string(MAKE_C_IDENTIFIER "${name}" name)
    # A string literal may hold 64 KiB; ours are far smaller.
    string(APPEND text
      "inline constexpr std::string_view ${name} = R\"embedded(${body})embedded\";\n\n")
  endforeach()
  string(APPEND text "} // namespace ${namespace}\n")
  file(CONFIGURE OUTPUT ${out} CONTENT "@text@" @ONLY)
  target_include_directories(${target} PRIVATE ${CMAKE_BINARY_DIR}/embedded)
endfunction()
