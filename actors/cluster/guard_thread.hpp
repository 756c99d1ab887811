#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <mutex>
#include <thread>
#include <utility>

namespace callboard::actors {

/// The thread of a guard. What others hand over to it is done one after the
/// other, and nothing of it is ever left over: what would lie there undone
/// would keep alive what it needs, and with that the queue it lies in.
class guard_thread {
public:
  guard_thread() = default;

  guard_thread(const guard_thread&) = delete;
  guard_thread& operator=(const guard_thread&) = delete;

  void start();

  /// Ends as soon as nothing is under way.
  void let_end() { work_.reset(); }

  void join() { thread_.join(); }

  boost::asio::io_context& io() noexcept { return io_; }

  /// Has the thread do it soon. Once it has ended, the caller does it at once:
  /// by then every line is at its end, so that nothing new begins.
  template <class F>
  void hand_over(F what) {
    std::lock_guard lock{mutex_};
    if (ended_)
      return what();
    handed_over_ = true;
    boost::asio::post(io_, std::move(what));
  }

private:
  void run();

  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_
      = boost::asio::make_work_guard(io_);
  // What is done at once may hand over something itself.
  std::recursive_mutex mutex_;
  bool handed_over_ = false;
  bool ended_ = false;
  std::thread thread_;
};

} // namespace callboard::actors
