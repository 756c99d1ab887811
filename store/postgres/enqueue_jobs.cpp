#include "store/postgres/enqueue_jobs.hpp"

#include "store/sql/moment.hpp"

#include <string>
#include <string_view>

namespace callboard::store {

namespace {

// Large enough that the round trips don't count, small enough for the server's
// memory and libpq's limit of 1 GiB.
constexpr std::size_t chunk_jobs = 20'000;
constexpr std::size_t chunk_bytes = 32 * 1024 * 1024;

} // namespace

parameters enqueue_chunk(const std::vector<new_job>& jobs, std::size_t& from,
                         std::optional<std::int64_t> clock) {
  std::vector<std::string_view> ids, queues, types, request_ids;
  std::vector<const std::string*> args;
  std::vector<std::int64_t> priorities, max_attempts, timeouts, delays;
  std::vector<std::optional<std::int64_t>> run_ats;
  std::size_t bytes = 0;
  while (from < jobs.size() && ids.size() < chunk_jobs
         && (ids.empty() || bytes + jobs[from].arg.size() <= chunk_bytes)) {
    const auto& one = jobs[from++];
    bytes += one.arg.size();
    ids.push_back(one.id);
    queues.push_back(one.queue);
    types.push_back(one.type);
    args.push_back(&one.arg);
    request_ids.push_back(one.request_id);
    priorities.push_back(one.priority);
    max_attempts.push_back(one.max_attempts);
    timeouts.push_back(bounded(one.timeout).count());
    delays.push_back(bounded(one.delay).count());
    run_ats.push_back(std::nullopt);
    if (one.run_at)
      run_ats.back() = to_micros(*one.run_at);
  }
  parameters values;
  values.add(clock).add(ids).add(queues).add(types).add_bytes(args);
  values.add(request_ids).add(priorities).add(max_attempts).add(timeouts);
  values.add(run_ats).add(delays);
  return values;
}

parameters enqueue_values(const new_job& job,
                          std::optional<std::int64_t> clock) {
  std::optional<std::int64_t> run_at;
  if (job.run_at)
    run_at = to_micros(*job.run_at);
  parameters values;
  values.add(clock).add(std::string_view{job.id});
  values.add(std::string_view{job.queue}).add(std::string_view{job.type});
  values.add_bytes(job.arg).add(std::string_view{job.request_id});
  values.add(std::int64_t{job.priority}).add(std::int64_t{job.max_attempts});
  values.add(std::int64_t{bounded(job.timeout).count()}).add(run_at);
  values.add(std::int64_t{bounded(job.delay).count()});
  return values;
}

} // namespace callboard::store
