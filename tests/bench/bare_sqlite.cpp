// The batches of the queue on SQLite's bare C API: what is left when everything
// around the statements is taken away. Prints jobs per second.
//   bare_sqlite FILE SCHEMA enqueue|drain JOBS BATCH ARG_SIZE
// FILE is made anew. One connection, one thread, synchronous = full.
#include "store/sqlite/statements/jobs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

using namespace callboard::store;
using clock_type = std::chrono::steady_clock;

constexpr long long node = 4711;
constexpr long long now = 1'800'000'000'000'000;

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "bare_sqlite: %s\n", what);
  std::exit(1);
}

class database {
public:
  explicit database(const char* path) {
    if (sqlite3_open(path, &db_) != SQLITE_OK)
      fail(sqlite3_errmsg(db_));
  }
  ~database() { sqlite3_close(db_); }
  database(const database&) = delete;
  database& operator=(const database&) = delete;

  void run(const std::string& sql) {
    if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
      fail(sqlite3_errmsg(db_));
  }
  sqlite3* native() { return db_; }

private:
  sqlite3* db_ = nullptr;
};

class statement {
public:
  statement(database& db, const char* sql) : db_{db} {
    if (sqlite3_prepare_v3(db.native(), sql, -1, SQLITE_PREPARE_PERSISTENT,
                           &value_, nullptr)
        != SQLITE_OK)
      fail(sqlite3_errmsg(db.native()));
  }
  ~statement() { sqlite3_finalize(value_); }
  statement(const statement&) = delete;
  statement& operator=(const statement&) = delete;

  template <class... T>
  statement& with(const T&... values) {
    sqlite3_reset(value_);
    int at = 0;
    (bind(++at, values), ...);
    return *this;
  }

  bool step() {
    auto code = sqlite3_step(value_);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
      fail(sqlite3_errmsg(db_.native()));
    if (code == SQLITE_DONE)
      sqlite3_reset(value_);
    return code == SQLITE_ROW;
  }

  std::string text(int column) {
    auto* bytes = static_cast<const char*>(sqlite3_column_blob(value_, column));
    return {bytes,
            static_cast<std::size_t>(sqlite3_column_bytes(value_, column))};
  }
  long long number(int column) { return sqlite3_column_int64(value_, column); }

private:
  void bind(int at, long long value) { sqlite3_bind_int64(value_, at, value); }
  void bind(int at, const std::string& value) {
    sqlite3_bind_text(value_, at, value.data(), static_cast<int>(value.size()),
                      SQLITE_STATIC);
  }

  database& db_;
  sqlite3_stmt* value_ = nullptr;
};

struct taken {
  std::string id, queue, type, arg, request_id;
  long long row = 0;
  long long fence = 0;
};

std::string id_of(int number) {
  char text[40];
  std::snprintf(text, sizeof text, "0190aaaa-bbbb-7ccc-8ddd-%012x",
                static_cast<unsigned>(number));
  return text;
}

void enqueue(database& db, int jobs, int batch, const std::string& arg) {
  statement begin{db, "begin immediate"};
  statement commit{db, "commit"};
  statement insert{db, sqlite::insert_job};
  const std::string queue = "callboard-bench-12345678-1";
  const std::string type = "bench";
  const std::string request_id = id_of(0);
  for (int first = 0; first < jobs; first += batch) {
    begin.with().step();
    for (int i = first; i < std::min(first + batch, jobs); ++i) {
      auto id = id_of(i);
      insert.with(id, queue, type, arg, request_id, 0LL, 0LL, 0LL, now, now)
          .step();
    }
    commit.with().step();
  }
}

void drain(database& db, int batch) {
  statement begin{db, "begin immediate"};
  statement commit{db, "commit"};
  statement due{db, sqlite::due_jobs};
  statement take{db, sqlite::take_job};
  statement read_fence{db, sqlite::read_fence};
  statement write_fence{db, sqlite::write_fence};
  statement complete{db, sqlite::complete_job};
  const std::string queue = "callboard-bench-12345678-1";
  std::vector<taken> held;
  do {
    held.clear();
    begin.with().step();
    read_fence.with().step();
    auto fence = read_fence.number(0);
    read_fence.step();
    due.with(queue, 0LL, now, static_cast<long long>(batch));
    while (due.step())
      held.push_back({due.text(2), due.text(3), due.text(4), due.text(5),
                      due.text(6), due.number(0)});
    for (auto& job : held)
      take.with(node, job.fence = ++fence, now, 0LL, 0LL, job.row).step();
    write_fence.with(fence).step();
    commit.with().step();
    begin.with().step();
    for (auto& job : held)
      complete.with(job.id, job.fence).step();
    commit.with().step();
  } while (!held.empty());
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 7)
    fail("FILE SCHEMA enqueue|drain JOBS BATCH ARG_SIZE");
  auto path = std::string{argv[1]};
  for (const auto* more : {"", "-wal", "-shm"})
    std::remove((path + more).c_str());
  std::ifstream schema{argv[2]};
  auto jobs = std::atoi(argv[4]);
  auto batch = std::atoi(argv[5]);
  std::string arg(static_cast<std::size_t>(std::atoi(argv[6])), 'x');
  database db{path.c_str()};
  db.run("pragma journal_mode = wal; pragma synchronous = full;");
  db.run({std::istreambuf_iterator<char>{schema}, {}});
  bool draining = std::string{argv[3]} == "drain";
  if (draining)
    enqueue(db, jobs, 1000, arg);
  auto begin = clock_type::now();
  if (draining)
    drain(db, batch);
  else
    enqueue(db, jobs, batch, arg);
  std::chrono::duration<double> took = clock_type::now() - begin;
  std::printf("%.1f\n", jobs / took.count());
}
