#include "actors/poller/deal.hpp"

#include <iterator>
#include <utility>

namespace callboard::actors {

namespace {

class dealer {
public:
  dealer(std::deque<leased_job>& buffer, const deal_rules& rules)
      : buffer_{buffer}, rules_{rules}, free_{rules.idle_slots} {}

  deal_result run() {
    while (!buffer_.empty() && place(buffer_.front()))
      buffer_.pop_front();
    buffer_.insert(buffer_.begin(), std::make_move_iterator(kept_.begin()),
                   std::make_move_iterator(kept_.end()));
    return std::move(result_);
  }

private:
  /// Moves the job to where it belongs; false when there is no room, and so for
  /// none behind it.
  bool place(leased_job& job) {
    auto suspect = job.suspect && rules_.suspects_wait;
    if (suspect ? job.fence != rules_.alone : rules_.hushed) {
      kept_.push_back(std::move(job));
      return true;
    }
    if (!job.recorded && rules_.last_attempt(job))
      return record(job);
    if (free_ > 0) {
      --free_;
      auto& chunk = result_.chunks.emplace_back();
      chunk.reserve(suspect ? 1 : rules_.chunk);
      chunk.push_back(std::move(job));
      if (!suspect)
        shared_.push_back(result_.chunks.size() - 1);
      return true;
    }
    return !job.recorded && !job.suspect && put_behind(job);
  }

  bool record(leased_job& job) {
    if (free_ == 0)
      return false;
    --free_;
    if (!rules_.recording.contains(job.fence))
      result_.to_record.push_back({job.value.id, job.fence});
    kept_.push_back(std::move(job));
    return true;
  }

  /// All slots have their first job: the next ones in turn.
  bool put_behind(leased_job& job) {
    if (shared_.empty())
      return false;
    auto& chunk = result_.chunks[shared_[next_++ % shared_.size()]];
    if (chunk.size() >= rules_.chunk)
      return false;
    chunk.push_back(std::move(job));
    return true;
  }

  std::deque<leased_job>& buffer_;
  const deal_rules& rules_;
  std::size_t free_;
  std::deque<leased_job> kept_;
  deal_result result_;
  /// The chunks that may grow.
  std::vector<std::size_t> shared_;
  std::size_t next_ = 0;
};

} // namespace

deal_result deal(std::deque<leased_job>& buffer, const deal_rules& rules) {
  if (rules.idle_slots == 0)
    return {};
  return dealer{buffer, rules}.run();
}

} // namespace callboard::actors
