#include "tests/store/conformance/conformance.hpp"

using namespace callboard;
using namespace callboard::test;
using namespace std::chrono_literals;

TEST_CASE("a job that was enqueued can be found with all it was given") {
  auto place = every_backend();
  auto store = ok(place->open()->connect());
  auto what = a_job("a1");
  what.priority = -7;
  what.max_attempts = 3;
  what.request_id = "request 1";
  put(*store, what);
  auto found = ok(store->find("a1"));
  REQUIRE(found);
  CHECK(found->value.queue == "mail");
  CHECK(found->value.type == "welcome");
  CHECK(found->value.arg == "arg of a1");
  CHECK(found->value.request_id == "request 1");
  CHECK(found->value.priority == -7);
  CHECK(found->value.max_attempts == 3);
  CHECK(found->value.attempt == 0);
  CHECK(found->value.last_error.empty());
  CHECK(found->value.run_at == place->clock().now());
  CHECK(found->value.created_at == place->clock().now());
  CHECK(found->state == job_state::waiting);
  CHECK(found->fence == 0);
  CHECK_FALSE(ok(store->find("a2")));
}

TEST_CASE("a stored id is refused and nothing of the bulk is stored") {
  auto place = every_backend();
  auto store = ok(place->open()->connect());
  put(*store, a_job("a1"));
  auto bulk = ok(prepare({a_job("a0"), a_job("a1"), a_job("a2")}));
  auto refused = failed_with(store->enqueue(bulk), errc::job_already_exists);
  CHECK(contains(refused.message, "'a1'"));
  CHECK_FALSE(ok(store->find("a0")));
  CHECK_FALSE(ok(store->find("a2")));
}

TEST_CASE("an id is free again when its job is done") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  put(*store, a_job("a1"));
  CHECK(settle_one(*store, take_one(*store), completed{}));
  put(*store, a_job("a1"));
  CHECK(take_one(*store).value.id == "a1");
}

TEST_CASE("an empty bulk is an error") {
  auto place = every_backend();
  auto store = ok(place->open()->connect());
  failed_with(store->enqueue({}), errc::empty_bulk);
}

TEST_CASE("a hundred thousand jobs fit into one bulk") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  std::vector<new_job> bulk(100'000);
  for (auto& one : bulk) {
    one.queue = "bulk";
    one.type = "t";
  }
  put(*store, std::move(bulk));
  auto counts = ok(store->counts(1'000'000));
  REQUIRE(counts.size() == 1);
  CHECK(counts[0].waiting.value == 100'000);
  CHECK(take(*store, "bulk", 5000).size() == 5000);
}

TEST_CASE("an absolute time wins over now") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  auto what = a_job("a1");
  what.run_at = place->clock().now() + 1h;
  put(*store, what);
  CHECK(take(*store).empty());
  place->clock().advance(1h);
  CHECK(take_one(*store).value.run_at == place->clock().now());
}

TEST_CASE("a delay of a hundred years is kept") {
  auto place = every_backend();
  auto db = place->open();
  auto store = join(*db);
  auto what = a_job("a1");
  what.delay = 24h * 36500;
  put(*store, what);
  CHECK(take(*store).empty());
  CHECK(ok(store->find("a1"))->state == job_state::delayed);
}
