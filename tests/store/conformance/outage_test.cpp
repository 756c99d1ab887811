#include "tests/store/conformance/conformance.hpp"
#include "tests/support/tcp_proxy.hpp"

#include <soci/soci.h>

#include <poll.h>

/// What connections to PostgreSQL do when the server or the network does not
/// do its part. The deadlines of the tests are far beyond those of the code.
using namespace callboard;
using namespace callboard::test;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;
using direction = tcp_proxy::direction;

namespace {

/// A database of the test's server, behind a network of the test's own.
struct remote {
  remote() {
    place = backend::make(backend_kind::postgres);
    url = place->url();
    auto at = url.rfind(':') + 1;
    auto length = url.find('/', at) - at;
    network = std::make_unique<tcp_proxy>(
        static_cast<std::uint16_t>(std::stoi(url.substr(at, length))));
    url.replace(at, length, std::to_string(network->port()));
    // The tables are there before a test looks at its clock.
    ok(place->open()->migrate());
  }

  database_ptr open(duration statement_timeout) const {
    auto options = place->options();
    options.statement_timeout = statement_timeout;
    return callboard::open(url, options);
  }

  std::unique_ptr<backend> place;
  std::unique_ptr<tcp_proxy> network;
  std::string url;
};

/// Ends the server's side of all connections that hold a node's lock.
void end_nodes(const backend& place) {
  std::string gone;
  *place.session() << "select string_agg(pg_terminate_backend(pid, 5000)::text,"
                      " ',') from pg_locks where locktype = 'advisory'"
                      " and granted and pid <> pg_backend_pid()"
                      " and ((classid::int8 << 32) | objid::int8) in"
                      " (select id from callboard_node)",
      soci::into(gone);
}

/// What the store says when it notices that the server has closed it.
error notice_of_end(job_store& store) {
  auto deadline = steady::now() + 20s;
  auto seen = store.look();
  while (seen && steady::now() < deadline) {
    ::poll(nullptr, 0, 5);
    seen = store.look();
  }
  return failed_with(seen, errc::database_unreachable);
}

/// A connection whose next enqueue is one statement: the first one is planned
/// before it is sent.
std::unique_ptr<job_store> ready(const database_ptr& db) {
  auto store = ok(db->connect());
  put(*store, a_job("first"));
  return store;
}

std::vector<new_job> prepared(new_job job) {
  std::vector<new_job> one;
  one.push_back(std::move(job));
  return ok(prepare(std::move(one)));
}

} // namespace

TEST_CASE("a statement whose answer is lost may have been stored") {
  remote there;
  auto store = ready(there.open(300ms));
  there.network->swallow(direction::to_client);
  auto why
      = failed_with(store->enqueue(prepared(a_job("a"))), errc::commit_unknown);
  CHECK(contains(why.message, "does not answer"));
  CHECK(contains(why.message, "enqueue again with the same id"));
  CHECK(store->broken());
  there.network->resume();
  // The remedy of the message tells.
  store = ok(there.open(30s)->connect());
  failed_with(store->enqueue(prepared(a_job("a"))), errc::job_already_exists);
}

TEST_CASE("a statement that never arrived may be sent again") {
  remote there;
  auto store = ready(there.open(300ms));
  there.network->swallow(direction::to_server);
  failed_with(store->enqueue(prepared(a_job("a"))), errc::commit_unknown);
  there.network->resume();
  store = ok(there.open(30s)->connect());
  ok(store->enqueue(prepared(a_job("a"))));
}

TEST_CASE("a large enqueue that breaks before its commit stored nothing") {
  remote there;
  auto store = ok(there.open(300ms)->connect());
  std::vector<new_job> jobs;
  // More than one statement carries.
  for (int i = 0; i < 9; ++i) {
    auto job = a_job("j" + std::to_string(i));
    job.arg = std::string(8 << 20, 'x');
    jobs.push_back(std::move(job));
  }
  auto all = ok(prepare(std::move(jobs)));
  there.network->swallow();
  failed_with(store->enqueue(all), errc::database_unreachable);
  there.network->resume();
  store = ok(there.open(30s)->connect());
  CHECK_FALSE(ok(store->find("j0")));
}

TEST_CASE("a caller's deadline ends a wait before the options do") {
  remote there;
  auto store = ready(there.open(1h));
  there.network->swallow();
  store->give_up_at(steady::now() + 200ms);
  failed_with(store->enqueue(prepared(a_job("a"))), errc::commit_unknown);
  CHECK(store->broken());
}

TEST_CASE("a caller without a deadline waits as the options say") {
  remote there;
  auto store = ok(there.open(30s)->connect());
  store->give_up_at(steady::now() - 1s);
  store->give_up_at(std::nullopt);
  ok(store->enqueue(prepared(a_job("a"))));
}

