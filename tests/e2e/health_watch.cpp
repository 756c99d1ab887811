#include "tests/e2e/health_watch.hpp"

#include <catch2/catch.hpp>
#include <httplib.h>

#include <chrono>
#include <thread>

namespace callboard::test {

health_watch::health_watch(process& daemon) {
  auto ready = daemon.await_line("ready: ");
  auto at = ready.find("http://");
  REQUIRE(at != std::string::npos);
  client_ = std::make_unique<httplib::Client>(
      ready.substr(at, ready.find_first_of(" \n", at) - at));
}

health_watch::~health_watch() = default;

std::string health_watch::await(int status, const std::string& part) const {
  auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  std::string last;
  while (std::chrono::steady_clock::now() < deadline) {
    auto answer = client_->Get("/health");
    REQUIRE(answer);
    last = answer->body;
    // Never one without the other.
    auto well = last.find("\"status\":\"unhealthy\"") == last.npos;
    REQUIRE(answer->status == (well ? 200 : 503));
    if (answer->status == status && last.find(part) != last.npos)
      return last;
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  FAIL("health is never " << status << " with " << part << ": " << last);
  return {};
}

std::string health_watch::metrics() const {
  auto answer = client_->Get("/metrics");
  REQUIRE(answer);
  return answer->body;
}

} // namespace callboard::test
