#pragma once

#include "actors/pipeline/stop_signal.hpp"
#include "store/model/time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callboard {

/// Who runs right now in one queue, and how to ask it to stop: the only thing
/// that a slot's thread and its poller share, since a thread that is inside a
/// handler reads no messages. Thread-safe; a lock is held for some
/// nanoseconds, never across user code.
class stop_board {
public:
  using steady_time = std::chrono::steady_clock::time_point;

  /// A running job.
  struct entry {
    std::string id;
    std::string type;
    std::int64_t fence = 0;
    steady_time started;
    std::optional<steady_time> deadline;
    /// It ends at its deadline without our help, since it runs in another
    /// process or is an actor: it never hangs.
    bool ends_itself = false;
    stop_signal stop;
    /// When `stop_overdue` found that its deadline had passed.
    std::optional<steady_time> late_since{};
  };

  /// Takes the entry off the board at the end of the handler.
  class running {
  public:
    running(stop_board& board, std::size_t key) : board_{&board}, key_{key} {}
    running(const running&) = delete;
    running& operator=(const running&) = delete;
    ~running() { board_->remove(key_); }

  private:
    stop_board* board_;
    std::size_t key_;
  };

  /// Puts a job on the board that is about to run. When `stop_all` was called
  /// before, its stop has fired already.
  [[nodiscard]] running add(entry job);

  /// Asks those whose deadline has passed to stop; answers how many it asked
  /// now.
  std::size_t stop_overdue(steady_time now);

  /// Takes those off the board that were late for `grace` and still run: their
  /// handlers hang. The grace counts from the `stop_overdue` that found them.
  [[nodiscard]] std::vector<entry> take_hung(steady_time now, duration grace);

  /// When `stop_overdue` or `take_hung` will have something to do.
  std::optional<steady_time> next_deadline(duration grace) const;

  /// Asks the lease (id, fence) to stop, if it runs.
  bool stop_one(std::string_view id, std::int64_t fence, stop_reason why);

  /// Asks all that run, and all that will be added.
  void stop_all(stop_reason why);

  /// Who runs now; for reports.
  std::vector<entry> snapshot() const;

  std::size_t size() const;

private:
  void remove(std::size_t key);

  mutable std::mutex mutex_;
  std::map<std::size_t, entry> entries_;
  std::size_t next_key_ = 0;
  stop_reason stopping_ = stop_reason::none;
};

} // namespace callboard
