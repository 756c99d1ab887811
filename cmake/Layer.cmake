# callboard_layer(NAME SOURCES ... LINK ... PRIVATE_LINK ...): one library of
# ours, with the include roots, warnings and install rules that all share.
function(callboard_layer name)
  cmake_parse_arguments(arg "NO_INSTALL" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(${name} ${arg_SOURCES})
  string(REGEX REPLACE "^callboard_" "" export_name ${name})
  add_library(callboard::${export_name} ALIAS ${name})
  target_include_directories(${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
    $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
    $<INSTALL_INTERFACE:include>
    $<INSTALL_INTERFACE:include/callboard>)
  target_compile_features(${name} PUBLIC cxx_std_20)
  target_link_libraries(${name} PUBLIC ${arg_LINK}
    PRIVATE $<BUILD_INTERFACE:callboard_warnings> ${arg_PRIVATE_LINK})
  if(NOT arg_NO_INSTALL)
    set_target_properties(${name} PROPERTIES EXPORT_NAME ${export_name})
    set_property(GLOBAL APPEND PROPERTY CALLBOARD_INSTALL_TARGETS ${name})
  endif()
endfunction()
