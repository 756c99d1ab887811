// Links between two actor systems, over real sockets and the guards of both.

#include "actors/cluster/wire/vocabulary.hpp"
#include "tests/actors/cluster/link_stage.hpp"

using namespace callboard;
using namespace callboard::tests;

TEST_CASE("two nodes greet, talk both ways, and say good-bye") {
  process a{{.tls = ours().issue("a.example")}};
  process b{{.tls = ours().issue("b.example")}};
  auto at = a.listen(own_hello(peer_kind::node, "A"));
  b.keep_dialling(at, own_hello(peer_kind::node, "B"));
  auto from_a = a.expect<link_up>();
  auto from_b = b.expect<link_up>();
  CHECK(from_a.peer.hello.name == "B");
  CHECK(from_a.peer.hello.incarnation == "B-1");
  CHECK(from_a.peer.names == std::vector<std::string>{"b.example"});
  CHECK(from_b.peer.hello.name == "A");
  CHECK(from_b.peer.address == to_string(at));

  tell(from_b, caf::make_message(wire::wake_v1{{"mail", "video"}}));
  auto heard = a.expect<link_said>();
  CHECK(heard.id == from_a.id);
  REQUIRE(said<wire::wake_v1>(heard) != nullptr);
  CHECK(said<wire::wake_v1>(heard)->queues
        == std::vector<std::string>{"mail", "video"});
  CHECK(said<wire::heard_v1>(heard) == nullptr);
  tell(from_a, caf::make_message(wire::heard_v1{}));
  CHECK(said<wire::heard_v1>(b.expect<link_said>()) != nullptr);

  // What was said last arrives, although the link ends at once.
  tell(from_a, caf::make_message(wire::wake_v1{{"last"}}));
  caf::anon_send(from_a.link, link_hang_up{"enough"});
  CHECK(said<wire::wake_v1>(b.expect<link_said>())->queues.front() == "last");
  auto down = b.expect<link_down>();
  CHECK(down.id == from_b.id);
  CHECK(down.why == "the peer hung up: enough");
  CHECK(down.announced);
  auto own = a.expect<link_down>();
  CHECK(own.why == "enough");
  CHECK_FALSE(own.announced);

  // The dialler comes again.
  CHECK(a.expect<link_up>().peer.hello.name == "B");
  CHECK(b.expect<link_up>().id != from_b.id);
}

TEST_CASE("a node of another version is refused with a sentence for people") {
  process a{{}};
  process b{{}};
  auto at = a.listen(own_hello(peer_kind::node, "A"));
  auto future = own_hello(peer_kind::node, "B");
  future.lowest = 7;
  future.highest = 9;
  future.program = "callboard 9.0.0";
  b.keep_dialling(at, future);
  auto why = b.complaints.next();
  REQUIRE(why.has_value());
  CAPTURE(*why);
  CHECK(why->find("the peer hung up: no common version: callboard ")
        != std::string::npos);
  CHECK(why->find("speaks 1, callboard 9.0.0 speaks 7 to 9; upgrade the older")
        != std::string::npos);
  CHECK(a.heard->empty());
}

TEST_CASE("who speaks a newer version as well is understood") {
  process a{{}};
  process b{{}};
  auto newer = own_hello(peer_kind::node, "B");
  newer.highest = 9;
  b.keep_dialling(a.listen(own_hello(peer_kind::node, "A")), newer);
  auto from_a = a.expect<link_up>();
  CHECK(from_a.peer.hello.highest == 9);
  CHECK(from_a.peer.version == wire::own_versions().highest);
  auto from_b = b.expect<link_up>();
  CHECK(from_b.peer.hello.highest == wire::own_versions().highest);
  CHECK(from_b.peer.version == wire::own_versions().highest);
}

TEST_CASE("a peer takes part only as what its certificate allows") {
  process node{{.tls = ours().issue("node.example"),
                .allow = {{"shop.example", {.enqueue = true}}}}};
  auto at = node.listen(own_hello(peer_kind::node, "N"));
  process shop{{.tls = ours().issue("shop.example")}};
  shop.keep_dialling(at, own_hello(peer_kind::performer, "shop"));
  auto why = shop.complaints.next();
  REQUIRE(why.has_value());
  CHECK(why->find("does not allow it to take part as a performer; add "
                  "\\\"perform\\\" to its rule")
        != std::string::npos);

  // As a client it may, but not say what nodes say.
  process again{{.tls = ours().issue("shop.example")}};
  again.keep_dialling(at, own_hello(peer_kind::client, "shop"));
  auto up = again.expect<link_up>();
  node.expect<link_up>();
  tell(up, caf::make_message(wire::status_v1{1}));
  CHECK(said<wire::status_v1>(node.expect<link_said>()) != nullptr);
  tell(up, caf::make_message(wire::wake_v1{{"mail"}}));
  CHECK(node.expect<link_down>().why
        == "refused: a message that it may not send");
  again.expect<link_down>();
}

TEST_CASE("a link comes back when its node is started again") {
  process b{{}};
  node_address at;
  {
    process a{{}};
    at = a.listen(own_hello(peer_kind::node, "A"));
    b.keep_dialling(at, own_hello(peer_kind::node, "B"));
    b.expect<link_up>();
    a.expect<link_up>();
  }
  b.expect<link_down>();
  process a{{}};
  a.listen(own_hello(peer_kind::node, "A2"), at);
  CHECK(b.expect<link_up>().peer.hello.name == "A2");
  CHECK(a.expect<link_up>().peer.hello.name == "B");
}

TEST_CASE("a long message goes through whole") {
  process a{{}};
  auto at = a.listen(own_hello(peer_kind::node, "A"));
  process b{{}};
  b.keep_dialling(at, own_hello(peer_kind::node, "B"));
  a.expect<link_up>();
  auto up = b.expect<link_up>();
  wire::wake_v1 many;
  many.queues.assign(100'000, "a queue with a rather long name");
  tell(up, caf::make_message(many));
  CHECK(said<wire::wake_v1>(a.expect<link_said>())->queues.size() == 100'000);
}
