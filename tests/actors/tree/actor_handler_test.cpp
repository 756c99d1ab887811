#include "tests/support/tree_fixture.hpp"

#include <catch2/catch.hpp>

using namespace callboard;
using namespace callboard::testing;
using namespace std::chrono_literals;

namespace {

using lines = std::vector<std::string>;

worker_config performed_by(const std::shared_ptr<const handler_target>& actor,
                           duration timeout = duration{0}) {
  return {.queue = "mail",
          .concurrency = 2,
          .handle = mux{}.on("any", actor, {.timeout = timeout})};
}

} // namespace

TEST_CASE("a slot asks the handler actor and reports its answer") {
  tree_fixture tree;
  tree.upgrade({performed_by(tree.add_performer())});
  tree.settle();
  tree.conversation();
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  tree.settle();
  tree.reply("a");
  tree.settle();
  CHECK(tree.conversation({"poller", "slot", "performer"})
        == lines{
            "poller -> slot: chunk",
            "slot -> performer: perform job_call",
            "performer -> slot: job_answer",
            "slot -> poller: performed",
        });
  CHECK(tree.events->count("started a") == 1);
  CHECK(tree.events->count("completed a") == 1);
}

TEST_CASE("handler actors hold no thread while they work") {
  tree_fixture tree;
  tree.upgrade({performed_by(tree.add_performer())});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"},
                {.queue = "mail", .type = "any", .id = "b"},
                {.queue = "mail", .type = "any", .id = "c"}});
  tree.advance(10ms);
  // Everything here runs on one thread; two are under way.
  CHECK(tree.asked() == lines{"a", "b"});
  CHECK(tree.events->count_prefix("started ") == 2);
  tree.reply("b");
  tree.settle();
  CHECK(tree.asked() == lines{"a", "c"});
  tree.reply("c", retry(1h, "later"));
  tree.reply("a", reschedule(by_after(1h)));
  tree.settle();
  CHECK(tree.events->count("completed b") == 1);
  CHECK(tree.events->count("retried c: later") == 1);
  CHECK(tree.events->count("rescheduled a") == 1);
}

TEST_CASE("a job whose handler actor dies fails by the retry policy") {
  tree_fixture tree;
  tree.upgrade({performed_by(tree.add_performer())});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  tree.settle();
  tree.kill("performer");
  tree.settle();
  CHECK(tree.events->count_prefix("retried a: the handler actor died") == 1);
  // And so does the next one, at once.
  tree.enqueue({{.queue = "mail", .type = "any", .id = "b"}});
  tree.settle();
  CHECK(tree.events->count_prefix("retried b: the handler actor") == 1);
  CHECK(tree.alive("slot") == 2);
}

TEST_CASE("a job whose handler actor answers an error fails by the retry "
          "policy") {
  tree_fixture tree;
  tree.upgrade({performed_by(tree.add_performer())});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  tree.settle();
  tree.reply_error("a");
  tree.settle();
  CHECK(tree.events->count_prefix("retried a: the handler actor failed") == 1);
}

TEST_CASE("a handler actor that does not answer in time is not waited for") {
  tree_fixture tree;
  tree.upgrade({performed_by(tree.add_performer(), 500ms)});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  tree.advance(499ms);
  CHECK(tree.events->count_prefix("retried a") == 0);
  tree.advance(1ms);
  CHECK(tree.events->count_prefix("retried a: timed out") == 1);
  // The late answer changes nothing.
  tree.reply("a");
  tree.settle();
  CHECK(tree.events->count("completed a") == 0);
}

TEST_CASE("a close reports the job that a handler actor keeps") {
  tree_fixture tree;
  tree.upgrade({performed_by(tree.add_performer())});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  tree.settle();
  auto closing = tree.close(1s);
  tree.advance(2s);
  REQUIRE(tree.answer(closing));
  CHECK(tree.answer(closing)->still_running == lines{"mail/any a"});
}

TEST_CASE("a job that its handler actor declines goes back unharmed") {
  tree_fixture tree;
  tree.upgrade({performed_by(tree.add_performer())});
  tree.enqueue(
      {{.queue = "mail", .type = "any", .id = "a", .max_attempts = 1}});
  tree.advance(10ms);
  CHECK(tree.db->job("a")->value.attempt == 1);
  tree.reply_declined("a", 2s);
  tree.advance(1s);
  CHECK(tree.asked().empty());
  CHECK(tree.db->job("a")->state == job_state::delayed);
  CHECK(tree.db->job("a")->value.attempt == 0);
  CHECK(tree.db->accepted().empty());
  tree.advance(2s);
  CHECK(tree.asked() == lines{"a"});
  tree.reply("a");
  tree.settle();
  CHECK(tree.events->count("completed a") == 1);
  // At once, and again and again.
  tree.enqueue({{.queue = "mail", .type = "any", .id = "b"}});
  for (int i = 0; i < 3; ++i) {
    tree.settle();
    CHECK(tree.asked() == lines{"b"});
    tree.reply_declined("b", 0s);
  }
  tree.settle();
  tree.reply("b");
  tree.settle();
  CHECK(tree.events->count("completed b") == 1);
}

TEST_CASE("a handler actor is told to stop") {
  tree_fixture tree;
  tree.upgrade({performed_by(tree.add_stoppable_performer(), 10s)}, 1h);
  tree.enqueue({{.queue = "mail", .type = "any", .id = "late"},
                {.queue = "mail", .type = "any", .id = "unwanted"}});
  tree.advance(10ms);
  REQUIRE(tree.asked() == lines{"late", "unwanted"});
  tree.cancel({"unwanted"});
  tree.advance(10ms);
  CHECK(tree.stops() == lines{"unwanted cancelled"});
  tree.reply("unwanted", fail("ended"));
  tree.advance(9s);
  CHECK(tree.events->count("dead unwanted: cancelled: ended") == 1);
  CHECK(tree.stops().size() == 1);
  tree.advance(1s);
  CHECK(tree.stops().back() == "late timed out");
  // It has its grace to answer by itself.
  tree.advance(4s);
  tree.reply("late", fail("too slow"));
  tree.settle();
  CHECK(tree.events->count("retried late: too slow") == 1);
}

TEST_CASE("a handler actor that does not heed its stop is not waited for") {
  tree_fixture tree;
  tree.upgrade({performed_by(tree.add_stoppable_performer(3s), 10s)});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  tree.advance(12s);
  CHECK(tree.events->count_prefix("retried a") == 0);
  tree.advance(2s);
  CHECK(tree.events->count_prefix("retried a: timed out") == 1);
}

TEST_CASE("a handler actor is told when the lease is lost, and at the end of a "
          "close") {
  tree_fixture tree;
  tree.upgrade({performed_by(tree.add_stoppable_performer())});
  tree.enqueue({{.queue = "mail", .type = "any", .id = "a"}});
  tree.advance(10ms);
  tree.db->bury_all_nodes();
  tree.advance(2s);
  CHECK(tree.stops() == lines{"a lease lost"});
  tree.reply("a", fail("gave up"));
  tree.advance(10ms);
  REQUIRE(tree.asked() == lines{"a"});
  tree.close(1s);
  tree.advance(1100ms);
  CHECK(tree.stops().back() == "a closing");
}
