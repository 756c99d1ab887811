#include "actors/storage/settle_queue.hpp"

#include <iterator>
#include <utility>

namespace callboard::actors {

namespace {

/// Whether the failure can be the fault of one outcome in the batch.
bool blames_an_outcome(errc code) {
  switch (code) {
  case errc::invalid_job:
  case errc::invalid_schedule:
  case errc::arg_too_large:
  case errc::job_already_exists:
  case errc::job_not_found:
  case errc::database_error:
  case errc::internal:
    return true;
  default:
    return false;
  }
}

} // namespace

void settle_queue::add(std::vector<finished_job> jobs) {
  for (auto& job : jobs) {
    auto& one = waiting_.emplace_back(pending_outcome{.job = std::move(job)});
    if (one.job.last_attempt)
      owed_.insert(one.last = ++last_given_);
  }
}

settle_queue::batch settle_queue::take() {
  batch next;
  while (!waiting_.empty() && next.size() < largest_batch) {
    auto alone = waiting_.front().alone;
    if (alone && !next.empty())
      break;
    next.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
    if (alone)
      break;
  }
  in_flight_ += next.size();
  return next;
}

void settle_queue::done(const batch& sent) {
  in_flight_ -= sent.size();
  for (const auto& one : sent)
    if (one.last > 0)
      owed_.erase(one.last);
}

void settle_queue::failed(batch sent, const error& why) {
  in_flight_ -= sent.size();
  for (auto& one : sent) {
    if (why.code == errc::commit_unknown)
      one.in_doubt = true;
    if (!blames_an_outcome(why.code))
      continue;
    if (one.alone && ++one.refusals >= most_refusals) {
      one.job.outcome.action
          = dead{"the outcome could not be stored: " + to_string(why)};
      one.refusals = 0;
    }
    one.alone = true;
  }
  waiting_.insert(waiting_.begin(), std::make_move_iterator(sent.begin()),
                  std::make_move_iterator(sent.end()));
}

} // namespace callboard::actors
