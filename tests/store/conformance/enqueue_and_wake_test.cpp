#include "store/postgres/conninfo.hpp"
#include "tests/store/conformance/conformance.hpp"
#include "tests/support/tcp_proxy.hpp"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

/// Jobs and their wake-up in one go. What becomes of the wake-up changes
/// nothing for the jobs, nor for what the connection does next.
using namespace callboard;
using namespace callboard::test;
using namespace std::chrono_literals;
using direction = tcp_proxy::direction;

namespace {

std::vector<new_job> prepared(std::vector<new_job> jobs) {
  return ok(prepare(std::move(jobs)));
}

std::vector<new_job> prepared(new_job job) {
  std::vector<new_job> one;
  one.push_back(std::move(job));
  return prepared(std::move(one));
}

/// More than one statement carries.
std::vector<new_job> many_jobs() {
  std::vector<new_job> jobs;
  for (int i = 0; i < 9; ++i) {
    auto job = a_job("j" + std::to_string(i));
    job.arg = std::string(8 << 20, 'x');
    jobs.push_back(std::move(job));
  }
  return prepared(std::move(jobs));
}

/// A database of the test's own on the test's server, with a network between.
class own_database {
public:
  own_database() : place_{backend::make(backend_kind::postgres)} {
    name_ = "of_" + place_->options().schema;
    *place_->session() << "create database " + name_;
    url_ = place_->url();
    auto at = url_.rfind(':') + 1;
    auto slash = url_.find('/', at);
    network = std::make_unique<tcp_proxy>(
        static_cast<std::uint16_t>(std::stoi(url_.substr(at, slash - at))));
    direct_ = url_.substr(0, slash + 1) + name_;
    url_.replace(at, url_.npos, std::to_string(network->port()) + "/" + name_);
    ok(open(30s)->migrate());
  }

  ~own_database() {
    network.reset();
    try {
      *place_->session() << "drop database " + name_ + " with (force)";
    } catch (const std::exception& what) {
      WARN("the database of a test stays: " << what.what());
    }
  }

  own_database(const own_database&) = delete;
  own_database& operator=(const own_database&) = delete;

  database_ptr open(duration statement_timeout) const {
    database_options options;
    options.statement_timeout = statement_timeout;
    return callboard::open(url_, options);
  }

  std::unique_ptr<soci::session> session() const {
    auto where = store::conninfo::parse(direct_, duration{0}).value();
    return std::make_unique<soci::session>(soci::postgresql, where.text);
  }

  std::unique_ptr<tcp_proxy> network;

private:
  std::unique_ptr<backend> place_;
  std::string name_, url_, direct_;
};

} // namespace

TEST_CASE("an enqueue that wakes stores its jobs and tells the listeners") {
  auto place = every_shared_backend();
  auto db = place->open();
  auto listener = ok(db->listen());
  auto store = ok(db->connect());
  for (auto jobs : {prepared(a_job("a")), prepared({a_job("b"), a_job("c")})}) {
    CHECK(ok(store->enqueue_and_wake(jobs, {"mail"})));
    auto heard = ok(listener->wait(10s));
    // A file does not tell which queue is meant.
    CHECK(heard.queues.size() == 1);
    CHECK_FALSE(heard.cancels);
  }
  CHECK(ok(listener->wait(0s)).empty());
  for (const auto* id : {"a", "b", "c"})
    CHECK(ok(store->find(id)));
}

TEST_CASE("an enqueue that has nobody to wake is an enqueue") {
  auto place = every_backend();
  auto db = place->open();
  auto store = ok(db->connect());
  static_cast<void>(ok(store->enqueue_and_wake(prepared(a_job("a")), {})));
  CHECK(ok(store->find("a")));
  failed_with(store->enqueue_and_wake({}, {"mail"}), errc::empty_bulk);
}

TEST_CASE("a store says when a wake-up is left to the caller") {
  SECTION("since it knows none") {
    auto place = backend::make(backend_kind::memory);
    auto store = ok(place->open()->connect());
    CHECK_FALSE(ok(store->enqueue_and_wake(prepared(a_job("a")), {"mail"})));
    CHECK(ok(store->find("a")));
  }
  SECTION("since the jobs are too many for one statement") {
    auto place = backend::make(backend_kind::postgres);
    auto db = place->open();
    auto listener = ok(db->listen());
    auto store = ok(db->connect());
    CHECK_FALSE(ok(store->enqueue_and_wake(many_jobs(), {"mail"})));
    CHECK(ok(listener->wait(0s)).empty());
    CHECK(ok(store->find("j8")));
  }
}

TEST_CASE("after an enqueue that woke, a connection does whatever it could") {
  auto place = backend::make(backend_kind::postgres);
  auto db = place->open();
  auto store = join(*db);
  auto wake = [&, n = 0]() mutable {
    auto id = "w" + std::to_string(n++);
    CHECK(ok(store->enqueue_and_wake(prepared(a_job(id)), {"mail"})));
  };
  wake();
  wake();
  put(*store, a_job("a"));
  wake();
  put(*store, many_jobs());
  wake();
  CHECK(ok(store->find("a")));
  wake();
  ok(store->heartbeat({}));
  wake();
  auto lease = take_one(*store);
  wake();
  CHECK(settle_one(*store, lease, completed{}));
  wake();
  ok(store->look());
  ok(store->wake({"mail"}));
  wake();
  CHECK(ok(store->cancel({"w7"})) == answers{cancel_answer::removed});
  wake();
  ok(store->leave());
  auto counts = ok(store->counts());
  REQUIRE(counts.size() == 1);
  // 10 that woke, "a" and 9 large ones, less one done and one cancelled.
  CHECK(counts.front().waiting.value == 18);
}

