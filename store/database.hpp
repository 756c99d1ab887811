#pragma once

#include "store/job_store.hpp"
#include "store/model/error.hpp"
#include "store/model/status.hpp"
#include "store/model/time.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace soci {
class session;
} // namespace soci

namespace callboard {

/// Settings of a database. The defaults are the fast and durable ones.
struct database_options {
  /// The schema that holds our tables; empty: what the connection's
  /// search_path names. PostgreSQL only.
  std::string schema;
  /// Creates or upgrades the tables at the first connect, under a lock. When
  /// false, a first connect to older tables fails and says so.
  bool auto_migrate = true;
  /// Upgrades also while nodes are alive whose programs can't work with the
  /// tables afterwards.
  bool migrate_anyway = false;
  /// Refuses to create a database file that does not exist. SQLite only.
  bool must_exist = false;
  /// Fails a connect that takes longer.
  duration connect_timeout = std::chrono::seconds{5};
  /// Fails a statement that takes longer (PostgreSQL), or that waits longer
  /// for the file's lock (SQLite).
  duration statement_timeout = std::chrono::seconds{30};
  /// Commits reach the disk before they are reported (SQLite: synchronous =
  /// FULL; PostgreSQL: the server's synchronous_commit is left as it is).
  bool durable = true;
  /// So many jobs make a lease a large one, which keeps one row for all of
  /// them; a smaller one, or one of many nodes, writes an index entry for each.
  /// At least 1. PostgreSQL only; docs/performance.md has figures.
  std::size_t large_lease = 256;
  /// The longest arg that is taken, in bytes.
  std::size_t arg_limit = job_limits::arg_bytes;
  /// For tests: replaces the database's clock in every statement.
  clock_function clock;

  [[nodiscard]] result<void> validate() const;
};

/// Shorter timeouts than the options', for a connection whose owner must not
/// hang with the database.
struct time_limits {
  duration connect = duration::max();
  duration statement = duration::max();
  /// The connect as a whole is over by then, and what follows it, too: see
  /// `job_store::give_up_at`.
  std::optional<std::chrono::steady_clock::time_point> end{};
};

/// What a listener heard.
struct hints {
  /// They may have due jobs. Each is named once; an empty name stands for all.
  std::vector<std::string> queues;
  /// Somebody asked to cancel running jobs: a `heartbeat` tells which.
  bool cancels = false;
  /// A node joined, or may have.
  bool joined = false;

  bool empty() const { return queues.empty() && !cancels && !joined; }
};

/// Waits for the hints that `job_store::wake`, `cancel` and `join` send, on a
/// connection of its own. All but `interrupt` belong to one thread.
class wake_listener {
public:
  virtual ~wake_listener() = default;

  /// Blocks until a hint comes, `limit` passes (an empty answer), `interrupt`
  /// is called (an empty answer) or the connection breaks (an error). When
  /// `limit` passes, the database is asked whether it is still there, since a
  /// connection may be dead without a word.
  [[nodiscard]] virtual result<hints> wait(duration limit) = 0;

  /// Ends the present or the next `wait`. Any thread.
  virtual void interrupt() noexcept = 0;
};

/// A database that holds a callboard; makes connections to it. Opening one
/// connects to nothing yet. Thread-safe.
class database {
public:
  virtual ~database() = default;

  database(const database&) = delete;
  database& operator=(const database&) = delete;

  /// A new connection. The first one creates or checks the tables (see
  /// `auto_migrate`).
  [[nodiscard]] virtual result<std::unique_ptr<job_store>> connect() = 0;

  /// The same with timeouts that are no longer than `most` (a connect to
  /// PostgreSQL takes whole seconds, and at least two).
  [[nodiscard]] virtual result<std::unique_ptr<job_store>>
  connect_within(const time_limits& /*most*/) {
    return connect();
  }

  /// Whether nodes can join by it, as far as its URL tells: an error names what
  /// is missing.
  [[nodiscard]] virtual result<void> takes_nodes() const { return {}; }

  /// Whether one connection at a time can write, whoever has it: what several
  /// of a process want to write, one of them writes faster. False as long as
  /// nobody knows which database it is.
  [[nodiscard]] virtual bool single_writer() const noexcept { return false; }

  /// A new listener; `unsupported` where the database has no wake-ups.
  [[nodiscard]] virtual result<std::unique_ptr<wake_listener>> listen() = 0;

  /// The state of the tables, without changing anything.
  [[nodiscard]] virtual result<schema_status> schema() = 0;

  /// Brings the tables to the version of this program, one step a
  /// transaction, under a lock. Safe to call from several nodes at once.
  /// Leaves newer tables as they are. `schema_outdated`, and nothing done,
  /// when that would lock out nodes that are alive: see `migrate_anyway`.
  [[nodiscard]] virtual result<schema_status> migrate() = 0;

  /// For messages: the URL without a password.
  [[nodiscard]] virtual const std::string& name() const noexcept = 0;

  virtual const database_options& options() const noexcept = 0;

protected:
  database() = default;
};

using database_ptr = std::shared_ptr<database>;

/// Gives a new, connected session each time it is called, from any thread.
/// An exception of it reaches the caller as `database_unreachable`.
using session_provider = std::function<std::unique_ptr<soci::session>()>;

/// Opens `postgresql://user:password@host:port/name?...` (any libpq URI, or
/// `postgresql:` before libpq key=value text), `sqlite:path` or
/// `sqlite::memory:` (private, gone with the last reference). Throws `failure`
/// with `invalid_config` for any other text.
database_ptr open(std::string_view url, database_options options = {});

/// Opens the database to which `provider` connects.
database_ptr open(session_provider provider, database_options options = {});

/// Checks a URL without opening anything.
[[nodiscard]] result<void> check_url(std::string_view url);

/// Enqueues inside the transaction that `session` has open (or in one of its
/// own when it has none); the caller commits. Answers the ids. Throws
/// `failure`; the caller's transaction must then be rolled back. The tables
/// must exist in the session's database. Does not keep the session.
std::vector<std::string> bulk_enqueue(soci::session& session,
                                      std::vector<new_job> jobs);

/// The same for one job; answers its id.
std::string enqueue(soci::session& session, new_job job);

} // namespace callboard
