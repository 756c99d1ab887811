#pragma once

#include "store/model/time.hpp"

#include <chrono>
#include <optional>

namespace callboard::actors {

/// How a node goes about looking after others.
struct node_rhythm {
  duration heartbeat = std::chrono::seconds{1};
  duration reclaim_interval = std::chrono::milliseconds{250};
  /// So long a node whose lock is held may be silent.
  duration silence_limit = std::chrono::seconds{10};
};

/// Decides what counts as the death of another node. When a database comes
/// back, the locks of all its nodes are free and their heartbeats are old, and
/// none of that is their fault: whoever is back first must wait for the others.
/// Time is given by the caller.
class patience {
public:
  using instant = std::chrono::steady_clock::time_point;

  /// How long a node whose lock is free may take to come back, normally, and
  /// after something disturbed this node or the server. A node notices a lost
  /// connection within a tenth of a second, and tries to connect at least once
  /// a second.
  static constexpr duration grace = std::chrono::milliseconds{300};
  static constexpr duration long_grace = std::chrono::seconds{5};

  /// So long a disturbance is remembered.
  static constexpr duration memory = std::chrono::seconds{10};

  explicit patience(const node_rhythm& rhythm);

  /// This node joined; `again`: after it had lost its connection. With how
  /// long the server has been there, if it can tell.
  void joined(instant now, bool again, std::optional<duration> server_age);

  /// A heartbeat of this node arrived. `pause`: so long it may take until the
  /// next heartbeat or look; by default as long as between two looks.
  void beat(instant now, std::optional<duration> pause = std::nullopt);

  struct verdict {
    /// How long a node must be missed.
    duration grace{0};
    /// How long a node must be silent; longer than any when silence proves
    /// nothing.
    duration silence{0};
    /// For how long this node has been there without a gap, by its looks and
    /// heartbeats. That somebody was missed before that proves nothing.
    duration watched{0};
  };

  /// This node looks for dead ones now.
  [[nodiscard]] verdict look(instant now,
                             std::optional<duration> pause = std::nullopt);

  static constexpr duration never = std::chrono::hours{24 * 365 * 100};

private:
  /// It got through to the database.
  void there(instant now, std::optional<duration> pause);
  void disturbed(instant now);

  duration limit_;
  duration reclaim_interval_;
  /// What is further apart was disturbed.
  duration longest_gap_;
  duration longest_beat_gap_;
  /// Since when it got through, and its heartbeats did, without a gap.
  instant there_since_{};
  instant beating_since_{};
  instant last_there_{};
  instant last_beat_{};
  std::optional<instant> disturbed_;
};

} // namespace callboard::actors
