#include "tests/app/handlers/scratch_folder.hpp"

#include "actors/process/unique_fd.hpp"

#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace callboard::app {

scratch_folder::scratch_folder() {
  path_ = (std::filesystem::temp_directory_path() / "callboard-test.XXXXXX")
              .string();
  if (!::mkdtemp(path_.data()))
    throw std::runtime_error{"no temporary folder"};
}

scratch_folder::~scratch_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string scratch_folder::operator/(const std::string& name) const {
  return path_ + "/" + name;
}

std::string scratch_folder::script(const std::string& name,
                                   const std::string& body) const {
  return file(name, "#!/bin/sh\n" + body + "\n", 0755);
}

std::string scratch_folder::file(const std::string& name,
                                 const std::string& text, int mode) const {
  auto path = *this / name;
  std::ofstream{path} << text;
  ::chmod(path.c_str(), static_cast<mode_t>(mode));
  return path;
}

std::string scratch_folder::pipe(const std::string& name) const {
  auto path = *this / name;
  if (::mkfifo(path.c_str(), 0600) != 0)
    throw std::runtime_error{"no named pipe"};
  return path;
}

std::string text_of(const std::string& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

bool has_ended(int pid) {
  actors::unique_fd process{
      static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))};
  if (!process)
    return true;
  pollfd watched{process.get(), POLLIN, 0};
  return ::poll(&watched, 1, 30'000) == 1;
}

} // namespace callboard::app
