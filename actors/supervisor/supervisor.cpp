#include "actors/supervisor/supervisor.hpp"

#include "actors/keeper/keeper.hpp"
#include "actors/metrics/metrics.hpp"
#include "actors/storage/store_pool.hpp"
#include "actors/supervisor/supervisor_state.hpp"

#include <caf/actor_system.hpp>

#include <algorithm>
#include <utility>

namespace callboard::actors {

namespace {

supervisor_actor::behavior_type
supervisor(supervisor_actor::stateful_pointer<supervisor_state> self,
           supervisor_options options) {
  auto* state = &self->state;
  state->start(std::move(options));
  return {
      [state](const upgrade_call& x) { return state->upgrade(x); },
      [state](const close_call& x) { return state->close(x); },
      [state](status_atom) { return state->status(); },
      [state](const credits_back& x) { state->credits_returned(x); },
      [state](handover& x) { state->pass_on(x); },
      [state](const slot_hung& x) { state->hung(x); },
      [state](const suspect_found& x) { state->suspect(x); },
      [state](const hushed& x) { state->quiet(x); },
      [state](const suspect_over& x) { state->suspect_ended(x); },
      [state](const slots_offered& x) { state->offered(x); },
      [state](const wake_up& x) { state->wake(x); },
      [state](const leases_lost& x) { state->lose(x); },
      [state](const leases_cancelled& x) { state->cancel(x); },
      [state](cancel_atom) { state->look_for_cancelled(); },
      [state](deadline_atom, std::uint64_t n) { state->deadline(n); },
  };
}

} // namespace

supervisor_actor spawn_supervisor(caf::actor_system& sys,
                                  supervisor_options options) {
  return sys.spawn(supervisor, std::move(options));
}

void supervisor_state::start(supervisor_options options) {
  options_ = std::move(options);
  const auto& settings = options_.settings;
  auto& sys = self_->system();
  auto me = caf::actor_cast<supervisor_actor>(self_);
  ticks_ = self_->clock().now();
  self_->set_down_handler([this](caf::down_msg& x) { member_died(x); });
  metrics_ = spawn_metrics(sys, {.numbers = options_.numbers,
                                 .observers = settings.observers,
                                 .log = settings.log,
                                 .mode = options_.mode});
  store_ = spawn_store_pool(
      sys, {.db = options_.db,
            .node_name = settings.node_name,
            .address = options_.address,
            .rhythm = {settings.heartbeat, settings.reclaim_interval,
                       settings.silence_limit},
            .numbers = options_.numbers,
            .settle_connections = settings.settle_connections,
            .supervisor = me,
            .metrics = metrics_,
            .log = settings.log,
            .draw = options_.draw,
            .mode = options_.mode});
  keeper_ = spawn_keeper(sys, {.db = options_.db,
                               .heartbeat = settings.heartbeat,
                               .reclaim_interval = settings.reclaim_interval,
                               .silence_limit = settings.silence_limit,
                               .max_crashes = settings.max_crashes,
                               .numbers = options_.numbers,
                               .supervisor = me,
                               .store = store_,
                               .metrics = metrics_,
                               .log = settings.log,
                               .draw = options_.draw,
                               .mode = options_.mode});
  self_->monitor(metrics_);
  self_->monitor(store_);
  self_->monitor(keeper_);
}

// -- messages -----------------------------------------------------------------

caf::result<drain_report> supervisor_state::upgrade(const upgrade_call& call) {
  if (stage_ != stage::open)
    return drain_report{};
  auto generation = ++generation_;
  std::vector<poller_id> old;
  for (const auto& [id, who] : members_)
    if (!who.draining)
      old.push_back(id);
  // Queues that are not named any more end with their poller.
  auto lines = std::exchange(lines_, {});
  for (const auto& [queue, line] : lines)
    credits_.assign(queue, 0, std::nullopt);
  // The clock of the actors, which tests may move.
  auto clock = [&from = self_->clock()] {
    return from.now();
  };
  for (const auto& config : *call.configs) {
    auto& now = lines_[config.queue];
    auto before = lines.find(config.queue);
    now.load
        = before != lines.end() ? before->second.load : load_of(config.queue);
    now.concurrency = config.concurrency;
    now.remote = config.performers.has_value();
    now.generation = generation;
    auto slots = allowed(config.queue, now);
    now.load->concurrency = slots;
    auto board = std::make_shared<stop_board>();
    auto run = std::make_shared<executor>(
        std::make_shared<const worker_config>(config), board,
        options_.settings.log, options_.draw, clock);
    auto id = spawn({.handle = {},
                     .queue = config.queue,
                     .generation = generation,
                     .run = std::move(run),
                     .board = std::move(board),
                     .book = std::make_shared<poller_book>(),
                     .load = now.load});
    credits_.assign(config.queue, static_cast<std::size_t>(slots), id);
    options_.numbers->serve(config.queue);
    options_.numbers->gauge(config.queue, now.load->running, slots);
  }
  for (const auto& [queue, line] : lines)
    if (!lines_.contains(queue)) {
      line.load->concurrency = 0;
      options_.numbers->leave(queue);
    }
  note_left(generation);
  for (auto id : old)
    drain(members_.at(id));
  for (const auto& [queue, line] : lines_)
    grant_credits(queue);
  tell_old_jobs(generation);
  auto number = next_deadline_++;
  auto answer = self_->make_response_promise<drain_report>();
  upgrades_.emplace(number, pending_upgrade{generation, answer});
  self_->delayed_send(self_, call.grace, deadline_atom_v, number);
  answer_upgrades();
  return answer;
}

std::vector<queue_status> supervisor_state::status() const {
  std::vector<queue_status> all;
  for (const auto& [queue, line] : lines_)
    all.push_back({.queue = queue,
                   .concurrency = line.load->concurrency,
                   .running = line.load->running,
                   .generation = line.generation,
                   .hung = count_hung(queue),
                   .stopped = line.stopped});
  return all;
}

void supervisor_state::credits_returned(const credits_back& x) {
  auto who = members_.find(x.from);
  if (who == members_.end())
    return;
  credits_.give_back(who->second.queue, x.from, x.credits);
  grant_credits(who->second.queue);
}

void supervisor_state::pass_on(handover& x) {
  if (x.jobs.empty())
    return;
  auto queue = x.jobs.front().value.queue;
  adopt(queue, std::make_shared<std::vector<leased_job>>(std::move(x.jobs)));
}

void supervisor_state::hung(const slot_hung& x) {
  self_->monitor(caf::actor_cast<caf::actor>(x.slot));
  hung_.emplace(x.slot->address(),
                hung_slot{x.queue, x.facts.id, self_->clock().now()});
  auto count = count_hung(x.queue);
  options_.numbers->hung(x.queue, count);
  if (count > most_hung_slots)
    stop_queue(x.queue, "handlers of " + std::to_string(count)
                            + " jobs did not stop after their timeout, and "
                              "still hold their threads; correct them, and "
                              "start the process anew");
}

void supervisor_state::offered(const slots_offered& x) {
  // Performers choose the names: what is withdrawn is forgotten.
  if (x.slots > 0)
    offered_[x.queue] = x.slots;
  else
    offered_.erase(x.queue);
  auto line = lines_.find(x.queue);
  auto live = credits_.live(x.queue);
  if (line == lines_.end() || !line->second.remote || !live)
    return;
  auto slots = allowed(x.queue, line->second);
  auto& load = *line->second.load;
  load.concurrency = slots;
  options_.numbers->gauge(x.queue, load.running, slots);
  auto most = static_cast<std::size_t>(slots);
  credits_.assign(x.queue, most, live);
  self_->send(members_.at(*live).handle, slot_limit{most});
  grant_credits(x.queue);
}

void supervisor_state::wake(const wake_up& x) {
  for (const auto& [id, who] : members_)
    if (!who.draining && (x.queue.empty() || x.queue == who.queue))
      self_->send(who.handle, x);
}

void supervisor_state::lose(const leases_lost& x) {
  lost_ = std::max(lost_, x.last_fence);
  for (const auto& [id, who] : members_)
    self_->send(who.handle, x);
}

void supervisor_state::cancel(const leases_cancelled& x) {
  for (const auto& [id, who] : members_)
    self_->send(who.handle, x);
}

void supervisor_state::look_for_cancelled() {
  self_->send(keeper_, cancel_atom_v);
}

void supervisor_state::deadline(std::uint64_t number) {
  if (upgrades_.contains(number)) {
    end_grace(number);
  } else if (number == close_deadline_) {
    give_up_close();
  } else if (number == quiet_deadline_) {
    follow(quiet_.late(self_->clock().now()));
  }
}

} // namespace callboard::actors
