#include "actors/poller/poller.hpp"

#include "actors/poller/deal.hpp"
#include "actors/poller/poller_state.hpp"

#include <caf/actor_system.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace callboard::actors {

namespace {

std::size_t bytes_of(const std::vector<leased_job>& jobs) {
  std::size_t bytes = 0;
  for (const auto& job : jobs)
    bytes += job.value.arg.size();
  return bytes;
}

poller_actor::behavior_type
poller(poller_actor::stateful_pointer<poller_state> self,
       poller_options options) {
  auto* state = &self->state;
  state->start(std::move(options));
  return {
      [state](const grant& x) { state->granted(x.credits); },
      [state](const slot_limit& x) { state->limit(x.most); },
      [state](const adoption& x) { state->adopt(*x.jobs); },
      [state](drain_atom) { state->drain(); },
      [state](const wake_up& x) { state->wake(x.after); },
      [state](const leases_lost& x) { state->lose(x.last_fence); },
      [state](const leases_cancelled& x) { state->cancel(x.leases); },
      [state](const actors::hush& x) { state->hush(x.on); },
      [state](const suspect_alone& x) { state->let_start(x.fence); },
      [state](lease_answer& x) { state->leased(x); },
      [state](const start_answer& x) { state->recorded(x); },
      [state](const performed& x) { state->finished(x); },
      [state](alarm_atom, std::uint64_t number) { state->alarm(number); },
      [state](check_atom, std::uint64_t number) { state->check(number); },
  };
}

} // namespace

poller_actor spawn_poller(caf::actor_system& sys, poller_options options) {
  return sys.spawn(poller, std::move(options));
}

void poller_state::start(poller_options options) {
  options_ = std::move(options);
  isolated_ = options_.run->config().handle.isolated();
  hushed_ = options_.hushed && !isolated_;
  rhythm_.emplace(options_.run->config().poll_interval);
  self_->set_down_handler([this](caf::down_msg& down) { slot_died(down); });
  // The slots of a poller that died get a new one.
  auto& book = *options_.book;
  // Whoever asked for them is dead: ask again.
  book.recording.clear();
  for (const auto& [number, handle] : book.handles) {
    self_->monitor(handle);
    self_->send(handle, serve_atom_v);
  }
  if (!book.table.busy().empty())
    arm_check(now() + patience);
  draining_ = options_.draining;
  if (draining_)
    return drain();
  while (book.table.size() < book.credits)
    add_slot();
  pump();
}

// -- messages -----------------------------------------------------------------

void poller_state::granted(std::size_t credits) {
  options_.book->credits += credits;
  for (std::size_t i = 0; i < credits; ++i)
    add_slot();
  pump();
}

void poller_state::limit(std::size_t most) {
  options_.book->most = most;
  // More slots come: there may have been jobs for them for long.
  hungry_ = hungry_ || most > options_.book->credits;
  pump();
}

void poller_state::adopt(std::vector<leased_job>& jobs) {
  auto& buffer = options_.book->buffer;
  buffer.insert(buffer.end(), std::make_move_iterator(jobs.begin()),
                std::make_move_iterator(jobs.end()));
  jobs.clear();
  if (draining_)
    hand_up();
  pump();
}

void poller_state::drain() {
  draining_ = true;
  for (auto* slot : options_.book->table.busy())
    take_back_waiting(*slot->work);
  hand_up();
  retire_idle();
  pump();
}

void poller_state::wake(duration after) {
  if (draining_)
    return;
  if (after > duration{0}) {
    set_alarm(now() + after, false);
    return;
  }
  if (!asked_.empty())
    woken_ = true;
  if (!asked_.empty() && std::exchange(waiting_, false))
    self_->send(options_.store, gather_atom_v);
  patient_ = false;
  hungry_ = true;
  pump();
}

void poller_state::lose(std::int64_t last_fence) {
  auto old = [=](const leased_job& x) {
    return x.fence <= last_fence;
  };
  std::erase_if(options_.book->buffer, old);
  for (auto* slot : options_.book->table.busy()) {
    auto& work = *slot->work;
    for (std::size_t i = 0; i < work.size(); ++i)
      if (old(work.job(i)) && !work.take_back(i))
        options_.board->stop_one(work.job(i).value.id, work.job(i).fence,
                                 stop_reason::lease_lost);
  }
  hungry_ = true;
  pump();
}

