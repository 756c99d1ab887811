#include "store/model/new_job.hpp"

#include "store/model/job_id.hpp"
#include "store/model/text.hpp"

#include <string_view>
#include <unordered_set>
#include <utility>

namespace callboard {

namespace {

constexpr auto longest_delay = std::chrono::hours{24} * 36'525;
constexpr time_point latest_run
    = std::chrono::sys_days{std::chrono::year{9999} / 12 / 31}
      + std::chrono::hours{24} - duration{1};

// Checks one job of a bulk; keeps its first fault. Texts are made for faults
// only: a bulk has many jobs.
class checker {
public:
  checker(std::size_t position, std::size_t count)
      : position_{position}, count_{count} {}

  void expect(bool good, errc code, std::string_view field,
              std::string_view what) {
    if (good || fault_)
      return;
    auto place = std::string{"job"};
    if (count_ > 1)
      place += " " + std::to_string(position_ + 1) + " of "
               + std::to_string(count_);
    fault_ = error{code,
                   place + ": " + std::string{field} + " " + std::string{what}};
  }

  void size(errc code, std::string_view field, const std::string& value,
            std::size_t limit) {
    if (value.size() > limit)
      expect(false, code, field,
             "has " + std::to_string(value.size()) + " bytes; at most "
                 + std::to_string(limit) + " are allowed");
  }

  void name(std::string_view field, const std::string& value) {
    size(errc::invalid_job, field, value, job_limits::name_bytes);
    expect(is_storable_text(value), errc::invalid_job, field,
           "must be UTF-8 text without NUL");
  }

  void required_name(std::string_view field, const std::string& value) {
    expect(!value.empty(), errc::invalid_job, field,
           "is empty; every job needs one");
    name(field, value);
  }

  const std::optional<error>& fault() const { return fault_; }

private:
  std::size_t position_;
  std::size_t count_;
  std::optional<error> fault_;
};

std::optional<error> fault_of(const new_job& job, std::size_t arg_limit,
                              checker check) {
  check.required_name("queue", job.queue);
  check.required_name("type", job.type);
  check.name("id", job.id);
  check.name("request_id", job.request_id);
  check.size(errc::arg_too_large, "arg", job.arg, arg_limit);
  check.expect(job.delay >= duration::zero(), errc::invalid_job, "delay",
               "is negative; 0 runs it at once");
  check.expect(job.delay <= longest_delay, errc::invalid_job, "delay",
               "is longer than 100 years");
  check.expect(!job.run_at || job.delay == duration::zero(), errc::invalid_job,
               "run_at", "and delay are both given; keep one of them");
  check.expect(
      !job.run_at || (*job.run_at >= time_point{} && *job.run_at <= latest_run),
      errc::invalid_job, "run_at", "must lie between the years 1970 and 9999");
  check.expect(job.max_attempts >= 0, errc::invalid_job, "max_attempts",
               "is negative; 0 leaves it to the retry policy");
  check.expect(job.timeout >= duration::zero(), errc::invalid_job, "timeout",
               "is negative; 0 leaves it to the type's setting");
  check.expect(job.timeout <= longest_delay, errc::invalid_job, "timeout",
               "is longer than 100 years");
  return check.fault();
}

} // namespace

result<std::vector<new_job>> prepare(std::vector<new_job> jobs,
                                     const std::string& request_id,
                                     std::size_t arg_limit) {
  if (jobs.empty())
    return error{errc::empty_bulk, "there is no job to enqueue"};
  // A fault leaves nothing behind: all are checked before anything is made.
  std::unordered_set<std::string_view> ids;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    auto& job = jobs[i];
    if (job.request_id.empty())
      job.request_id = request_id;
    if (auto fault = fault_of(job, arg_limit, {i, jobs.size()}))
      return *std::move(fault);
    if (!job.id.empty() && !ids.insert(job.id).second)
      return error{errc::job_already_exists,
                   "job " + std::to_string(i + 1) + " of "
                       + std::to_string(jobs.size()) + ": id '" + job.id
                       + "' stands twice in this bulk"};
  }
  std::string shared;
  for (auto& job : jobs) {
    if (job.id.empty())
      job.id = new_job_id();
    if (job.request_id.empty()) {
      if (shared.empty())
        shared = new_request_id();
      job.request_id = shared;
    }
  }
  return jobs;
}

} // namespace callboard
