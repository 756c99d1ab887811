#include "app/daemon/signals.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <thread>

using callboard::app::signal_waiter;
using namespace std::chrono_literals;

TEST_CASE("a signal is an event, not the end") {
  signal_waiter signals{SIGUSR1, SIGUSR2};
  std::raise(SIGUSR2);
  CHECK(signals.wait() == SIGUSR2);
  CHECK(signals.wait(0ms) == std::nullopt);
}

TEST_CASE("a wait can be interrupted for good") {
  signal_waiter signals{SIGUSR1};
  std::thread waiting{[&] {
    CHECK(signals.wait() == std::nullopt);
  }};
  signals.interrupt();
  waiting.join();
  CHECK(signals.wait() == std::nullopt);
}
