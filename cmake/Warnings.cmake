# Warnings are errors in our own targets, never in packages' headers.
add_library(callboard_warnings INTERFACE)
target_compile_options(callboard_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  -Werror
  # C++20 designated initialisers leave defaulted members out on purpose.
  -Wno-missing-field-initializers
  # GCC 12 reports paths through std::string and std::variant that can't be
  # taken (GCC bugs 105562, 105651, 107138).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict -Wno-maybe-uninitialized>)
