#include "actors/testing/test_kit.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using namespace callboard;
using namespace std::chrono_literals;
using ending = performed_job::ending;

namespace {

/// One queue, "mail", whose every type goes to `handle`.
std::vector<worker_config> mail(handler handle, type_options options = {}) {
  return {{.queue = "mail",
           .handle = mux{}.otherwise(std::move(handle), std::move(options))}};
}

handler answering(outcome what) {
  return [what](const job&, context&) {
    return what;
  };
}

std::vector<std::string> ids(const std::vector<performed_job>& all) {
  std::vector<std::string> found;
  for (const auto& x : all)
    found.push_back(x.value.id);
  return found;
}

} // namespace

TEST_CASE("a test kit performs what is due and nothing else") {
  test_kit kit{mail(answering(complete()))};
  kit.enqueue({.queue = "mail", .type = "a", .id = "now"});
  kit.enqueue({.queue = "mail", .type = "a", .id = "later", .delay = 1min});
  kit.enqueue({.queue = "elsewhere", .type = "a", .id = "not-ours"});
  CHECK(kit.perform_due() == 1);
  CHECK(ids(kit.performed()) == std::vector<std::string>{"now"});
  CHECK(kit.enqueued().size() == 2);
  CHECK(kit.enqueued("mail").front().value.id == "later");
  CHECK(kit.enqueued("mail").front().state == job_state::delayed);
}

TEST_CASE("a test kit performs each job at its own moment while time passes") {
  std::vector<time_point> moments;
  test_kit kit;
  kit.upgrade(mail([&](const job&, context&) {
    moments.push_back(kit.now());
    return complete();
  }));
  auto start = kit.now();
  kit.enqueue({.queue = "mail", .type = "a", .delay = 5min});
  kit.enqueue({.queue = "mail", .type = "a", .delay = 2min});
  kit.enqueue({.queue = "mail", .type = "a", .delay = 11min});
  CHECK(kit.advance(10min) == 2);
  CHECK(moments == std::vector<time_point>{start + 2min, start + 5min});
  CHECK(kit.now() == start + 10min);
}

TEST_CASE("a test kit runs until no job waits") {
  test_kit kit{mail(
      [](const job& work, context&) {
        return work.attempt < 4 ? retry(10min, "not yet") : complete();
      },
      {.retry = {.max_attempts = 10}})};
  auto start = kit.now();
  auto id = kit.enqueue({.queue = "mail", .type = "a"});
  CHECK(kit.run_until_idle() == 4);
  CHECK(kit.now() == start + 30min);
  CHECK(kit.outcome_of(id)->how == ending::completed);
  CHECK(kit.outcome_of(id)->value.attempt == 4);
  CHECK(kit.outcome_of(id)->value.last_error == "not yet");
  CHECK(kit.enqueued().empty());
}

TEST_CASE("a test kit stops after the given time when jobs come back for "
          "ever") {
  test_kit kit{mail(answering(reschedule(by_cron("0 3 * * *"))))};
  auto start = kit.now();
  kit.enqueue({.queue = "mail", .type = "a"});
  CHECK(kit.run_until_idle(72h) == 4);
  CHECK(kit.now() == start + 72h);
  CHECK(kit.performed().back().how == ending::rescheduled);
  CHECK(kit.performed().back().value.attempt == 1);
}

TEST_CASE("a test kit says so when a job is due again at once for ever") {
  test_kit kit{mail(answering(reschedule(by_after(0s)))),
               {.most_attempts = 50}};
  kit.enqueue({.queue = "mail", .type = "a"});
  CHECK_THROWS_WITH(kit.perform_due(), Catch::Contains("more than 50")
                                           && Catch::Contains("for ever"));
}

TEST_CASE("a test kit performs jobs by priority and due time") {
  test_kit kit{mail(answering(complete()))};
  kit.bulk_enqueue({{.queue = "mail", .type = "a", .id = "b"},
                    {.queue = "mail", .type = "a", .id = "a"},
                    {.queue = "mail", .type = "a", .id = "z", .priority = -1}});
  kit.perform_due();
  CHECK(ids(kit.performed()) == std::vector<std::string>{"z", "a", "b"});
}

TEST_CASE("a test kit performs one job after another") {
  test_kit kit{mail(answering(complete()))};
  CHECK_FALSE(kit.perform_next());
  kit.enqueue({.queue = "mail", .type = "a", .id = "1"});
  kit.enqueue({.queue = "mail", .type = "a", .id = "2"});
  CHECK(kit.perform_next()->value.id == "1");
  CHECK(kit.enqueued().size() == 1);
  CHECK(kit.perform_next()->value.id == "2");
  CHECK_FALSE(kit.perform_next());
}

