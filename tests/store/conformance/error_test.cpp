#include "tests/store/conformance/conformance.hpp"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <sys/fsuid.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace callboard;
using namespace callboard::test;
using namespace std::chrono_literals;

namespace {

errc refused(std::string_view url) {
  try {
    open(url);
  } catch (const failure& what) {
    CHECK_FALSE(contains(what.what(), "secret"));
    return what.code();
  }
  return errc::internal;
}

// Root may write everywhere: file access as somebody else, for this thread.
class as_nobody {
public:
  as_nobody() { ::setfsuid(65534); }
  ~as_nobody() { ::setfsuid(::geteuid()); }
};

} // namespace

TEST_CASE("a URL that makes no sense is refused without its password") {
  CHECK(refused("") == errc::invalid_config);
  CHECK(refused("mysql://user:secret@host/db") == errc::invalid_config);
  CHECK(refused("user:secret@host") == errc::invalid_config);
  CHECK(refused("sqlite:") == errc::invalid_config);
  CHECK(refused("postgresql://u:secret@host:port/db?nonsense=1")
        == errc::invalid_config);
  CHECK(refused("postgresql:password=secret nonsense") == errc::invalid_config);
  ok(check_url("sqlite::memory:"));
  ok(check_url("postgresql://u:p%40ss@/db?host=/run"));
  ok(check_url("postgresql:host=h dbname='a b'"));
}

TEST_CASE("the name of a database hides its password") {
  auto db = open("postgresql://me:secret@db.example:5433/shop?sslmode=require");
  CHECK(db->name() == "postgresql://me@db.example:5433/shop");
}

TEST_CASE("a server that is not there is unreachable") {
  auto db = open("postgresql://callboard:secret@127.0.0.1:1/postgres");
  auto why = failed_with(db->connect(), errc::database_unreachable);
  CHECK(contains(why.message, "127.0.0.1:1"));
  CHECK_FALSE(contains(why.message, "secret"));
  failed_with(db->listen(), errc::database_unreachable);
  failed_with(db->schema(), errc::database_unreachable);
}

TEST_CASE("a user that the server does not know is told so") {
  auto url = postgres_url();
  url.replace(url.find("callboard@"), 10, "stranger@");
  failed_with(open(url)->connect(), errc::permission_denied);
}

TEST_CASE("a user without rights is told what it lacks") {
  auto place = backend::make(backend_kind::postgres);
  ok(place->open()->migrate());
  auto options = place->options();
  auto sql = place->session();
  auto role = "role_of_" + options.schema;
  *sql << "create role " + role + " login";
  *sql << "grant usage on schema " + options.schema + " to " + role;
  *sql << "grant select on all tables in schema " + options.schema + " to "
              + role;
  auto url = place->url();
  url.replace(url.find("callboard@"), 10, role + "@");
  {
    auto store = ok(open(url, options)->connect());
    auto why = failed_with(store->enqueue(ok(prepare({a_job("a")}))),
                           errc::permission_denied);
    CHECK(contains(why.message, "callboard_job"));
    CHECK_FALSE(store->broken());
  }
  *sql << "drop owned by " + role;
  *sql << "drop role " + role;
}

TEST_CASE("a read-only transaction is told so") {
  auto place = backend::make(backend_kind::postgres);
  ok(place->open()->migrate());
  auto sql = place->session();
  *sql << "set default_transaction_read_only = on";
  try {
    enqueue(*sql, a_job("a"));
    FAIL("enqueued in a read-only transaction");
  } catch (const failure& what) {
    CHECK(to_string(what.code()) == to_string(errc::database_read_only));
  }
}

TEST_CASE("a connection that the server ends is broken and says so") {
  auto place = backend::make(backend_kind::postgres);
  auto db = place->open();
  auto store = join(*db);
  auto sql = place->session();
  put(*store, a_job("a"));
  std::string gone;
  *sql << "select string_agg(pg_terminate_backend(pid, 5000)::text, ',')"
          " from pg_locks where locktype = 'advisory' and granted"
          " and pid <> pg_backend_pid()"
          " and ((classid::int8 << 32) | objid::int8) in"
          " (select id from callboard_node)",
      soci::into(gone);
  // Nothing was sent on it, so that nothing can have been stored.
  failed_with(store->enqueue(ok(prepare({a_job("b")}))),
              errc::database_unreachable);
  CHECK(store->broken());
  failed_with(store->lease({{"mail", 1, true}}), errc::database_unreachable);
  auto again = ok(db->connect());
  CHECK_FALSE(ok(again->find("b")));
}

