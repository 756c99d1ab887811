#include "actors/pipeline/executor.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <limits>
#include <stdexcept>
#include <thread>

using namespace callboard;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

// An executor for queue "mail" whose jitter draws 0: delays are the longest.
struct bench {
  explicit bench(mux handle, std::vector<middleware> users = {})
      : run{std::make_shared<worker_config>(
                *worker_config{.queue = "mail",
                               .handle = std::move(handle),
                               .middlewares = std::move(users)}
                     .normalized()),
            board,
            {},
            [] {
              return 0.0;
            }} {}

  decltype(settlement::action) perform(const leased_job& work) {
    return last(work).outcome.action;
  }

  execution last(const leased_job& work) {
    return run.run(work, [this] { ++begun; });
  }

  std::shared_ptr<stop_board> board = std::make_shared<stop_board>();
  int begun = 0;
  executor run;
};

leased_job a_job(std::string type = "welcome", std::int32_t attempt = 1) {
  return {{.id = "j1",
           .queue = "mail",
           .type = std::move(type),
           .arg = "arg",
           .request_id = "r1",
           .attempt = attempt},
          7};
}

leased_job with_max(leased_job work, std::int32_t max) {
  work.value.max_attempts = max;
  return work;
}

handler always(outcome answer) {
  return [answer](const job&, context&) {
    return answer;
  };
}

type_options tries(std::int32_t max) {
  return {.retry = {.max_attempts = max,
                    .wait = {.shape = backoff::kind::linear, .first = 3s}}};
}

using action = decltype(settlement::action);

} // namespace

TEST_CASE("a completed job is settled under its lease") {
  bench x{mux{}.on("welcome", always(complete()))};
  auto done = x.last(a_job());
  CHECK(done.outcome.id == "j1");
  CHECK(done.outcome.fence == 7);
  CHECK(done.outcome.action == action{completed{}});
  CHECK(done.took >= 1us);
  CHECK(x.begun == 1);
}

TEST_CASE("a handler sees the job and its context") {
  bench x{mux{[](const job& work, context& ctx) {
    CHECK(work.arg == "arg");
    CHECK(ctx.request_id() == "r1");
    CHECK(ctx.attempt() == 2);
    CHECK(ctx.fence() == 7);
    CHECK_FALSE(ctx.deadline());
    CHECK_FALSE(ctx.stop().stop_requested());
    return complete();
  }}};
  CHECK(x.perform(a_job("welcome", 2)) == action{completed{}});
}

TEST_CASE("a job of an unknown type goes to the dead letters") {
  bench x{mux{}.on("welcome", always(complete()))};
  auto done = x.last(a_job("x"));
  CHECK(done.outcome.action
        == action{dead{"unknown type 'x' in queue 'mail'"}});
  CHECK(done.took == 0us);
  CHECK(x.begun == 0);
}

TEST_CASE("a handler that throws sends its job to the dead letters") {
  bench x{mux{[](const job& work, context&) -> outcome {
    if (work.type == "typed")
      throw std::runtime_error{"disk on fire"};
    throw "text";
  }}};
  CHECK(x.perform(a_job("typed")) == action{dead{"disk on fire"}});
  CHECK(x.perform(a_job("other")) == action{dead{"unknown exception"}});
  CHECK(x.board->size() == 0);
}

TEST_CASE("a middleware that throws while it is called costs only its job") {
  bench x{mux{always(complete())}, {[](handler) -> handler {
            return [](const job&, context&) -> outcome {
              throw std::runtime_error{"middleware"};
            };
          }}};
  CHECK(x.perform(a_job()) == action{dead{"middleware"}});
}

TEST_CASE("chains are composed once per route and not per job") {
  std::atomic<int> composed = 0;
  middleware counting = [&](handler next) {
    ++composed;
    return next;
  };
  bench x{mux{}
              .on("a", always(complete()))
              .on("b", always(complete()))
              .otherwise(always(complete())),
          {counting}};
  CHECK(composed == 3);
  for (auto type : {"a", "b", "c", "a"})
    x.perform(a_job(type));
  CHECK(composed == 3);
}

TEST_CASE("a failed job is retried by the policy of its type") {
  bench x{mux{}.on("welcome", always(fail("no net")), tries(3))};
  CHECK(x.perform(a_job("welcome", 1)) == action{retried{3s, "no net"}});
  CHECK(x.perform(a_job("welcome", 2)) == action{retried{6s, "no net"}});
}

