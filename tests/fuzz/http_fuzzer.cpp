// What strangers send to the daemon's HTTP port: any bytes get an answer or a
// closed connection, and the next request is served as before.

#include "app/http/server.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view health = "GET /health HTTP/1.1\r\n"
                                    "Host: x\r\nConnection: close\r\n\r\n";

struct served {
  std::unique_ptr<callboard::app::http_server> server;
  std::uint16_t port = 0;
};

served& site() {
  static served made = [] {
    served x;
    auto started = callboard::app::http_server::start(
        {"127.0.0.1", 0},
        {.metrics = [] { return std::string{"callboard_up 1\n"}; },
         .health =
             [] {
               return callboard::app::health_report{true, "{}\n"};
             }});
    if (!started) {
      std::cerr << started.error().message << '\n';
      std::exit(1);
    }
    x.server = std::move(*started);
    const auto& address = x.server->address();
    x.port = static_cast<std::uint16_t>(
        std::stoi(address.substr(address.rfind(':') + 1)));
    return x;
  }();
  return made;
}

// Sends it all, ends its side of the connection if `only` (or the server waits
// for more), and reads to the end.
std::string exchange(std::string_view request, bool only) {
  int line = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  // Closed connections keep their ports for a minute: every 8,192 come from
  // another loopback address.
  static std::uint32_t lines = 0;
  sockaddr_in from{};
  from.sin_family = AF_INET;
  from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (lines++ >> 13) % 4096);
  if (bind(line, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0)
    std::abort();
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(site().port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(line, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    std::abort();
  while (!request.empty()) {
    auto sent = send(line, request.data(), request.size(), MSG_NOSIGNAL);
    if (sent <= 0)
      break;
    request.remove_prefix(static_cast<std::size_t>(sent));
  }
  if (only)
    shutdown(line, SHUT_WR);
  std::string answer;
  char buffer[4096];
  for (;;) {
    auto got = recv(line, buffer, sizeof buffer, 0);
    if (got <= 0)
      break;
    answer.append(buffer, static_cast<std::size_t>(got));
  }
  close(line);
  return answer;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static unsigned inputs = 0;
  exchange({reinterpret_cast<const char*>(data), size}, true);
  if (++inputs % 16 == 0
      && !exchange(health, false).starts_with("HTTP/1.1 200"))
    std::abort();
  return 0;
}
