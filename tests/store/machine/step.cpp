#include "tests/store/machine/step.hpp"

#include <ostream>

using namespace std::chrono_literals;

namespace callboard::machine {

namespace {

const char* name_of(action what) {
  constexpr std::array names{"enqueue", "lease",     "start",   "settle",
                             "release", "heartbeat", "held",    "crash",
                             "join",    "leave",     "reclaim", "advance",
                             "cancel",  "revive",    "purge"};
  return names.at(static_cast<std::size_t>(what));
}

std::string queue_name(const step& x) {
  return "q" + std::to_string(x.queue);
}

} // namespace

std::ostream& operator<<(std::ostream& out, const step& x) {
  return out << name_of(x.what) << " {node " << x.node << ", job " << x.job
             << ", queue " << x.queue << ", " << x.a << ", " << x.b << ", "
             << x.c << "}";
}

std::string node_name(const step& x) {
  return "n" + std::to_string(x.node);
}

std::string job_id(int number) {
  return "j" + std::to_string(number % job_count);
}

std::vector<new_job> jobs_of(const step& x) {
  constexpr std::array delays{0s, 0s, 1s, 4s};
  std::vector<new_job> jobs;
  for (int i = 0; i <= (x.c == 3 ? 1 : 0); ++i) {
    new_job one{.queue = queue_name(x), .type = "t"};
    one.arg = "made";
    one.id = job_id(x.job + i);
    one.request_id = "r";
    one.priority = static_cast<std::int16_t>(x.a - 1);
    one.delay = delays.at(static_cast<std::size_t>(x.b));
    one.max_attempts = x.c;
    jobs.push_back(std::move(one));
  }
  return jobs;
}

lease_request request_of(const step& x) {
  return {.queue = queue_name(x),
          .limit = static_cast<std::size_t>(x.a) + 1,
          .suspects = x.b != 0,
          .start = static_cast<std::size_t>(x.c),
          .isolated = x.job == 0};
}

duration delay_of(const step& x) {
  constexpr std::array delays{0s, 1s, 3s, 0s};
  return delays.at(static_cast<std::size_t>(x.b));
}

duration advance_of(const step& x) {
  constexpr std::array<duration, 4> spans{500ms, 1s, 2s, 5s};
  return spans.at(static_cast<std::size_t>(x.a));
}

reclaim_rule rule_of(const step& x) {
  constexpr std::array graces{0s, 0s, 1s, 2s};
  return {.silence = x.b < 2 ? 10s : 3s,
          .max_crashes = 2 + x.c % 2,
          .grace = graces.at(static_cast<std::size_t>(x.a)),
          .watched = x.job == 0 ? duration{1s} : duration{1h}};
}

std::vector<std::string> cancelled_ids(const step& x) {
  if (x.c == 3)
    return {job_id(x.job), job_id(x.job + 1), job_id(x.job)};
  return {job_id(x.job)};
}

dead_filter filter_of(const step& x) {
  dead_filter filter;
  if (x.a == 0)
    filter.queue = queue_name(x);
  else if (x.a > 1)
    filter.ids = {job_id(x.job)};
  return filter;
}

std::vector<std::size_t> leases_of(const step& x, std::size_t given) {
  if (given == 0)
    return {};
  auto back = static_cast<std::size_t>(x.job + (x.queue == 1 ? job_count : 0));
  auto first = given - 1 - back % given;
  if (x.c == 3 && first > 0)
    return {first, first - 1};
  return {first};
}

settlement settlement_of(const step& x) {
  switch (x.a) {
  case 0:
    return {{}, 0, completed{}};
  case 1:
    return {{}, 0, retried{delay_of(x), "failed once"}};
  case 2: {
    rescheduled again{delay_of(x), std::nullopt};
    if (x.b == 1)
      again.arg = "changed";
    return {{}, 0, std::move(again)};
  }
  default:
    return {{}, 0, dead{"given up"}};
  }
}

} // namespace callboard::machine
