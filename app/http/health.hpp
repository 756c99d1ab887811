#pragma once

#include "actors/metrics/links.hpp"
#include "store/database.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace callboard::app {

/// Where the daemon stands.
enum class phase { starting, working, draining };

/// What /health answers.
struct health_report {
  bool healthy = false;
  /// A JSON document.
  std::string body;
};

/// Knows whether the daemon can do its work: workers take jobs, the database
/// answers, and the connections that lease and settle are up. Without wake-ups
/// it is degraded, which is healthy. The database is asked on a thread
/// of its own, at most once a second and only when somebody wants to know, so
/// that a database that hangs delays neither the answer nor anything else.
class health {
public:
  /// Tells how the node's own connections are; any thread.
  using link_source = std::function<link_report()>;

  /// `patience` bounds how long `report` waits for the database.
  explicit health(database_ptr db, link_source links = {},
                  duration patience = std::chrono::seconds{2});
  ~health();

  health(const health&) = delete;
  health& operator=(const health&) = delete;

  void enter(phase now) noexcept { phase_ = now; }

  /// Any thread.
  health_report report();

private:
  using steady = std::chrono::steady_clock;

  /// Why the database can't serve; empty: it can.
  std::string ask_database();
  void probe();

  database_ptr db_;
  link_source links_;
  duration patience_;
  std::atomic<phase> phase_{phase::starting};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool wanted_ = false;
  bool ending_ = false;
  /// When the last answer came, and what it was.
  steady::time_point answered_at_{};
  std::string answer_;
  std::thread thread_;
};

} // namespace callboard::app
