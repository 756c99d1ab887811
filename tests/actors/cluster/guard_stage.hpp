#pragma once

#include "actors/cluster/guard.hpp"
#include "tests/actors/cluster/frames.hpp"
#include "tests/support/awaited.hpp"
#include "tests/support/certificates.hpp"

#include <catch2/catch.hpp>

#include <poll.h>
#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <string>

namespace callboard::tests {

using namespace callboard::actors;

/// One end of a line, as CAF would have it.
struct inner_end {
  line connection;
  std::shared_ptr<awaited<std::string>> over
      = std::make_shared<awaited<std::string>>();

  void admit(frame_rules rules) {
    connection.control->admit(
        std::move(rules),
        [to = over](const std::string& why) { to->put(why); });
  }

  /// False when the line takes no more.
  bool send(const std::string& bytes) {
    std::size_t at = 0;
    while (at < bytes.size()) {
      auto sent = ::send(connection.socket.get(), bytes.data() + at,
                         bytes.size() - at, MSG_NOSIGNAL);
      if (sent <= 0)
        return false;
      at += static_cast<std::size_t>(sent);
    }
    return true;
  }

  /// So many bytes, or what came before the end or a long silence.
  std::string receive(std::size_t size) {
    std::string bytes;
    while (bytes.size() < size) {
      pollfd look{connection.socket.get(), POLLIN, 0};
      if (poll(&look, 1, 30'000) != 1)
        break;
      char buffer[65536];
      auto got = ::recv(connection.socket.get(), buffer,
                        std::min(sizeof buffer, size - bytes.size()), 0);
      if (got <= 0)
        break;
      bytes.append(buffer, static_cast<std::size_t>(got));
    }
    return bytes;
  }
};

inline constexpr std::uint64_t gateway = 77;

inline frame_rules rules_of_side(frame_rules::side side, char own) {
  return {.ours = side,
          .actor = gateway,
          .own_node = node(own),
          .types = {"callboard::wire::hello_v1"},
          .payload_limit = std::size_t{64} << 20};
}

inline std::string hello_to_gateway(std::string_view values = "values") {
  return message("callboard::wire::hello_v1", values, 5, gateway);
}

/// A guard that listens.
struct server {
  explicit server(guard_options options, const std::string& host = "127.0.0.1")
      : gate{guard::make(std::move(options)).value()},
        at{gate->bind({host, 0}).value()} {
    gate->welcome([to = arrived](line x) { to->put(std::move(x)); });
  }

  /// The next peer, admitted.
  inner_end next() {
    auto came = arrived->next();
    REQUIRE(came.has_value());
    inner_end end{std::move(*came)};
    end.admit(rules_of_side(frame_rules::side::accepted, 'S'));
    return end;
  }

  std::shared_ptr<awaited<line>> arrived = std::make_shared<awaited<line>>();
  std::unique_ptr<guard> gate;
  node_address at;
};

inline result<line> dial(guard& from, const node_address& to) {
  auto answers = std::make_shared<awaited<result<line>>>();
  from.dial(to, [answers](result<line> x) { answers->put(std::move(x)); });
  auto answer = answers->next();
  REQUIRE(answer.has_value());
  return std::move(*answer);
}

/// Both ends talk to each other.
inline void expect_served(server& to, guard& from, char name) {
  auto made = dial(from, to.at);
  REQUIRE((made ? "" : made.error().message) == "");
  inner_end peer{std::move(*made)};
  peer.admit(rules_of_side(frame_rules::side::dialled, name));
  auto served = to.next();
  auto up = client_handshake(name) + hello_to_gateway();
  auto down = server_handshake('S') + hello_to_gateway();
  REQUIRE(peer.send(up));
  REQUIRE(served.send(down));
  CHECK(served.receive(up.size()) == up);
  CHECK(peer.receive(down.size()) == down);
}

} // namespace callboard::tests
