#include "tests/store/conformance/conformance.hpp"

using namespace callboard;
using namespace callboard::test;
using namespace std::chrono_literals;

namespace {

void kill(job_store& store, const std::string& id,
          const std::string& queue = "mail") {
  put(store, a_job(id, queue));
  REQUIRE(settle_one(store, take_one(store, queue), dead{"error of " + id}));
}

strings ids(const std::vector<dead_letter>& letters) {
  strings all;
  for (const auto& one : letters)
    all.push_back(one.value.id);
  return all;
}

strings ids(const std::vector<job_info>& jobs) {
  strings all;
  for (const auto& one : jobs)
    all.push_back(one.value.id);
  return all;
}

} // namespace

TEST_CASE("dead letters are listed page by page, by queue, type and id") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  kill(*store, "c");
  kill(*store, "a");
  kill(*store, "b", "video");
  kill(*store, "a");
  CHECK(ids(ok(store->dead_list({}, false))) == strings{"c", "a", "b", "a"});
  dead_filter page{.limit = 2};
  auto first = ok(store->dead_list(page, true));
  CHECK(ids(first) == strings{"c", "a"});
  CHECK(first[0].value.arg == "arg of c");
  CHECK(first[0].value.last_error == "error of c");
  page.after = first[1].sequence;
  auto second = ok(store->dead_list(page, false));
  CHECK(ids(second) == strings{"b", "a"});
  CHECK(second[0].value.arg.empty());
  CHECK(ids(ok(store->dead_list({.queue = "video"}, false))) == strings{"b"});
  CHECK(ids(ok(store->dead_list({.type = "none"}, false))).empty());
  CHECK(ids(ok(store->dead_list({.ids = {"a", "c", "z"}}, false)))
        == strings{"c", "a", "a"});
}

TEST_CASE("dead jobs are listed by id, each once, as it died last") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  for (const auto* id : {"d", "e", "d", "c", "d"})
    kill(*store, id);
  kill(*store, "b", "video");
  job_filter page{.state = job_state::dead, .limit = 2};
  auto first = ok(store->list(page, false));
  CHECK(ids(first) == strings{"b", "c"});
  page.after = "c";
  auto second = ok(store->list(page, false));
  CHECK(ids(second) == strings{"d", "e"});
  CHECK(second[0].fence == ok(store->find("d"))->fence);
  page.after = "e";
  CHECK(ok(store->list(page, false)).empty());
  CHECK(
      ids(ok(store->list({.queue = "video", .state = job_state::dead}, false)))
      == strings{"b"});
  CHECK(ok(store->list({.state = job_state::dead, .type = "none"}, false))
            .empty());
}

TEST_CASE("a dead letter that is retried is due at once with attempt 0") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  kill(*store, "a");
  kill(*store, "b");
  place->clock().advance(1h);
  CHECK(ok(store->dead_retry({.ids = {"a"}})) == 1);
  CHECK(ids(ok(store->dead_list({}, false))) == strings{"b"});
  CHECK(ok(store->find("a"))->value.attempt == 0);
  auto lease = take_one(*store);
  CHECK(lease.value.id == "a");
  CHECK(lease.value.attempt == 1);
  CHECK(lease.value.arg == "arg of a");
  CHECK(lease.value.run_at == place->clock().now());
}

TEST_CASE("a dead letter whose id is stored again stays dead") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  kill(*store, "a");
  put(*store, a_job("a"));
  CHECK(ok(store->dead_retry({})) == 0);
  CHECK(ok(store->dead_list({}, false)).size() == 1);
  CHECK(settle_one(*store, take_one(*store), dead{"newer"}));
  // Of two with one id the newest comes back.
  CHECK(ok(store->dead_retry({})) == 1);
  auto left = ok(store->dead_list({}, false));
  REQUIRE(left.size() == 1);
  CHECK(left[0].value.last_error == "error of a");
}

TEST_CASE("purged dead letters are gone, no more than the limit") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  kill(*store, "a");
  kill(*store, "b");
  kill(*store, "c");
  CHECK(ok(store->dead_purge({.limit = 2})) == 2);
  CHECK(ids(ok(store->dead_list({}, false))) == strings{"c"});
  CHECK(ok(store->dead_purge({.queue = "other"})) == 0);
  CHECK(ok(store->dead_purge({})) == 1);
}

