#pragma once

#include "actors/process/unique_fd.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <thread>

namespace callboard::app {

/// One connection of a server that need not speak HTTP.
class raw_connection {
public:
  explicit raw_connection(int socket) : socket_{socket} {}

  /// Reads until the end of a request without a body.
  std::string request();

  /// False when the other side is gone.
  bool send(std::string_view bytes);

  /// Reads until the other side closes.
  void wait_for_end();

private:
  int socket_;
};

/// Serves one connection on a thread of its own, by a function of the test.
class raw_server {
public:
  explicit raw_server(std::function<void(raw_connection&)> serve);
  ~raw_server();

  raw_server(const raw_server&) = delete;
  raw_server& operator=(const raw_server&) = delete;

  int port() const noexcept { return port_; }
  std::string url() const;

private:
  actors::unique_fd listener_;
  int port_;
  std::thread thread_;
};

/// A port on which nobody listens, and nobody can meanwhile.
class closed_port {
public:
  closed_port();

  std::string url() const;

private:
  actors::unique_fd socket_;
};

/// A port whose queue is full, so that connecting to it never ends.
class full_port {
public:
  full_port();

  std::string url() const;

  /// Waits until somebody tries.
  void wait_for_attempt() const;

private:
  actors::unique_fd listener_;
  actors::unique_fd first_;
  int port_;
};

} // namespace callboard::app