void poller_state::leased(lease_answer& answer) {
  auto asked = asked_.front();
  asked_.pop_front();
  auto woken = std::exchange(woken_, false);
  auto when = now();
  auto tick = false;
  if (answer.failure) {
    // Once for a row of failures; what concerns the whole node, the store pool
    // has told.
    if (!rhythm_->failing() && !is_outage(answer.failure->code))
      failed(*answer.failure);
    hungry_ = false;
    when += rhythm_->after_error(options_.draw());
  } else {
    auto& batch = *answer.batch;
    // One that was asked for ahead began when the one before was answered.
    demand_.leased(std::chrono::duration_cast<duration>(
        when - std::max(asked.at, answered_at_)));
    answered_at_ = when;
    demand_.arrived(batch.jobs.size(), bytes_of(batch.jobs));
    if (!batch.jobs.empty())
      tell(event::leased{queue(), batch.jobs.size()});
    for (const auto& job : batch.exhausted)
      tell(event::settled{
          {job.id, job.queue, job.type, job.request_id, job.attempt, 0},
          duration{0},
          dead{job.last_error}});
    auto empty = batch.jobs.empty() && batch.exhausted.empty();
    if (empty)
      tell(event::queue_empty{queue()});
    // A suspect comes alone, so that others may be due behind it.
    auto full = batch.jobs.size() >= asked.jobs
                || std::any_of(batch.jobs.begin(), batch.jobs.end(),
                               [](const auto& x) { return x.suspect; });
    hungry_ = full || woken;
    flowing_ = full;
    if (!hungry_) {
      auto rest = rhythm_->after_answer(empty, batch.next_due);
      tick = rhythm_->is_longest(rest);
      when = tick ? rhythm_->tick(asked.at, options_.ticks) : asked.at + rest;
    }
    auto& buffer = options_.book->buffer;
    buffer.insert(buffer.end(), std::make_move_iterator(batch.jobs.begin()),
                  std::make_move_iterator(batch.jobs.end()));
    batch.jobs.clear();
  }
  if (draining_) {
    hand_up();
    flush_events();
    return quit_when_done();
  }
  if (!hungry_)
    set_alarm(when, tick);
  pump();
}

void poller_state::finished(const performed& what) {
  auto* slot = options_.book->table.find_busy(what.slot);
  if (!slot || slot->work->number() != what.chunk)
    return;
  auto work = slot->work;
  harvest(*work);
  if (what.last) {
    options_.book->table.finish(what.slot);
    // A suspect is done: another may come.
    if (work->job(0).suspect)
      hungry_ = true;
    if (draining_)
      retire(what.slot);
  }
  pump();
}

void poller_state::alarm(std::uint64_t number) {
  if (!alarm_.fires(number) || draining_)
    return;
  patient_ = ticking_ && !hungry_;
  hungry_ = true;
  pump();
}

void poller_state::set_alarm(moment when, bool tick) {
  auto number = alarm_.arm(when);
  if (!number)
    return;
  ticking_ = tick;
  self_->scheduled_send(self_, when, alarm_atom_v, *number);
}

// -- giving work out ----------------------------------------------------------

void poller_state::pump() {
  if (hushed_)
    release_buffer();
  if (!draining_) {
    shed();
    announce_suspect();
    fill_slots();
    lease_more();
    if (!options_.book->buffer.empty())
      arm_check(now() + demand_.stall_time());
  }
  end_suspect();
  tell_hushed();
  gauge();
  flush_events();
  quit_when_done();
}

void poller_state::fill_slots() {
  auto& book = *options_.book;
  if (book.buffer.empty() || book.table.idle_count() == 0)
    return;
  auto when = now();
  auto dealt = deal(book.buffer, {.idle_slots = book.table.idle_count(),
                                  .chunk = demand_.chunk(),
                                  .last_attempt =
                                      [this](const leased_job& x) {
                                        return options_.run->last_attempt(x);
                                      },
                                  .recording = book.recording,
                                  .hushed = hushed_,
                                  .suspects_wait = !isolated_,
                                  .alone = alone_});
  for (auto& jobs : dealt.chunks) {
    auto slot = *book.table.idle();
    auto work = std::make_shared<chunk>(book.next_chunk++, std::move(jobs));
    book.table.give(slot, work, when);
    self_->send(book.handles.at(slot), std::move(work));
  }
  for (const auto& lease : dealt.to_record)
    book.recording.insert(lease.fence);
  record(std::move(dealt.to_record));
  if (dealt.chunks.empty())
    return;
  progress_ = when;
  arm_check(when + patience);
}

void poller_state::lease_more() {
  if (!hungry_ || hushed_)
    return;
  // A second one while the first is under way keeps the database busy between
  // them: worth it as long as all come back full.
  auto ahead = !asked_.empty();
  if (ahead && (!flowing_ || asked_.size() > 1))
    return;
  auto& book = *options_.book;
  auto idle = book.table.idle_count();
  auto buffered = book.buffer.size();
  for (const auto& one : asked_)
    buffered += one.jobs;
  auto jobs = demand_.want(idle, book.table.size(), buffered);
  if (jobs == 0)
    return;
  // What idle slots begin at once; the others may have to lie here a while.
  auto begin = std::min(jobs, idle - std::min(idle, buffered));
  auto holds_suspect = std::any_of(book.buffer.begin(), book.buffer.end(),
                                   [](const auto& x) { return x.suspect; });
  for (auto* slot : book.table.busy())
    holds_suspect = holds_suspect || slot->work->job(0).suspect;
  if (!ahead) {
    waiting_ = patient_;
    woken_ = false;
  }
  asked_.push_back({jobs, now()});
  self_->send(options_.store,
              lease_wish{{.queue = queue(),
                          .limit = jobs,
                          .suspects = !ahead && !holds_suspect,
                          .start = begin,
                          .isolated = isolated_},
                         !ahead && std::exchange(patient_, false),
                         ahead,
                         ahead && book.credits > 1});
}

void poller_state::record(std::vector<lease_ref> leases) {
  if (!leases.empty())
    self_->send(options_.store, start_wish{std::move(leases)});
}

} // namespace callboard::actors
