#include "actors/client/wake_relay.hpp"

#include <catch2/catch.hpp>

#include <condition_variable>
#include <mutex>

using callboard::actors::wake_relay;

namespace {

class receiver {
public:
  void take(const std::vector<std::string>& queues) {
    std::lock_guard lock{mutex_};
    for (const auto& queue : queues)
      ++told_[queue];
    changed_.notify_all();
  }

  void wait_for(const std::string& queue, int times) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return told_[queue] >= times; });
  }

  int told(const std::string& queue) {
    std::lock_guard lock{mutex_};
    return told_[queue];
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, int> told_;
};

} // namespace

TEST_CASE("the first of a burst is told at once and the rest once at its end") {
  receiver others;
  auto start = std::chrono::steady_clock::now();
  {
    wake_relay relay{[&](const auto& queues) {
      others.take(queues);
    }};
    relay.wake("mail");
    others.wait_for("mail", 1);
    for (int i = 0; i < 1000; ++i)
      relay.wake("mail");
    others.wait_for("mail", 2);
  }
  auto took = std::chrono::steady_clock::now() - start;
  // At most one per gap, however long the machine took.
  CHECK(others.told("mail") <= 2 + took / wake_relay::least_gap);
}

TEST_CASE("the more wake-ups come at a time, the longer the next ones wait") {
  CHECK(wake_relay::rest_after(1) == wake_relay::least_gap);
  CHECK(wake_relay::rest_after(2) == 2 * wake_relay::least_gap);
  CHECK(wake_relay::rest_after(3) == wake_relay::longest_gap);
  CHECK(wake_relay::rest_after(1'000'000'000) == wake_relay::longest_gap);
}

TEST_CASE("queues do not wait for each other") {
  receiver others;
  wake_relay relay{[&](const auto& queues) {
    others.take(queues);
  }};
  relay.wake("mail");
  relay.wake("video");
  others.wait_for("mail", 1);
  others.wait_for("video", 1);
}

TEST_CASE("what is to be told is told before the relay ends") {
  receiver others;
  {
    wake_relay relay{[&](const auto& queues) {
      others.take(queues);
    }};
    relay.wake("mail");
    others.wait_for("mail", 1);
    relay.wake("mail");
  }
  CHECK(others.told("mail") == 2);
}

TEST_CASE("what is claimed is told of by the claimer, and rests") {
  receiver others;
  auto start = std::chrono::steady_clock::now();
  {
    wake_relay relay{[&](const auto& queues) {
      others.take(queues);
    }};
    CHECK(relay.claim({"mail", "video"})
          == std::vector<std::string>{"mail", "video"});
    auto next = relay.claim({"mail"});
    auto took = std::chrono::steady_clock::now() - start;
    // Not before it has rested, however long the machine took.
    CHECK((next.empty() || took >= wake_relay::least_gap));
    relay.wake("mail");
    others.wait_for("mail", 1);
    CHECK(std::chrono::steady_clock::now() - start >= wake_relay::least_gap);
  }
  CHECK(others.told("mail") == 1);
  CHECK(others.told("video") == 0);
}

TEST_CASE("what was claimed and not told of is told of in its place") {
  receiver others;
  wake_relay relay{[&](const auto& queues) {
    others.take(queues);
  }};
  CHECK(relay.claim({"mail"}).size() == 1);
  relay.wake_claimed("mail");
  others.wait_for("mail", 1);
  relay.wake("mail");
  others.wait_for("mail", 2);
}

TEST_CASE("nobody claims what is about to be told of") {
  std::mutex gate;
  std::unique_lock closed{gate};
  receiver others;
  wake_relay relay{[&](const auto& queues) {
    others.take(queues);
    std::lock_guard wait{gate};
  }};
  relay.wake("video");
  others.wait_for("video", 1);
  // The relay is held up while it tells of that.
  relay.wake("mail");
  CHECK(relay.claim({"mail"}).empty());
  closed.unlock();
  others.wait_for("mail", 1);
}

TEST_CASE("the names of queues that nobody uses any more are forgotten") {
  wake_relay relay{[](const auto&) {
  }};
  std::size_t most = 0;
  // Longer than any of them rests.
  auto end = std::chrono::steady_clock::now() + 20 * wake_relay::longest_gap;
  std::size_t names = 0;
  while (names < 20 * wake_relay::least_swept
         || std::chrono::steady_clock::now() < end) {
    CHECK(relay.claim({"q" + std::to_string(names++)}).size() == 1);
    most = std::max(most, relay.known());
  }
  CHECK(most < names);
}
