#pragma once

#include "store/database.hpp"
#include "store/postgres/conninfo.hpp"
#include "store/postgres/former_connections.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace callboard::store {

class postgres_connection;

/// A PostgreSQL database that holds a callboard.
class postgres_database final : public database {
public:
  postgres_database(conninfo where, database_options options);

  /// With the user's own sessions.
  postgres_database(session_provider source, std::string name,
                    database_options options);

  result<std::unique_ptr<job_store>> connect() override;
  result<std::unique_ptr<job_store>>
  connect_within(const time_limits& most) override;
  result<void> takes_nodes() const override;
  result<std::unique_ptr<wake_listener>> listen() override;
  result<schema_status> schema() override;
  result<schema_status> migrate() override;
  const std::string& name() const noexcept override { return name_; }
  const database_options& options() const noexcept override { return options_; }

private:
  /// A session that takes no longer to connect than this, where that can be
  /// told.
  using session_source
      = std::function<std::unique_ptr<soci::session>(duration)>;

  /// How to connect, and to what.
  struct way {
    std::string name;
    session_source source;
    pooling pooler = pooling::none;
  };

  static std::unique_ptr<postgres_connection>
  connection_by(const way& where, const database_options& options,
                const time_limits& most);
  std::unique_ptr<job_store>
  new_store(std::unique_ptr<postgres_connection> connection,
            const time_limits& most);
  std::unique_ptr<postgres_connection> new_connection(const time_limits& most);
  std::unique_ptr<postgres_connection> new_connection();
  void check_schema_once(postgres_connection& connection);

  static session_source by(const conninfo& where);

  std::string name_;
  way way_;
  /// Past a transaction pooler, for what needs a session of the server's.
  std::optional<way> direct_;
  database_options options_;
  former_connections_ptr former_ = std::make_shared<former_connections>();
  std::atomic<bool> checked_ = false;
};

} // namespace callboard::store
