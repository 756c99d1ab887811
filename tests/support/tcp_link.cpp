#include "tests/support/tcp_link.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace callboard::test {

namespace {

/// So much may be on its way in one direction.
constexpr std::size_t room = 1 << 20;

bool would_block() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

} // namespace

tcp_link::tcp_link(actors::unique_fd client, actors::unique_fd server)
    : client_{std::move(client)}, server_{std::move(server)},
      up_{&client_, &server_}, down_{&server_, &client_} {}

void tcp_link::lose(bool to_server, bool to_client) {
  if (to_server)
    drop(up_);
  if (to_client)
    drop(down_);
}

void tcp_link::drop(flow& x) {
  x.lossy = true;
  x.pieces.clear();
  x.size = 0;
  x.told = x.ended;
}

void tcp_link::watch(std::vector<pollfd>& watched, milliseconds& wait) const {
  auto now = steady::now();
  pollfd client{client_.get(), 0, 0};
  pollfd server{server_.get(), 0, 0};
  auto add = [&](const flow& x, pollfd& from, pollfd& to) {
    if (!x.ended && x.size < room)
      from.events |= POLLIN;
    if (x.pieces.empty())
      return;
    if (x.pieces.front().due <= now) {
      to.events |= POLLOUT;
      return;
    }
    auto left = std::chrono::ceil<milliseconds>(x.pieces.front().due - now);
    wait = wait < milliseconds{0} ? left : std::min(wait, left);
  };
  add(up_, client, server);
  add(down_, server, client);
  // Without a wish, poll would still tell of hang-ups, again and again.
  if (client.events != 0)
    watched.push_back(client);
  if (server.events != 0)
    watched.push_back(server);
}

void tcp_link::forward(steady::time_point now, milliseconds delay) {
  for (auto* x : {&up_, &down_})
    if (!read(*x, now + delay) || !write(*x, now))
      return reset();
}

bool tcp_link::read(flow& x, steady::time_point due) {
  std::array<char, 16'384> buffer;
  while (!x.ended && x.size < room) {
    auto got = recv(x.from->get(), buffer.data(), buffer.size(), 0);
    if (got < 0 && would_block())
      return true;
    // Nobody hears of the end of one whose words are lost.
    if (got < 0 && !x.lossy)
      return false;
    if (got <= 0) {
      x.ended = true;
      x.told = x.lossy;
      return true;
    }
    if (x.lossy)
      continue;
    auto size = static_cast<std::size_t>(got);
    x.pieces.push_back({due, {buffer.data(), size}});
    x.size += size;
  }
  return true;
}

bool tcp_link::write(flow& x, steady::time_point now) {
  while (!x.pieces.empty() && x.pieces.front().due <= now) {
    auto& bytes = x.pieces.front().bytes;
    auto put = send(x.to->get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put < 0)
      return would_block();
    x.size -= static_cast<std::size_t>(put);
    bytes.erase(0, static_cast<std::size_t>(put));
    if (!bytes.empty())
      return true;
    x.pieces.pop_front();
  }
  if (x.ended && !x.told && x.pieces.empty()) {
    shutdown(x.to->get(), SHUT_WR);
    x.told = true;
  }
  return true;
}

void tcp_link::reset() {
  // To close without lingering sends a reset.
  linger none{1, 0};
  for (auto* socket : {&client_, &server_}) {
    if (!*socket)
      continue;
    setsockopt(socket->get(), SOL_SOCKET, SO_LINGER, &none, sizeof none);
    socket->reset();
  }
  for (auto* x : {&up_, &down_}) {
    drop(*x);
    x->ended = x->told = true;
  }
}

bool tcp_link::over() const {
  return up_.told && down_.told;
}

} // namespace callboard::test
