#pragma once

#include "actors/process/spawn.hpp"
#include "actors/process/unique_fd.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

namespace callboard::actors {

/// Starts the processes of all isolated slots, and sees off those that are not
/// needed any more. Both on one thread that lives as long as this process: the
/// system kills a child when the thread that started it ends, and slots come
/// and go.
class nursery {
public:
  using clock = std::chrono::steady_clock;

  /// Made at the first use, and never destroyed. Throws `std::system_error`
  /// when it can't be made.
  static nursery& ours();

  /// As `spawn`; blocks.
  spawned start(const program_start& what);

  /// A child that was told to end.
  struct leaving {
    pid_t pid = -1;
    /// Readable when it has ended.
    unique_fd death;
    /// Stays open until then.
    unique_fd control;
    /// Then it is killed.
    clock::time_point kill_at;
  };

  /// Takes a child over: waits for its end, and reaps it. Does not block.
  void see_off(leaving child);

  /// Waits until all of them are gone; false when that takes longer.
  bool await_departures(clock::duration limit);

  /// The same; true at once where there never was a process.
  static bool await_all_departures(clock::duration limit);

private:
  struct request {
    const program_start* what;
    std::optional<spawned> made;
  };

  nursery();

  static std::atomic<nursery*> made_;

  void run();
  void start_all();
  void attend_leaving();
  void await(const std::vector<leaving>& all) const;

  unique_fd wake_;
  std::mutex mutex_;
  std::condition_variable started_;
  std::condition_variable left_;
  std::deque<request*> requests_;
  std::vector<leaving> arrivals_;
  /// Only the thread changes it.
  std::vector<leaving> leaving_;
};

} // namespace callboard::actors