TEST_CASE("a job that fails at its last attempt is dead with its error") {
  bench x{mux{}.on("welcome", always(fail("no net")), tries(3))};
  CHECK(x.perform(a_job("welcome", 3))
        == action{dead{"no net; attempts used up (3)"}});
}

TEST_CASE("a retry by the handler ends with its last attempt, too") {
  bench x{mux{}.on("welcome", always(retry(10s, "later")), tries(2))};
  CHECK(x.perform(a_job("welcome", 1)) == action{retried{10s, "later"}});
  CHECK(x.perform(a_job("welcome", 2))
        == action{dead{"later; attempts used up (2)"}});
}

TEST_CASE("a retry without a delay runs at once, a negative one as well") {
  bench x{mux{}
              .on("welcome", always(retry(0s, "again")))
              .on("back", always(retry(-5s, "again")))};
  CHECK(x.perform(a_job("welcome")) == action{retried{0s, "again"}});
  CHECK(x.perform(a_job("back")) == action{retried{0s, "again"}});
}

TEST_CASE("a job's own number of attempts wins over the policy") {
  bench x{mux{}.on("welcome", always(fail("no")), tries(3))};
  CHECK(x.perform(with_max(a_job("welcome", 1), 1))
        == action{dead{"no; attempts used up (1)"}});
  CHECK(x.perform(with_max(a_job("welcome", 3), 5))
        == action{retried{9s, "no"}});
}

TEST_CASE("a policy without an end retries for ever") {
  bench x{mux{}.on("welcome", always(fail("no")), tries(0))};
  auto most = std::numeric_limits<std::int32_t>::max();
  CHECK(x.perform(a_job("welcome", most)) == action{retried{10min, "no"}});
}

TEST_CASE("a job beyond its attempts is dead without being called") {
  bench x{mux{}.on("welcome", always(complete()), tries(3))};
  CHECK(x.perform(a_job("welcome", 4)) == action{dead{"attempts used up (3)"}});
  auto crashed = a_job("welcome", 4);
  crashed.value.last_error = "worker died";
  CHECK(x.perform(crashed)
        == action{dead{"worker died; attempts used up (3)"}});
  CHECK(x.begun == 0);
}

TEST_CASE("an error without text says so") {
  bench x{mux{}.on("a", always(fail(""))).on("b", always(move_to_dlq("")))};
  CHECK(std::get<retried>(x.perform(a_job("a"))).error == "no reason given");
  CHECK(x.perform(a_job("b")) == action{dead{"no reason given"}});
}

TEST_CASE("an endless error text is cut in its middle") {
  bench x{
      mux{always(move_to_dlq("begin" + std::string(1 << 20, '.') + "end"))}};
  auto text = std::get<dead>(x.perform(a_job())).error;
  CHECK(text.size() <= 8 * 1024);
  CHECK_THAT(text, Catch::Matchers::StartsWith("begin")
                       && Catch::Matchers::EndsWith("end"));
}

TEST_CASE("a job is rescheduled after a delay or by cron, with a new arg") {
  bench x{mux{}
              .on("after", always(reschedule(by_after(5min))))
              .on("before", always(reschedule(by_after(-5min))))
              .on("cron",
                  always(reschedule(by_cron("0 3 * * *"), with_arg{"new"})))};
  CHECK(x.perform(a_job("after")) == action{rescheduled{5min, std::nullopt}});
  CHECK(x.perform(a_job("before")) == action{rescheduled{0min, std::nullopt}});
  CHECK(x.perform(a_job("cron"))
        == action{rescheduled{cron_schedule{"0 3 * * *"}, "new"}});
}

TEST_CASE("a reschedule by a bad cron expression is dead with the reason") {
  auto by = [](std::string text, std::string zone = "UTC") {
    return always(rescheduled{cron_schedule{text, zone}, std::nullopt});
  };
  bench x{mux{}
              .on("words", by("every day"))
              .on("zone", by("0 3 * * *", "Mars/Olympus"))
              .on("never", by("0 0 30 2 *"))};
  auto words = std::get<dead>(x.perform(a_job("words"))).error;
  CHECK_THAT(words, Contains("can't be rescheduled"));
  CHECK_THAT(std::get<dead>(x.perform(a_job("zone"))).error,
             Contains("Mars/Olympus"));
  CHECK_THAT(std::get<dead>(x.perform(a_job("never"))).error,
             Contains("'0 0 30 2 *' never comes"));
}

