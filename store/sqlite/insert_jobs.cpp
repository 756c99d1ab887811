#include "store/sqlite/insert_jobs.hpp"

#include "store/sql/moment.hpp"
#include "store/sqlite/guard.hpp"

namespace callboard::store {

void insert_jobs(insert_job_statement& statement,
                 const std::vector<new_job>& jobs, long long now) {
  for (const auto& what : jobs) {
    auto run_at = what.run_at ? to_micros(*what.run_at)
                              : now + bounded(what.delay).count();
    try {
      statement.run(what.id, what.queue, what.type, what.arg, what.request_id,
                    what.priority, what.max_attempts,
                    bounded(what.timeout).count(), run_at, now);
    } catch (const std::exception& cause) {
      if (!is_constraint_violation(cause))
        throw;
      throw failure{{errc::job_already_exists,
                     "job '" + what.id + "' is stored already"}};
    }
  }
}

} // namespace callboard::store
