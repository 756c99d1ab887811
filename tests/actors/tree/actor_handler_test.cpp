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