TEST_CASE("limits shorten the wait for a server that does not answer") {
  remote there;
  auto options = there.place->options();
  options.connect_timeout = 1h;
  auto db = callboard::open(there.url, options);
  ok(db->connect());
  SECTION("to a connect") {
    there.network->swallow();
    auto why
        = failed_with(db->connect_within({1s, 1s}), errc::database_unreachable);
    CHECK(contains(why.message, std::to_string(there.network->port())));
  }
  SECTION("to a statement") {
    auto store = ok(db->connect_within({1s, 200ms}));
    there.network->swallow();
    failed_with(store->now(), errc::database_unreachable);
  }
  SECTION("for a lock") {
    auto store = ok(db->connect_within({1s, 200ms}));
    auto sql = there.place->session();
    *sql << "begin";
    *sql << "lock table callboard_job";
    failed_with(store->enqueue(prepared(a_job("a"))), errc::database_busy);
    CHECK_FALSE(store->broken());
    *sql << "rollback";
    ok(store->enqueue(prepared(a_job("a"))));
  }
}

TEST_CASE("a look notices that the server has closed the connection") {
  auto place = backend::make(backend_kind::postgres);
  auto db = place->open();
  auto store = join(*db);
  ok(store->look());
  CHECK_FALSE(store->broken());
  end_nodes(*place);
  CHECK(contains(notice_of_end(*store).message, "broke"));
  CHECK(store->broken());
  failed_with(store->now(), errc::database_unreachable);
}

TEST_CASE("a server tells its age") {
  auto place = backend::make(backend_kind::postgres);
  auto store = ok(place->open()->connect());
  auto age = ok(store->server_age());
  REQUIRE(age);
  CHECK(*age > 0s);
  auto started = std::chrono::system_clock::now() - *age;
  auto sql = place->session();
  double then = 0;
  *sql << "select extract(epoch from pg_postmaster_start_time())::float8",
      soci::into(then);
  auto said = std::chrono::duration<double>(started.time_since_epoch()).count();
  CHECK(said == Approx(then).margin(60));
}

TEST_CASE("a node takes its lock from a connection that was lost in silence") {
  remote there;
  auto db = there.open(300ms);
  auto lost = ok(db->connect());
  auto id = ok(lost->join("n1", ""));
  put(*lost, a_job("a"));
  auto lease = take_one(*lost);
  there.network->swallow();
  failed_with(lost->heartbeat({}), errc::commit_unknown);
  there.network->resume();
  // The server still has the old connection.
  auto store = ok(db->connect());
  CHECK(ok(store->join("n1", "", id)) == id);
  CHECK(ok(store->held()) == std::vector<lease_ref>{{"a", lease.fence}});
  ok(store->heartbeat({}));
  CHECK(settle_one(*store, lease, completed{}));
}

TEST_CASE("a listener notices that its connection was lost in silence") {
  remote there;
  auto ears = ok(there.open(30s)->listen());
  CHECK(ok(ears->wait(1ms)).empty());
  there.network->swallow();
  failed_with(ears->wait(1ms), errc::database_unreachable);
}

TEST_CASE("a server that turned read-only is left for another") {
  auto place = backend::make(backend_kind::postgres);
  ok(place->open()->migrate());
  auto url = place->url();
  url += (contains(url, "?") ? "&" : "?")
         + std::string{"options=-c%20default_transaction_read_only%3Don"};
  auto db = open(url, place->options());
  auto store = ok(db->connect());
  CHECK(ok(store->counts()).empty());
  CHECK_FALSE(store->broken());
  failed_with(store->enqueue(prepared(a_job("a"))), errc::database_read_only);
  CHECK(store->broken());
  store = ok(db->connect());
  failed_with(store->join("n1", ""), errc::database_read_only);
  CHECK(store->broken());
}

TEST_CASE("a server without a free connection is busy") {
  auto place = backend::make(backend_kind::postgres);
  ok(place->open()->migrate());
  auto role = "few_of_" + place->options().schema;
  auto sql = place->session();
  *sql << "create role " + role + " login superuser connection limit 0";
  *sql << "alter role " + role + " nosuperuser";
  auto url = place->url();
  url.replace(url.find("callboard@"), 10, role + "@");
  auto why = failed_with(open(url, place->options())->connect(),
                         errc::database_busy);
  *sql << "drop role " + role;
  CHECK(contains(why.message, "no connection left"));
}

TEST_CASE("a disk that is full is said so, and nothing is stored") {
  auto place = backend::make(backend_kind::postgres);
  auto store = join(*place->open());
  put(*store, a_job("a"));
  auto lease = take_one(*store);
  auto sql = place->session();
  // As the server raises it when a file can't grow.
  *sql << "create function full_disk() returns trigger language plpgsql as"
          " $$begin raise sqlstate '53100' using message = 'could not extend"
          " file'; end$$";
  *sql << "create trigger full_disk before insert or update or delete on"
          " callboard_job for each statement execute function full_disk()";
  auto why
      = failed_with(store->enqueue(prepared(a_job("b"))), errc::database_full);
  CHECK(contains(why.message, "free some space"));
  failed_with(store->settle({{"a", lease.fence, completed{}}}),
              errc::database_full);
  failed_with(store->lease({{"mail", 1, true}}), errc::database_full);
  CHECK_FALSE(store->broken());
  *sql << "drop trigger full_disk on callboard_job";
  CHECK(settle_one(*store, lease, completed{}));
  CHECK_FALSE(ok(store->find("b")));
}
