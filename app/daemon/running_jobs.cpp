#include "app/daemon/running_jobs.hpp"

namespace callboard::app {

void running_jobs::job_started(const job_facts& job) {
  std::lock_guard lock{mutex_};
  running_[job.fence] = job.queue + "/" + job.type + " " + job.id;
}

std::vector<std::string> running_jobs::names() const {
  std::lock_guard lock{mutex_};
  std::vector<std::string> names;
  for (const auto& [fence, name] : running_)
    names.push_back(name);
  return names;
}

void running_jobs::end(const job_facts& job) {
  std::lock_guard lock{mutex_};
  running_.erase(job.fence);
}

} // namespace callboard::app
