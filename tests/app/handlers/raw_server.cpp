#include "tests/app/handlers/raw_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <fstream>
#include <stdexcept>

namespace callboard::app {

namespace {

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

actors::unique_fd bound_socket() {
  actors::unique_fd made{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  auto address = loopback(0);
  if (::bind(made.get(), reinterpret_cast<sockaddr*>(&address), sizeof address)
      != 0)
    throw std::runtime_error{"no port"};
  return made;
}

int port_of(const actors::unique_fd& socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

std::string url_of(int port) {
  return "http://127.0.0.1:" + std::to_string(port) + "/hook";
}

} // namespace

std::string raw_connection::request() {
  std::string text;
  for (char c = 0; text.find("\r\n\r\n") == text.npos;) {
    if (::recv(socket_, &c, 1, 0) != 1)
      break;
    text += c;
  }
  return text;
}

bool raw_connection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    auto put = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put < 0)
      return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

void raw_connection::wait_for_end() {
  char ignored[4096];
  while (::recv(socket_, ignored, sizeof ignored, 0) > 0) {
  }
}

raw_server::raw_server(std::function<void(raw_connection&)> serve)
    : listener_{bound_socket()}, port_{port_of(listener_)} {
  if (::listen(listener_.get(), 5) != 0)
    throw std::runtime_error{"can't listen"};
  thread_ = std::thread{[this, serve = std::move(serve)] {
    actors::unique_fd accepted{
        ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
    if (!accepted)
      return;
    raw_connection connection{accepted.get()};
    serve(connection);
  }};
}

raw_server::~raw_server() {
  ::shutdown(listener_.get(), SHUT_RDWR);
  thread_.join();
}

std::string raw_server::url() const {
  return url_of(port_);
}

closed_port::closed_port() : socket_{bound_socket()} {}

std::string closed_port::url() const {
  return url_of(port_of(socket_));
}

full_port::full_port() : listener_{bound_socket()}, port_{port_of(listener_)} {
  ::listen(listener_.get(), 0);
  first_ = actors::unique_fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  auto address = loopback(port_);
  if (::connect(first_.get(), reinterpret_cast<sockaddr*>(&address),
                sizeof address)
      != 0)
    throw std::runtime_error{"can't fill the queue"};
}

std::string full_port::url() const {
  return url_of(port_);
}

void full_port::wait_for_attempt() const {
  // The system tells of connections only by its table: state 02 is "connect
  // was sent".
  char wanted[32];
  std::snprintf(wanted, sizeof wanted, " 0100007F:%04X 02", port_);
  for (;;) {
    std::ifstream table{"/proc/net/tcp"};
    for (std::string line; std::getline(table, line);)
      if (line.find(wanted) != line.npos)
        return;
    std::this_thread::yield();
  }
}

} // namespace callboard::app
