#include "tests/seed/seed_fixture.hpp"

#include "store/model/job_id.hpp"

#include <catch2/catch.hpp>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <utility>

namespace callboard::test {

namespace {

constexpr auto patience = 30s;

std::string postgres_url() {
  const char* url = std::getenv("CALLBOARD_TEST_POSTGRES");
  if (url == nullptr)
    FAIL("CALLBOARD_TEST_POSTGRES is not set: run tests/run.sh");
  return url;
}

} // namespace

struct seed_fixture::clock {
  std::atomic<duration::rep> shift{0};
};

void recorder::add(entry x) {
  {
    auto lock = std::lock_guard{mutex_};
    entries_.push_back(std::move(x));
  }
  changed_.notify_all();
}

void recorder::await(const std::string& what, std::size_t wanted) {
  auto found = [&] {
    return static_cast<std::size_t>(
        std::count_if(entries_.begin(), entries_.end(),
                      [&](const entry& x) { return x.what == what; }));
  };
  auto lock = std::unique_lock{mutex_};
  auto done
      = changed_.wait_for(lock, patience, [&] { return found() >= wanted; });
  INFO("waiting for " << wanted << " times '" << what << "', saw " << found());
  REQUIRE(done);
}

std::vector<recorder::entry> recorder::all(const std::string& what) const {
  auto lock = std::lock_guard{mutex_};
  auto result = std::vector<entry>{};
  for (const auto& x : entries_)
    if (x.what == what)
      result.push_back(x);
  return result;
}

std::size_t recorder::count(const std::string& what) const {
  return all(what).size();
}

seed_fixture::seed_fixture(const std::string& kind)
    : clock_{std::make_shared<clock>()}, kind_{kind} {
  auto options = database_options{};
  options.clock = [clock = clock_] {
    return system_now() + duration{clock->shift.load()};
  };
  if (kind == "sqlite") {
    auto pattern
        = (std::filesystem::temp_directory_path() / "callboard-seed.XXXXXX")
              .string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
    db_ = open("sqlite:" + folder_ + "/jobs.db", options);
  } else {
    schema_ = "seed_" + new_request_id();
    options.schema = schema_;
    db_ = open(postgres_url(), options);
  }
  look_ = db_->connect().value();
}

seed_fixture::~seed_fixture() {
  look_.reset();
  db_.reset();
  if (!folder_.empty())
    std::filesystem::remove_all(folder_);
}

client seed_fixture::make_client(client_options options) {
  options.observers.push_back(events);
  return client{db_, std::move(options)};
}

void seed_fixture::advance(duration time) {
  clock_->shift += time.count();
}

std::vector<dead_letter> seed_fixture::dead_letters() {
  return look_->dead_list({}, true).value();
}

std::size_t seed_fixture::stored_jobs(const std::string& queue) {
  return look_->list({.queue = queue, .limit = 10'000}, false).value().size();
}

void seed_fixture::in_own_transaction(
    bool commit, const std::function<void(soci::session&)>& body) {
  auto session = soci::session{};
  if (kind_ == "sqlite") {
    session.open(soci::sqlite3, "db=" + folder_ + "/jobs.db timeout=10");
  } else {
    // SOCI 4.0.3 spoils a URL without any "=".
    session.open(soci::postgresql, postgres_url() + "?application_name=test");
    session << "set search_path to " + schema_;
  }
  auto transaction = soci::transaction{session};
  body(session);
  if (commit)
    transaction.commit();
}

} // namespace callboard::test
