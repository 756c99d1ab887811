#include "app/http/health.hpp"

#include "app/cli/text.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <utility>

namespace callboard::app {

using namespace std::chrono_literals;

namespace {

/// An answer is good for so long.
constexpr auto freshness = 1s;

/// A probe that takes longer has its answer.
constexpr time_limits probe_limits{.connect = 2s, .statement = 2s};

const char* to_string(phase now) {
  switch (now) {
  case phase::starting:
    return "starting";
  case phase::working:
    return "working";
  case phase::draining:
    break;
  }
  return "draining";
}

} // namespace

health::health(database_ptr db, link_source links, duration patience)
    : db_{std::move(db)}, links_{std::move(links)}, patience_{patience},
      thread_{[this] {
        probe();
      }} {}

health::~health() {
  {
    std::lock_guard lock{mutex_};
    ending_ = true;
  }
  changed_.notify_all();
  // Waits for a statement that hangs, which is not for long.
  thread_.join();
}

health_report health::report() {
  auto now = phase_.load();
  auto trouble = ask_database();
  boost::json::object body{{"workers", to_string(now)},
                           {"database", trouble.empty() ? "ok" : "failing"}};
  bool healthy = true;
  std::string reason;
  auto blame = [&](const std::string& why, bool serious) {
    reason += (reason.empty() ? "" : "; ") + printable(why);
    healthy = healthy && !serious;
  };
  if (now != phase::working)
    blame(std::string{"no worker takes jobs: "} + to_string(now), true);
  if (!trouble.empty())
    blame(trouble, true);
  boost::json::object links;
  for (const auto& one : links_ ? links_().links : std::vector<link_status>{}) {
    auto name = std::string{to_string(one.which)};
    links[name] = one.up ? "ok" : "failing";
    if (!one.up)
      blame(name + " fails for " + show_span(one.down_for) + ": " + one.why,
            one.which != link::listening);
  }
  body["links"] = std::move(links);
  body["status"] = reason.empty() ? "ok" : healthy ? "degraded" : "unhealthy";
  if (!reason.empty())
    body["reason"] = reason;
  return {healthy, boost::json::serialize(body) + "\n"};
}

std::string health::ask_database() {
  std::unique_lock lock{mutex_};
  auto asked_at = steady::now();
  auto fresh = [&] {
    return answered_at_ > asked_at - freshness;
  };
  if (answered_at_ == steady::time_point{} || !fresh()) {
    wanted_ = true;
    changed_.notify_all();
    bool answered = changed_.wait_for(
        lock, patience_, [&] { return ending_ || answered_at_ >= asked_at; });
    if (!answered)
      return db_->name() + " has not answered for " + show_span(patience_);
  }
  return answer_;
}

void health::probe() {
  std::unique_ptr<job_store> store;
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [&] { return ending_ || wanted_; });
    if (ending_)
      return;
    wanted_ = false;
    lock.unlock();
    std::string answer;
    if (!store || store->broken()) {
      auto connected = db_->connect_within(probe_limits);
      if (connected)
        store = std::move(*connected);
      else
        answer = connected.error().message;
    }
    if (answer.empty())
      if (auto now = store->now(); !now) {
        answer = now.error().message;
        store.reset();
      }
    lock.lock();
    answer_ = std::move(answer);
    answered_at_ = steady::now();
    changed_.notify_all();
  }
}

} // namespace callboard::app
