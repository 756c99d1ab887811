#include "actors/isolation/node_line.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace callboard::actors {

node_line::node_line(int channel) : channel_{channel}, owner_{::getpid()} {}

bool node_line::is_ours() const {
  return ::getpid() == owner_;
}

std::optional<message> node_line::receive() {
  std::array<char, 16384> part;
  for (;;) {
    if (auto next = buffer_.next())
      return next;
    if (buffer_.broken())
      return std::nullopt;
    auto got = ::recv(channel_, part.data(), part.size(), 0);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return std::nullopt;
    buffer_.feed({part.data(), static_cast<std::size_t>(got)});
  }
}

void node_line::send(const message& what) {
  if (!is_ours())
    return;
  auto bytes = encode(what);
  std::string_view rest{bytes};
  std::lock_guard guard{sending_};
  while (!rest.empty()) {
    auto sent = ::send(channel_, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR)
      continue;
    // The node is gone, and so will we be.
    if (sent < 0)
      return;
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
}

} // namespace callboard::actors
