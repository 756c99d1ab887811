// Links of a program that speaks two versions.

#include "tests/actors/cluster/link_stage.hpp"
#include "tests/actors/cluster/two_versions.hpp"

using namespace callboard;
using namespace callboard::tests;

namespace {

/// Two nodes; the one that dials speaks up to this version.
struct pair_of_nodes {
  explicit pair_of_nodes(std::uint16_t highest) {
    auto own = own_hello(peer_kind::node, "B");
    own.highest = highest;
    b.keep_dialling(a.listen(own_hello(peer_kind::node, "A")), own);
    from_a = a.expect<link_up>();
    from_b = b.expect<link_up>();
    CHECK(from_a.peer.version == highest);
    CHECK(from_b.peer.version == highest);
  }

  process a{{}};
  process b{{}};
  link_up from_a;
  link_up from_b;
};

struct carelessness {
  carelessness() { wire::careless = true; }
  ~carelessness() { wire::careless = false; }
};

} // namespace

TEST_CASE("two ends speak the highest version that both know") {
  pair_of_nodes it{2};
  tell(it.from_a, caf::make_message(wire::news_v2{"rain"}));
  CHECK(said<wire::news_v2>(it.b.expect<link_said>())->text == "rain");
  tell(it.from_b, caf::make_message(wire::news_v2{"sun"}));
  CHECK(said<wire::news_v2>(it.a.expect<link_said>())->text == "sun");
}

TEST_CASE("what the version has no word for ends the link, and is not sent") {
  pair_of_nodes it{1};
  tell(it.from_a, caf::make_message(wire::wake_v1{{"mail"}}));
  CHECK(said<wire::wake_v1>(it.b.expect<link_said>()) != nullptr);
  tell(it.from_a, caf::make_message(wire::news_v2{"rain"}));
  const std::string why
      = "there is something to say for which version 1 has no word";
  CHECK(it.b.expect<link_down>().why == "the peer hung up: " + why);
  CHECK(it.a.expect<link_down>().why == why);
}

TEST_CASE("who says what the version does not have is hung up on") {
  pair_of_nodes it{1};
  carelessness here;
  tell(it.from_b, caf::make_message(wire::news_v2{"rain"}));
  const std::string why = "a message that version 1 does not have";
  CHECK(it.b.expect<link_down>().why == "the peer hung up: " + why);
  CHECK(it.a.expect<link_down>().why == why);
}
