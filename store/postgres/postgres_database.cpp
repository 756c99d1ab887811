#include "store/postgres/postgres_database.hpp"

#include "store/migrator.hpp"
#include "store/postgres/guard.hpp"
#include "store/postgres/listener.hpp"
#include "store/postgres/postgres_connection.hpp"
#include "store/postgres/postgres_schema.hpp"
#include "store/postgres/postgres_store.hpp"
#include "store/postgres/trial_connection.hpp"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <algorithm>
#include <utility>

namespace callboard::store {

namespace {

using steady = std::chrono::steady_clock;

// All that a listener asks is whether somebody is there.
constexpr auto listener_patience = std::chrono::seconds{3};

failure needs_session(const std::string& name, const char* who) {
  return failure{{errc::invalid_config,
                  name + " is a transaction pooler, behind which " + who
                      + " has no session of its own: add direct=HOST:PORT, the"
                        " server itself, to the database URL"}};
}

// What SOCI says of a connection that it does not lose.
bool says_unconnected(std::string_view text) {
  return text.starts_with("Cannot establish connection");
}

} // namespace

postgres_database::session_source postgres_database::by(const conninfo& where) {
  return [where, lost_one
                 = std::make_shared<std::atomic<bool>>(false)](duration limit) {
    auto text = where.text_within(limit);
    if (*lost_one)
      try_connection(text, where.name);
    *lost_one = false;
    try {
      return std::make_unique<soci::session>(soci::postgresql, text);
    } catch (const soci::soci_error& what) {
      *lost_one = !says_unconnected(what.get_error_message());
      throw;
    }
  };
}

postgres_database::postgres_database(conninfo where, database_options options)
    : name_{where.name}, way_{where.name, by(where), where.pooler},
      options_{std::move(options)} {
  if (auto past = where.past_pooler())
    direct_ = way{past->name, by(*past), pooling::none};
}

postgres_database::postgres_database(session_provider source, std::string name,
                                     database_options options)
    : name_{std::move(name)}, way_{name_,
                                   [give = std::move(source)](duration) {
                                     return give();
                                   },
                                   pooling::none},
      options_{std::move(options)} {}

std::unique_ptr<postgres_connection>
postgres_database::connection_by(const way& where,
                                 const database_options& options,
                                 const time_limits& most) {
  auto limited = options;
  limited.statement_timeout
      = std::min(options.statement_timeout, most.statement);
  auto connect = most.connect;
  if (most.end)
    connect = std::min(connect, std::chrono::duration_cast<duration>(
                                    *most.end - steady::now()));
  auto session = where.source(connect);
  if (!session)
    throw failure{{errc::database_unreachable,
                   where.name + ": the session provider gave no session"}};
  return std::make_unique<postgres_connection>(std::move(session), where.name,
                                               limited, most.end, where.pooler);
}

std::unique_ptr<postgres_connection>
postgres_database::new_connection(const time_limits& most) {
  return connection_by(way_, options_, most);
}

std::unique_ptr<job_store>
postgres_database::new_store(std::unique_ptr<postgres_connection> connection,
                             const time_limits& most) {
  own_session session;
  if (way_.pooler == pooling::transaction)
    session = [name = name_, where = direct_, options = options_,
               limits = most](auto end) mutable {
      if (!where)
        throw needs_session(name, "a worker");
      limits.end = end;
      return connection_by(*where, options, limits);
    };
  return std::make_unique<postgres_store>(std::move(connection), options_,
                                          former_, std::move(session));
}

std::unique_ptr<postgres_connection> postgres_database::new_connection() {
  return new_connection({});
}

void postgres_database::check_schema_once(postgres_connection& connection) {
  if (checked_)
    return;
  auto status = postgres_schema(connection);
  if (status.version < status.required && options_.auto_migrate)
    status = migrate_postgres(connection, options_);
  if (auto usable = check_schema(status, name_); !usable)
    throw failure{usable.error()};
  checked_ = true;
}

result<std::unique_ptr<job_store>> postgres_database::connect() {
  return postgres_guard(name_, [&]() -> std::unique_ptr<job_store> {
    auto connection = new_connection();
    check_schema_once(*connection);
    return new_store(std::move(connection), {});
  });
}

result<std::unique_ptr<job_store>>
postgres_database::connect_within(const time_limits& most) {
  return postgres_guard(name_, [&]() -> std::unique_ptr<job_store> {
    // The statements of a migration may take their time.
    if (!checked_)
      check_schema_once(
          *new_connection({.connect = most.connect, .end = most.end}));
    return new_store(new_connection(most), most);
  });
}

result<void> postgres_database::takes_nodes() const {
  if (way_.pooler == pooling::transaction && !direct_)
    return needs_session(name_, "a worker").why();
  return {};
}

result<std::unique_ptr<wake_listener>> postgres_database::listen() {
  return postgres_guard(name_, [&]() -> std::unique_ptr<wake_listener> {
    if (!checked_)
      check_schema_once(*new_connection());
    if (way_.pooler == pooling::transaction && !direct_)
      throw failure{{errc::unsupported,
                     needs_session(name_, "a listener").why().message}};
    return std::make_unique<postgres_listener>(connection_by(
        direct_ ? *direct_ : way_, options_, {.statement = listener_patience}));
  });
}

result<schema_status> postgres_database::schema() {
  return postgres_guard(name_,
                        [&] { return postgres_schema(*new_connection()); });
}

result<schema_status> postgres_database::migrate() {
  return postgres_guard(
      name_, [&] { return migrate_postgres(*new_connection(), options_); });
}

} // namespace callboard::store
