// The slots of a queue that is left to performers follow what they offer.

#include "tests/support/tree_fixture.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using namespace callboard::testing;
using namespace std::chrono_literals;

namespace {

using lines = std::vector<std::string>;

worker_config left_to_performers(int concurrency = 4) {
  return {.queue = "gpu",
          .concurrency = concurrency,
          .performers = by_performers{}};
}

struct house : tree_fixture {
  house() {
    add_performer();
    upgrade({left_to_performers()});
    settle();
  }

  void add(const std::vector<std::string>& ids) {
    std::vector<new_job> jobs;
    for (const auto& id : ids)
      jobs.push_back({.queue = "gpu", .type = "any", .id = id});
    enqueue(std::move(jobs));
    advance(10ms);
  }

  void allow(std::size_t slots) {
    offer("gpu", slots);
    advance(10ms);
  }

  void end(const std::string& id) {
    reply(id);
    advance(10ms);
  }

  int concurrency() { return status().at(0).concurrency; }
};

} // namespace

TEST_CASE("without an offer nothing is leased") {
  house it;
  it.add({"a"});
  it.advance(5s);
  CHECK(it.asked().empty());
  CHECK(it.db->job("a")->value.attempt == 0);
  CHECK(it.alive("slot") == 0);
  CHECK(it.concurrency() == 0);
  it.allow(1);
  CHECK(it.asked() == lines{"a"});
  CHECK(it.concurrency() == 1);
}

TEST_CASE("slots come with offers, up to the concurrency of the queue") {
  house it;
  it.add({"a", "b", "c", "d", "e", "f"});
  it.allow(2);
  CHECK(it.asked() == lines{"a", "b"});
  it.allow(3);
  CHECK(it.asked() == lines{"a", "b", "c"});
  it.allow(100);
  CHECK(it.asked() == lines{"a", "b", "c", "d"});
  CHECK(it.alive("slot") == 4);
  CHECK(it.concurrency() == 4);
}

TEST_CASE("slots go with offers: idle ones at once, busy ones when they end") {
  house it;
  it.allow(4);
  it.add({"a", "b", "c"});
  CHECK(it.alive("slot") == 4);
  it.allow(1);
  CHECK(it.alive("slot") == 3);
  CHECK(it.concurrency() == 1);
  it.add({"d"});
  it.end("b");
  CHECK(it.asked() == lines{"a", "c"});
  CHECK(it.alive("slot") == 2);
  it.end("a");
  CHECK(it.asked() == lines{"c"});
  it.end("c");
  CHECK(it.asked() == lines{"d"});
  CHECK(it.alive("slot") == 1);
  // As if nothing had been.
  it.allow(4);
  CHECK(it.alive("slot") == 4);
  it.add({"e", "f", "g", "h"});
  CHECK(it.asked() == lines{"d", "e", "f", "g"});
}

TEST_CASE("an offer that comes and goes leaves the right number of slots") {
  house it;
  it.allow(4);
  it.add({"a", "b", "c", "d", "e", "f", "g", "h"});
  // All busy: what goes and comes back has nothing to be taken from.
  for (std::size_t slots : {0, 3, 1, 4, 2})
    it.allow(slots);
  CHECK(it.asked() == lines{"a", "b", "c", "d"});
  it.end("a");
  it.end("b");
  CHECK(it.asked() == lines{"c", "d"});
  it.end("c");
  CHECK(it.asked() == lines{"d", "e"});
  CHECK(it.alive("slot") == 2);
}

TEST_CASE("what is fetched for slots that are gone goes back") {
  house it;
  it.allow(1);
  it.add({"a"});
  it.end("a");
  it.allow(0);
  CHECK(it.alive("slot") == 0);
  it.add({"b"});
  it.advance(3s);
  CHECK(it.db->job("b")->state == job_state::waiting);
  CHECK(it.asked().empty());
}

TEST_CASE("an upgrade keeps to the offer") {
  house it;
  it.allow(2);
  it.add({"a", "b", "c", "d"});
  it.upgrade({left_to_performers(3)});
  it.advance(10ms);
  CHECK(it.asked() == lines{"a", "b"});
  it.end("a");
  CHECK(it.asked() == lines{"b", "c"});
  it.allow(9);
  CHECK(it.asked() == lines{"b", "c", "d"});
  CHECK(it.concurrency() == 3);
}

TEST_CASE("a poller that dies is replaced by one that keeps to the offer") {
  house it;
  it.allow(2);
  it.add({"a", "b", "c"});
  it.allow(1);
  it.kill("poller");
  it.advance(10ms);
  it.end("a");
  CHECK(it.asked() == lines{"b"});
  it.end("b");
  CHECK(it.asked() == lines{"c"});
  CHECK(it.alive("slot") == 1);
}

TEST_CASE("a close does not wait for offers") {
  house it;
  it.add({"a"});
  auto closing = it.close();
  it.advance(10ms);
  REQUIRE(it.answer(closing));
  CHECK(it.answer(closing)->drained);
}
