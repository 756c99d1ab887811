#include "app/http/server.hpp"

#include <httplib.h>

#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

namespace callboard::app {

namespace {

constexpr std::size_t threads = 4;
constexpr std::size_t largest_request = 64 * 1024;
constexpr time_t request_seconds = 5;

/// cpp-httplib's own choice, SO_REUSEPORT, would let a second daemon take the
/// same port, and half of the requests.
void only_reuse_address(socket_t socket) {
  int yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

std::string url_of(const std::string& host, int port) {
  bool v6 = host.find(':') != std::string::npos;
  return "http://" + (v6 ? "[" + host + "]" : host) + ":"
         + std::to_string(port);
}

} // namespace

struct http_server::impl {
  httplib::Server server;
  endpoints what;
  std::string address;
  std::atomic<bool> ended = false;
  std::thread thread;

  void route() {
    server.Get("/metrics", [this](const httplib::Request&,
                                  httplib::Response& response) {
      response.set_content(what.metrics(), "text/plain; version=0.0.4");
    });
    server.Get("/health", [this](const httplib::Request&,
                                 httplib::Response& response) {
      auto report = what.health();
      response.status = report.healthy ? 200 : 503;
      response.set_content(std::move(report.body), "application/json");
    });
    server.set_error_handler(
        [](const httplib::Request&, httplib::Response& response) {
          if (response.status == 404 && response.body.empty())
            response.set_content("nothing here; there are /metrics and "
                                 "/health\n",
                                 "text/plain");
        });
  }
};

http_server::http_server() : impl_{std::make_unique<impl>()} {}

result<std::unique_ptr<http_server>>
http_server::start(const config::endpoint& where, endpoints what) {
  std::unique_ptr<http_server> made{new http_server};
  auto& self = *made->impl_;
  self.what = std::move(what);
  self.server.set_socket_options(only_reuse_address);
  self.server.new_task_queue = [] {
    return new httplib::ThreadPool{threads};
  };
  self.server.set_read_timeout(request_seconds);
  self.server.set_write_timeout(request_seconds);
  self.server.set_payload_max_length(largest_request);
  self.route();
  auto port = where.port;
  errno = 0;
  bool bound = port == 0 ? (port = self.server.bind_to_any_port(where.host)) > 0
                         : self.server.bind_to_port(where.host, port);
  self.address = url_of(where.host, port == -1 ? where.port : port);
  if (!bound)
    return error{errc::internal,
                 "can't listen on " + self.address + ": "
                     + (errno != 0 ? std::strerror(errno) : "no such address")
                     + "; end the program that has the port, or change"
                       " /http/listen in the config file"};
  self.thread = std::thread{[&self] {
    self.server.listen_after_bind();
    self.ended = true;
  }};
  return made;
}

http_server::~http_server() {
  if (!impl_->thread.joinable())
    return;
  // `stop` does nothing while the thread has not begun to listen.
  while (!impl_->ended && !impl_->server.is_running())
    std::this_thread::yield();
  impl_->server.stop();
  impl_->thread.join();
}

const std::string& http_server::address() const noexcept {
  return impl_->address;
}

} // namespace callboard::app
