#pragma once

#include "app/daemon/signals.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace callboard::app {

enum class wish { reload, end };

/// What a program that works until it is told otherwise is asked to do: by
/// SIGHUP (reload), SIGTERM and SIGINT (end), or by its own parts. One thread
/// fulfils the wishes one by one; only the second request to end acts at once,
/// on the thread of the signals.
class wish_queue {
public:
  /// Blocks the signals: make it before any other thread.
  wish_queue();
  ~wish_queue();

  wish_queue(const wish_queue&) = delete;
  wish_queue& operator=(const wish_queue&) = delete;

  /// Takes signals from now on. At the second request to end, `last_words` is
  /// called, and the process exits with `failed`.
  void start(std::function<void()> last_words);

  /// Any thread.
  void push(wish what);

  /// Waits for the next one.
  wish next();

private:
  void take_signals();

  signal_waiter signals_;
  std::function<void()> last_words_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<wish> wishes_;
  std::thread thread_;
};

} // namespace callboard::app
