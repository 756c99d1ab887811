#include "actors/cluster/frame_guard.hpp"
#include "actors/cluster/frame_sieve.hpp"
#include "tests/actors/cluster/frames.hpp"
#include "tests/support/random_seed.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace callboard;
using namespace callboard::actors;
using namespace callboard::tests;

namespace {

constexpr std::uint64_t ours = 77;
constexpr std::uint64_t theirs = 5;

frame_rules rules(frame_rules::side side = frame_rules::side::accepted) {
  return {.ours = side,
          .actor = ours,
          .own_node = node('A'),
          .types = {"callboard::wire::hello_v1"},
          .payload_limit = 1000,
          .actor_limit = 3};
}

std::string hello(std::uint64_t from = theirs, std::uint64_t to = ours) {
  return message("callboard::wire::hello_v1", "values", from, to);
}

/// What passes, or why not.
struct verdict {
  std::string through;
  std::size_t messages = 0;
  std::string refusal;
};

verdict judge(frame_guard& guard, std::string_view bytes) {
  frame_guard::passed through;
  auto good = guard.take(bytes, through);
  return {through.bytes, through.messages.size(),
          good ? "" : good.error().message};
}

verdict after_handshake(std::string_view bytes) {
  frame_guard guard{rules()};
  auto before = judge(guard, client_handshake('B'));
  REQUIRE(before.refusal.empty());
  return judge(guard, bytes);
}

std::string down(std::string_view error, char to = 'A') {
  return frame(5, 0, node('B') + node(to) + std::string{error}, 0, theirs, 0);
}

const std::string plain_error
    = number(4, 1) + number(0xfabdbb9, 8) + number(0, 2) + text("@<>");

} // namespace

TEST_CASE("a conversation as CAF has it passes unchanged") {
  auto all = client_handshake('B') + client_handshake('B', 2) + heartbeat()
             + frame(4, 0, node('B') + node('A'), 0, 0, ours) + hello()
             + down(plain_error)
             + down(number(4, 1) + number(1, 8) + number(0, 2)
                    + text("@<>+@str") + text("why"));
  frame_guard guard{rules()};
  auto got = judge(guard, all);
  CHECK(got.refusal == "");
  CHECK(got.through == all);
  CHECK(got.messages == 1);
  CHECK(guard.peer_node() == node('B'));
  CHECK(guard.held() == 0);
}

TEST_CASE("the end that dials waits for a server's handshake") {
  using side = frame_rules::side;
  frame_guard guard{rules(side::dialled)};
  auto all = server_handshake('B') + hello();
  CHECK(judge(guard, all).through == all);
  CHECK(judge(guard, server_handshake('B')).refusal
        == "a server handshake out of turn");
  frame_guard client{rules(side::dialled)};
  CHECK(judge(client, client_handshake('B')).refusal
        == "a client handshake out of turn");
  frame_guard server{rules()};
  CHECK(judge(server, server_handshake('B')).refusal
        == "a server handshake out of turn");
}

TEST_CASE("however a stream is cut, the same passes") {
  auto all = client_handshake('B') + hello() + heartbeat() + hello(6)
             + message("x", "y", 1, ours);
  std::mt19937 engine{random_seed("cut streams")};
  for (int round = 0; round < 200; ++round) {
    frame_guard guard{rules()};
    frame_guard::passed through;
    std::string_view rest{all};
    std::string refusal;
    while (!rest.empty() && refusal.empty()) {
      auto size = std::uniform_int_distribution<std::size_t>{
          1, std::min<std::size_t>(rest.size(), 50)}(engine);
      if (auto good = guard.take(rest.substr(0, size), through); !good)
        refusal = good.error().message;
      rest.remove_prefix(size);
    }
    CHECK(refusal == "a message that it may not send");
    CHECK(through.bytes
          == client_handshake('B') + hello() + heartbeat() + hello(6));
    CHECK(through.messages.size() == 2);
  }
}

TEST_CASE("a frame passes whole or not at all") {
  frame_guard guard{rules()};
  auto all = client_handshake('B') + hello();
  auto got = judge(guard, all.substr(0, all.size() - 1));
  CHECK(got.through == client_handshake('B'));
  CHECK(guard.held() == hello().size() - 1);
  CHECK(judge(guard, all.substr(all.size() - 1)).through == hello());
}

TEST_CASE("CAF's helpers that call each other by name are not served") {
  auto got = after_handshake(frame(2, 1, "whatever", async, 9, 123) + hello());
  CHECK(got.refusal == "");
  CHECK(got.through == hello());
  CHECK(got.messages == 1);
}

TEST_CASE("a header that announces 2 GB is refused by itself") {
  auto head = frame(2, 0, "", async, theirs, ours);
  head.replace(4, 4, number(0x7fffffff, 4));
  frame_guard guard{rules()};
  CHECK(judge(guard, head).refusal
        == "a frame of 2147483647 bytes; at most 1000 are allowed here");
  CHECK(guard.held() == 0);
  CHECK(after_handshake(head).refusal
        == "a frame of 2147483647 bytes; at most 1000 are allowed here");
}

TEST_CASE("after a refusal nothing passes any more") {
  frame_guard guard{rules()};
  CHECK_FALSE(judge(guard, frame(9, 0, "")).refusal.empty());
  auto later = judge(guard, client_handshake('B') + hello());
  CHECK(later.through == "");
  CHECK(later.refusal == "the peer was refused before");
}

