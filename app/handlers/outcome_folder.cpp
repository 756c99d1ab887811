#include "app/handlers/outcome_folder.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <mutex>
#include <system_error>

namespace callboard::app {

namespace {

namespace fs = std::filesystem;

constexpr const char* name_start = "callboard-outcomes.";

std::string chosen_parent() {
  const auto* chosen = std::getenv("TMPDIR");
  return chosen && *chosen ? chosen : "/tmp";
}

actors::unique_fd open_folder(const std::string& path) {
  return actors::unique_fd{
      ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
}

bool is_ours(const actors::unique_fd& folder) {
  struct stat info {};
  return folder && ::fstat(folder.get(), &info) == 0
         && info.st_uid == ::geteuid();
}

bool lock(const actors::unique_fd& folder) {
  return ::flock(folder.get(), LOCK_EX | LOCK_NB) == 0;
}

// Removes what dead processes of our user left behind.
void sweep(const std::string& parent) {
  std::error_code ignored;
  for (fs::directory_iterator each{parent, ignored}, end;
       !ignored && each != end; each.increment(ignored)) {
    if (!each->path().filename().string().starts_with(name_start))
      continue;
    auto folder = open_folder(each->path().string());
    std::error_code stays;
    if (is_ours(folder) && lock(folder))
      fs::remove_all(each->path(), stays);
  }
}

} // namespace

outcome_folder::outcome_folder(const std::string& parent) {
  sweep(parent);
  // Another process may sweep one away before it is locked.
  do {
    path_ = parent + "/" + name_start + "XXXXXX";
    if (!::mkdtemp(path_.data()))
      throw std::system_error{errno, std::generic_category(),
                              "no folder for outcomes in '" + parent
                                  + "' (make room there, or set TMPDIR)"};
    lock_ = open_folder(path_);
  } while (!lock_ || !lock(lock_) || ::access(path_.c_str(), F_OK) != 0);
}

outcome_folder::~outcome_folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::shared_ptr<const outcome_folder> outcome_folder::ours() {
  static std::mutex mutex;
  static std::shared_ptr<const outcome_folder> current;
  std::lock_guard guard{mutex};
  auto parent = chosen_parent();
  if (!current || !current->path().starts_with(parent + "/")
      || ::access(current->path().c_str(), F_OK) != 0)
    current = std::make_shared<const outcome_folder>(parent);
  return current;
}

} // namespace callboard::app