TEST_CASE("an enqueue that fails at its commit has failed, wake-up or not") {
  auto place = backend::make(backend_kind::postgres);
  auto db = place->open();
  auto listener = ok(db->listen());
  auto store = ok(db->connect());
  put(*store, a_job("first"));
  auto sql = place->session();
  *sql << "create function no_commit() returns trigger language plpgsql as"
          " $$begin raise sqlstate '53100' using message = 'at the commit';"
          " end$$";
  *sql << "create constraint trigger no_commit after insert on callboard_job"
          " deferrable initially deferred for each row"
          " execute function no_commit()";
  auto why
      = failed_with(store->enqueue_and_wake(prepared(a_job("a")), {"mail"}),
                    errc::database_full);
  CHECK(contains(why.message, "at the commit"));
  CHECK_FALSE(store->broken());
  *sql << "drop trigger no_commit on callboard_job";
  CHECK_FALSE(ok(store->find("a")));
  CHECK(ok(store->enqueue_and_wake(prepared(a_job("a")), {"mail"})));
  CHECK(ok(store->find("a")));
  // One too many for the failed one is only a hint.
  CHECK(ok(listener->wait(10s)).queues == strings{"mail"});
}

TEST_CASE("a job that is there already fails as ever when it would wake") {
  auto place = every_shared_backend();
  auto store = ok(place->open()->connect());
  put(*store, a_job("a"));
  auto why
      = failed_with(store->enqueue_and_wake(prepared(a_job("a")), {"mail"}),
                    errc::job_already_exists);
  CHECK(contains(why.message, "a"));
  CHECK_FALSE(store->broken());
  put(*store, a_job("b"));
}

TEST_CASE("a wake-up that the server refuses harms nobody") {
  auto place = backend::make(backend_kind::postgres);
  auto store = ok(place->open()->connect());
  // Longer than any message may be.
  std::string name(9000, 'q');
  failed_with(store->wake({name}), errc::database_error);
  CHECK(ok(store->enqueue_and_wake(prepared(a_job("a")), {name})));
  CHECK(ok(store->find("a")));
  CHECK_FALSE(store->broken());
}

TEST_CASE("a wake-up that hangs is waited for by nobody for long") {
  own_database place;
  auto db = place.open(30s);
  auto store = ok(db->connect());
  // From here on nothing is planned or looked up that was not before.
  CHECK(ok(store->enqueue_and_wake(prepared(a_job("first")), {"mail"})));
  CHECK(ok(store->find("first")));
  auto listener = ok(db->listen());
  auto sql = place.session();
  *sql << "begin";
  // What a wake-up reads, and an INSERT does not.
  *sql << "lock table pg_class in access exclusive mode";
  CHECK(ok(store->enqueue_and_wake(prepared(a_job("a")), {"mail"})));
  SECTION("and comes when it can") {
    *sql << "rollback";
    CHECK(ok(listener->wait(10s)).queues == strings{"mail"});
    CHECK(ok(store->find("a")));
    CHECK_FALSE(store->broken());
  }
  SECTION("and costs the next caller no more than the connection") {
    failed_with(store->enqueue(prepared(a_job("b"))),
                errc::database_unreachable);
    CHECK(store->broken());
    *sql << "rollback";
    store = ok(db->connect());
    CHECK(ok(store->find("a")));
    CHECK_FALSE(ok(store->find("b")));
  }
  SECTION("and leaves a caller in a hurry half of the time") {
    auto deadline = std::chrono::steady_clock::now() + 600ms;
    store->give_up_at(deadline);
    failed_with(store->enqueue(prepared(a_job("b"))),
                errc::database_unreachable);
    *sql << "rollback";
  }
}

TEST_CASE("a wake-up whose answer is lost costs no more than the connection") {
  own_database place;
  auto db = place.open(30s);
  auto store = ok(db->connect());
  CHECK(ok(store->enqueue_and_wake(prepared(a_job("first")), {"mail"})));
  CHECK(ok(store->find("first")));
  auto sql = place.session();
  *sql << "begin";
  *sql << "lock table pg_class in access exclusive mode";
  CHECK(ok(store->enqueue_and_wake(prepared(a_job("a")), {"mail"})));
  place.network->swallow(direction::to_client);
  *sql << "rollback";
  place.network->resume();
  // Nothing of it was sent: it may be done anew at once.
  failed_with(store->enqueue(prepared(a_job("b"))), errc::database_unreachable);
  CHECK(store->broken());
  store = ok(db->connect());
  put(*store, a_job("b"));
  CHECK(ok(store->find("a")));
}

TEST_CASE("a connection that ends lets its last wake-up through") {
  auto place = backend::make(backend_kind::postgres);
  auto db = place->open();
  auto listener = ok(db->listen());
  for (int i = 0; i < 20; ++i) {
    auto store = ok(db->connect());
    CHECK(ok(store->enqueue_and_wake(prepared(a_job("j" + std::to_string(i))),
                                     {"mail"})));
    store.reset();
    CHECK(ok(listener->wait(10s)).queues == strings{"mail"});
  }
}
