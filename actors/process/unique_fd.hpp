#pragma once

#include <unistd.h>

#include <utility>

namespace callboard::actors {

/// Owns a file descriptor, or none (-1).
class unique_fd {
public:
  unique_fd() = default;
  explicit unique_fd(int fd) noexcept : fd_{fd} {}
  unique_fd(unique_fd&& from) noexcept : fd_{std::exchange(from.fd_, -1)} {}
  unique_fd& operator=(unique_fd&& from) noexcept {
    reset(std::exchange(from.fd_, -1));
    return *this;
  }
  ~unique_fd() { reset(); }

  int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }

  void reset(int fd = -1) noexcept {
    if (auto old = std::exchange(fd_, fd); old >= 0)
      ::close(old);
  }

  /// The caller owns it from now on.
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }

private:
  int fd_ = -1;
};

} // namespace callboard::actors
