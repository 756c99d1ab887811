#pragma once

#include "actors/isolation/messages.hpp"
#include "actors/pipeline/stop_signal.hpp"

#include <cstdint>
#include <mutex>
#include <optional>

namespace callboard::actors {

/// Inside an isolated process: listens on the control channel, on a thread of
/// its own, for jobs that are to stop. When the channel ends, the node is dead:
/// then it kills this process and its group.
class stop_post {
public:
  explicit stop_post(int channel);
  stop_post(const stop_post&) = delete;
  stop_post& operator=(const stop_post&) = delete;

  /// The job that runs. One that was to stop before it began finds its stop
  /// fired.
  class entry {
  public:
    entry(stop_post& post, std::int64_t number);
    entry(const entry&) = delete;
    entry& operator=(const entry&) = delete;
    ~entry();

    const stop_signal& stop() const { return stop_; }

  private:
    stop_post& post_;
    stop_signal stop_;
  };

private:
  /// What the thread shares with it. It never ends, so this is never freed.
  struct state {
    int channel;
    std::mutex mutex;
    /// 0: none.
    std::int64_t running = 0;
    stop_call last;
    std::optional<stop_signal> stop;

    void listen();
    void fire(const stop_call& call);
  };

  state* state_;
};

} // namespace callboard::actors
