#include "app/daemon/log_queue.hpp"

#include <catch2/catch.hpp>
#include <spdlog/sinks/base_sink.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

using callboard::app::log_queue;

namespace {

constexpr auto info = spdlog::level::info;

/// A reader who takes nothing until told to.
class slow_reader final : public spdlog::sinks::sink {
public:
  void log(const spdlog::details::log_msg& line) override {
    std::unique_lock lock{mutex_};
    asked_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
    lines_.emplace_back(line.payload.data(), line.payload.size());
  }
  void flush() override {}
  void set_pattern(const std::string&) override {}
  void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

  void await_first() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return asked_; });
  }

  void read_on() {
    std::lock_guard lock{mutex_};
    open_ = true;
    changed_.notify_all();
  }

  std::vector<std::string> lines() const {
    std::lock_guard lock{mutex_};
    return lines_;
  }

private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool asked_ = false;
  bool open_ = false;
  std::vector<std::string> lines_;
};

std::string count(std::uint64_t lines) {
  return std::to_string(lines) + " dropped";
}

} // namespace

TEST_CASE("lines are written in order") {
  auto reader = std::make_shared<slow_reader>();
  reader->read_on();
  log_queue queue{reader, count};
  CHECK(queue.wants(info));
  CHECK_FALSE(queue.wants(spdlog::level::debug));
  queue.level(spdlog::level::warn);
  CHECK_FALSE(queue.wants(info));
  queue.write(info, "a");
  queue.write(spdlog::level::err, "b");
  CHECK(queue.flush());
  CHECK(reader->lines() == std::vector<std::string>{"a", "b"});
  CHECK(queue.dropped() == 0);
}

TEST_CASE("who logs does not wait for who reads, and hears what was dropped") {
  auto reader = std::make_shared<slow_reader>();
  log_queue queue{reader, count};
  queue.write(info, "first");
  reader->await_first();
  for (std::size_t i = 0; i < log_queue::most_waiting + 100; ++i)
    queue.write(info, std::to_string(i));
  CHECK(queue.dropped() == 100);
  CHECK_FALSE(queue.flush(std::chrono::milliseconds{0}));
  reader->read_on();
  CHECK(queue.flush(std::chrono::minutes{1}));
  auto lines = reader->lines();
  REQUIRE(lines.size() == log_queue::most_waiting + 2);
  CHECK(lines[0] == "first");
  CHECK(lines[1] == "100");
  CHECK(lines[lines.size() - 2]
        == std::to_string(log_queue::most_waiting + 99));
  CHECK(lines.back() == "100 dropped");
  // Once is enough.
  queue.write(info, "last");
  CHECK(queue.flush());
  CHECK(reader->lines().back() == "last");
}

TEST_CASE("a log that nobody reads does not hold up the end") {
  auto reader = std::make_shared<slow_reader>();
  {
    log_queue queue{reader, count};
    queue.write(info, "first");
    reader->await_first();
    for (std::size_t i = 0; i < log_queue::most_waiting * 2; ++i)
      queue.write(info, "more");
  }
  CHECK(reader->lines().empty());
  // What was left to itself ends with the program.
  reader->read_on();
}
