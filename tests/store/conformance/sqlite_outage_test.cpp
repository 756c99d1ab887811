#include "tests/store/conformance/conformance.hpp"

#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <sys/fsuid.h>
#include <unistd.h>

#include <filesystem>

/// What an SQLite file can suffer while programs have it open.
using namespace callboard;
using namespace callboard::test;
using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;
namespace fs = std::filesystem;

namespace {

struct file_in_use {
  std::string path(const std::string& name = "jobs.db") const {
    return folder.path() + "/" + name;
  }
  std::string url() const { return "sqlite:" + path(); }

  /// As a person would: the file with what SQLite keeps beside it.
  void move(const std::string& from, const std::string& to) const {
    for (const std::string suffix : {"", "-wal", "-shm"})
      if (fs::exists(path(from) + suffix))
        fs::rename(path(from) + suffix, path(to) + suffix);
  }

  temporary_folder folder;
};

std::vector<new_job> prepared(const std::string& id) {
  return ok(prepare({a_job(id)}));
}

} // namespace

TEST_CASE("nothing is written to a file that was deleted while in use") {
  file_in_use it;
  auto db = open(it.url());
  auto store = join(*db);
  put(*store, a_job("a"));
  auto lease = take_one(*store);
  fs::remove(it.path());
  auto why
      = failed_with(store->enqueue(prepared("b")), errc::database_unreachable);
  CHECK(contains(why.message, "jobs.db was moved, replaced or deleted"));
  CHECK(store->broken());
  failed_with(store->look(), errc::database_unreachable);
  failed_with(store->settle({{"a", lease.fence, completed{}}}),
              errc::database_unreachable);
  failed_with(store->lease({{"mail", 1, true}}), errc::database_unreachable);
  // Nobody makes an empty one in its place.
  why = failed_with(db->connect(), errc::database_unreachable);
  CHECK(contains(why.message, "put the file back"));
  CHECK_FALSE(fs::exists(it.path()));
}

TEST_CASE("a file that was moved away and comes back serves again") {
  file_in_use it;
  auto db = open(it.url());
  auto store = ok(db->connect());
  auto id = ok(store->join("n1", ""));
  put(*store, a_job("a"));
  auto lease = take_one(*store);
  ok(store->look());
  it.move("jobs.db", "elsewhere.db");
  failed_with(store->look(), errc::database_unreachable);
  it.move("elsewhere.db", "jobs.db");
  store.reset();
  store = ok(db->connect());
  CHECK(ok(store->join("n1", "", id)) == id);
  CHECK(settle_one(*store, lease, completed{}));
}

TEST_CASE("a file that takes the place of another must have its tables") {
  file_in_use it;
  auto db = open(it.url());
  auto store = ok(db->connect());
  put(*store, a_job("a"));
  it.move("jobs.db", "elsewhere.db");
  SECTION("a copy does") {
    auto copy = ok(open(it.url())->connect());
    put(*copy, a_job("b"));
    failed_with(store->enqueue(prepared("c")), errc::database_unreachable);
    store = ok(db->connect());
    CHECK(ok(store->find("b")));
    CHECK_FALSE(ok(store->find("a")));
  }
  SECTION("an empty one does not") {
    soci::session{soci::sqlite3, it.path()} << "create table other (x int)";
    auto why = failed_with(db->connect(), errc::schema_outdated);
    CHECK(contains(why.message, "callboard migrate"));
  }
}

TEST_CASE("a file locked by another program is waited for as long as wished") {
  file_in_use it;
  auto db = open(it.url(), {.statement_timeout = 1h});
  auto store = ok(db->connect_within({.statement = 100ms}));
  soci::session other{soci::sqlite3, it.path()};
  other << "begin immediate";
  auto why = failed_with(store->enqueue(prepared("a")), errc::database_busy);
  CHECK(contains(why.message, "jobs.db"));
  CHECK_FALSE(store->broken());
  auto patient = ok(db->connect());
  patient->give_up_at(steady::now() + 100ms);
  failed_with(patient->enqueue(prepared("a")), errc::database_busy);
  // Looking needs no turn.
  CHECK_FALSE(ok(store->find("a")));
  other << "commit";
  patient->give_up_at(std::nullopt);
  put(*patient, a_job("a"));
}

TEST_CASE("a folder that may only be read is told so") {
  file_in_use it;
  ok(open(it.url())->migrate());
  fs::permissions(it.path(), fs::perms{0666});
  fs::permissions(it.folder.path(), fs::perms{0555});
  ::setfsuid(65534);
  auto store = open(it.url())->connect();
  auto why = store ? (*store)->enqueue(prepared("a")).error() : store.error();
  ::setfsuid(::geteuid());
  INFO(to_string(why));
  CHECK((why.code == errc::database_read_only
         || why.code == errc::permission_denied));
  CHECK(contains(why.message, it.folder.path()));
}
