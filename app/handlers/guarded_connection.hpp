#pragma once

#include "actors/process/stop_event.hpp"
#include "actors/process/unique_fd.hpp"

#include <httplib.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>

namespace callboard::app {

/// Watches over one request of httplib: its deadline, its stop, and how much
/// the other side may send, none of which httplib bounds as a whole.
class request_guard {
public:
  using moment = std::chrono::steady_clock::time_point;

  request_guard(std::stop_token stop, std::optional<moment> deadline);
  ~request_guard();

  /// Called with each new socket before it connects. Until the stream takes
  /// over, a stop shuts it down, so that connecting and the TLS handshake end
  /// at once.
  void adopt(int socket);

  /// Waits until `fd` is ready; false when the request is to end.
  bool wait(int fd, short events);

  /// Counts what was received; false when it is too much.
  bool count(std::size_t bytes);

  bool stopped() const { return stop_.requested(); }
  bool late() const;
  bool flooded() const noexcept { return flooded_; }

  /// What is left until the deadline, at most `limit`.
  std::chrono::milliseconds remaining(std::chrono::milliseconds limit) const;

private:
  void cut();

  actors::stop_event stop_;
  std::optional<moment> deadline_;
  std::size_t received_ = 0;
  bool flooded_ = false;
  std::mutex mutex_;
  actors::unique_fd socket_;
  std::stop_callback<std::function<void()>> cut_;
};

/// A connection as httplib sees it, plain or TLS, under a guard.
class guarded_stream final : public httplib::Stream {
public:
  /// `tls` is null for a plain one. Owns neither.
  guarded_stream(int socket, SSL* tls, request_guard& guard);

  bool is_readable() const override;
  bool is_writable() const override;
  ssize_t read(char* to, std::size_t size) override;
  ssize_t write(const char* from, std::size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return socket_; }

private:
  ssize_t receive(char* to, std::size_t size);
  ssize_t send(const char* from, std::size_t size);
  bool first_line_is_sane(std::size_t fresh);

  int socket_;
  SSL* tls_;
  request_guard& guard_;
  std::array<char, 4096> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool first_line_ended_ = false;
  std::size_t first_line_ = 0;
};

} // namespace callboard::app
