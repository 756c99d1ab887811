#pragma once

#include "store/database.hpp"

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
  explicit session_pool(database_ptr db, std::size_t most = 4);

  /// Calls `operation` with a connection. One that proves broken is dropped.
  /// When a connection that had been lying in the pool turns out to be dead
  /// before anything was stored (`database_unreachable`), `operation` is called
  /// once more with a fresh one.
  template <class T>
  result<T> with(const std::function<result<T>(job_store&)>& operation) {
    auto taken = take();
    if (!taken)
      return taken.error();
    auto answer = operation(*taken->store);
    auto stale = !answer && taken->used
                 && answer.error().code == errc::database_unreachable;
    put(std::move(*taken));
    if (!stale)
      return answer;
    auto fresh = take_new();
    if (!fresh)
      return fresh.error();
    answer = operation(*fresh->store);
    put(std::move(*fresh));
    return answer;
  }

private:
  struct lent {
    std::unique_ptr<job_store> store;
    /// It was lying in the pool.
    bool used = false;
  };

  result<lent> take();
  result<lent> take_new();
  /// A slot is taken already.
  result<lent> connect();
  void put(lent back);

  database_ptr db_;
  std::size_t most_;
  std::mutex mutex_;
  std::condition_variable free_;
  std::vector<std::unique_ptr<job_store>> idle_;
  std::size_t out_ = 0;
};

} // namespace callboard::actors
