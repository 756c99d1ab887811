#pragma once

#include "app/http/health.hpp"
#include "config/settings.hpp"

#include <functional>
#include <memory>
#include <string>

namespace callboard::app {

/// Serves /metrics and /health, and 404 for all else, on threads of its own.
class http_server {
public:
  /// Asked for each request, from several threads at once.
  struct endpoints {
    /// Prometheus's text format.
    std::function<std::string()> metrics;
    std::function<health_report()> health;
  };

  /// Listens at once. The error names the address and the remedy. Port 0
  /// takes a free one.
  [[nodiscard]] static result<std::unique_ptr<http_server>>
  start(const config::endpoint& where, endpoints what);

  /// Ends what is being served, then the threads.
  ~http_server();

  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  /// "http://127.0.0.1:8910".
  const std::string& address() const noexcept;

private:
  http_server();

  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace callboard::app
