// What a failed connect leaves behind.

#include "store/database.hpp"

#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace callboard;

namespace {

/// Lets everybody in, and refuses the first statement: like a pooler whose
/// server is away.
class fickle_server {
public:
  fickle_server() {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof where;
    auto* plain = reinterpret_cast<sockaddr*>(&where);
    REQUIRE(::bind(listener_, plain, size) == 0);
    REQUIRE(::listen(listener_, 16) == 0);
    REQUIRE(::getsockname(listener_, plain, &size) == 0);
    port_ = ntohs(where.sin_port);
    thread_ = std::thread{[this] {
      serve();
    }};
  }

  ~fickle_server() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
    for (auto guest : guests_)
      ::close(guest);
  }

  std::string url() const {
    return "postgresql://me@127.0.0.1:" + std::to_string(port_)
           + "/any?sslmode=disable&gssencmode=disable";
  }

  /// Sockets of this process that are connected to it.
  std::size_t clients() const {
    std::size_t count = 0;
    for (const auto& each :
         std::filesystem::directory_iterator{"/proc/self/fd"}) {
      sockaddr_in peer{};
      socklen_t size = sizeof peer;
      auto number = std::stoi(each.path().filename().string());
      if (::getpeername(number, reinterpret_cast<sockaddr*>(&peer), &size) == 0
          && peer.sin_family == AF_INET && ntohs(peer.sin_port) == port_)
        ++count;
    }
    return count;
  }

private:
  void serve() {
    for (;;) {
      auto guest = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (guest < 0)
        return;
      guests_.push_back(guest);
      // The start-up message and "you are in"; a statement and "no".
      std::array<char, 4096> said{};
      using namespace std::string_view_literals;
      for (auto answer : {"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I"sv,
                          "E\0\0\0\x1eSERROR\0C08P01\0Mno server\0\0"
                          "Z\0\0\0\x05I"sv})
        if (::read(guest, said.data(), said.size()) > 0)
          static_cast<void>(!::write(guest, answer.data(), answer.size()));
    }
  }

  int listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::uint16_t port_ = 0;
  /// Nobody hangs up here before the end.
  std::vector<int> guests_;
  std::thread thread_;
};

} // namespace

TEST_CASE("tries to connect leave nothing behind, again and again") {
  fickle_server server;
  auto db = open(server.url());
  auto connect = [&] {
    auto made = db->connect();
    REQUIRE_FALSE(made.has_value());
    CHECK(made.error().code == errc::database_unreachable);
  };
  // SOCI loses the first one.
  connect();
  CHECK(server.clients() == 1);
  for (int i = 0; i < 5; ++i)
    connect();
  CHECK(server.clients() == 1);
}
