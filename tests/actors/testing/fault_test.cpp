#include "actors/testing/test_kit.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace callboard;
using namespace std::chrono_literals;
using ending = performed_job::ending;

namespace {

/// A handler's outside world, which the test can look at.
struct shop {
  test_kit kit;
  std::vector<std::string> charged;

  /// Charges again when it crashed after a charge.
  void sell_carelessly() {
    sell([this](const job& work, context&) { charge(work.id); });
  }

private:
  void charge(const std::string& id) {
    kit.checkpoint();
    charged.push_back(id);
    kit.checkpoint();
  }

  void sell(std::function<void(const job&, context&)> pay) {
    kit.upgrade(
        {{.queue = "orders",
          .handle = mux{[this, pay](const job& work, context& ctx) {
            pay(work, ctx);
            // The id makes the second of two enqueues harmless.
            auto sent = kit.jobs().try_bulk_enqueue(
                {{.queue = "mail", .type = "bill", .id = "bill-" + work.id}});
            if (!sent && sent.error().code != errc::job_already_exists)
              return retry(1s, sent.error().message);
            return complete();
          }}}});
  }
};

} // namespace

// -- time in handlers ---------------------------------------------------------

TEST_CASE("a handler's stop token fires at its timeout") {
  test_kit kit;
  kit.upgrade({{.queue = "mail",
                .handle = mux{}.on("slow",
                                   [&](const job&, context& ctx) {
                                     kit.spend(29s);
                                     CHECK_FALSE(ctx.stop().stop_requested());
                                     kit.spend(2s);
                                     CHECK(ctx.stop().stop_requested());
                                     CHECK(ctx.why_stopped()
                                           == stop_reason::timed_out);
                                     return fail("timed out");
                                   },
                                   {.timeout = 30s})}});
  kit.enqueue({.queue = "mail", .type = "slow"});
  auto done = kit.perform_next();
  CHECK(done->how == ending::retried);
  CHECK(done->took == 31s);
}

TEST_CASE("a handler that ignores its timeout is given up") {
  test_kit kit;
  kit.upgrade({{.queue = "mail",
                .handle = mux{}.on("deaf",
                                   [&](const job& work, context&) {
                                     if (work.attempt == 1)
                                       kit.spend(1h);
                                     return complete();
                                   },
                                   {.timeout = 30s})}});
  auto id = kit.enqueue({.queue = "mail", .type = "deaf"});
  kit.run_until_idle();
  auto all = kit.performed(id);
  REQUIRE(all.size() == 2);
  CHECK(all[0].how == ending::hung);
  CHECK_THAT(all[0].error, Catch::Contains("timed out after 30 s"));
  CHECK(all[0].took == 35s);
  CHECK(all[1].how == ending::completed);
  CHECK(kit.events()[1] == "hung " + id);
}

TEST_CASE("a running job is asked to stop by a cancel or a close") {
  std::vector<stop_reason> why;
  test_kit kit;
  kit.upgrade({{.queue = "mail", .handle = mux{[&](const job& x, context& ctx) {
                                   if (x.type == "cancel")
                                     CHECK(kit.cancel(x.id)
                                           == cancel_answer::asked);
                                   else
                                     kit.request_stop();
                                   why.push_back(ctx.why_stopped());
                                   return complete();
                                 }}}});
  kit.enqueue({.queue = "mail", .type = "cancel", .id = "1"});
  kit.enqueue({.queue = "mail", .type = "close", .id = "2"});
  kit.perform_due();
  CHECK(why
        == std::vector<stop_reason>{stop_reason::cancelled,
                                    stop_reason::closing});
  CHECK(kit.outcome_of("1")->how == ending::completed);
}

