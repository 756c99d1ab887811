#pragma once

#include "store/database.hpp"
#include "store/sqlite/place.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace callboard::store {

/// Makes one connection to an SQLite database. May throw anything.
using sqlite_source = std::function<std::unique_ptr<soci::session>()>;

/// An SQLite file that holds a callboard.
class sqlite_database final : public database {
public:
  /// `source` is empty for a file that we open ourselves.
  sqlite_database(sqlite_place_ptr place, database_options options,
                  sqlite_source source = {});

  result<std::unique_ptr<job_store>> connect() override;
  result<std::unique_ptr<job_store>>
  connect_within(const time_limits& most) override;
  bool single_writer() const noexcept override { return true; }
  result<std::unique_ptr<wake_listener>> listen() override;
  result<schema_status> schema() override;
  result<schema_status> migrate() override;
  const std::string& name() const noexcept override { return place_->name(); }
  const database_options& options() const noexcept override { return options_; }

private:
  std::unique_ptr<soci::session> new_session(const database_options& options);
  /// The tables of the first file are made or upgraded; one that lies in its
  /// place later must have them.
  void check_tables(soci::session& session, bool first);
  /// The file whose tables were checked last.
  std::optional<file_identity> checked();

  sqlite_place_ptr place_;
  database_options options_;
  sqlite_source source_;
  std::mutex mutex_;
  std::optional<file_identity> checked_;
};

} // namespace callboard::store
