#pragma once

#include "store/database.hpp"

#include <mutex>
#include <string>

namespace callboard::store {

/// A database that is reached by the user's own sessions; which one it is
/// shows at the first of them.
class provider_database final : public database {
public:
  provider_database(session_provider provider, database_options options);

  result<std::unique_ptr<job_store>> connect() override;
  result<std::unique_ptr<job_store>>
  connect_within(const time_limits& most) override;
  bool single_writer() const noexcept override;
  result<std::unique_ptr<wake_listener>> listen() override;
  result<schema_status> schema() override;
  result<schema_status> migrate() override;
  const std::string& name() const noexcept override { return name_; }
  const database_options& options() const noexcept override { return options_; }

private:
  result<database_ptr> known();

  std::string name_ = "the session provider's database";
  session_provider provider_;
  database_options options_;
  mutable std::mutex mutex_;
  database_ptr known_;
};

} // namespace callboard::store
