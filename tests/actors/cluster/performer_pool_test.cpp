// The pool of performers, with the test in place of links, slots and
// supervisor.

#include "actors/cluster/wire/type_ids.hpp"
#include "actors/own_system.hpp"
#include "actors/performer/performer_pool.hpp"
#include "actors/pipeline/stop_signal.hpp"

#include <caf/actor_cast.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <catch2/catch.hpp>

#include <optional>

using namespace callboard;
using namespace callboard::actors;
using namespace std::chrono_literals;

namespace {

struct pool_under_test {
  pool_under_test() {
    for (link_id id : {1, 2}) {
      peer_facts facts;
      facts.hello.name = id == 1 ? "one" : "two";
      caf::anon_send(pool,
                     link_up{id, facts, caf::actor_cast<link_actor>(line(id))});
    }
  }

  ~pool_under_test() {
    caf::anon_send_exit(pool, caf::exit_reason::user_shutdown);
  }

  caf::scoped_actor& line(link_id id) { return id == 1 ? first : second; }

  template <class T>
  void say(link_id from, T what) {
    caf::anon_send(pool,
                   link_said{from, caf::make_message(std::move(what)), {}});
  }

  void offer(link_id from, std::uint32_t slots,
             std::vector<std::string> types = {}) {
    say(from, wire::offer_v1{{{"gpu", std::move(types), slots}}});
  }

  /// What the supervisor hears next.
  std::size_t offered() {
    std::size_t slots = 9999;
    supervisor->receive([&](const slots_offered& x) { slots = x.slots; },
                        caf::after(30s) >> [] { FAIL("nothing was offered"); });
    return slots;
  }

  void perform(const std::string& id, std::int64_t fence,
               const std::string& last_error = {}) {
    slot->send(pool, perform_atom_v,
               job_call{.id = id,
                        .queue = "gpu",
                        .type = "t",
                        .last_error = last_error,
                        .fence = fence});
  }

  /// The next message of this type to the performer of a link.
  template <class T>
  T told(link_id to) {
    std::optional<T> what;
    line(to)->receive(
        [&](const link_tell& x) {
          REQUIRE(x.what.template match_elements<T>());
          what = x.what.template get_as<T>(0);
        },
        caf::after(30s) >> [] { FAIL("nothing was said"); });
    return *what;
  }

  job_answer answer() {
    std::optional<job_answer> what;
    slot->receive([&](const job_answer& x) { what = x; },
                  caf::after(30s) >> [] { FAIL("no answer"); });
    return *what;
  }

  own_system own{std::nullopt, 2};
  caf::scoped_actor supervisor{own.sys()};
  caf::scoped_actor slot{own.sys()};
  caf::scoped_actor first{own.sys()};
  caf::scoped_actor second{own.sys()};
  performer_pool_actor pool = spawn_performer_pool(
      own.sys(),
      {.supervisor = caf::actor_cast<supervisor_actor>(supervisor), .log = {}});
};

} // namespace

TEST_CASE("a performer answers for its own jobs only") {
  pool_under_test it;
  it.offer(1, 1);
  CHECK(it.offered() == 1);
  it.perform("a", 7);
  auto asked = it.told<wire::perform_v1>(1);
  CHECK(asked.job.id == "a");
  CHECK(asked.job.fence == 7);
  // Another's word, and numbers that nobody gave out.
  it.say(2, wire::answer_v1{asked.call, callboard::answer(complete())});
  it.say(2, wire::busy_v1{asked.call});
  it.say(1, wire::answer_v1{asked.call + 1, callboard::answer(complete())});
  it.say(1,
         wire::answer_v1{asked.call, callboard::answer(retry(5s, "its own"))});
  CHECK(it.answer().error == "its own");
  // And only once.
  it.say(1, wire::answer_v1{asked.call, callboard::answer(complete())});
  it.perform("b", 8);
  auto next = it.told<wire::perform_v1>(1);
  it.say(1, wire::answer_v1{next.call, callboard::answer(complete())});
  CHECK(it.answer().result == job_answer::completed);
}

TEST_CASE("what says anything else than a performer is hung up on") {
  pool_under_test it;
  it.say(1, wire::perform_v1{1, {}});
  auto hung_up = false;
  it.first->receive([&](const link_hang_up&) { hung_up = true; },
                    caf::after(30s) >> [] {});
  CHECK(hung_up);
}

