#pragma once

#include "store/database.hpp"
#include "store/postgres/postgres_connection.hpp"

#include <memory>

namespace callboard::store {

/// Waits for the notifications of `job_store::wake`, `cancel` and `join`.
class postgres_listener final : public wake_listener {
public:
  /// Starts to listen. Throws `failure`.
  explicit postgres_listener(std::unique_ptr<postgres_connection> connection);
  ~postgres_listener() override;

  result<hints> wait(duration limit) override;
  void interrupt() noexcept override;

private:
  hints drain();

  std::unique_ptr<postgres_connection> connection_;
  /// The channel that tells of joins.
  std::string joins_;
  int interrupt_ = -1;
};

} // namespace callboard::store
