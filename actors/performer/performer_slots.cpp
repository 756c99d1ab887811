#include "actors/cluster/wire/type_ids.hpp"
#include "actors/performer/losses.hpp"
#include "actors/performer/performer_state.hpp"
#include "actors/poller/poller.hpp"
#include "actors/supervisor/supervisor.hpp"
#include "actors/supervisor/upgrade_lines.hpp"

#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>

#include <algorithm>
#include <utility>

/// The half of the performer that owns slots, and sees to ends: of slots, of
/// upgrades, of all.
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

// -- upgrades -----------------------------------------------------------------

caf::result<drain_report> performer_state::upgrade(const upgrade_call& call) {
  if (stage_ != stage::open)
    return drain_report{};
  auto generation = ++generation_;
  auto before = std::exchange(lines_, {});
  for (auto& [queue, one] : before) {
    one->old = true;
    old_.insert(one);
    while (auto slot = one->table.idle())
      retire(*one, *slot);
  }
  auto clock = [&from = self_->clock()] {
    return from.now();
  };
  for (const auto& config : *call.configs) {
    auto one = std::make_shared<line>();
    one->queue = config.queue;
    one->generation = generation;
    one->run = std::make_shared<executor>(
        std::make_shared<const worker_config>(config), one->board, options_.log,
        options_.draw, clock);
    one->concurrency = static_cast<std::size_t>(config.concurrency);
    for (std::size_t i = 0; i < one->concurrency; ++i)
      add_slot(one);
    lines_.emplace(config.queue, one);
    options_.numbers->serve(config.queue);
    gauge(config.queue);
  }
  for (const auto& [queue, one] : before)
    if (!lines_.contains(queue))
      options_.numbers->leave(queue);
  for (auto& [id, to] : peers_)
    to.told = false;
  offer_all();
  auto jobs = unfinished(false).still_running;
  if (!jobs.empty() && options_.log)
    options_.log(new_workers(jobs));
  auto number = next_deadline_++;
  auto answer = self_->make_response_promise<drain_report>();
  upgrades_.emplace(number, pending_upgrade{generation, answer});
  self_->delayed_send(self_, call.grace, deadline_atom_v, number);
  look_for_ends();
  return answer;
}

void performer_state::look_for_ends() {
  std::erase_if(old_, [](const line_ptr& x) { return x->handles.empty(); });
  auto oldest = generation_;
  for (const auto& one : old_)
    oldest = std::min(oldest, one->generation);
  for (auto i = upgrades_.begin(); i != upgrades_.end();) {
    auto over = i->second.generation <= oldest;
    if (over)
      i->second.answer.deliver(drain_report{.hung = hung_.size()});
    i = over ? upgrades_.erase(i) : std::next(i);
  }
  if (stage_ != stage::open && running_.empty())
    finish_close({});
}

std::vector<queue_status> performer_state::status() const {
  std::vector<queue_status> all;
  for (const auto& [queue, one] : lines_)
    all.push_back({.queue = queue,
                   .concurrency = static_cast<int>(one->concurrency),
                   .running = static_cast<int>(shares_.taken(queue)),
                   .generation = one->generation,
                   .hung = count_hung(queue)});
  return all;
}

// -- the end ------------------------------------------------------------------

caf::result<drain_report> performer_state::close(const close_call& call) {
  if (stage_ == stage::over)
    return drain_report{};
  auto answer = self_->make_response_promise<drain_report>();
  closers_.push_back(answer);
  if (stage_ != stage::open)
    return answer;
  stage_ = stage::draining;
  offer_all();
  close_deadline_ = next_deadline_++;
  self_->delayed_send(self_, call.grace, deadline_atom_v, close_deadline_);
  look_for_ends();
  return answer;
}

void performer_state::deadline(std::uint64_t number) {
  if (auto late = upgrades_.extract(number)) {
    late.mapped().answer.deliver(unfinished(false));
  } else if (number == close_deadline_ && stage_ == stage::draining) {
    stage_ = stage::stopping;
    for (auto& [key, what] : running_)
      ask(what, stop_reason::closing);
    close_deadline_ = next_deadline_++;
    self_->delayed_send(self_, stop_time, deadline_atom_v, close_deadline_);
  } else if (number == close_deadline_ && stage_ == stage::stopping) {
    finish_close(unfinished(true));
  }
}

drain_report performer_state::unfinished(bool all) const {
  drain_report report{.hung = hung_.size()};
  for (const auto& [key, what] : running_) {
    if (!all && !what.where->old)
      continue;
    const auto& job = what.work->job(0).value;
    report.drained = false;
    report.still_running.push_back(job.queue + "/" + job.type + " " + job.id);
  }
  return report;
}

void performer_state::finish_close(drain_report report) {
  if (std::exchange(stage_, stage::over) == stage::over)
    return;
  report.hung = hung_.size();
  // A node takes what is not answered for never begun.
  for (const auto& [number, what] : running_)
    if (auto to = peers_.find(what.from); to != peers_.end())
      self_->send(
          to->second.link,
          link_tell{caf::make_message(wire::answer_v1{
              what.call, answer(performer_lost(
                             what.work->job(0).value.last_error, options_.name,
                             "it ended before the handler did"))})});
  for (const auto& [id, to] : peers_)
    self_->send(to.link, link_hang_up{"the performer is closing"});
  for (auto& [queue, one] : lines_)
    while (auto slot = one->table.idle())
      retire(*one, *slot);
  for (auto& closer : std::exchange(closers_, {}))
    closer.deliver(report);
  options_.linked->store(0);
  self_->quit();
}

} // namespace callboard::actors