TEST_CASE("forged frames are refused, each with its reason") {
  struct forgery {
    std::string bytes;
    std::string why;
  };
  auto none_of_its_business
      = std::string{"a message to an actor that is none of its business"};
  auto may_not = std::string{"a message that it may not send"};
  auto one_way
      = std::string{"a request or response; only one-way messages are served"};
  auto case_ = GENERATE_COPY(values<forgery>({
      {hello(theirs, ours + 1), none_of_its_business},
      {hello(theirs, 0), none_of_its_business},
      {message("exit_msg", "", theirs, ours), may_not},
      {message("callboard::wire::hello_v1+@str", "", theirs, ours), may_not},
      {message("callboard::wire::hello_v", "", theirs, ours), may_not},
      {message("", "", theirs, ours), may_not},
      {frame(2, 0, number(0, 3) + text("@<>"), async, theirs, ours), may_not},
      {frame(2, 0, number(0, 3), async, theirs, ours), may_not},
      {frame(2, 0, number(0, 3) + "\xff\xff\xff\xff\xff\xff", async, theirs,
             ours),
       may_not},
      {frame(2, 0, number(1, 1) + node('C') + number(3, 8), async, theirs,
             ours),
       "a message with a forwarding stack"},
      {frame(2, 0, "", async, theirs, ours),
       "a message with a forwarding stack"},
      {frame(2, 0, number(0, 1) + number(7, 2), async, theirs, ours),
       "a message of no known kind"},
      {frame(2, 4, number(0, 3), async, theirs, ours),
       "a message with unknown flags"},
      {message("callboard::wire::hello_v1", "", theirs, ours, async | 1),
       one_way},
      {message("callboard::wire::hello_v1", "", theirs, ours,
               async | 0x8000000000000001),
       one_way},
      {message("callboard::wire::hello_v1", "", theirs, ours,
               0x2000000000000000),
       one_way},
      {frame(3, 0, node('B') + node('C'), async, theirs, ours),
       "it wants to relay; only direct messages are served"},
      {frame(4, 0, node('B') + node('A'), 0, 0, ours + 1),
       "it wants to watch an actor that is none of its business"},
      {frame(4, 0, node('B') + node('C'), 0, 0, ours),
       "a malformed monitor message"},
      {frame(4, 0, node('C') + node('A'), 0, 0, ours),
       "a malformed monitor message"},
      {frame(4, 0, "", 0, 0, ours), "a malformed monitor message"},
      {down(plain_error, 'C'), "malformed news of a dead actor"},
      {down(number(4, 1) + number(1, 8) + number(0, 2)
            + text("@<>+@strong_actor_ptr")),
       "malformed news of a dead actor"},
      {down(plain_error + "x"), "malformed news of a dead actor"},
      {down(""), "malformed news of a dead actor"},
      {frame(6, 0, "", 1), "a malformed heartbeat"},
      {frame(6, 0, "x"), "a frame of 1 bytes; at most 0 are allowed here"},
      {frame(7, 0, ""), "no frame of this protocol (operation 7)"},
      {"GET / HTTP/1.1\r\nHost: x.example\r\n\r\n",
       "no frame of this protocol (operation 71)"},
      {client_handshake('C'), "a second handshake under another node id"},
      {client_handshake('B', 4), "a malformed handshake"},
      {frame(1, 0, "x"), "a malformed handshake"},
      {frame(1, 0, std::string(32, 'x')), "a malformed handshake"},
      {client_handshake('A'),
       "it has the node id of this process: two nodes must not have the same "
       "host and process id"},
  }));
  CAPTURE(case_.why);
  auto got = after_handshake(case_.bytes);
  CHECK(got.refusal == case_.why);
  CHECK(got.through == "");
}

TEST_CASE("before the handshake nothing else is heard") {
  for (const auto& bytes : {hello(), heartbeat(), down(plain_error),
                            frame(4, 0, node('B') + node('A'), 0, 0, ours)}) {
    frame_guard guard{rules()};
    CHECK(judge(guard, bytes).refusal == "no handshake");
  }
}

TEST_CASE("a peer can't make this process know its actors without end") {
  auto got
      = after_handshake(hello(1) + hello(2) + hello(3) + hello(1) + hello(4));
  CHECK(got.messages == 4);
  CHECK(got.refusal == "more than 3 of its actors talk");
  auto gone = frame(5, 0, node('B') + node('A') + plain_error, 0, 2, 0);
  CHECK(
      after_handshake(hello(1) + hello(2) + hello(3) + gone + hello(4)).refusal
      == "");
}

TEST_CASE("the sieve takes out what CAF's helpers say, and counts the rest") {
  auto helper = frame(2, 1, "whatever", async, 9, 123);
  auto all = client_handshake('A') + helper + hello() + heartbeat() + helper
             + hello();
  for (std::size_t size : {std::size_t{1}, std::size_t{7}, all.size()}) {
    frame_sieve sieve;
    std::string through;
    for (std::size_t at = 0; at < all.size(); at += size)
      sieve.take(std::string_view{all}.substr(at, size), through);
    CHECK(through == client_handshake('A') + hello() + heartbeat() + hello());
    CHECK(sieve.messages() == 2);
  }
  frame_sieve sieve;
  std::string through;
  sieve.take(hello().substr(0, 40), through);
  CHECK(sieve.messages() == 0);
}
