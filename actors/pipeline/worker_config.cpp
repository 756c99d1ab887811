#include "actors/pipeline/worker_config.hpp"

#include "store/model/new_job.hpp"
#include "store/model/text.hpp"

#include <set>

namespace callboard {

namespace {

constexpr duration default_poll_interval = std::chrono::seconds{1};
constexpr duration max_poll_interval = std::chrono::hours{24};

// Gathers what is wrong with one queue; each sentence begins with its name.
class findings {
public:
  explicit findings(const std::string& queue)
      : subject_{"queue '" + storable_text(queue, job_limits::name_bytes)
                 + "': "} {}

  void add(const std::string& what) {
    text_ += (text_.empty() ? "" : "; ") + subject_ + what;
  }

  bool any() const noexcept { return !text_.empty(); }

  error to_error() && { return {errc::invalid_config, std::move(text_)}; }

private:
  std::string subject_;
  std::string text_;
};

void check_route(const route& to, const std::string& name, findings& problems) {
  if (!to.function && !to.target)
    problems.add(name + " has no handler; give it a function or an actor");
  if (auto valid = to.options.retry.validate(); !valid)
    problems.add(name + ": " + valid.error().message);
  if (to.options.timeout < duration::zero())
    problems.add(name + ": the timeout is negative; 0 means none");
}

// An actor lives in this process, and can't be taken elsewhere.
void check_isolation(const worker_config& config, findings& problems) {
  if (auto valid = config.isolation->validate(); !valid)
    problems.add(valid.error().message);
  constexpr auto remedy = " is performed by an actor, which can't be isolated; "
                          "give it a queue of its own";
  for (const auto& type : config.handle.types())
    if (config.handle.find(type)->target)
      problems.add("type '" + type + "'" + remedy);
  if (config.handle.rest() && config.handle.rest()->target)
    problems.add(std::string{"every other type"} + remedy);
}

void check_performers(const worker_config& config, findings& problems) {
  if (!config.handle.empty() || !config.middlewares.empty())
    problems.add(
        "its jobs are left to performers, so that handlers and "
        "middlewares belong to them; give jobs that this node performs "
        "a queue of their own");
  if (config.isolation)
    problems.add("its jobs are left to performers; isolate them there");
  if (config.performers->max_attempts < 0)
    problems.add("max_attempts is negative; 0 leaves it to the performers");
  if (config.performers->timeout < duration::zero())
    problems.add("the timeout is negative; 0 means none");
}

} // namespace

result<worker_config> worker_config::normalized() const {
  auto config = *this;
  findings problems{queue};
  if (queue.empty())
    problems.add("the name is empty; name the queue to work on");
  else if (queue.size() > job_limits::name_bytes)
    problems.add("the name is longer than "
                 + std::to_string(job_limits::name_bytes) + " bytes");
  else if (!is_storable_text(queue))
    problems.add("the name is not UTF-8 without NUL");
  if (concurrency > max_concurrency)
    problems.add("concurrency " + std::to_string(concurrency) + " is more than "
                 + std::to_string(max_concurrency)
                 + "; spread the queue over several nodes instead");
  if (poll_interval > max_poll_interval)
    problems.add("poll_interval is longer than a day");
  if (performers)
    check_performers(*this, problems);
  else if (handle.empty())
    problems.add("it has no handlers; add some with `on` or `otherwise`");
  for (const auto& type : handle.types())
    check_route(*handle.find(type), "type '" + type + "'", problems);
  if (handle.rest())
    check_route(*handle.rest(), "every other type", problems);
  for (std::size_t i = 0; i < middlewares.size(); ++i)
    if (!middlewares[i])
      problems.add("middleware " + std::to_string(i) + " is empty");
  if (isolation)
    check_isolation(*this, problems);
  if (problems.any())
    return std::move(problems).to_error();
  if (config.concurrency <= 0)
    config.concurrency = 1;
  if (config.poll_interval <= duration::zero())
    config.poll_interval = default_poll_interval;
  return config;
}

result<std::vector<worker_config>>
normalize(std::vector<worker_config> configs) {
  std::string problems;
  auto add = [&](const std::string& text) {
    problems += (problems.empty() ? "" : "; ") + text;
  };
  std::set<std::string> seen;
  std::set<std::string> told;
  for (auto& config : configs) {
    if (!seen.insert(config.queue).second && told.insert(config.queue).second)
      add("queue '" + config.queue
          + "' stands more than once; merge its handlers into one config");
    auto checked = config.normalized();
    if (checked)
      config = std::move(*checked);
    else
      add(checked.error().message);
  }
  if (!problems.empty())
    return error{errc::invalid_config, std::move(problems)};
  return configs;
}

} // namespace callboard
