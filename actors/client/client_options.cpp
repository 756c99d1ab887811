#include "actors/client/client.hpp"

#include <string>

namespace callboard {

result<void> client_options::validate() const {
  std::string problems;
  auto check = [&](bool good, const char* problem) {
    if (!good)
      problems += (problems.empty() ? "" : "; ") + std::string{problem};
  };
  check(node_name.size() <= job_limits::name_bytes,
        "node_name is longer than 255 bytes");
  check(shutdown_grace >= duration{0}, "shutdown_grace must not be negative");
  check(hung_grace >= duration{0}, "hung_grace must not be negative");
  check(enqueue_timeout >= std::chrono::milliseconds{100},
        "enqueue_timeout must be at least 100 ms");
  check(heartbeat >= std::chrono::milliseconds{10},
        "heartbeat must be at least 10 ms");
  check(reclaim_interval >= std::chrono::milliseconds{10},
        "reclaim_interval must be at least 10 ms");
  check(silence_limit >= 2 * heartbeat,
        "silence_limit must be at least twice the heartbeat");
  check(max_crashes >= 1, "max_crashes must be at least 1");
  check(settle_connections >= 1, "settle_connections must be at least 1");
  check(settle_connections <= 64, "settle_connections must be at most 64");
  if (cluster)
    if (auto good = cluster->validate(); !good)
      problems += (problems.empty() ? "" : "; ") + good.error().message;
  for (const auto& observer : observers)
    check(observer != nullptr, "an observer is null");
  if (!problems.empty())
    return error{errc::invalid_config, "client options: " + problems};
  return {};
}

} // namespace callboard
