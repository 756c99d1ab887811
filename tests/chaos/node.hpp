#pragma once

#include "actors/process/unique_fd.hpp"
#include "tests/chaos/history.hpp"
#include "tests/chaos/settings.hpp"
#include "tests/support/tcp_proxy.hpp"

#include <sys/types.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace callboard::chaos {

/// How many slots the queues of a node have.
struct slots {
  int quick = 4;
  int slow = 4;
  int program = 2;
};

/// No queue gets more, whatever is reloaded.
inline constexpr int most_slots = 6;

/// One real daemon, started again and again under one name, with a network of
/// its own to the database server. Signals may come from any thread; `start`
/// and `look_after` belong to the main thread, since a daemon ends with the
/// thread that started it.
class node {
public:
  node(const settings& rules, int number);

  /// Kills it.
  ~node();

  node(const node&) = delete;
  node& operator=(const node&) = delete;

  int number() const { return number_; }
  std::string name() const { return "node-" + std::to_string(number_); }

  /// What its connections are called in pg_stat_activity.
  std::string application() const;

  /// Null for SQLite.
  test::tcp_proxy* network() { return network_.get(); }

  // -- main thread
  // -------------------------------------------------------------

  void start();

  /// Notes whether it became ready or ended. True: it has ended, and may be
  /// started again.
  bool look_after();

  /// Becomes readable when the daemon ends; -1 when there is none.
  int watch() const { return end_.get(); }

  // -- any thread
  // --------------------------------------------------------------

  /// Writes its config with so many slots, for the next start or reload.
  void configure(const slots& how_many);

  /// True when it was there to get it.
  bool signal(int number);

  /// The same with SIGKILL or SIGTERM, and remembers that it was us.
  bool kill();
  bool ask_to_end();

  bool ready() const;

  /// Which start this is.
  int life() const;

  /// Blocks until a later life than `after` is ready; the moment, or nothing
  /// when `limit` passed.
  std::optional<micros> await_ready(int after, micros limit);

  /// The same until this life has ended.
  bool await_end(int life, micros limit);

  /// All lives so far; the last one may go on.
  std::vector<chaos::life> lives() const;

  std::string log_file(int life) const;

private:
  std::string config_file() const;
  std::string database() const;

  const settings& rules_;
  int number_;
  std::unique_ptr<test::tcp_proxy> network_;

  actors::unique_fd end_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  pid_t process_ = -1;
  std::vector<chaos::life> lives_;
};

/// The path of a folder's file, and a URL that leads through `port` instead of
/// its own, with a name for pg_stat_activity.
std::string with_port(const std::string& url, std::uint16_t port,
                      const std::string& application);
std::uint16_t port_of(const std::string& url);

} // namespace callboard::chaos
