#include "tests/e2e/small_disk.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sys/mount.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace callboard::test {

namespace fs = std::filesystem;

namespace {

void require(bool done, const std::string& what) {
  if (!done)
    throw std::system_error{errno, std::generic_category(), what};
}

} // namespace

bool small_disk::possible() {
  return geteuid() == 0;
}

small_disk::small_disk(std::size_t megabytes)
    : folder_{place_.path() + "/disk/server"} {
  const auto* server = getpwnam("postgres");
  if (!server)
    throw std::runtime_error{"there is no user 'postgres'"};
  fs::permissions(place_.path(), fs::perms{0755});
  auto disk = place_.path() + "/disk";
  fs::create_directory(disk);
  auto size = "size=" + std::to_string(megabytes) + "m,mode=0755";
  require(mount("tmpfs", disk.c_str(), "tmpfs", 0, size.c_str()) == 0,
          "mount " + disk);
  fs::create_directory(folder_);
  require(chown(folder_.c_str(), server->pw_uid, server->pw_gid) == 0,
          "chown " + folder_);
}

small_disk::~small_disk() {
  // Goes with its last user.
  umount2((place_.path() + "/disk").c_str(), MNT_DETACH);
}

void small_disk::fill() const {
  int file = ::open(filler().c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC,
                    0600);
  require(file >= 0, filler());
  std::array<char, 4096> page{};
  while (::write(file, page.data(), page.size()) > 0) {
  }
  auto full = errno == ENOSPC;
  close(file);
  if (!full)
    throw std::runtime_error{"the disk does not get full"};
}

void small_disk::make_room() const {
  fs::remove(filler());
}

} // namespace callboard::test
