#pragma once

#include "actors/process/unique_fd.hpp"
#include "tests/chaos/history.hpp"
#include "tests/chaos/settings.hpp"

#include <sys/types.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace callboard::chaos {

/// One real process of the program, a node or a performer, started again and
/// again under one name. Signals may come from any thread; `start` and
/// `look_after` belong to the main thread, since a process ends with the
/// thread that started it.
class member {
public:
  /// `command` is what the program is to do with its config file; a life is
  /// ready when its log has a line with `ready_line`. The lives are called
  /// after `sign`: "2" or "p2".
  struct traits {
    std::string name;
    std::string sign;
    std::string command;
    std::string ready_line;
    /// For what is known of each life.
    chaos::life first;
  };

  member(const settings& rules, traits about);

  /// Kills it.
  virtual ~member();

  member(const member&) = delete;
  member& operator=(const member&) = delete;

  const std::string& name() const { return about_.name; }

  // -- main thread ------------------------------------------------------------

  void start();

  /// Notes whether it became ready or ended. True: it has ended, and may be
  /// started again.
  bool look_after();

  /// Becomes readable when it ends; -1 when there is none.
  int watch() const { return end_.get(); }

  // -- any thread -------------------------------------------------------------

  /// True when it was there to get it.
  bool signal(int number);

  /// SIGSTOP, and waits until none of its threads goes on: what was in a system
  /// call ends that first. False when it ended.
  bool stop();

  /// The same with SIGKILL or SIGTERM, and remembers that it was us.
  bool kill();
  bool ask_to_end();

  bool ready() const;

  /// Which start this is, and its name.
  int life() const;
  std::string life_name() const;

  /// Blocks until a later life than `after` is ready; the moment, or nothing
  /// when `limit` passed.
  std::optional<micros> await_ready(int after, micros limit);

  /// The same until this life has ended.
  bool await_end(int life, micros limit);

  /// All lives so far; the last one may go on.
  std::vector<chaos::life> lives() const;

  std::string log_file(int life) const;

protected:
  const settings& rules() const { return rules_; }

  std::string config_file() const;

  /// A reload never sees half a file.
  void write_config(const std::string& text) const;

private:
  const settings& rules_;
  traits about_;
  actors::unique_fd end_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  pid_t process_ = -1;
  std::vector<chaos::life> lives_;
};

} // namespace callboard::chaos
