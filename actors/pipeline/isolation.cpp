#include "actors/pipeline/isolation.hpp"

namespace callboard {

result<void> process_isolation::validate() const {
  std::string problems;
  auto check = [&](bool good, const char* problem) {
    if (!good)
      problems += (problems.empty() ? "" : "; ") + std::string{problem};
  };
  check(memory == 0 || memory >= least_memory,
        "isolation: memory must be at least 16 MiB, or 0 for no limit");
  check(cpu_time >= duration{0},
        "isolation: cpu_time must not be negative; 0 means no limit");
  check(recycle_after >= 0,
        "isolation: recycle_after must not be negative; 0 means never");
  check(kill_after >= duration{0}, "isolation: kill_after must not be "
                                   "negative");
  if (!problems.empty())
    return error{errc::invalid_config, problems};
  return {};
}

} // namespace callboard
