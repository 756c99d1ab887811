#pragma once

#include "actors/isolation/messages.hpp"

#include <sys/types.h>

#include <mutex>
#include <optional>

namespace callboard::actors {

/// The end of the job channel inside an isolated process.
class node_line {
public:
  explicit node_line(int channel);

  /// The next message; blocks. Nothing at the end.
  std::optional<message> receive();

  /// From any thread. In a fork of this process it does nothing: what the
  /// handler does there is none of the node's business.
  void send(const message& what);

  bool is_ours() const;

private:
  const int channel_;
  const pid_t owner_;
  message_buffer buffer_;
  std::mutex sending_;
};

} // namespace callboard::actors
