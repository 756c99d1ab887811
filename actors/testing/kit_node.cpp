#include "actors/testing/kit_node.hpp"

#include <algorithm>
#include <utility>

namespace callboard::actors {

namespace {

job_facts facts_of(const job& work, std::int64_t fence) {
  return {work.id, work.queue, work.type, work.request_id, work.attempt, fence};
}

/// One line for each event.
class line_writer : public observer {
public:
  explicit line_writer(std::vector<std::string>& to) : to_{to} {}

  void job_started(const job_facts& x) override { add("started " + x.id); }
  void job_completed(const job_facts& x, duration) override {
    add("completed " + x.id);
  }
  void job_rescheduled(const job_facts& x, duration, const next_run&) override {
    add("rescheduled " + x.id);
  }
  void job_will_be_retried(const job_facts& x, duration, duration,
                           const std::string& why) override {
    add("retried " + x.id + ": " + why);
  }
  void job_moved_to_dlq(const job_facts& x, duration,
                        const std::string& why) override {
    add("dead " + x.id + ": " + why);
  }
  void outcome_fenced(const job_facts& x) override { add("fenced " + x.id); }
  void handler_hung(const job_facts& x, duration) override {
    add("hung " + x.id);
  }
  void jobs_reclaimed(std::size_t count, const std::string&) override {
    add("reclaimed " + std::to_string(count));
  }

private:
  void add(std::string line) { to_.push_back(std::move(line)); }

  std::vector<std::string>& to_;
};

} // namespace

kit_node::kit_node(test_kit_options with)
    : options{std::move(with)}, now{options.start} {
  database_options settings;
  settings.clock = [this] {
    return now;
  };
  db = open("sqlite::memory:", std::move(settings));
  join();
}

void kit_node::join() {
  store = db->connect().value();
  store->join("test-kit", "").value();
}

void kit_node::upgrade(std::vector<worker_config> workers) {
  auto checked = normalize(std::move(workers)).value();
  std::vector<worker> next;
  for (auto& config : checked) {
    for (const auto& type : config.handle.types())
      if (config.handle.find(type)->target)
        throw failure{{errc::unsupported,
                       "the test kit performs functions only; the handler of '"
                           + type + "' in queue '" + config.queue
                           + "' is an actor"}};
    auto queue = config.queue;
    auto board = std::make_shared<stop_board>();
    auto run = std::make_shared<executor>(
        std::make_shared<const worker_config>(std::move(config)), board,
        [this](const log_record& line) {
          logged.push_back(line);
          if (options.log)
            options.log(line);
        },
        [this] { return options.draw; }, [this] { return steady(); });
    next.push_back({std::move(queue), std::move(board), std::move(run)});
  }
  workers_ = std::move(next);
}

// -- time ---------------------------------------------------------------------

std::chrono::steady_clock::time_point kit_node::steady() const {
  return std::chrono::steady_clock::time_point{} + std::chrono::hours{1}
         + (now - options.start);
}

std::size_t kit_node::perform_due() {
  std::size_t count = 0;
  while (perform_next())
    if (++count > options.most_attempts)
      throw failure{{errc::timed_out,
                     "the test kit made more than "
                         + std::to_string(options.most_attempts)
                         + " attempts at one moment: some job is due again at "
                           "once for ever (or raise most_attempts)"}};
  return count;
}

std::size_t kit_node::perform_until(time_point end, bool idle_ends) {
  std::size_t count = 0;
  for (;;) {
    count += perform_due();
    if (count > options.most_attempts)
      throw failure{{errc::timed_out,
                     "the test kit made more than "
                         + std::to_string(options.most_attempts)
                         + " attempts in one call: let less time pass at once "
                           "(or raise most_attempts)"}};
    if (next_due_ && now + *next_due_ <= end)
      now += std::max(*next_due_, duration{1});
    else
      break;
  }
  if (!idle_ends || next_due_)
    now = std::max(now, end);
  return count;
}

// -- performing ---------------------------------------------------------------

std::optional<performed_job> kit_node::perform_next() {
  if (running_)
    throw failure{{errc::unsupported,
                   "a handler can't perform jobs: call the test kit's "
                   "perform functions from the test"}};
  next_due_.reset();
  for (const auto& by : workers_)
    if (auto work = lease(by))
      return perform(by, *work);
  return std::nullopt;
}

std::optional<leased_job> kit_node::lease(const worker& by) {
  auto batch = store->lease({{by.queue, 1, true}}).value().front();
  for (const auto& x : batch.exhausted)
    tell(event::settled{facts_of(x, 0), duration{0}, dead{x.last_error}});
  if (batch.next_due)
    next_due_ = std::min(next_due_.value_or(*batch.next_due), *batch.next_due);
  if (batch.jobs.empty())
    return std::nullopt;
  return std::move(batch.jobs.front());
}

performed_job kit_node::record(const leased_job& work) const {
  return {.value = work.value,
          .fence = work.fence,
          .at = running_->began,
          .took = now - running_->began};
}

performed_job kit_node::perform(const worker& by, const leased_job& work) {
  running_ = running_job{.by = &by, .work = &work, .began = now};
  auto end = by.run->run(
      work, [&] { tell(event::started{facts_of(work.value, work.fence)}); });
  auto result = record(work);
  auto given_up = std::move(running_->given_up);
  if (running_->cancelled)
    end.outcome = as_cancelled(std::move(end.outcome));
  auto dies = dying_ || (!given_up && settle_crashes());
  running_.reset();
  if (dies) {
    result.how = performed_job::ending::crashed;
    restart();
    result.error = error_of(work.value.id);
  } else if (given_up) {
    result = std::move(*given_up);
  } else {
    settle(work, end, result);
  }
  done.push_back(result);
  return result;
}

void kit_node::settle(const leased_job& work, const execution& end,
                      performed_job& result) {
  using ending = performed_job::ending;
  auto facts = facts_of(work.value, work.fence);
  auto report = store->settle({end.outcome}).value();
  if (!report.accepted.front()) {
    result.how = ending::fenced;
    tell(event::fenced{facts});
    return;
  }
  const auto& action = end.outcome.action;
  if (const auto* again = std::get_if<retried>(&action)) {
    result.how = ending::retried;
    result.error = again->error;
    result.after = again->after;
  } else if (const auto* last = std::get_if<dead>(&action)) {
    result.how = ending::dead;
    result.error = last->error;
  } else if (const auto* later = std::get_if<rescheduled>(&action)) {
    result.how = ending::rescheduled;
    if (const auto* after = std::get_if<duration>(&later->next))
      result.after = *after;
  }
  tell(event::settled{facts, end.took, action});
}

void kit_node::tell(const job_event& what) {
  line_writer lines{told};
  callboard::tell(lines, what);
  for (const auto& one : options.observers)
    callboard::tell(*one, what);
}

} // namespace callboard::actors
