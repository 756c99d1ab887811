#pragma once

#include "actors/isolation/isolated_child.hpp"

#include <poll.h>

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace callboard::actors {

/// One job and one isolated process: sends it, takes log lines and the answer,
/// passes on the stop, and kills the process that does not heed it.
class conversation {
public:
  conversation(isolated_child& with, const job& work, context& ctx);
  conversation(const conversation&) = delete;
  conversation& operator=(const conversation&) = delete;
  ~conversation();

  isolated_child::performance run();

private:
  using clock = std::chrono::steady_clock;
  using performance = isolated_child::performance;

  // -- what is said ---------------------------------------------------------

  void send();
  void receive();
  void take(message& what);

  // -- how it ends ----------------------------------------------------------

  void interrupt_if_due();
  void kill(std::string why);
  bool broken() const { return !killed_because_.empty(); }
  performance ended();
  /// Whether the process died of its job, and not by us or by a limit.
  bool by_itself(const program_end& end) const;
  std::string describe(const program_end& end) const;
  std::string interruption() const;
  bool interrupted() const { return interrupted_ != stop_reason::none; }

  void attend();
  std::optional<clock::time_point> next_moment() const;

  isolated_child& child_;
  const job& work_;
  context& ctx_;
  std::stop_token stop_;
  std::optional<std::stop_callback<std::function<void()>>> on_stop_;
  std::string unsent_;
  std::string_view rest_;
  std::optional<answer> answer_;
  /// The process can't be used: why.
  std::string refused_;
  std::string killed_because_;
  std::optional<clock::time_point> kill_at_;
  clock::time_point start_limit_;
  stop_reason interrupted_ = stop_reason::none;
  bool killed_ = false;
  bool dead_ = false;
  bool line_ended_ = false;
};

} // namespace callboard::actors
