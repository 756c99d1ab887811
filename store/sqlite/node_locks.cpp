#include "store/sqlite/node_locks.hpp"

#include "store/model/error.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>

namespace callboard::store {

namespace {

constexpr off_t mark_offset = 8;

struct flock byte_at(long long offset, short type) {
  struct flock range {};
  range.l_type = type;
  range.l_whence = SEEK_SET;
  range.l_start = offset;
  range.l_len = 1;
  return range;
}

[[noreturn]] void fail(const std::string& path, int cause) {
  auto code = errc::database_error;
  if (cause == EACCES || cause == EPERM)
    code = errc::permission_denied;
  else if (cause == EROFS)
    code = errc::database_read_only;
  else if (cause == ENOSPC || cause == EDQUOT)
    code = errc::database_full;
  else if (cause == ENOENT || cause == ENOTDIR)
    code = errc::database_unreachable;
  throw failure{{code, "the lock file '" + path + "': " + std::strerror(cause)
                           + "; it must be writable and on a file system with"
                             " locks"}};
}

} // namespace

lock_file::lock_file(const std::string& path)
    : path_{path}, descriptor_{::open(path.c_str(),
                                      O_RDWR | O_CREAT | O_CLOEXEC, 0666)} {
  if (descriptor_ < 0)
    fail(path_, errno);
}

lock_file::~lock_file() {
  ::close(descriptor_);
}

bool lock_file::try_lock(long long offset) {
  auto range = byte_at(offset, F_WRLCK);
  if (::fcntl(descriptor_, F_OFD_SETLK, &range) == 0)
    return true;
  if (errno == EAGAIN || errno == EACCES || errno == EINTR)
    return false;
  fail(path_, errno);
}

void lock_file::unlock(long long offset) noexcept {
  auto range = byte_at(offset, F_UNLCK);
  ::fcntl(descriptor_, F_OFD_SETLK, &range);
}

bool lock_file::is_locked(long long offset) const {
  auto range = byte_at(offset, F_WRLCK);
  if (::fcntl(descriptor_, F_OFD_GETLK, &range) != 0)
    fail(path_, errno);
  return range.l_type != F_UNLCK;
}

void lock_file::touch() const noexcept {
  [[maybe_unused]] auto written = ::pwrite(descriptor_, "!", 1, 0);
}

void lock_file::mark() const noexcept {
  auto now = std::chrono::steady_clock::now().time_since_epoch().count();
  [[maybe_unused]] auto written
      = ::pwrite(descriptor_, &now, sizeof now, mark_offset);
}

std::int64_t lock_file::last_mark() const noexcept {
  std::int64_t mark = 0;
  [[maybe_unused]] auto read
      = ::pread(descriptor_, &mark, sizeof mark, mark_offset);
  return mark;
}

std::string lock_file_of(const std::string& database_path) {
  return database_path + "-nodes";
}

} // namespace callboard::store
