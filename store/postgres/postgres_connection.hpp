#pragma once

#include "store/database.hpp"
#include "store/postgres/conninfo.hpp"
#include "store/postgres/parameters.hpp"
#include "store/postgres/rows.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>

struct pg_conn;

namespace callboard::store {

/// libpq's connection inside a SOCI session of PostgreSQL.
pg_conn* native(soci::session& session);

/// A name as SQL takes it.
std::string quoted_name(const std::string& name);

/// One connection, made by SOCI. Batches go through libpq itself: SOCI has no
/// binary arrays, and its prepared statements leak when they fail. Nothing
/// waits without a deadline. All functions throw `failure`.
class postgres_connection {
public:
  using instant = std::chrono::steady_clock::time_point;

  /// Sets the session up: timeouts, search path, silence. Behind a transaction
  /// pooler there is no session: each transaction brings these along, and no
  /// statement stays prepared. A pooler that nobody named is a failure.
  postgres_connection(std::unique_ptr<soci::session> session, std::string name,
                      const database_options& options,
                      std::optional<instant> end = std::nullopt,
                      pooling pooler = pooling::none);
  ~postgres_connection();

  postgres_connection(const postgres_connection&) = delete;
  postgres_connection& operator=(const postgres_connection&) = delete;

  /// A statement that only reads, or one inside a transaction.
  rows query(const char* sql, const parameters& values = {});

  /// A statement that is its own transaction when none is open. A connection
  /// that breaks meanwhile is then `commit_unknown`.
  rows change(const char* sql, const parameters& values = {});

  /// As `change`, and planned once for the life of the connection. `sql` is one
  /// of the constants in `postgres/statements/`: its address is the key.
  rows repeat(const char* sql, const parameters& values);

  /// `repeat` with `later` right behind it in the same packet, as a transaction
  /// of its own, whatever becomes of the first one; nobody waits for its
  /// answer, and its failure is not told. The next operation reads the answer
  /// first, and gives the connection up if it does not come. Not behind a
  /// transaction pooler, and not in a transaction.
  rows repeat_and_send(const char* sql, const parameters& values,
                       const char* later, const parameters& later_values);

  /// Whether statements stay prepared, which `repeat_and_send` needs.
  bool keeps_statements() const noexcept { return !pooled_; }

  /// Statements without parameters and answers.
  void run(const std::string& sql);

  void begin();
  /// `commit_unknown` when the connection breaks meanwhile.
  void commit();
  /// Never throws; a connection that can't roll back is broken.
  void rollback() noexcept;

  /// Fails when the server has closed it; asks nobody.
  void check_alive();

  /// Nothing is waited for beyond this moment.
  void give_up_at(std::optional<instant> end) noexcept { end_ = end; }
  std::optional<instant> gives_up_at() const noexcept { return end_; }

  /// Gives the connection up: nobody knows what it did last. Throws.
  [[noreturn]] void lost(const std::string& why);

  bool in_transaction() const noexcept;
  bool broken() const noexcept { return broken_; }
  const std::string& name() const noexcept { return name_; }
  pg_conn* native() const noexcept { return native_; }

private:
  void refuse_unnamed_pooler();
  template <class Work>
  rows settled_by(Work work);
  template <class Work>
  rows changed_by(Work work);
  const std::string& prepared(const char* sql, const parameters& values);
  rows execute(const char* sql, const parameters* values);
  int send(const std::string& prepared, const parameters& values);
  rows answer_to(int sent);
  pg_result* wait_for_results();
  /// The answer to what `repeat_and_send` sent last, if one is still out.
  void collect();
  rows results(instant deadline);
  void wait_for_socket(bool writing, instant deadline);

  std::unique_ptr<soci::session> session_;
  std::string name_;
  pg_conn* native_;
  duration patience_;
  std::optional<instant> end_;
  std::map<const char*, std::string> prepared_;
  /// How a transaction begins.
  std::string begin_ = "begin";
  bool pooled_ = false;
  bool broken_ = false;
  /// An answer is still out that nobody waited for, and until when it may be.
  std::optional<instant> uncollected_;
};

/// Rolls back unless it was committed.
class postgres_transaction {
public:
  explicit postgres_transaction(postgres_connection& connection)
      : connection_{connection} {
    connection_.begin();
  }
  ~postgres_transaction() {
    if (!done_)
      connection_.rollback();
  }

  postgres_transaction(const postgres_transaction&) = delete;
  postgres_transaction& operator=(const postgres_transaction&) = delete;

  void commit() {
    done_ = true;
    connection_.commit();
  }

private:
  postgres_connection& connection_;
  bool done_ = false;
};

} // namespace callboard::store
