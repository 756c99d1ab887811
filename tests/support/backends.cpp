#include "tests/support/backends.hpp"

#include "store/postgres/conninfo.hpp"
#include "tests/support/memory_store.hpp"

#include <catch2/catch.hpp>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <cstdlib>
#include <filesystem>
#include <random>
#include <stdexcept>

namespace callboard::test {

namespace {

class sqlite_file_backend final : public backend {
public:
  sqlite_file_backend() : backend{backend_kind::sqlite_file} {}

  std::string url() const override { return "sqlite:" + path(); }

  std::unique_ptr<soci::session> session() const override {
    return std::make_unique<soci::session>(soci::sqlite3,
                                           "db=" + path() + " timeout=10");
  }

private:
  std::string path() const { return folder_.path() + "/jobs.db"; }

  temporary_folder folder_;
};

class sqlite_memory_backend final : public backend {
public:
  sqlite_memory_backend() : backend{backend_kind::sqlite_memory} {}

  std::string url() const override { return "sqlite::memory:"; }

  // One private database for all that open it, as one object would be.
  database_ptr open(const database_options&) const override {
    return database_;
  }

  std::unique_ptr<soci::session> session() const override {
    throw std::logic_error{"sqlite::memory: is private"};
  }

private:
  database_ptr database_ = callboard::open("sqlite::memory:", options());
};

class memory_backend final : public backend {
public:
  memory_backend() : backend{backend_kind::memory} {}

  std::string url() const override { return "memory:"; }

  database_ptr open(const database_options&) const override {
    return database_;
  }

  std::unique_ptr<soci::session> session() const override {
    throw std::logic_error{"the memory store has no sessions"};
  }

private:
  database_ptr database_
      = std::make_shared<testing::memory_database>(options());
};

class postgres_backend final : public backend {
public:
  postgres_backend() : backend{backend_kind::postgres}, url_{postgres_url()} {
    std::random_device random;
    schema_ = "test_" + std::to_string(random()) + std::to_string(random());
    auto sql = connect();
    *sql << "create schema " + schema_;
  }

  ~postgres_backend() override {
    try {
      auto sql = connect();
      *sql << "set client_min_messages = warning";
      *sql << "drop schema " + schema_ + " cascade";
    } catch (const std::exception& what) {
      WARN("the schema of a test stays: " << what.what());
    }
  }

  std::string url() const override { return url_; }

  database_options options() const override {
    auto all = backend::options();
    all.schema = schema_;
    return all;
  }

  std::unique_ptr<soci::session> session() const override {
    auto sql = connect();
    *sql << "set search_path to " + schema_;
    return sql;
  }

private:
  std::unique_ptr<soci::session> connect() const {
    // SOCI 4.0.3 spoils URLs without '='.
    auto where = store::conninfo::parse(url_, duration{0}).value();
    return std::make_unique<soci::session>(soci::postgresql, where.text);
  }

  std::string url_;
  std::string schema_;
};

} // namespace

std::string to_string(backend_kind kind) {
  switch (kind) {
  case backend_kind::sqlite_file:
    return "sqlite file";
  case backend_kind::sqlite_memory:
    return "sqlite memory";
  case backend_kind::postgres:
    return "postgres";
  case backend_kind::memory:
    return "memory";
  }
  return "?";
}

std::unique_ptr<backend> backend::make(backend_kind kind) {
  switch (kind) {
  case backend_kind::sqlite_file:
    return std::make_unique<sqlite_file_backend>();
  case backend_kind::sqlite_memory:
    return std::make_unique<sqlite_memory_backend>();
  case backend_kind::memory:
    return std::make_unique<memory_backend>();
  case backend_kind::postgres:
    break;
  }
  return std::make_unique<postgres_backend>();
}

database_options backend::options() const {
  database_options all;
  all.clock = [clock = clock_] {
    return clock->now();
  };
  return all;
}

database_ptr backend::open(const database_options& options) const {
  return callboard::open(url(), options);
}

std::unique_ptr<backend> every_backend() {
  auto kind = GENERATE(backend_kind::sqlite_file, backend_kind::sqlite_memory,
                       backend_kind::postgres, backend_kind::memory);
  UNSCOPED_INFO("on " << to_string(kind));
  return backend::make(kind);
}

std::unique_ptr<backend> every_sql_backend() {
  auto kind = GENERATE(backend_kind::sqlite_file, backend_kind::sqlite_memory,
                       backend_kind::postgres);
  UNSCOPED_INFO("on " << to_string(kind));
  return backend::make(kind);
}

std::unique_ptr<backend> every_shared_backend() {
  auto kind = GENERATE(backend_kind::sqlite_file, backend_kind::postgres);
  UNSCOPED_INFO("on " << to_string(kind));
  return backend::make(kind);
}

temporary_folder::temporary_folder()
    : path_{(std::filesystem::temp_directory_path() / "callboard-test-XXXXXX")
                .string()} {
  if (!::mkdtemp(path_.data()))
    throw std::runtime_error{"can't make a temporary folder"};
}

temporary_folder::~temporary_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string postgres_url() {
  const char* url = std::getenv("CALLBOARD_TEST_POSTGRES");
  if (!url || !*url)
    FAIL("CALLBOARD_TEST_POSTGRES names no server: run tests/run.sh");
  return url;
}

} // namespace callboard::test
