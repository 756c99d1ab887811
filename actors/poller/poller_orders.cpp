#include "actors/poller/poller_state.hpp"

#include <algorithm>
#include <utility>

/// The half of the poller that does as others say: records of starts, jobs that
/// were cancelled, and suspects that are to be alone.
namespace callboard::actors {

// -- starts -------------------------------------------------------------------

void poller_state::recorded(const start_answer& answer) {
  auto& book = *options_.book;
  for (std::size_t i = 0; i < answer.leases.size(); ++i) {
    const auto& lease = answer.leases[i];
    book.recording.erase(lease.fence);
    auto found = std::find_if(
        book.buffer.begin(), book.buffer.end(),
        [&](const leased_job& x) { return x.fence == lease.fence; });
    auto ours = i < answer.ours.size() && answer.ours[i];
    if (found != book.buffer.end() && ours) {
      found->recorded = true;
    } else if (found != book.buffer.end()) {
      if (options_.log)
        options_.log({log_level::warning,
                      "job '" + lease.id + "' of queue '" + queue()
                          + "' was not started: its lease ("
                          + std::to_string(lease.fence)
                          + ") is another's by now",
                      {}});
      book.buffer.erase(found);
      hungry_ = true;
    } else if (!ours) {
      options_.board->stop_one(lease.id, lease.fence, stop_reason::lease_lost);
    }
  }
  pump();
}

// -- cancelled jobs -----------------------------------------------------------

void poller_state::cancel(const std::vector<lease_ref>& leases) {
  settle_wish done;
  auto bury = [&](const leased_job& x) {
    done.jobs.push_back(
        {{x.value.id, x.fence, dead{"cancelled: it had not started"}},
         facts_of(x),
         {}});
  };
  auto& book = *options_.book;
  for (const auto& lease : leases) {
    auto found = std::find_if(
        book.buffer.begin(), book.buffer.end(),
        [&](const leased_job& x) { return x.fence == lease.fence; });
    if (found != book.buffer.end()) {
      bury(*found);
      book.recording.erase(lease.fence);
      book.buffer.erase(found);
      hungry_ = true;
      continue;
    }
    for (auto* slot : book.table.busy()) {
      auto& work = *slot->work;
      for (std::size_t i = 0; i < work.size(); ++i) {
        if (work.job(i).fence != lease.fence)
          continue;
        if (work.take_back(i)) {
          bury(work.job(i));
        } else {
          work.cancel(i);
          options_.board->stop_one(lease.id, lease.fence,
                                   stop_reason::cancelled);
          arm_check(now() + patience);
        }
      }
    }
  }
  if (!done.jobs.empty())
    self_->send(options_.store, std::move(done));
  pump();
}

// -- suspects -----------------------------------------------------------------

void poller_state::hush(bool on) {
  hushed_ = on;
  told_hushed_ = false;
  if (on)
    for (auto* slot : options_.book->table.busy())
      take_back_waiting(*slot->work);
  else
    hungry_ = true;
  if (draining_)
    hand_up();
  pump();
}

void poller_state::let_start(std::int64_t suspect) {
  alone_ = suspect;
  pump();
}

void poller_state::announce_suspect() {
  if (isolated_ || suspect_)
    return;
  for (const auto& job : options_.book->buffer)
    if (job.suspect) {
      suspect_ = job.fence;
      self_->send(options_.supervisor, suspect_found{options_.id, job.fence});
      return;
    }
}

void poller_state::end_suspect() {
  if (!suspect_ || holds(*suspect_))
    return;
  self_->send(options_.supervisor, suspect_over{*suspect_});
  suspect_.reset();
  alone_.reset();
}

bool poller_state::holds(std::int64_t fence) const {
  auto& book = *options_.book;
  auto is = [&](const leased_job& x) {
    return x.fence == fence;
  };
  if (std::any_of(book.buffer.begin(), book.buffer.end(), is))
    return true;
  for (auto* slot : book.table.busy())
    for (std::size_t i = 0; i < slot->work->size(); ++i)
      if (is(slot->work->job(i)) && !slot->work->harvested(i))
        return true;
  return false;
}

bool poller_state::loud(const chunk& work) const {
  const auto& handlers = options_.run->config().handle;
  for (std::size_t i = 0; i < work.size(); ++i) {
    if (work.harvested(i) || work.at(i) == chunk::state::taken)
      continue;
    const auto* to = handlers.find(work.job(i).value.type);
    if (!to || !to->isolated())
      return true;
  }
  return false;
}

void poller_state::tell_hushed() {
  if (!hushed_ || told_hushed_ || !asked_.empty())
    return;
  for (auto* slot : options_.book->table.busy())
    if (loud(*slot->work))
      return;
  told_hushed_ = true;
  self_->send(options_.supervisor, hushed{options_.id});
}

} // namespace callboard::actors
