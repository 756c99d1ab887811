#include "app/handlers/program_path.hpp"

#include "app/handlers/handler_environment.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>

namespace callboard::app {

namespace {

bool is_file(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

bool may_execute(const std::string& path) {
  return is_file(path) && ::access(path.c_str(), X_OK) == 0;
}

// The number of the error with which a start would fail, or 0.
int fault_of(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0)
    return errno;
  if (S_ISDIR(info.st_mode))
    return EISDIR;
  return may_execute(path) ? 0 : EACCES;
}

std::string absolute(const std::string& path, const std::string& base) {
  auto from_here
      = std::filesystem::absolute(std::filesystem::path{base} / path);
  return from_here.lexically_normal().string();
}

result<std::string> checked(std::string path, const std::string& written) {
  if (auto fault = fault_of(path); fault != 0)
    return error{errc::invalid_config,
                 "the program '" + shown_name(path, written)
                     + "' can't be started: " + start_error(fault, path)};
  return path;
}

std::string remedy_for(int number, const std::string& path) {
  switch (number) {
  case ENOENT:
    return is_file(path) ? "; the interpreter that its first line names is "
                           "missing: install it, or correct the line"
                         : "; install it, or correct the path in the config";
  case ENOTDIR:
    return "; correct the path in the config";
  case EISDIR:
    return "; name a program in it";
  case EACCES:
    return may_execute(path) ? "; its interpreter may not be executed"
                             : "; make it executable: chmod +x";
  case ENOEXEC:
    return "; begin a script with a line such as #!/bin/sh, or build the "
           "program for this machine";
  case E2BIG:
    return "; its arguments and environment are too long";
  case EAGAIN:
  case ENOMEM:
  case EMFILE:
  case ENFILE:
    return "; lower the concurrency, or raise the limits of the system";
  default:
    return "";
  }
}

} // namespace

result<std::string> find_program(const std::string& program,
                                 const std::string& base_directory,
                                 const std::string& search_path,
                                 const std::string& written) {
  if (program.empty())
    return error{errc::invalid_config, "the command names no program"};
  if (program.find('/') != program.npos)
    return checked(absolute(program, base_directory), written);
  std::optional<std::string> candidate;
  std::string_view rest{search_path};
  for (auto more = true; more;) {
    auto end = rest.find(':');
    auto folder = std::string{rest.substr(0, end)};
    more = end != rest.npos;
    rest.remove_prefix(more ? end + 1 : rest.size());
    auto path = absolute(folder + "/" + program, base_directory);
    if (folder.empty())
      path = absolute(program, base_directory);
    if (may_execute(path))
      return path;
    if (!candidate && is_file(path))
      candidate = path;
  }
  if (candidate)
    return checked(*candidate, written);
  auto name = shown_name(program, written);
  return error{errc::invalid_config,
               "the program '" + name
                   + "' is in no folder of PATH; install it, or write its "
                     "path (./"
                   + name + " for one beside the config file)"};
}

std::string start_error(int number, const std::string& path) {
  return std::generic_category().message(number) + remedy_for(number, path);
}

} // namespace callboard::app
