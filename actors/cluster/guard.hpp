#pragma once

#include "actors/cluster/address.hpp"
#include "actors/cluster/frame_guard.hpp"
#include "actors/cluster/roles.hpp"
#include "actors/cluster/tls_files.hpp"
#include "actors/pipeline/log.hpp"
#include "actors/process/unique_fd.hpp"
#include "store/model/time.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace callboard::actors {

struct guard_options {
  /// Nothing: no TLS at all, for loopback addresses.
  std::optional<tls_files> tls{};
  std::vector<allow_rule> allow{};
  /// From the TCP connection to the end of the handshake.
  duration handshake_time = std::chrono::seconds{5};
  /// A peer from which nothing comes for so long is gone.
  duration silence = std::chrono::seconds{5};
  /// Connections that have not shown yet who they are; all connections.
  std::size_t strangers = 256;
  std::size_t peers = 4096;
  /// The longest message.
  std::size_t payload_limit = std::size_t{64} * 1024 * 1024;
  /// A peer with so much unread waits.
  std::size_t unread_messages = 256;
  std::size_t unread_bytes = std::size_t{64} * 1024 * 1024;
  /// All lines together hold so much of messages that are not complete.
  std::size_t held_bytes = std::size_t{256} * 1024 * 1024;
  log_sink log{};
};

/// Drives a line from any thread.
class line_control {
public:
  virtual ~line_control() = default;

  /// Lets bytes through. `over` is told once when the line has ended, and why;
  /// by the guard's thread, so it must not block.
  virtual void admit(frame_rules rules,
                     std::function<void(const std::string&)> over)
      = 0;

  /// One message of the peer was dealt with.
  virtual void done_with_one() = 0;

  /// Ends the line when the first `after` messages of this process have left,
  /// or a second later.
  virtual void hang_up(std::string why, std::uint64_t after) = 0;
};

/// A connection whose peer is known, and of which nothing was read yet. Its
/// guard waits for `admit`, and ends it when that takes too long.
struct line {
  /// The inner end, for CAF.
  unique_fd socket;
  /// The address of the peer.
  std::string address;
  std::vector<std::string> names;
  peer_roles roles;
  std::shared_ptr<line_control> control;
};

/// The only one in this process that talks to the network for the cluster.
/// Accepts and dials, makes sure who is there, and carries the bytes between
/// the peer and CAF, whose port is never open. A thread of its own does the
/// work. Thread-safe.
class guard {
public:
  /// An `invalid_config` when the TLS files are not good.
  static result<std::unique_ptr<guard>> make(guard_options options);

  /// Stops, and waits for the end.
  ~guard();

  guard(const guard&) = delete;
  guard& operator=(const guard&) = delete;

  /// Opens the port. Answers the address, with the port that was chosen for
  /// port 0.
  result<node_address> bind(const node_address& at);

  /// Accepts from now on; `welcome` gets each peer, by the guard's thread.
  void welcome(std::function<void(line)> take);

  /// Connects; `done` is called by the guard's thread.
  void dial(const node_address& to, std::function<void(result<line>)> done);

  /// Accepts and dials no more, and ends all lines in a moment.
  void stop();

  /// Takes the files for later connections. Bad ones change nothing.
  result<void> reload(const tls_files& files, std::vector<allow_rule> allow);

private:
  struct impl;
  explicit guard(std::shared_ptr<impl> made);

  std::shared_ptr<impl> impl_;
};

} // namespace callboard::actors
