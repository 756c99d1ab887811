#pragma once

#include "actors/callboard.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace callboard::test {

using namespace std::chrono_literals;

/// Remembers every event, and lets a test wait for one. Nothing here waits for
/// a length of time: only the patience, after which a test has failed, is one.
class recorder : public observer {
public:
  struct entry {
    std::string what;
    job_facts facts{};
    std::string error{};
    duration after{0};
  };

  void job_started(const job_facts& x) override { add({"started", x}); }
  void job_completed(const job_facts& x, duration) override {
    add({"completed", x});
  }
  void job_rescheduled(const job_facts& x, duration, const next_run&) override {
    add({"rescheduled", x});
  }
  void job_will_be_retried(const job_facts& x, duration, duration after,
                           const std::string& error) override {
    add({"retried", x, error, after});
  }
  void job_moved_to_dlq(const job_facts& x, duration,
                        const std::string& error) override {
    add({"dead", x, error});
  }
  void queue_is_empty(const std::string& queue) override {
    add({"empty", {.queue = queue}});
  }
  void worker_error(const std::string& queue, const error& what) override {
    add({"error", {.queue = queue}, to_string(what)});
  }

  /// Waits until `count` entries of that kind are there; fails the test after
  /// the patience.
  void await(const std::string& what, std::size_t count = 1);

  std::vector<entry> all(const std::string& what) const;
  std::size_t count(const std::string& what) const;

private:
  void add(entry x);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<entry> entries_;
};

/// A fresh database of one kind, with a clock that only the test moves, and
/// what is needed to look at it.
class seed_fixture {
public:
  /// "sqlite" or "postgresql"; the latter needs CALLBOARD_TEST_POSTGRES.
  explicit seed_fixture(const std::string& kind);
  ~seed_fixture();

  seed_fixture(const seed_fixture&) = delete;
  seed_fixture& operator=(const seed_fixture&) = delete;

  const database_ptr& db() const { return db_; }
  client make_client(client_options options = {});

  /// Moves the database's clock.
  void advance(duration time);

  /// A connection for looking.
  job_store& look() { return *look_; }

  std::vector<dead_letter> dead_letters();
  std::size_t stored_jobs(const std::string& queue);

  /// Runs SQL in a session of the caller's own: begin, `body`, and commit or
  /// roll back.
  void in_own_transaction(bool commit,
                          const std::function<void(soci::session&)>& body);

  std::shared_ptr<recorder> events = std::make_shared<recorder>();

private:
  struct clock;
  std::shared_ptr<clock> clock_;
  std::string kind_;
  std::string folder_;
  std::string schema_;
  database_ptr db_;
  std::unique_ptr<job_store> look_;
};

} // namespace callboard::test
