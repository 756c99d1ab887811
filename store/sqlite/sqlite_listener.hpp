#pragma once

#include "store/database.hpp"
#include "store/sqlite/node_locks.hpp"
#include "store/sqlite/place.hpp"

namespace callboard::store {

/// Waits for the wake-ups of all processes on this machine: each writes to the
/// lock file after its commit, and the system tells who watches it. Which
/// queue is meant is not told; a mark in the file tells of a `cancel`; whether
/// a node joined is not told.
class sqlite_listener final : public wake_listener {
public:
  /// Starts to listen. Throws `failure`: `unsupported` where the system can't
  /// watch files.
  explicit sqlite_listener(sqlite_place_ptr place);
  ~sqlite_listener() override;

  result<hints> wait(duration limit) override;
  void interrupt() noexcept override;

private:
  /// Whether the file was written to since the last time. Throws `failure`
  /// when it is gone.
  bool was_written();

  sqlite_place_ptr place_;
  lock_file file_;
  std::int64_t mark_ = 0;
  int watch_ = -1;
  int interrupt_ = -1;
};

} // namespace callboard::store
