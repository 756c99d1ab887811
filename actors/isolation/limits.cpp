#include "actors/isolation/limits.hpp"

#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <chrono>

namespace callboard::actors {

namespace {

// The hard limit stays: what the system's administrator set can't be raised,
// and the soft one has to be, for the next job.
void set_soft(__rlimit_resource which, rlim_t value) {
  rlimit limit{};
  if (::getrlimit(which, &limit) != 0)
    return;
  limit.rlim_cur = std::min(value, limit.rlim_max);
  ::setrlimit(which, &limit);
}

std::chrono::nanoseconds used() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::seconds{time.tv_sec}
         + std::chrono::nanoseconds{time.tv_nsec};
}

} // namespace

void limit_memory(std::int64_t bytes) {
  set_soft(RLIMIT_DATA, static_cast<rlim_t>(bytes));
}

void limit_cpu_time(duration more) {
  auto end = std::chrono::ceil<std::chrono::seconds>(used() + more);
  set_soft(RLIMIT_CPU, static_cast<rlim_t>(end.count()));
}

} // namespace callboard::actors
