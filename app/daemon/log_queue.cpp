#include "app/daemon/log_queue.hpp"

#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/sinks/sink.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

namespace callboard::app {

namespace {

using spdlog::details::thread_pool;

// While more are dropped all the time, it is said once for so many.
constexpr std::uint64_t worth_a_line = 10'000;

/// What the queue's thread writes to, one line at a time.
class counting_sink final : public spdlog::sinks::sink {
public:
  counting_sink(spdlog::sink_ptr to, log_queue::dropped_line say_dropped)
      : to_{std::move(to)}, say_dropped_{std::move(say_dropped)} {}

  /// Before the first line.
  void count(std::weak_ptr<thread_pool> pool) { pool_ = std::move(pool); }

  void log(const spdlog::details::log_msg& line) override {
    write(line);
    tell_of_dropped();
    {
      std::lock_guard lock{mutex_};
      ++written_;
    }
    changed_.notify_all();
  }

  void flush() override {}
  void set_pattern(const std::string& pattern) override {
    to_->set_pattern(pattern);
  }
  void set_formatter(std::unique_ptr<spdlog::formatter> how) override {
    to_->set_formatter(std::move(how));
  }

  bool await(std::uint64_t lines, std::chrono::milliseconds limit) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, limit,
                             [&] { return written_ + dropped() >= lines; });
  }

  std::uint64_t dropped() const {
    auto pool = pool_.lock();
    return pool ? pool->overrun_counter() : 0;
  }

private:
  // A log that can't be written to must not stop a job.
  void write(const spdlog::details::log_msg& line) noexcept {
    try {
      to_->log(line);
      to_->flush();
    } catch (...) {
    }
  }

  void tell_of_dropped() {
    auto pool = pool_.lock();
    if (!pool)
      return;
    auto dropped = pool->overrun_counter();
    auto untold = dropped - told_;
    if (untold == 0 || (untold < worth_a_line && pool->queue_size() > 0))
      return;
    told_ = dropped;
    write({"callboard", spdlog::level::warn, say_dropped_(untold)});
  }

  const spdlog::sink_ptr to_;
  const log_queue::dropped_line say_dropped_;
  std::weak_ptr<thread_pool> pool_;
  std::uint64_t told_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t written_ = 0;
};

/// The pool's end waits for its thread, and that may wait for ever.
void leave_running(std::shared_ptr<thread_pool> pool) {
  static std::mutex mutex;
  static auto& left = *new std::vector<std::shared_ptr<thread_pool>>;
  std::lock_guard lock{mutex};
  left.push_back(std::move(pool));
}

} // namespace

struct log_queue::impl {
  std::shared_ptr<thread_pool> pool;
  std::shared_ptr<counting_sink> sink;
  std::shared_ptr<spdlog::async_logger> out;
  std::atomic<spdlog::level::level_enum> least = spdlog::level::info;
  std::atomic<std::uint64_t> lines = 0;
};

log_queue::log_queue(spdlog::sink_ptr to, dropped_line say_dropped)
    : impl_{std::make_unique<impl>()} {
  auto& x = *impl_;
  x.pool = std::make_shared<thread_pool>(most_waiting, 1);
  x.sink
      = std::make_shared<counting_sink>(std::move(to), std::move(say_dropped));
  x.sink->count(x.pool);
  x.out = std::make_shared<spdlog::async_logger>(
      "callboard", x.sink, x.pool,
      spdlog::async_overflow_policy::overrun_oldest);
  x.out->set_error_handler([](const std::string&) {});
  // `wants` says what is logged, and what is written is counted.
  x.out->set_level(spdlog::level::trace);
}

log_queue::~log_queue() {
  if (!flush())
    leave_running(impl_->pool);
}

void log_queue::level(spdlog::level::level_enum least) {
  impl_->least = least;
}

bool log_queue::wants(spdlog::level::level_enum level) const {
  return level >= impl_->least;
}

void log_queue::write(spdlog::level::level_enum level, std::string_view line) {
  ++impl_->lines;
  impl_->out->log(level, spdlog::string_view_t{line.data(), line.size()});
}

bool log_queue::flush(std::chrono::milliseconds limit) {
  return impl_->sink->await(impl_->lines, limit);
}

std::uint64_t log_queue::dropped() const {
  return impl_->sink->dropped();
}

} // namespace callboard::app
