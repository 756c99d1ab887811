#include "store/sqlite/sqlite_database.hpp"

#include "store/migrator.hpp"
#include "store/sqlite/guard.hpp"
#include "store/sqlite/sqlite_listener.hpp"
#include "store/sqlite/sqlite_schema.hpp"
#include "store/sqlite/sqlite_store.hpp"

#include <soci/soci.h>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace callboard::store {

sqlite_database::sqlite_database(sqlite_place_ptr place,
                                 database_options options, sqlite_source source)
    : place_{std::move(place)}, options_{std::move(options)}, source_{std::move(
                                                                  source)} {}

std::unique_ptr<soci::session>
sqlite_database::new_session(const database_options& options) {
  if (!source_)
    return connect_sqlite(*place_, options);
  auto session = source_();
  if (!session)
    throw failure{{errc::database_unreachable,
                   name() + ": the session provider gave no session"}};
  return session;
}

void sqlite_database::check_tables(soci::session& session, bool first) {
  auto status = sqlite_schema(session);
  if (first && status.version < status.required && options_.auto_migrate)
    status = migrate_sqlite(session, *place_, options_);
  if (auto usable = check_schema(status, name()); !usable)
    throw failure{usable.error()};
}

std::optional<file_identity> sqlite_database::checked() {
  std::lock_guard lock{mutex_};
  return checked_;
}

result<std::unique_ptr<job_store>> sqlite_database::connect() {
  return connect_within({});
}

result<std::unique_ptr<job_store>>
sqlite_database::connect_within(const time_limits& most) {
  return sqlite_guard(name(), [&]() -> std::unique_ptr<job_store> {
    auto limited = options_;
    limited.statement_timeout
        = std::min(options_.statement_timeout, most.statement);
    auto known = checked();
    // A file that went away is not made anew, or nobody would miss its jobs.
    if (known && !identity_of(*place_))
      throw failure{{errc::database_unreachable,
                     name()
                         + " was deleted or moved away while it was in use: put"
                           " the file back, or start again with an empty one"}};
    limited.must_exist = options_.must_exist || known;
    auto session = new_session(limited);
    set_up_sqlite(*session, *place_, limited);
    auto file = identity_of(*place_);
    if (!known || known != file) {
      check_tables(*session, !known);
      std::lock_guard lock{mutex_};
      checked_ = file;
    }
    auto store
        = std::make_unique<sqlite_store>(place_, std::move(session), limited);
    store->give_up_at(most.end);
    return store;
  });
}

result<std::unique_ptr<wake_listener>> sqlite_database::listen() {
  if (place_->temporary())
    return error{errc::unsupported,
                 name() + " has no other processes to wake it up"};
  return sqlite_guard(name(), [&]() -> std::unique_ptr<wake_listener> {
    return std::make_unique<sqlite_listener>(place_);
  });
}

result<schema_status> sqlite_database::schema() {
  return sqlite_guard(name(), [&] {
    // Looking must not create the file.
    auto look = options_;
    look.must_exist = true;
    std::error_code ignored;
    auto folder = std::filesystem::path{place_->path()}.parent_path();
    if (!source_ && !options_.must_exist
        && std::filesystem::is_directory(folder, ignored)
        && !std::filesystem::exists(place_->path(), ignored))
      return empty_sqlite_schema();
    auto session = new_session(look);
    return sqlite_schema(*session);
  });
}

result<schema_status> sqlite_database::migrate() {
  return sqlite_guard(name(), [&] {
    auto session = new_session(options_);
    set_up_sqlite(*session, *place_, options_);
    return migrate_sqlite(*session, *place_, options_);
  });
}

} // namespace callboard::store
