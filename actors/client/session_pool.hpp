#pragma once

#include "store/database.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace callboard::actors {

/// Connections for callers that enqueue on their own threads. Thread-safe;
/// at most `most` are out at once, further callers wait for one.
class session_pool {
public:
  /// Calls end within `timeout`, whatever the database does.
  session_pool(database_ptr db, duration timeout, std::size_t most = 4);

  /// Calls `operation` with a connection. One that proves broken is dropped.
  /// When a connection that had been lying in the pool turns out to be dead
  /// before anything was stored (or its server read-only by now), `operation`
  /// is called once more with a fresh one.
  template <class T>
  result<T> with(const std::function<result<T>(job_store&)>& operation) {
    return with<T>(operation, timeout_);
  }

  /// The same within a timeout of its own.
  template <class T>
  result<T> with(const std::function<result<T>(job_store&)>& operation,
                 duration timeout) {
    auto end = steady::now() + timeout;
    auto taken = take(end);
    if (!taken)
      return taken.error();
    taken->store->give_up_at(end);
    auto answer = operation(*taken->store);
    auto stale = !answer && taken->used && is_stale(answer.error());
    put(std::move(*taken));
    if (!stale)
      return answer;
    auto fresh = take_new(end);
    if (!fresh)
      return fresh.error();
    fresh->store->give_up_at(end);
    answer = operation(*fresh->store);
    put(std::move(*fresh));
    return answer;
  }

private:
  using steady = std::chrono::steady_clock;

  struct lent {
    std::unique_ptr<job_store> store;
    /// It was lying in the pool.
    bool used = false;
  };

  static bool is_stale(const error& why);

  result<lent> take(steady::time_point end);
  result<lent> take_new(steady::time_point end);
  /// False when none became free in time.
  bool await_place(std::unique_lock<std::mutex>& lock, steady::time_point end);
  error no_place() const;
  /// A place is taken already.
  result<lent> connect(steady::time_point end);
  void put(lent back);

  database_ptr db_;
  duration timeout_;
  std::size_t most_;
  std::mutex mutex_;
  std::condition_variable free_;
  std::vector<std::unique_ptr<job_store>> idle_;
  std::size_t out_ = 0;
};

} // namespace callboard::actors
