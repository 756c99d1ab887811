// What links between two actor systems do when nothing goes wrong, and what
// ends one that never comes up.

#include "actors/cluster/wire/vocabulary.hpp"
#include "tests/actors/links/seeds.hpp"
#include "tests/actors/links/two_nodes.hpp"

using namespace callboard;
using namespace callboard::actors;
using namespace callboard::tests;
using namespace std::chrono_literals;

TEST_CASE("two links greet, agree on a version, and carry hints both ways") {
  for_each_seed(20, [](std::uint64_t seed) {
    two_nodes it{seed};
    auto newer = hello_of("a");
    newer.highest = 9;
    it.connect(newer);
    it.settle();
    const auto& a = *it.books[0];
    const auto& b = *it.books[1];
    REQUIRE(a.ups == 1);
    REQUIRE(b.ups == 1);
    CHECK(a.peer.hello.name == "b");
    CHECK(b.peer.hello.name == "a");
    CHECK(b.peer.hello.highest == 9);
    CHECK(a.peer.version == wire::own_versions().highest);
    CHECK(b.peer.version == wire::own_versions().highest);
    it.tell(0, wire::wake_v1{{"mail", "video"}});
    it.settle();
    REQUIRE(b.last<wire::wake_v1>() != nullptr);
    CHECK(b.last<wire::wake_v1>()->queues
          == std::vector<std::string>{"mail", "video"});
    it.tell(1, wire::cancel_hint_v1{});
    it.settle();
    CHECK(a.last<wire::cancel_hint_v1>() != nullptr);
    // A link of which nobody wants anything stays.
    it.pass(1min);
    CHECK(a.downs == 0);
    CHECK(b.downs == 0);
  });
}

TEST_CASE("two links without a common version part, and neither comes up") {
  for_each_seed(20, [](std::uint64_t seed) {
    two_nodes it{seed};
    auto future = hello_of("a");
    future.lowest = 7;
    future.highest = 9;
    it.connect(future);
    it.pass(10s);
    for (std::size_t i = 0; i < 2; ++i) {
      CHECK(it.books[i]->ups == 0);
      CHECK(it.world.sides[i].stage.living("link").empty());
    }
  });
}

TEST_CASE("a peer that does not say hello in time is hung up on") {
  two_systems world{1};
  auto book = std::make_shared<diary>();
  auto owner = world.node.stage.system().spawn(listener, book);
  world.connect({hello_of("a"), {}}, {hello_of("b"), owner});
  world.dialler.stopped = true;
  world.pass(guard_options{}.handshake_time - 1ms);
  CHECK(world.node.stage.living("link").size() == 1);
  world.pass(1ms);
  CHECK(world.node.stage.living("link").empty());
  CHECK(book->ups == 0);
}
