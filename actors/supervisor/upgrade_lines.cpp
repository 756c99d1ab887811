#include "actors/supervisor/upgrade_lines.hpp"

#include <utility>

namespace callboard::actors {

namespace {

// "1 job", "2 jobs"
std::string count(const std::vector<std::string>& jobs) {
  return std::to_string(jobs.size()) + (jobs.size() == 1 ? " job" : " jobs");
}

std::string names(const std::vector<std::string>& jobs) {
  std::string all;
  for (const auto& job : jobs)
    all += (all.empty() ? "" : ", ") + job;
  return all;
}

} // namespace

log_record new_workers(const std::vector<std::string>& jobs) {
  auto verb = jobs.size() == 1 ? " of the old ones still runs: "
                               : " of the old ones still run: ";
  return {log_level::info,
          "the new workers have begun; " + count(jobs) + verb + names(jobs),
          {}};
}

log_record asked_to_stop(const std::vector<std::string>& jobs) {
  return {log_level::warning,
          "asked to stop, since their queue was taken away: " + names(jobs),
          {}};
}

} // namespace callboard::actors
