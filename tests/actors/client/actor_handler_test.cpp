#include "actors/callboard.hpp"
#include "actors/handler/actor_handler.hpp"
#include "tests/support/event_log.hpp"
#include "tests/support/memory_store.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <catch2/catch.hpp>

#include <memory>

using namespace callboard;

namespace {

struct config : caf::actor_system_config {
  config() { register_types(*this); }
};

handler_actor::behavior_type greeter(handler_actor::pointer self, int) {
  return {[self](perform_atom, const job_call& call) -> job_answer {
    if (call.type == "quit")
      self->quit();
    if (call.attempt == 1)
      return answer(fail("not yet, " + call.arg));
    return answer(complete());
  }};
}

} // namespace

TEST_CASE("an actor of the user's own system performs jobs") {
  auto log = std::make_shared<testing::event_log>();
  config cfg;
  caf::actor_system system{cfg};
  auto performer = system.spawn(greeter, 1);
  client_options options;
  options.observers.push_back(log);
  client jobs{std::make_shared<testing::memory_database>(
                  database_options{.clock = system_now}),
              options};
  type_options at_once;
  at_once.retry.wait.first = std::chrono::milliseconds{1};
  jobs.upgrade({{.queue = "mail",
                 .concurrency = 100,
                 .handle = mux{}.on("greet", to_target(performer), at_once)}});
  auto id = jobs.enqueue({.queue = "mail", .type = "greet", .arg = "Ann"});
  REQUIRE(log->wait_for("completed " + id));
  CHECK(log->count("retried " + id + ": not yet, Ann") == 1);
  CHECK(log->count("started " + id) == 2);
  CHECK(jobs.close().drained);
  caf::anon_send_exit(performer, caf::exit_reason::user_shutdown);
}

TEST_CASE("an actor's answer survives the way to another process and back") {
  std::vector<outcome> all{complete(),
                           retry(duration{5}, "e"),
                           fail("f"),
                           move_to_dlq("d"),
                           reschedule(by_after(duration{7})),
                           reschedule(by_after(duration{7}), with_arg{""}),
                           reschedule(by_cron("0 3 * * *", "Europe/Berlin"),
                                      with_arg{std::string{"\0x", 2}})};
  for (const auto& one : all)
    CHECK(to_outcome(answer(one)) == one);
}