TEST_CASE("cancel removes what waits and asks what runs") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put(*store, a_job("running"));
  auto lease = take_one(*store);
  auto delayed = a_job("delayed");
  delayed.delay = 1h;
  put(*store, {a_job("waiting"), delayed});
  CHECK(ok(store->cancel({"running", "waiting", "delayed", "none", "waiting",
                          std::string("\0", 1)}))
        == answers{cancel_answer::asked, cancel_answer::removed,
                   cancel_answer::removed, cancel_answer::unknown,
                   cancel_answer::removed, cancel_answer::unknown});
  CHECK_FALSE(ok(store->find("waiting")));
  CHECK(settle_one(*store, lease, completed{}));
}

TEST_CASE("jobs are listed by id, page by page, by queue, type and state") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put(*store, a_job("running"));
  REQUIRE(take(*store).size() == 1);
  auto delayed = a_job("delayed");
  delayed.delay = 1h;
  put(*store, {a_job("w2"), a_job("w1"), delayed, a_job("other", "video")});
  kill(*store, "x", "dead");
  job_filter page{.limit = 2};
  CHECK(ids(ok(store->list(page, false))) == strings{"delayed", "other"});
  page.after = "other";
  CHECK(ids(ok(store->list(page, false))) == strings{"running", "w1"});
  CHECK(ids(ok(store->list({.queue = "video"}, false))) == strings{"other"});
  CHECK(ids(ok(store->list({.state = job_state::delayed}, false)))
        == strings{"delayed"});
  CHECK(ids(ok(
            store->list({.queue = "mail", .state = job_state::waiting}, false)))
        == strings{"w1", "w2"});
  auto running = ok(store->list({.state = job_state::running}, true));
  REQUIRE(running.size() == 1);
  CHECK(running[0].node == "n1");
  CHECK(running[0].value.arg == "arg of running");
  auto dead = ok(store->list({.state = job_state::dead}, false));
  CHECK(ids(dead) == strings{"x"});
  CHECK(dead[0].state == job_state::dead);
  CHECK(ok(store->list({.type = "none"}, false)).empty());
}

TEST_CASE("counts tell every state of every queue, up to a cap") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  auto dying = join(*db, "n2");
  put(*store, a_job("suspect"));
  REQUIRE(take(*dying).size() == 1);
  kill_node(*place, std::move(dying), "n2");
  CHECK(ok(store->reclaim({.silence = 30s, .max_crashes = 3})).freed == 1);
  place->clock().advance(1s);
  kill(*store, "dead", "dead");
  put(*store, a_job("running", "video"));
  REQUIRE(take(*store, "video").size() == 1);
  auto urgent = a_job("w0");
  urgent.priority = -3;
  auto delayed = a_job("delayed");
  delayed.delay = 1h;
  put(*store, {urgent, a_job("w1"), a_job("w2"), a_job("w3"), delayed});
  place->clock().advance(9s);
  auto counts = ok(store->counts(3));
  REQUIRE(counts.size() == 3);
  CHECK(counts[0].queue == "dead");
  CHECK(counts[0].dead.value == 1);
  CHECK_FALSE(counts[0].oldest_due);
  CHECK(counts[1].queue == "mail");
  CHECK(counts[1].waiting.value == 3);
  CHECK(counts[1].waiting.at_least);
  CHECK(counts[1].delayed.value == 1);
  CHECK_FALSE(counts[1].delayed.at_least);
  CHECK(counts[1].suspect.value == 1);
  CHECK(counts[1].oldest_due == duration{10s});
  CHECK(counts[2].queue == "video");
  CHECK(counts[2].running.value == 1);
}

TEST_CASE("now is the database's present moment") {
  auto place = every_sql_backend();
  auto store = ok(place->open()->connect());
  CHECK(ok(store->now()) == place->clock().now());
  auto options = place->options();
  options.clock = nullptr;
  auto real = ok(place->open(options)->connect());
  if (place->kind() != backend_kind::sqlite_memory)
    CHECK(ok(real->now()) > place->clock().now());
}