TEST_CASE("a rescheduled job's attempts do not run out") {
  bench x{mux{}.on("welcome", always(reschedule(by_after(1s))), tries(1))};
  CHECK(x.perform(a_job("welcome", 1))
        == action{rescheduled{1s, std::nullopt}});
}

TEST_CASE("a running job stands on the stop board and can be stopped") {
  bench* self = nullptr;
  auto stopped = false;
  bench x{mux{[&](const job&, context& ctx) {
    auto all = self->board->snapshot();
    REQUIRE(all.size() == 1);
    CHECK(all[0].id == "j1");
    CHECK(all[0].type == "welcome");
    self->board->stop_one("j1", 7, stop_reason::cancelled);
    stopped = ctx.stop().stop_requested();
    return complete();
  }}};
  self = &x;
  CHECK(x.perform(a_job()) == action{completed{}});
  CHECK(stopped);
  CHECK(x.board->size() == 0);
}

TEST_CASE("a timeout becomes the deadline of the job") {
  std::optional<std::chrono::steady_clock::time_point> deadline;
  auto note = [&](const job&, context& ctx) {
    deadline = ctx.deadline();
    return complete();
  };
  bench x{mux{}
              .on("hour", note, {.timeout = 1h})
              .on("ever", note, {.timeout = duration::max()})};
  auto before = std::chrono::steady_clock::now();
  x.perform(a_job("hour"));
  REQUIRE(deadline);
  CHECK(*deadline >= before + 1h);
  CHECK(*deadline <= std::chrono::steady_clock::now() + 1h);
  x.perform(a_job("ever"));
  CHECK(*deadline > before + 24h * 365);
}

TEST_CASE("a handler that returns after its deadline counts as it answered") {
  bench* self = nullptr;
  bench x{mux{}.on("welcome",
                   [&](const job&, context& ctx) {
                     self->board->stop_overdue(*ctx.deadline() + 1h);
                     CHECK(ctx.stop().stop_requested());
                     return complete();
                   },
                   {.timeout = 1h})};
  self = &x;
  CHECK(x.perform(a_job()) == action{completed{}});
}

TEST_CASE("an actor's route is told apart, unless its attempts are used up") {
  struct some_target final : handler_target {};
  bench x{mux{}
              .on("actor", std::make_shared<some_target>(), tries(2))
              .on("function", always(complete()))};
  CHECK(x.run.target_of(a_job("actor")) == x.run.config().handle.find("actor"));
  CHECK_FALSE(x.run.target_of(a_job("actor", 3)));
  CHECK(x.perform(a_job("actor", 3)) == action{dead{"attempts used up (2)"}});
  CHECK_FALSE(x.run.target_of(a_job("function")));
  CHECK_FALSE(x.run.target_of(a_job("unknown")));
}

TEST_CASE("the answer of an actor, or of its death, is resolved the same") {
  struct some_target final : handler_target {};
  bench x{mux{}.on("actor", std::make_shared<some_target>(), tries(2))};
  auto lost = x.run.resolve(a_job("actor"), fail("slot died"));
  CHECK(lost.id == "j1");
  CHECK(lost.fence == 7);
  CHECK(lost.action == action{retried{3s, "slot died"}});
  CHECK(x.run.resolve(a_job("actor", 2), fail("slot died")).action
        == action{dead{"slot died; attempts used up (2)"}});
}

TEST_CASE("jitter takes a drawn share off the delay") {
  auto config = std::make_shared<worker_config>(*worker_config{
      .queue = "mail",
      .handle = mux{}.on("welcome", always(fail("no")),
                         {.retry = {.wait = {.first = 10s, .jitter = 0.5}}})}
                                                     .normalized());
  executor half{config, std::make_shared<stop_board>(), {}, [] {
                  return 0.5;
                }};
  auto answer = half.run(a_job(), {}).outcome.action;
  CHECK(std::get<retried>(answer).after == 7500ms);
}

TEST_CASE("all slots of a queue share one executor") {
  std::atomic<int> calls = 0;
  bench x{mux{[&](const job&, context&) {
    ++calls;
    return fail("again");
  }}};
  {
    std::vector<std::jthread> slots;
    for (int i = 0; i < 4; ++i)
      slots.emplace_back([&] {
        for (int n = 0; n < 500; ++n)
          x.run.run(a_job(), {});
      });
  }
  CHECK(calls == 2000);
  CHECK(x.board->size() == 0);
}
