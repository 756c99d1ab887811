#pragma once

#include "actors/pipeline/worker_config.hpp"

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace callboard::test {

/// The queue of `make_workers`, isolated on node "n1".
class isolated_queue {
public:
  explicit isolated_queue(process_isolation how = {});

  /// Waits until its processes have gone.
  ~isolated_queue();

  /// One call of a handler.
  struct call {
    std::string type;
    std::string arg{};
    std::string last_error{};
    stop_signal stop{};
    /// Until its deadline.
    std::optional<duration> time{};
    /// For messages.
    duration timeout{0};
    /// Told of each line of the log, by the thread of the call.
    std::function<void(const std::string&)> on_line{};
  };

  outcome operator()(const call& what);
  outcome operator()(const char* type) { return (*this)(call{type}); }

  /// The text of a failed outcome.
  std::string error(const call& what);
  std::string error(const char* type) { return error(call{type}); }

  /// The process that performs the next job, if only one is idle.
  pid_t process();

  /// What was logged, with its level.
  std::vector<log_record> lines() const;

  const worker_config& config() const { return *config_; }

private:
  mutable std::mutex mutex_;
  std::vector<log_record> lines_;
  std::optional<worker_config> config_;
};

} // namespace callboard::test