TEST_CASE("a stop goes to the performer of the job") {
  pool_under_test it;
  it.offer(1, 1);
  it.offer(2, 1);
  CHECK(it.offered() == 1);
  CHECK(it.offered() == 2);
  it.perform("a", 7);
  auto a = it.told<wire::perform_v1>(1);
  it.perform("b", 8);
  auto b = it.told<wire::perform_v1>(2);
  job_stop stop{.id = "b", .fence = 8};
  stop.reason = static_cast<std::uint8_t>(stop_reason::cancelled);
  caf::anon_send(it.pool, stop);
  auto told = it.told<wire::stop_v1>(2);
  CHECK(told.call == b.call);
  CHECK(told.reason == stop.reason);
  // Of a job that is over, and of one that never was.
  it.say(1, wire::answer_v1{a.call, callboard::answer(complete())});
  it.answer();
  caf::anon_send(it.pool, job_stop{.id = "a", .fence = 7});
  caf::anon_send(it.pool, job_stop{.id = "x", .fence = 99});
  it.perform("c", 9);
  CHECK(it.told<wire::perform_v1>(1).job.id == "c");
}

TEST_CASE("jobs that nobody can take are declined, by the reason") {
  pool_under_test it;
  it.perform("a", 7);
  auto nobody = it.answer();
  CHECK(nobody.result == job_answer::declined);
  CHECK(duration{nobody.after_us} == unknown_type_wait);
  it.offer(1, 1, {"other"});
  CHECK(it.offered() == 1);
  it.perform("b", 8);
  CHECK(duration{it.answer().after_us} == unknown_type_wait);
  it.offer(2, 1);
  CHECK(it.offered() == 2);
  it.perform("c", 9);
  auto asked = it.told<wire::perform_v1>(2);
  it.perform("d", 10);
  CHECK(duration{it.answer().after_us} == all_busy_wait);
  // It had given its slot to another node: that counts for less from now on.
  it.say(2, wire::busy_v1{asked.call});
  auto refused = it.answer();
  CHECK(refused.result == job_answer::declined);
  CHECK(duration{refused.after_us} == refused_wait);
  CHECK(it.offered() == 1);
}

TEST_CASE("the jobs of a link that ends are tried elsewhere") {
  pool_under_test it;
  it.offer(1, 2);
  CHECK(it.offered() == 2);
  it.perform("a", 7);
  it.told<wire::perform_v1>(1);
  it.perform("b", 8, "performer lost: x (y)");
  it.told<wire::perform_v1>(1);
  caf::anon_send(it.pool, link_down{1, "cut"});
  auto a = it.answer();
  CHECK(a.result == job_answer::retried);
  CHECK(a.error == "performer lost: one (cut)");
  CHECK(a.after_us == 0);
  auto b = it.answer();
  CHECK(b.error == "performer lost: one (cut); in a row: 2");
  CHECK(b.after_us == 1'000'000);
  CHECK(it.offered() == 0);
}

TEST_CASE(
    "what was on its way to a performer that ends was not begun, and costs "
    "nothing") {
  pool_under_test it;
  it.offer(1, 1);
  CHECK(it.offered() == 1);
  it.perform("a", 7);
  it.told<wire::perform_v1>(1);
  auto withdraw = [&] {
    it.say(1, wire::offer_v1{});
    CHECK(it.offered() == 0);
  };
  const std::string why = "the peer hung up: the performer is closing";
  SECTION("it has withdrawn its offer, and says that it goes") {
    withdraw();
    caf::anon_send(it.pool, link_down{1, why, true});
    auto a = it.answer();
    CHECK(a.result == job_answer::declined);
    CHECK(duration{a.after_us} == refused_wait);
  }
  SECTION("it has withdrawn its offer, and is killed") {
    withdraw();
    caf::anon_send(it.pool, link_down{1, "cut"});
    CHECK(it.answer().error == "performer lost: one (cut)");
  }
  SECTION("it says that it goes, out of the middle of its work") {
    caf::anon_send(it.pool, link_down{1, why, true});
    CHECK(it.answer().error == "performer lost: one (" + why + ")");
  }
}
