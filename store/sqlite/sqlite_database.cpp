#include "store/sqlite/sqlite_database.hpp"

#include "store/migrator.hpp"
#include "store/sqlite/guard.hpp"
#include "store/sqlite/sqlite_listener.hpp"
#include "store/sqlite/sqlite_schema.hpp"
#include "store/sqlite/sqlite_store.hpp"

#include <soci/soci.h>

#include <filesystem>
#include <utility>

namespace callboard::store {

sqlite_database::sqlite_database(sqlite_place_ptr place,
                                 database_options options, sqlite_source source)
    : place_{std::move(place)}, options_{std::move(options)}, source_{std::move(
                                                                  source)} {}

std::unique_ptr<soci::session> sqlite_database::new_session() {
  if (!source_)
    return connect_sqlite(*place_, options_);
  auto session = source_();
  if (!session)
    throw failure{{errc::database_unreachable,
                   name() + ": the session provider gave no session"}};
  return session;
}

result<std::unique_ptr<job_store>> sqlite_database::connect() {
  return sqlite_guard(name(), [&]() -> std::unique_ptr<job_store> {
    auto session = new_session();
    set_up_sqlite(*session, *place_, options_);
    if (!checked_) {
      auto status = sqlite_schema(*session);
      if (status.version < status.required && options_.auto_migrate)
        status = migrate_sqlite(*session, *place_, options_);
      if (auto usable = check_schema(status, name()); !usable)
        throw failure{usable.error()};
      checked_ = true;
    }
    return std::make_unique<sqlite_store>(place_, std::move(session), options_);
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
    auto session = source_ ? new_session() : connect_sqlite(*place_, look);
    return sqlite_schema(*session);
  });
}

result<schema_status> sqlite_database::migrate() {
  return sqlite_guard(name(), [&] {
    auto session = new_session();
    set_up_sqlite(*session, *place_, options_);
    return migrate_sqlite(*session, *place_, options_);
  });
}

} // namespace callboard::store