TEST_CASE("a job that was cancelled while it ran does not come back") {
  test_kit kit;
  kit.upgrade({{.queue = "mail", .handle = mux{[&](const job& x, context&) {
                                   kit.cancel(x.id);
                                   return retry(1h, "stopped in the middle");
                                 }}}});
  auto id = kit.enqueue({.queue = "mail", .type = "a"});
  kit.run_until_idle();
  REQUIRE(kit.performed(id).size() == 1);
  CHECK(kit.outcome_of(id)->how == ending::dead);
  CHECK(kit.outcome_of(id)->error == "cancelled: stopped in the middle");
}

TEST_CASE("a lease that was lost has its outcome refused") {
  std::set<std::int64_t> fences;
  test_kit kit;
  kit.upgrade({{.queue = "mail", .handle = mux{[&](const job&, context& ctx) {
                                   fences.insert(ctx.fence());
                                   if (fences.size() == 1) {
                                     kit.lose_lease();
                                     CHECK(ctx.why_stopped()
                                           == stop_reason::lease_lost);
                                   }
                                   return complete();
                                 }}}});
  auto id = kit.enqueue({.queue = "mail", .type = "a"});
  kit.run_until_idle();
  auto all = kit.performed(id);
  REQUIRE(all.size() == 2);
  CHECK(all[0].how == ending::fenced);
  CHECK(all[1].how == ending::completed);
  CHECK(all[1].fence > all[0].fence);
  CHECK(kit.events()
        == std::vector<std::string>{"started " + id, "reclaimed 1",
                                    "fenced " + id, "started " + id,
                                    "completed " + id});
}

TEST_CASE("what belongs into handlers is refused outside of them") {
  test_kit kit;
  CHECK_THROWS_AS(kit.request_stop(), failure);
  CHECK_THROWS_AS(kit.lose_lease(), failure);
  kit.checkpoint();
  CHECK(kit.checkpoints() == 0);
}

// -- crashes ------------------------------------------------------------------

TEST_CASE("a crash before the settle keeps the attempt and performs the job "
          "again") {
  shop it;
  it.sell_carelessly();
  it.kit.enqueue({.queue = "orders", .type = "order", .id = "o"});
  it.kit.crash_before_settle();
  it.kit.run_until_idle();
  auto all = it.kit.performed("o");
  REQUIRE(all.size() == 2);
  CHECK(all[0].how == ending::crashed);
  CHECK_THAT(all[0].error, Catch::Contains("worker died"));
  CHECK(all[1].how == ending::completed);
  CHECK(all[1].value.attempt == 2);
  CHECK_THAT(all[1].value.last_error, Catch::Contains("worker died"));
  CHECK(it.charged == std::vector<std::string>{"o", "o"});
  CHECK(it.kit.crashes() == 1);
  CHECK(it.kit.enqueued("mail").size() == 1);
}

TEST_CASE("a handler crashes at the checkpoint that the test names") {
  shop it;
  it.sell_carelessly();
  it.kit.enqueue({.queue = "orders", .type = "order", .id = "o"});
  SECTION("before the charge") {
    it.kit.crash_at_checkpoint(1);
    CHECK(it.kit.perform_next()->how == ending::crashed);
    CHECK(it.charged.empty());
  }
  SECTION("after the charge") {
    it.kit.crash_at_checkpoint(2);
    CHECK(it.kit.perform_next()->how == ending::crashed);
    CHECK(it.charged.size() == 1);
    CHECK(it.kit.enqueued("mail").empty());
  }
  SECTION("before an enqueue") {
    it.kit.crash_at_checkpoint(3);
    CHECK(it.kit.perform_next()->how == ending::crashed);
    CHECK(it.kit.enqueued("mail").empty());
  }
  SECTION("after an enqueue") {
    it.kit.crash_at_checkpoint(4);
    CHECK(it.kit.perform_next()->how == ending::crashed);
    CHECK(it.kit.enqueued("mail").size() == 1);
  }
  it.kit.run_until_idle();
  CHECK(it.kit.outcome_of("o")->how == ending::completed);
  CHECK(it.kit.enqueued("mail").size() == 1);
}

