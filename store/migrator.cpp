#include "store/migrator.hpp"

#include <algorithm>

namespace callboard::store {

std::vector<std::string> statements_of(std::string_view text) {
  std::vector<std::string> statements;
  std::string current;
  while (!text.empty()) {
    auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    if (line.empty() || line.starts_with("--"))
      continue;
    current.append(line);
    current.push_back('\n');
    if (line.ends_with(';')) {
      statements.push_back(std::move(current));
      current.clear();
    }
  }
  return statements;
}

schema_status status_of(std::span<const migration> migrations) {
  schema_status status;
  for (const auto& step : migrations) {
    status.required = std::max(status.required, step.version);
    status.steps.push_back({step.version, std::string{step.name}, {}});
  }
  return status;
}

void mark_applied(schema_status& status, int version, time_point when) {
  status.version = std::max(status.version, version);
  for (auto& step : status.steps)
    if (step.version == version)
      step.applied_at = when;
}

result<void> check_schema(const schema_status& status,
                          std::string_view database) {
  if (auto newer = check_not_newer(status, database); !newer)
    return newer;
  if (status.version == status.required)
    return {};
  auto tables = status.version == 0 ? std::string{"has no callboard tables"}
                                    : "has callboard tables of version "
                                          + std::to_string(status.version);
  return error{errc::schema_outdated, std::string{database} + " " + tables
                                          + ", this program needs version "
                                          + std::to_string(status.required)
                                          + ": run `callboard migrate`"};
}

result<void> check_not_newer(const schema_status& status,
                             std::string_view database) {
  if (status.version <= status.required)
    return {};
  return error{errc::schema_too_new, std::string{database}
                                         + " has callboard tables of version "
                                         + std::to_string(status.version)
                                         + ", this program knows only version "
                                         + std::to_string(status.required)
                                         + ": use a newer callboard"};
}

} // namespace callboard::store
