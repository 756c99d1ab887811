#pragma once

#include "store/model/error.hpp"

#include <string>

namespace callboard::app {

/// The file that `program` means, found as the shell finds it: a name with a
/// slash is a path, and counts from `base_directory` when it is relative; any
/// other is looked for in the folders of `search_path` (such as the value of
/// PATH). `invalid_config` when there is none or it may not be executed; it
/// names the program as it is `written`, if that is not empty.
[[nodiscard]] result<std::string>
find_program(const std::string& program, const std::string& base_directory,
             const std::string& search_path, const std::string& written = {});

/// What to do about an error of starting `path`: "No such file or directory;
/// ...".
std::string start_error(int number, const std::string& path);

} // namespace callboard::app
