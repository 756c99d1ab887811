#pragma once

#include "actors/pipeline/observer.hpp"

#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace callboard::app {

/// Knows which jobs run on this node, to tell when a drain begins.
class running_jobs : public observer {
public:
  void job_started(const job_facts& job) override;
  void job_completed(const job_facts& job, duration) override { end(job); }
  void job_rescheduled(const job_facts& job, duration,
                       const next_run&) override {
    end(job);
  }
  void job_will_be_retried(const job_facts& job, duration, duration,
                           const std::string&) override {
    end(job);
  }
  void job_moved_to_dlq(const job_facts& job, duration,
                        const std::string&) override {
    end(job);
  }
  void outcome_fenced(const job_facts& job) override { end(job); }

  /// "mail/welcome 0190...", each. Any thread.
  std::vector<std::string> names() const;

private:
  void end(const job_facts& job);

  mutable std::mutex mutex_;
  /// By fence, which is never given twice.
  std::map<std::int64_t, std::string> running_;
};

} // namespace callboard::app