TEST_CASE("what handlers enqueue can be asserted") {
  test_kit kit;
  kit.upgrade({{.queue = "orders",
                .handle = mux{}.on("place", [&](const job& work, context& ctx) {
                  kit.jobs().enqueue(ctx, {.queue = "mail",
                                           .type = "confirm",
                                           .arg = work.arg,
                                           .delay = 10min});
                  kit.jobs().enqueue(ctx, {.queue = "mail", .type = "invoice"});
                  return complete();
                })}});
  kit.enqueue({.queue = "orders",
               .type = "place",
               .arg = "order 7",
               .request_id = "r-1"});
  kit.run_until_idle();
  auto mails = kit.enqueued("mail");
  REQUIRE(mails.size() == 2);
  CHECK(mails[0].value.type == "invoice");
  CHECK(mails[1].value.type == "confirm");
  CHECK(mails[1].value.arg == "order 7");
  CHECK(mails[1].value.request_id == "r-1");
  CHECK(mails[1].value.run_at == kit.now() + 10min);
  CHECK(kit.enqueued("mail", "confirm").size() == 1);
  CHECK(kit.enqueued("orders").empty());
}

TEST_CASE("a test kit uses the real pipeline") {
  std::string said;
  test_kit kit{
      {{.queue = "mail",
        .handle = mux{}
                      .on("throws",
                          [](const job&, context&) -> outcome {
                            throw std::runtime_error{"no stamp"};
                          })
                      .on("fails", answering(fail("no ink")),
                          {.retry = {.max_attempts = 2,
                                     .wait = {.shape = backoff::kind::fixed,
                                              .first = 1min,
                                              .jitter = 0}}}),
        .middlewares = {[&](handler inner) {
          return [&, inner](const job& work, context& ctx) {
            said += "<";
            auto what = inner(work, ctx);
            said += ">";
            return what;
          };
        }}}}};
  kit.enqueue({.queue = "mail", .type = "throws", .id = "a"});
  kit.enqueue({.queue = "mail", .type = "fails", .id = "f"});
  kit.enqueue({.queue = "mail", .type = "nonsense", .id = "n"});
  kit.run_until_idle();
  CHECK(kit.outcome_of("a")->how == ending::dead);
  CHECK(kit.outcome_of("a")->error == "no stamp");
  auto fails = kit.performed("f");
  REQUIRE(fails.size() == 2);
  CHECK(fails[0].how == ending::retried);
  CHECK(fails[0].after == 1min);
  CHECK(fails[1].how == ending::dead);
  CHECK_THAT(fails[1].error, Catch::Contains("attempts used up (2)"));
  CHECK_THAT(kit.outcome_of("n")->error, Catch::Contains("unknown type"));
  CHECK(kit.outcome_of("n")->took == 0s);
  CHECK(kit.dead_letters().size() == 3);
  CHECK(kit.dead_letters("elsewhere").empty());
  // An exception passes a middleware by; recovery is outside of it.
  CHECK(said == "<<><>");
}

TEST_CASE("jobs and dead letters can be cancelled and revived") {
  auto good = false;
  test_kit kit{mail([&](const job&, context&) {
    return good ? complete() : move_to_dlq("broken");
  })};
  kit.enqueue({.queue = "mail", .type = "a", .id = "c", .delay = 1h});
  CHECK(kit.cancel("c") == cancel_answer::removed);
  CHECK(kit.cancel("c") == cancel_answer::unknown);
  CHECK(kit.enqueued().empty());
  kit.enqueue({.queue = "mail", .type = "a", .id = "d"});
  kit.perform_due();
  CHECK(kit.find("d")->state == job_state::dead);
  good = true;
  CHECK(kit.retry_dead("d"));
  CHECK_FALSE(kit.retry_dead("d"));
  kit.perform_due();
  CHECK(kit.outcome_of("d")->how == ending::completed);
  CHECK(kit.dead_letters().empty());
}

TEST_CASE("a test kit keeps what observers and the log are told") {
  test_kit kit{mail([](const job& work, context& ctx) {
    ctx.log(log_level::info, "attempt " + std::to_string(work.attempt));
    return work.attempt == 1 ? retry(1s, "once more") : complete();
  })};
  kit.enqueue({.queue = "mail", .type = "a", .id = "x"});
  kit.run_until_idle();
  CHECK(kit.events()
        == std::vector<std::string>{"started x", "retried x: once more",
                                    "started x", "completed x"});
  REQUIRE(kit.log().size() == 2);
  CHECK(kit.log()[1].message == "attempt 2");
}

TEST_CASE("an upgrade of a test kit replaces the workers") {
  test_kit kit{mail(answering(complete()))};
  kit.upgrade({{.queue = "video", .handle = mux{answering(complete())}}});
  kit.enqueue({.queue = "mail", .type = "a"});
  kit.enqueue({.queue = "video", .type = "a"});
  CHECK(kit.perform_due() == 1);
  CHECK(kit.enqueued("mail").size() == 1);
}

TEST_CASE("a bad worker is refused by a test kit as by a client") {
  test_kit kit;
  CHECK_THROWS_AS(kit.upgrade({{.queue = "mail"}}), failure);
}

TEST_CASE("a handler may not perform jobs itself") {
  test_kit kit;
  kit.upgrade(mail([&](const job&, context&) {
    CHECK_THROWS_WITH(kit.perform_next(), Catch::Contains("from the test"));
    return complete();
  }));
  kit.enqueue({.queue = "mail", .type = "a"});
  CHECK(kit.perform_due() == 1);
}