TEST_CASE("what a crashed handler still does does not reach the store") {
  test_kit kit;
  kit.upgrade(
      {{.queue = "mail", .handle = mux{[&](const job&, context&) {
                           try {
                             kit.checkpoint();
                           } catch (...) {
                             CHECK(kit.dying());
                             auto late = kit.jobs().try_bulk_enqueue(
                                 {{.queue = "elsewhere", .type = "late"}});
                             CHECK(late.has_error());
                           }
                           return complete();
                         }}}});
  auto id = kit.enqueue({.queue = "mail", .type = "a"});
  kit.crash_at_checkpoint();
  CHECK(kit.perform_next()->how == ending::crashed);
  CHECK_FALSE(kit.dying());
  CHECK(kit.enqueued("elsewhere").empty());
  CHECK(kit.find(id)->state == job_state::suspect);
}

TEST_CASE("a job that crashes its process again and again becomes a dead "
          "letter") {
  test_kit kit{{}, {.max_crashes = 2}};
  kit.upgrade({{.queue = "mail", .handle = mux{[&](const job&, context&) {
                                   kit.crash_before_settle();
                                   return complete();
                                 }}}});
  auto id = kit.enqueue({.queue = "mail", .type = "a"});
  CHECK(kit.run_until_idle() == 2);
  REQUIRE(kit.dead_letters().size() == 1);
  CHECK(kit.dead_letters().front().value.attempt == 2);
  CHECK_THAT(kit.events().back(), Catch::Contains("dead " + id));
}

TEST_CASE("a crash does not wear the client out") {
  test_kit kit;
  kit.upgrade({{.queue = "mail", .handle = mux{[&](const job&, context&) {
                                   kit.jobs().enqueue(
                                       {.queue = "elsewhere", .type = "b"});
                                   return complete();
                                 }}}});
  for (int i = 0; i < 20; ++i) {
    kit.enqueue({.queue = "mail", .type = "a"});
    kit.crash_at_checkpoint();
    kit.run_until_idle();
  }
  CHECK(kit.crashes() == 20);
  CHECK(kit.enqueued("elsewhere").size() == 20);
}

// -- everywhere ---------------------------------------------------------------

TEST_CASE("a scenario is run with a crash at each place") {
  std::size_t runs = 0;
  auto points = crash_everywhere([&](test_kit& kit) {
    ++runs;
    std::set<std::string> charged;
    kit.upgrade(
        {{.queue = "orders", .handle = mux{[&](const job& work, context&) {
                               kit.checkpoint();
                               charged.insert(work.id);
                               kit.checkpoint();
                               return complete();
                             }}}});
    kit.enqueue({.queue = "orders", .type = "order", .id = "o"});
    kit.run_until_idle();
    CHECK(charged.size() == 1);
    CHECK(kit.outcome_of("o")->how == ending::completed);
  });
  // Before and after the charge, and before the settle.
  CHECK(points == 3);
  CHECK(runs == 5);
}

TEST_CASE("crashes everywhere tell a careless handler from a careful one") {
  std::size_t most = 0;
  auto sell = [&](auto how) {
    most = 0;
    crash_everywhere([&](test_kit& kit) {
      std::vector<std::string> charged;
      kit.upgrade(
          {{.queue = "orders", .handle = mux{[&](const job& work, context&) {
                                 how(kit, work, charged);
                                 return complete();
                               }}}});
      kit.enqueue({.queue = "orders", .type = "order", .id = "o"});
      kit.run_until_idle();
      most = std::max(most, charged.size());
    });
    return most;
  };
  auto charge = [](test_kit& kit, const job& work, auto& charged) {
    charged.push_back(work.id);
    kit.checkpoint();
  };
  CHECK(sell(charge) == 2);
  CHECK(sell([&](test_kit& kit, const job& work, auto& charged) {
          if (charged.empty())
            charge(kit, work, charged);
        })
        == 1);
}
