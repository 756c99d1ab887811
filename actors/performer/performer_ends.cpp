#include "actors/cluster/wire/type_ids.hpp"
#include "actors/performer/losses.hpp"
#include "actors/performer/performer_state.hpp"
#include "actors/supervisor/supervisor.hpp"
#include "actors/supervisor/upgrade_lines.hpp"

#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>

#include <algorithm>
#include <utility>

/// The part of the performer that sees to ends: of generations, of all.
namespace callboard::actors {

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
  for (const auto& one : old_)
    if (lines_.contains(one->queue))
      one->left_by = 0;
    else if (one->left_by == 0)
      one->left_by = generation;
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
  if (upgrades_.contains(number)) {
    end_grace(number);
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

void performer_state::end_grace(std::uint64_t number) {
  auto& late = upgrades_.at(number);
  if (!std::exchange(late.stopping, true) && stop_left(late.generation)) {
    self_->delayed_send(self_, stop_time, deadline_atom_v, number);
    return;
  }
  auto answer = std::move(late.answer);
  upgrades_.erase(number);
  answer.deliver(unfinished(false));
}

bool performer_state::stop_left(std::uint64_t generation) {
  std::vector<std::string> jobs;
  for (auto& [key, what] : running_) {
    if (what.where->left_by != generation)
      continue;
    jobs.push_back(name_of(what));
    ask(what, stop_reason::closing);
  }
  if (!jobs.empty() && options_.log)
    options_.log(asked_to_stop(jobs));
  return !jobs.empty();
}

drain_report performer_state::unfinished(bool all) const {
  drain_report report{.hung = hung_.size()};
  for (const auto& [key, what] : running_) {
    if (!all && !what.where->old)
      continue;
    report.drained = false;
    report.still_running.push_back(name_of(what));
  }
  return report;
}

std::string performer_state::name_of(const running& what) {
  const auto& job = what.work->job(0).value;
  return job.queue + "/" + job.type + " " + job.id;
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
