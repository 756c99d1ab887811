#include "actors/process/unique_fd.hpp"
#include "tests/support/tcp_proxy.hpp"

#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <optional>
#include <string>
#include <thread>
#include <utility>

using namespace std::chrono_literals;
using callboard::test::tcp_proxy;
using direction = tcp_proxy::direction;

namespace {

constexpr int long_enough = 20'000;
/// How long silence is listened to.
constexpr int moment = 50;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return where;
}

bool readable(int socket, int wait) {
  pollfd watched{socket, POLLIN, 0};
  return poll(&watched, 1, wait) == 1;
}

class socket_end {
public:
  explicit socket_end(int fd) : fd_{fd} { REQUIRE(fd >= 0); }

  int fd() const { return fd_.get(); }
  void hang_up() { fd_.reset(); }
  void end() const { shutdown(fd(), SHUT_WR); }

  void say(const std::string& text) const {
    REQUIRE(send(fd(), text.data(), text.size(), MSG_NOSIGNAL)
            == static_cast<ssize_t>(text.size()));
  }

  /// So many bytes; fewer when the other end hangs up before.
  std::string hear(std::size_t count) const {
    std::string all;
    std::array<char, 65'536> buffer;
    while (all.size() < count) {
      REQUIRE(readable(fd(), long_enough));
      auto got = recv(fd(), buffer.data(),
                      std::min(buffer.size(), count - all.size()), 0);
      REQUIRE(got >= 0);
      if (got == 0)
        break;
      all.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return all;
  }

  bool silent() const { return !readable(fd(), moment); }

  /// Waits until the connection is over; whether by a reset.
  bool was_reset() const {
    REQUIRE(readable(fd(), long_enough));
    char byte;
    return recv(fd(), &byte, 1, 0) < 0 && errno == ECONNRESET;
  }

private:
  callboard::actors::unique_fd fd_;
};

class server {
public:
  server() : fd_{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    auto where = loopback(0);
    auto* address = reinterpret_cast<sockaddr*>(&where);
    socklen_t size = sizeof where;
    REQUIRE(bind(fd_.get(), address, size) == 0);
    REQUIRE(listen(fd_.get(), 16) == 0);
    REQUIRE(getsockname(fd_.get(), address, &size) == 0);
    port = ntohs(where.sin_port);
  }

  socket_end take() const {
    REQUIRE(readable(fd_.get(), long_enough));
    return socket_end{accept(fd_.get(), nullptr, nullptr)};
  }

  bool lonely() const { return !readable(fd_.get(), moment); }

  std::uint16_t port = 0;

private:
  callboard::actors::unique_fd fd_;
};

/// Nothing when the connection is refused.
std::optional<int> try_to_connect(std::uint16_t port) {
  auto fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto where = loopback(port);
  if (connect(fd, reinterpret_cast<sockaddr*>(&where), sizeof where) == 0)
    return fd;
  CHECK(errno == ECONNREFUSED);
  close(fd);
  return std::nullopt;
}

socket_end connect_to(const tcp_proxy& proxy) {
  return socket_end{try_to_connect(proxy.port()).value_or(-1)};
}

std::string many_bytes() {
  std::string all;
  for (int i = 0; all.size() < 5'000'000; ++i)
    all += std::to_string(i) + ",";
  return all;
}

} // namespace

TEST_CASE("a proxy forwards what both ends say, in order and whole") {
  server there;
  tcp_proxy proxy{there.port};
  auto here = connect_to(proxy);
  auto far = there.take();
  here.say("ping");
  CHECK(far.hear(4) == "ping");
  far.say("pong");
  CHECK(here.hear(4) == "pong");
  auto much = many_bytes();
  std::thread speaker{[&] {
    here.say(much);
  }};
  auto heard = far.hear(much.size());
  speaker.join();
  CHECK((heard == much));
  CHECK(proxy.connections() == 1);
  CHECK(proxy.accepted() == 1);
}

TEST_CASE("a proxy passes on that one end has nothing more to say") {
  server there;
  tcp_proxy proxy{there.port};
  auto here = connect_to(proxy);
  auto far = there.take();
  here.say("last words");
  here.end();
  CHECK(far.hear(100) == "last words");
  far.say("answer");
  CHECK(here.hear(6) == "answer");
  far.hang_up();
  CHECK(here.hear(1).empty());
}

