#pragma once

#include "store/job_store.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::app::bench {

/// Every queue of a bench begins so.
inline constexpr std::string_view queue_prefix = "callboard-bench-";

/// Names for one run that nobody else has.
std::vector<std::string> new_queues(std::size_t count);

/// The queues of benches that have jobs or dead letters.
result<std::vector<queue_counts>> used_bench_queues(job_store& store);

/// Whether a job of one of the `queues` runs.
result<bool> any_running(job_store& store,
                         const std::vector<std::string>& queues);

/// Removes what waits or is dead in those of the `queues` that are a bench's.
/// Running jobs stay. Answers how many jobs there were.
result<std::size_t> remove_jobs(job_store& store,
                                const std::vector<std::string>& queues);

} // namespace callboard::app::bench
