#pragma once

#include "store/model/error.hpp"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::actors {

/// What one peer may send. CAF itself would let every peer message and kill
/// every actor, make it reserve gigabytes, and relay to other peers.
struct frame_rules {
  /// Which end this process is.
  enum class side { accepted, dialled };
  side ours = side::accepted;
  /// The only actor of this process that the peer reaches.
  std::uint64_t actor = 0;
  /// The bytes of this process's node id.
  std::string own_node;
  /// The only messages that it may send: one value of one of these types.
  std::set<std::string> types;
  /// The longest payload of one frame, in bytes.
  std::size_t payload_limit = 0;
  /// So many actors of the peer may talk at a time.
  std::size_t actor_limit = 64;
};

/// Reads the byte stream of one peer, frame by frame, before CAF does. What it
/// lets through are whole frames, so that CAF never waits in the middle of one
/// and never reserves memory for bytes that do not come.
class frame_guard {
public:
  static constexpr std::size_t header_size = 32;
  static constexpr std::size_t node_size = 32;

  explicit frame_guard(frame_rules rules);

  /// What may pass.
  struct passed {
    std::string bytes;
    /// The sizes of the messages to our actor among them.
    std::vector<std::size_t> messages;
  };

  /// Takes the next bytes, and adds to `through` what may pass. The first
  /// error is the last: hang up then, CAF gets nothing more.
  [[nodiscard]] result<void> take(std::string_view bytes, passed& through);

  /// The node id that the peer gave in its handshake; empty before.
  const std::string& peer_node() const noexcept { return peer_; }

  /// Bytes of a frame that is not complete yet.
  std::size_t held() const noexcept { return frame_.size(); }

private:
  struct header;

  result<void> check_header(const header& head) const;
  result<bool> check_frame(const header& head, std::string_view payload);
  result<bool> server_handshake(std::string_view payload);
  result<bool> client_handshake(const header& head, std::string_view payload);
  result<bool> direct_message(const header& head, std::string_view payload);
  result<bool> monitor_message(const header& head,
                               std::string_view payload) const;
  result<bool> down_message(const header& head, std::string_view payload);

  frame_rules rules_;
  std::string frame_;
  std::string peer_;
  std::set<std::uint64_t> actors_;
  bool refused_ = false;
};

} // namespace callboard::actors