TEST_CASE("who waits too long for a lock is told that the database is busy") {
  auto place = every_shared_backend();
  auto options = place->options();
  options.statement_timeout = 200ms;
  auto store = ok(place->open(options)->connect());
  auto sql = place->session();
  if (place->kind() == backend_kind::postgres)
    *sql << "begin";
  else
    *sql << "begin immediate";
  if (place->kind() == backend_kind::postgres)
    *sql << "lock table callboard_job";
  failed_with(store->enqueue(ok(prepare({a_job("a")}))), errc::database_busy);
  *sql << "rollback";
  put(*store, a_job("a"));
}

TEST_CASE("a file that is no database is named") {
  temporary_folder folder;
  auto path = folder.path() + "/notes.txt";
  std::ofstream{path} << std::string(4096, 'x');
  auto why
      = failed_with(open("sqlite:" + path)->connect(), errc::database_error);
  CHECK(contains(why.message, "notes.txt"));
  CHECK(contains(why.message, "not an SQLite database"));
}

TEST_CASE("a missing folder or file is named") {
  temporary_folder folder;
  auto why = failed_with(
      open("sqlite:" + folder.path() + "/none/jobs.db")->connect(),
      errc::database_unreachable);
  CHECK(contains(why.message, "/none'"));
  failed_with(open("sqlite:" + folder.path())->connect(),
              errc::database_unreachable);
  auto path = folder.path() + "/jobs.db";
  failed_with(open("sqlite:" + path, {.must_exist = true})->connect(),
              errc::database_unreachable);
  CHECK(ok(open("sqlite:" + path)->schema()).version == 0);
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a file that may only be read is told so") {
  temporary_folder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms{0755});
  auto url = "sqlite:" + folder.path() + "/jobs.db";
  ok(open(url)->migrate());
  for (const auto& file : std::filesystem::directory_iterator{folder.path()})
    std::filesystem::permissions(file.path(), std::filesystem::perms{0444});
  as_nobody unprivileged;
  auto store = open(url)->connect();
  auto why = store ? (*store)->enqueue(ok(prepare({a_job("a")}))).error()
                   : store.error();
  INFO(to_string(why));
  CHECK((why.code == errc::database_read_only
         || why.code == errc::permission_denied));
  CHECK(contains(why.message, "jobs.db"));
}

TEST_CASE("a full disk stores nothing of a bulk") {
  temporary_folder folder;
  auto path = folder.path() + "/jobs.db";
  auto small = [&] {
    auto session = std::make_unique<soci::session>(soci::sqlite3, path);
    *session << "pragma max_page_count = 60";
    return session;
  };
  auto store = ok(open(session_provider{small})->connect());
  std::vector<new_job> bulk(100);
  for (auto& one : bulk)
    one = {.queue = "q", .type = "t", .arg = std::string(10'000, 'x')};
  failed_with(store->enqueue(ok(prepare(bulk))), errc::database_full);
  CHECK(ok(store->counts()).empty());
  put(*store, a_job("a"));
  CHECK(ok(store->find("a")));
}

TEST_CASE("a session provider's sessions serve as well as a URL") {
  auto place = every_shared_backend();
  auto db = open([&] { return place->session(); }, place->options());
  auto store = join(*db);
  put(*store, a_job("a"));
  CHECK(settle_one(*store, take_one(*store), completed{}));
}

TEST_CASE("an error of the session provider reaches the caller") {
  auto db = open([]() -> std::unique_ptr<soci::session> {
    throw std::runtime_error{"no vault"};
  });
  auto why = failed_with(db->connect(), errc::database_unreachable);
  CHECK(contains(why.message, "no vault"));
  auto none = open([] { return std::unique_ptr<soci::session>{}; });
  failed_with(none->connect(), errc::database_unreachable);
  auto private_one = open([] {
    return std::make_unique<soci::session>(soci::sqlite3, ":memory:");
  });
  failed_with(private_one->connect(), errc::unsupported);
}