TEST_CASE("a frozen proxy passes nothing, and everything after its resume") {
  server there;
  tcp_proxy proxy{there.port};
  auto here = connect_to(proxy);
  auto far = there.take();
  proxy.freeze();
  here.say("from before");
  auto late = connect_to(proxy);
  late.say("hello");
  CHECK(far.silent());
  CHECK(there.lonely());
  proxy.resume();
  CHECK(far.hear(11) == "from before");
  CHECK(there.take().hear(5) == "hello");
}

TEST_CASE("a connection whose words were swallowed is half open for ever") {
  server there;
  tcp_proxy proxy{there.port};
  auto here = connect_to(proxy);
  auto far = there.take();
  proxy.swallow();
  here.say("lost");
  auto late = connect_to(proxy);
  late.say("lost too");
  auto late_far = there.take();
  proxy.resume();
  far.say("lost as well");
  here.say("and this");
  CHECK(here.silent());
  CHECK(far.silent());
  CHECK(late_far.silent());
  SECTION("nobody hears of its end") {
    here.hang_up();
    CHECK(far.silent());
  }
  SECTION("a new one works") {
    auto fresh = connect_to(proxy);
    fresh.say("ping");
    CHECK(there.take().hear(4) == "ping");
    CHECK(proxy.connections() == 3);
  }
  SECTION("a cut ends it") {
    proxy.cut();
    CHECK(here.was_reset());
    CHECK(far.was_reset());
  }
}

TEST_CASE("a proxy swallows one direction alone") {
  server there;
  tcp_proxy proxy{there.port};
  auto here = connect_to(proxy);
  auto far = there.take();
  SECTION("answers") {
    proxy.swallow(direction::to_client);
    here.say("question");
    CHECK(far.hear(8) == "question");
    far.say("answer");
    CHECK(here.silent());
  }
  SECTION("questions") {
    proxy.swallow(direction::to_server);
    far.say("notice");
    CHECK(here.hear(6) == "notice");
    here.say("question");
    CHECK(far.silent());
  }
}

TEST_CASE("a proxy that refuses keeps its connections and its port") {
  server there;
  tcp_proxy proxy{there.port};
  auto here = connect_to(proxy);
  auto far = there.take();
  proxy.refuse();
  CHECK_FALSE(try_to_connect(proxy.port()));
  here.say("still here");
  CHECK(far.hear(10) == "still here");
  proxy.resume();
  auto fresh = connect_to(proxy);
  fresh.say("back");
  CHECK(there.take().hear(4) == "back");
}

TEST_CASE("a cut resets both ends of all connections") {
  server there;
  tcp_proxy proxy{there.port};
  auto one = connect_to(proxy);
  auto far_one = there.take();
  auto two = connect_to(proxy);
  auto far_two = there.take();
  proxy.cut();
  CHECK(proxy.connections() == 0);
  CHECK(one.was_reset());
  CHECK(two.was_reset());
  CHECK(far_one.was_reset());
  CHECK(far_two.was_reset());
  auto fresh = connect_to(proxy);
  fresh.say("ping");
  CHECK(there.take().hear(4) == "ping");
}

TEST_CASE("a proxy delays each piece, and loses none") {
  server there;
  tcp_proxy proxy{there.port};
  auto here = connect_to(proxy);
  auto far = there.take();
  proxy.delay(80ms);
  auto before = std::chrono::steady_clock::now();
  here.say("one");
  CHECK(far.hear(3) == "one");
  CHECK(std::chrono::steady_clock::now() - before >= 80ms);
  here.say("two");
  here.end();
  CHECK(far.hear(100) == "two");
}

TEST_CASE("a proxy without a server resets who comes") {
  std::uint16_t nobody = 0;
  {
    server gone;
    nobody = gone.port;
  }
  tcp_proxy proxy{nobody};
  auto here = connect_to(proxy);
  CHECK(here.was_reset());
  CHECK(proxy.await_accepted(1));
}
