#include "actors/isolation/messages.hpp"
#include "tests/support/random_seed.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <vector>

using namespace callboard;
using namespace callboard::actors;
using namespace std::chrono_literals;

namespace {

const std::string nul{"a\0b", 3};

std::vector<message> one_of_each() {
  job work{.id = "j1",
           .queue = "mail",
           .type = "welcome",
           .arg = nul,
           .request_id = "r1",
           .attempt = 3,
           .max_attempts = -1,
           .priority = -7,
           .last_error = "once",
           .run_at = time_point{1us},
           .created_at = time_point{-5h}};
  return {
      greeting{
          .queue = "mail", .memory = 1LL << 40, .cpu_time = 3s, .startup = nul},
      assignment{.number = 1,
                 .work = work,
                 .fence = 1LL << 60,
                 .time_left = std::nullopt},
      assignment{.number = 2, .work = {}, .fence = 0, .time_left = -3us},
      readiness{},
      refusal{"no"},
      log_line{log_level::error, "line"},
      answer{1, complete(), false},
      answer{2, retry(3s, "e"), true},
      answer{3, fail(""), false},
      answer{4, move_to_dlq(nul), false},
      answer{5, reschedule(by_after(-1us)), false},
      answer{6, reschedule(by_after(1h), with_arg{""}), false},
      answer{7, reschedule(by_cron("@daily", "Europe/Berlin"), with_arg{nul}),
             false}};
}

} // namespace

TEST_CASE("every message of the isolation comes back whole") {
  for (const auto& each : one_of_each()) {
    message_buffer buffer;
    buffer.feed(encode(each));
    CHECK(buffer.next() == each);
    CHECK(buffer.empty());
    CHECK_FALSE(buffer.next());
    CHECK_FALSE(buffer.broken());
  }
}

TEST_CASE("messages may come in pieces of any size") {
  auto all = one_of_each();
  std::string bytes;
  for (const auto& each : all)
    bytes += encode(each);
  for (std::size_t piece : {1U, 3U, 7U, 100U, 100000U}) {
    message_buffer buffer;
    std::vector<message> got;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      buffer.feed(std::string_view{bytes}.substr(at, piece));
      while (auto next = buffer.next())
        got.push_back(std::move(*next));
    }
    CHECK(got == all);
  }
}

TEST_CASE("messages that were taken are not kept when none ends a piece") {
  auto line = encode(log_line{log_level::info, std::string(1000, 'x')});
  message_buffer buffer;
  buffer.feed(std::string_view{line}.substr(0, 1));
  std::size_t most = 0;
  for (int i = 0; i < 1000; ++i) {
    buffer.feed(line.substr(1) + line[0]);
    REQUIRE(buffer.next());
    REQUIRE_FALSE(buffer.next());
    most = std::max(most, buffer.held());
  }
  CHECK(most < 4 * line.size());
}

TEST_CASE("a message cut anywhere inside is none, and one too long is broken") {
  for (const auto& each : one_of_each()) {
    auto bytes = encode(each);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      message_buffer buffer;
      buffer.feed(std::string_view{bytes}.substr(0, length));
      CHECK_FALSE(buffer.next());
      CHECK_FALSE(buffer.broken());
    }
    // The body is longer than its fields.
    auto longer = bytes + "x";
    ++longer[0];
    message_buffer buffer;
    buffer.feed(longer);
    CHECK_FALSE(buffer.next());
    CHECK(buffer.broken());
  }
}

TEST_CASE("a length that no message has is broken before it costs memory") {
  message_buffer buffer;
  buffer.feed({"\xff\xff\xff\x7f\0\0\0\0", 8});
  CHECK_FALSE(buffer.next());
  CHECK(buffer.broken());
}

TEST_CASE("changed bytes never make anything but a message or a break") {
  auto seed = tests::random_seed("messages_test");
  std::mt19937_64 engine{seed};
  auto all = one_of_each();
  auto upto = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>{0, n - 1}(engine);
  };
  std::size_t whole = 0;
  std::size_t broken = 0;
  for (int i = 0; i < 20000; ++i) {
    auto bytes = encode(all[upto(all.size())]);
    for (auto changes = 1 + upto(4); changes > 0; --changes)
      bytes[upto(bytes.size())] = static_cast<char>(upto(256));
    message_buffer buffer;
    buffer.feed(bytes);
    while (auto next = buffer.next()) {
      ++whole;
      // What was understood can be said again.
      message_buffer again;
      again.feed(encode(*next));
      REQUIRE(again.next() == next);
    }
    broken += buffer.broken() ? 1 : 0;
  }
  CHECK(whole > 0);
  CHECK(broken > 0);
}
