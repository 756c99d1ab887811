#include "app/handlers/guarded_connection.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace callboard::app {

namespace {

// Status line, headers and the part of the body that is read.
constexpr std::size_t receive_limit = 128 * 1024;
// httplib reads the status line by a regular expression, whose recursion a
// longer line could drive over the end of the stack.
constexpr std::size_t first_line_limit = 1024;

void option(int socket, int level, int name, int value) {
  ::setsockopt(socket, level, name, &value, sizeof value);
}

} // namespace

// -- request_guard ------------------------------------------------------------

request_guard::request_guard(std::stop_token stop,
                             std::optional<moment> deadline)
    : stop_{stop}, deadline_{deadline}, cut_{stop, [this] {
                                               cut();
                                             }} {}

request_guard::~request_guard() = default;

void request_guard::adopt(int socket) {
  ::fcntl(socket, F_SETFD, FD_CLOEXEC);
  option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  // Finds out when the other side is gone, also where a job has no timeout.
  option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  option(socket, IPPROTO_TCP, TCP_KEEPIDLE, 30);
  option(socket, IPPROTO_TCP, TCP_KEEPINTVL, 10);
  option(socket, IPPROTO_TCP, TCP_KEEPCNT, 3);
  // A descriptor of our own for the same connection: httplib may close its one
  // while the stop comes from another thread.
  actors::unique_fd own{::fcntl(socket, F_DUPFD_CLOEXEC, 0)};
  std::lock_guard guard{mutex_};
  socket_ = std::move(own);
  // Too late to shut down what is not connected yet: put something in its
  // place that can't be.
  if (stop_.requested()) {
    actors::unique_fd nothing{::open("/dev/null", O_RDWR | O_CLOEXEC)};
    ::dup3(nothing.get(), socket, O_CLOEXEC);
  }
}

void request_guard::cut() {
  std::lock_guard guard{mutex_};
  if (socket_)
    ::shutdown(socket_.get(), SHUT_RDWR);
}

bool request_guard::wait(int fd, short events) {
  for (;;) {
    if (stopped() || late())
      return false;
    std::array<pollfd, 2> watched{{{fd, events, 0}, {stop_.fd(), POLLIN, 0}}};
    auto limit
        = deadline_ ? static_cast<int>(remaining(std::chrono::hours{1}).count())
                    : -1;
    auto ready = ::poll(watched.data(), watched.size(), limit);
    if (ready < 0 && errno != EINTR)
      return false;
    if (ready > 0 && watched[0].revents != 0)
      return true;
  }
}

bool request_guard::count(std::size_t bytes) {
  received_ += bytes;
  flooded_ = flooded_ || received_ > receive_limit;
  return !flooded_;
}

bool request_guard::late() const {
  return deadline_ && std::chrono::steady_clock::now() >= *deadline_;
}

std::chrono::milliseconds
request_guard::remaining(std::chrono::milliseconds limit) const {
  if (!deadline_)
    return limit;
  auto left = std::chrono::ceil<std::chrono::milliseconds>(
      *deadline_ - std::chrono::steady_clock::now());
  return std::clamp(left, std::chrono::milliseconds{1}, limit);
}

// -- guarded_stream -----------------------------------------------------------

guarded_stream::guarded_stream(int socket, SSL* tls, request_guard& guard)
    : socket_{socket}, tls_{tls}, guard_{guard} {
  auto flags = ::fcntl(socket_, F_GETFL);
  ::fcntl(socket_, F_SETFL, flags | O_NONBLOCK);
}

bool guarded_stream::is_readable() const {
  return begin_ < end_ || guard_.wait(socket_, POLLIN);
}

bool guarded_stream::is_writable() const {
  return guard_.wait(socket_, POLLOUT);
}

ssize_t guarded_stream::read(char* to, std::size_t size) {
  if (begin_ == end_) {
    auto got = receive(buffer_.data(), buffer_.size());
    if (got <= 0)
      return got;
    begin_ = 0;
    end_ = static_cast<std::size_t>(got);
    if (!guard_.count(end_) || !first_line_is_sane(end_)) {
      begin_ = end_;
      return -1;
    }
  }
  auto part = std::min(size, end_ - begin_);
  std::memcpy(to, buffer_.data() + begin_, part);
  begin_ += part;
  return static_cast<ssize_t>(part);
}

bool guarded_stream::first_line_is_sane(std::size_t fresh) {
  if (first_line_ended_)
    return true;
  const auto* end = std::find(buffer_.data(), buffer_.data() + fresh, '\n');
  first_line_ += static_cast<std::size_t>(end - buffer_.data());
  first_line_ended_ = end != buffer_.data() + fresh;
  return first_line_ <= first_line_limit;
}

ssize_t guarded_stream::write(const char* from, std::size_t size) {
  return size == 0 ? 0 : send(from, size);
}

ssize_t guarded_stream::receive(char* to, std::size_t size) {
  for (;;) {
    short wish = POLLIN;
    if (tls_) {
      ERR_clear_error();
      auto got = ::SSL_read(tls_, to, static_cast<int>(size));
      if (got > 0)
        return got;
      auto why = ::SSL_get_error(tls_, got);
      if (why == SSL_ERROR_ZERO_RETURN)
        return 0;
      if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
        return -1;
      wish = why == SSL_ERROR_WANT_WRITE ? POLLOUT : POLLIN;
    } else {
      auto got = ::recv(socket_, to, size, 0);
      if (got >= 0)
        return got;
      if (errno != EAGAIN && errno != EINTR)
        return -1;
    }
    if (!guard_.wait(socket_, wish))
      return -1;
  }
}

ssize_t guarded_stream::send(const char* from, std::size_t size) {
  // A part at a time, so that a stop is seen in between.
  size = std::min<std::size_t>(size, 64 * 1024);
  for (;;) {
    short wish = POLLOUT;
    if (tls_) {
      ERR_clear_error();
      auto put = ::SSL_write(tls_, from, static_cast<int>(size));
      if (put > 0)
        return put;
      auto why = ::SSL_get_error(tls_, put);
      if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
        return -1;
      wish = why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
    } else {
      auto put = ::send(socket_, from, size, MSG_NOSIGNAL);
      if (put >= 0)
        return put;
      if (errno != EAGAIN && errno != EINTR)
        return -1;
    }
    if (!guard_.wait(socket_, wish))
      return -1;
  }
}

void guarded_stream::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

void guarded_stream::get_local_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

} // namespace callboard::app
