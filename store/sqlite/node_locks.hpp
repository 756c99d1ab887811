#pragma once

#include "store/model/lease.hpp"

#include <cstdint>
#include <string>

namespace callboard::store {

/// An open file description of a database's lock file. A byte range of it that
/// is locked stays so until the description is closed: at the latest when the
/// process dies. Locks of two descriptions exclude each other also within one
/// process.
class lock_file {
public:
  /// Opens or creates `path`. Throws `failure`.
  explicit lock_file(const std::string& path);
  ~lock_file();

  lock_file(const lock_file&) = delete;
  lock_file& operator=(const lock_file&) = delete;

  /// Takes the byte at `offset` if it is free. Throws `failure`.
  bool try_lock(long long offset);

  void unlock(long long offset) noexcept;

  /// Whether another description holds the byte. Throws `failure`.
  bool is_locked(long long offset) const;

  /// Lets those who watch the file know. Of its content only the mark means
  /// anything.
  void touch() const noexcept;

  /// The same, and leaves a mark that differs from all before.
  void mark() const noexcept;
  std::int64_t last_mark() const noexcept;

private:
  std::string path_;
  int descriptor_ = -1;
};

/// The lock file of a database file.
std::string lock_file_of(const std::string& database_path);

/// Where a node's liveness lock lies in it.
constexpr long long liveness_offset(incarnation id) noexcept {
  return id & 0x3fff'ffff'ffff'ffff;
}

/// The two bytes of the queue of writers lie above all nodes.
inline constexpr long long turnstile_offset = 0x4000'0000'0000'0000;
inline constexpr long long writer_offset = turnstile_offset + 1;

} // namespace callboard::store
