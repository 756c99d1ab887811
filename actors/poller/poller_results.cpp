#include "actors/poller/poller_state.hpp"

#include <algorithm>
#include <map>
#include <utility>

/// The half of the poller that looks at what slots did.
namespace callboard::actors {

job_facts poller_state::facts_of(leased_job&& work) {
  auto& job = work.value;
  return {std::move(job.id),         std::move(job.queue), std::move(job.type),
          std::move(job.request_id), job.attempt,          work.fence};
}

job_facts poller_state::facts_of(const leased_job& work) {
  const auto& job = work.value;
  return {job.id, job.queue, job.type, job.request_id, job.attempt, work.fence};
}

// -- taking results in --------------------------------------------------------

void poller_state::harvest(chunk& work) {
  settle_wish done;
  done.jobs.reserve(work.size());
  std::map<duration, release_wish> back;
  duration total{0};
  for (std::size_t i = 0; i < work.size(); ++i) {
    if (work.at(i) != chunk::state::done || !work.harvest(i))
      continue;
    if (auto wait = work.declined(i)) {
      const auto& job = work.job(i);
      back[*wait].leases.push_back({job.value.id, job.fence});
      continue;
    }
    if (work.ran(i))
      tell_started(work, i);
    auto result = work.take_result(i);
    total += result.took;
    auto last = options_.run->last_attempt(work.job(i));
    if (work.cancelled(i))
      result.outcome = as_cancelled(std::move(result.outcome));
    done.jobs.push_back(
        {std::move(result.outcome), facts_of(work.take(i)), result.took, last});
  }
  for (auto& [wait, wish] : back) {
    wish.wait = wait;
    hungry_ = true;
    self_->send(options_.store, std::move(wish));
  }
  if (done.jobs.empty())
    return;
  demand_.performed(total, done.jobs.size());
  progress_ = now();
  // Observers must hear of a start before they can hear of the outcome.
  flush_events();
  self_->send(options_.store, std::move(done));
}

void poller_state::tell_started(chunk& work, std::size_t i) {
  if (work.announce(i))
    tell(event::started{facts_of(work.job(i))});
}

void poller_state::salvage(chunk& work, const std::string& reason) {
  harvest(work);
  settle_wish lost;
  for (std::size_t i = work.size(); i-- > 0;) {
    const auto& job = work.job(i);
    if (work.take_back(i) || work.never_started(i)) {
      options_.book->buffer.push_front(job);
    } else if (work.at(i) == chunk::state::started) {
      tell_started(work, i);
      auto outcome = options_.run->resolve(job, fail(reason));
      if (work.cancelled(i))
        outcome = as_cancelled(std::move(outcome));
      lost.jobs.push_back({std::move(outcome), facts_of(job), {}});
    }
  }
  flush_events();
  if (!lost.jobs.empty())
    self_->send(options_.store, std::move(lost));
}

void poller_state::take_back_waiting(chunk& work) {
  for (std::size_t i = work.size(); i-- > 0;)
    if (work.take_back(i))
      options_.book->buffer.push_front(work.job(i));
}

void poller_state::release_buffer() {
  auto& book = *options_.book;
  release_wish wish;
  std::erase_if(book.buffer, [&](const leased_job& x) {
    auto stays = (x.suspect && !isolated_) || book.recording.contains(x.fence);
    if (!stays)
      wish.leases.push_back({x.value.id, x.fence});
    return !stays;
  });
  if (wish.leases.empty())
    return;
  hungry_ = true;
  self_->send(options_.store, std::move(wish));
}

// -- looking after busy slots -------------------------------------------------

void poller_state::check(std::uint64_t number) {
  if (!check_.fires(number))
    return;
  auto when = now();
  auto again = false;
  std::vector<lease_ref> late;
  for (auto* slot : options_.book->table.busy())
    again = look_after(*slot, when, late) || again;
  record(std::move(late));
  watch_deadlines(when);
  release_stalled(when);
  if (again)
    arm_check(when + patience);
  pump();
}

void poller_state::arm_check(moment when) {
  if (auto number = check_.arm(when))
    self_->scheduled_send(self_, when, check_atom_v, *number);
}

bool poller_state::look_after(slots::busy_slot& slot, moment when,
                              std::vector<lease_ref>& late) {
  auto& work = *slot.work;
  auto waited = when - slot.since >= patience;
  std::size_t done = 0;
  auto again = false;
  for (std::size_t i = 0; i < work.size(); ++i) {
    switch (work.at(i)) {
    case chunk::state::done:
      ++done;
      break;
    case chunk::state::started:
      tell_started(work, i);
      if (!waited)
        again = true;
      else if (work.record(i))
        late.push_back({work.job(i).value.id, work.job(i).fence});
      // It may not have been on the board yet when that was asked.
      if (work.cancelled(i))
        options_.board->stop_one(work.job(i).value.id, work.job(i).fence,
                                 stop_reason::cancelled);
      break;
    case chunk::state::taken:
    case chunk::state::given_up:
      break;
    default:
      again = true;
    }
  }
  auto stuck = waited && done == slot.seen_done;
  slot.seen_done = done;
  if (stuck && work.size() > 1)
    take_back_waiting(work);
  return again;
}

/// What can't begin since all slots are stuck goes back to the store, where
/// every node can get it.
void poller_state::release_stalled(moment when) {
  if (draining_)
    return;
  fill_slots();
  auto& book = *options_.book;
  if (book.buffer.empty() || book.table.idle_count() > book.recording.size()
      || when - progress_ < demand_.stall_time())
    return;
  demand_.stalled();
  release_buffer();
}

void poller_state::watch_deadlines(moment when) {
  options_.board->stop_overdue(when);
  for (const auto& job : options_.board->take_hung(when, options_.hung_grace))
    give_up(job, when);
  if (auto next = options_.board->next_deadline(options_.hung_grace))
    arm_check(std::max(*next, when + patience));
}

void poller_state::give_up(const stop_board::entry& hung, moment when) {
  auto& book = *options_.book;
  for (auto* slot : book.table.busy()) {
    // The table may let go of it below.
    auto work = slot->work;
    for (std::size_t i = 0; i < work->size(); ++i) {
      const auto& job = work->job(i);
      if (job.fence != hung.fence || !work->give_up(i))
        continue;
      take_back_waiting(*work);
      harvest(*work);
      tell_started(*work, i);
      auto ran = std::chrono::duration_cast<duration>(when - hung.started);
      tell(event::hung{facts_of(job), ran});
      flush_events();
      auto outcome = options_.run->resolve_hung(job, options_.hung_grace);
      if (work->cancelled(i))
        outcome = as_cancelled(std::move(outcome));
      settle_wish done;
      done.jobs.push_back({std::move(outcome), facts_of(job), ran});
      self_->send(options_.store, std::move(done));
      auto handle = book.handles.extract(slot->slot);
      book.table.remove(slot->slot);
      self_->demonitor(handle.mapped().address());
      self_->send(options_.supervisor,
                  slot_hung{queue(),
                            caf::actor_cast<caf::strong_actor_ptr>(
                                std::move(handle.mapped())),
                            facts_of(job)});
      return replace_slot();
    }
  }
}

// -- telling ------------------------------------------------------------------

void poller_state::tell(job_event event) {
  events_.push_back(std::move(event));
}

void poller_state::flush_events() {
  if (!events_.empty())
    self_->send(options_.metrics, event_batch{std::exchange(events_, {})});
}

void poller_state::failed(const error& why) {
  tell(event::worker_failed{queue(), why});
}

void poller_state::gauge() {
  auto running = static_cast<int>(options_.book->table.busy_count());
  auto before = std::exchange(options_.book->counted_running, running);
  if (running == before)
    return;
  auto& load = *options_.load;
  auto sum = load.running += running - before;
  options_.numbers->gauge(queue(), sum, load.concurrency);
}

} // namespace callboard::actors
