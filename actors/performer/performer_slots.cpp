#include "actors/cluster/wire/type_ids.hpp"
#include "actors/performer/performer_state.hpp"
#include "actors/poller/poller.hpp"

#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>

#include <algorithm>
#include <utility>

/// The part of the performer that owns slots.
namespace callboard::actors {

// -- slots --------------------------------------------------------------------

void performer_state::add_slot(const line_ptr& to) {
  auto number = to->table.add();
  auto handle = options_.make_slot(
      self_->system(), {.number = number,
                        .owner = caf::actor_cast<slot_owner_actor>(self_),
                        .run = to->run,
                        .board = to->board,
                        .mode = options_.mode});
  self_->monitor(handle);
  to->handles.emplace(number, std::move(handle));
}

void performer_state::retire(line& of, slots::number slot) {
  of.table.remove(slot);
  auto handle = of.handles.extract(slot);
  self_->demonitor(handle.mapped().address());
  self_->send_exit(handle.mapped(), caf::exit_reason::user_shutdown);
}

void performer_state::slot_died(const caf::down_msg& down) {
  if (auto late = hung_.extract(down.source)) {
    const auto& slot = late.mapped();
    options_.numbers->hung(slot.queue, count_hung(slot.queue));
    return log(log_level::info,
               "a handler came back that was given up; what it answered was "
               "dropped",
               {{"queue", slot.queue}, {"job_id", slot.id}});
  }
  std::set<line_ptr> all = old_;
  for (const auto& [queue, one] : lines_)
    all.insert(one);
  for (const auto& one : all) {
    auto found = std::find_if(
        one->handles.begin(), one->handles.end(),
        [&](const auto& x) { return x.second.address() == down.source; });
    if (found == one->handles.end())
      continue;
    auto number = found->first;
    auto reason = self_->system().render(down.reason);
    log(log_level::error, "a slot died",
        {{"queue", one->queue}, {"why", reason}});
    one->handles.erase(found);
    auto* busy = one->table.find_busy(number);
    auto work = busy ? busy->work : nullptr;
    one->table.remove(number);
    if (!one->old && restarts_.take(now()))
      add_slot(one);
    else if (!one->old)
      --one->concurrency;
    if (!work)
      return;
    if (work->at(0) == chunk::state::started)
      return end(work->number(),
                 answer(fail("the slot of the performer died: " + reason)));
    return end(work->number(), std::nullopt);
  }
}

void performer_state::check(std::uint64_t number) {
  if (!check_.fires(number))
    return;
  auto when = now();
  auto again = false;
  std::set<line_ptr> busy;
  for (auto& [key, what] : running_) {
    busy.insert(what.where);
    auto state = what.work->at(0);
    if (state == chunk::state::started)
      tell_started(what);
    else if (state != chunk::state::done)
      again = true;
    if (what.asked != stop_reason::none) {
      const auto& work = what.work->job(0);
      what.where->board->stop_one(work.value.id, work.fence, what.asked);
    }
  }
  for (const auto& one : busy) {
    one->board->stop_overdue(when);
    for (const auto& job : one->board->take_hung(when, options_.hung_grace))
      give_up(one, job, when);
    if (auto next = one->board->next_deadline(options_.hung_grace))
      watch(std::max(*next, when + patience));
  }
  if (again)
    watch(when + patience);
}

void performer_state::watch(moment when) {
  if (auto number = check_.arm(when))
    self_->scheduled_send(self_, when, check_atom_v, *number);
}

void performer_state::give_up(const line_ptr& of, const stop_board::entry& hung,
                              moment when) {
  auto found
      = std::find_if(running_.begin(), running_.end(), [&](const auto& x) {
          return x.second.where == of
                 && x.second.work->job(0).fence == hung.fence;
        });
  if (found == running_.end() || !found->second.work->give_up(0))
    return;
  auto& what = found->second;
  tell_started(what);
  const auto& work = what.work->job(0);
  const auto& job = work.value;
  auto ran = std::chrono::duration_cast<duration>(when - hung.started);
  tell(event::hung{
      {job.id, job.queue, job.type, job.request_id, job.attempt, work.fence},
      ran});
  auto outcome = of->run->resolve_hung(work, options_.hung_grace).action;
  auto handle = of->handles.extract(what.slot);
  of->table.remove(what.slot);
  // Its end is still of interest: it is monitored on.
  hung_.emplace(handle.mapped().address(), hung_slot{of->queue, job.id, when});
  auto count = count_hung(of->queue);
  options_.numbers->hung(of->queue, count);
  if (!of->old && count <= most_hung_slots) {
    add_slot(of);
  } else if (!of->old) {
    --of->concurrency;
    log(log_level::error,
        "handlers did not stop after their timeout, and still hold their "
        "threads; the queue has a slot less until the process starts anew",
        {{"queue", of->queue}, {"hung", std::to_string(count)}});
  }
  end(found->first,
      answer(
          std::visit([](auto x) { return callboard::outcome{x}; }, outcome)));
}

std::size_t performer_state::count_hung(const std::string& queue) const {
  return static_cast<std::size_t>(
      std::count_if(hung_.begin(), hung_.end(),
                    [&](const auto& x) { return x.second.queue == queue; }));
}

} // namespace callboard::actors
