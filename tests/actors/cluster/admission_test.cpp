#include "actors/cluster/admission.hpp"
#include "actors/cluster/roles.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using namespace callboard::actors;

TEST_CASE("the oldest of the address with the most strangers makes room") {
  admission door{4};
  CHECK_FALSE(door.enter(1, "good"));
  CHECK_FALSE(door.enter(2, "bad"));
  CHECK_FALSE(door.enter(3, "bad"));
  CHECK_FALSE(door.enter(4, "bad"));
  CHECK(door.enter(5, "bad") == 2);
  CHECK(door.enter(6, "bad") == 3);
  CHECK(door.size() == 4);
  door.leave(1);
  door.leave(1);
  CHECK(door.size() == 3);
  CHECK_FALSE(door.enter(7, "good"));
}

TEST_CASE("a crowd from one address never turns out the single visitor") {
  admission door{16};
  CHECK_FALSE(door.enter(1, "single"));
  for (admission::visitor who = 2; who < 10'000; ++who) {
    auto out = door.enter(who, "crowd");
    CHECK(out != admission::visitor{1});
    CHECK(door.size() <= 16);
  }
}

TEST_CASE("a pattern means a name or all names that end so") {
  CHECK(matches("a.example", "A.Example"));
  CHECK_FALSE(matches("a.example", "b.a.example"));
  CHECK(matches("*.workers.example", "gpu1.workers.example"));
  CHECK(matches("*.workers.example", "x.y.workers.example"));
  CHECK_FALSE(matches("*.workers.example", "workers.example"));
  CHECK_FALSE(matches("*.workers.example", ".workers.example"));
  CHECK_FALSE(matches("*.workers.example", "evilworkers.example"));
  CHECK(matches("*", "anybody"));
  CHECK_FALSE(matches("*", ""));
  CHECK_FALSE(matches("gpu*.example", "gpu1.example"));
}

TEST_CASE("what a peer may do is the sum of the rules that name it") {
  std::vector<allow_rule> rules{
      {"*.workers.example", {.perform = true}},
      {"shop.example", {.enqueue = true}},
      {"gpu1.workers.example", {.enqueue = true}},
  };
  CHECK(roles_of({"gpu1.workers.example"}, rules)
        == peer_roles{.enqueue = true, .perform = true});
  CHECK(roles_of({"gpu2.workers.example"}, rules)
        == peer_roles{.perform = true});
  CHECK(roles_of({"x.example", "shop.example"}, rules)
        == peer_roles{.enqueue = true});
  CHECK_FALSE(roles_of({"x.example"}, rules).any());
  CHECK_FALSE(roles_of({}, rules).any());
  CHECK(roles_of({"x.example"}, {}) == peer_roles::all());
}
