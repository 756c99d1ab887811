#include "actors/performer/performer_actor.hpp"

#include "actors/cluster/wire/type_ids.hpp"
#include "actors/performer/performer_state.hpp"
#include "actors/pipeline/stop_signal.hpp"
#include "actors/poller/poller.hpp"

#include <caf/actor_system.hpp>

#include <utility>

namespace callboard::actors {

namespace {

performer_actor::behavior_type
performer(performer_actor::stateful_pointer<performer_state> self,
          performer_actor_options options) {
  auto* state = &self->state;
  state->start(std::move(options));
  return {
      [state](const link_up& x) { state->up(x); },
      [state](const link_said& x) { state->heard(x); },
      [state](const link_down& x) { state->down(x); },
      [state](const performed& x) { state->finished(x); },
      [state](const upgrade_call& x) { return state->upgrade(x); },
      [state](const close_call& x) { return state->close(x); },
      [state](status_atom) { return state->status(); },
      [state](check_atom, std::uint64_t number) { state->check(number); },
      [state](flush_atom) { state->offer_all(); },
      [state](deadline_atom, std::uint64_t n) { state->deadline(n); },
  };
}

leased_job to_job(const job_call& x) {
  leased_job work;
  work.value.id = x.id;
  work.value.queue = x.queue;
  work.value.type = x.type;
  work.value.arg = x.arg;
  work.value.request_id = x.request_id;
  work.value.last_error = x.last_error;
  work.value.attempt = x.attempt;
  work.value.max_attempts = x.max_attempts;
  work.value.timeout = std::max(duration{x.timeout_us}, duration{0});
  work.fence = x.fence;
  return work;
}

job_facts facts_of(const leased_job& work) {
  const auto& job = work.value;
  return {job.id, job.queue, job.type, job.request_id, job.attempt, work.fence};
}

} // namespace

performer_actor spawn_performer(caf::actor_system& sys,
                                performer_actor_options options) {
  return sys.spawn(performer, std::move(options));
}

void performer_state::start(performer_actor_options options) {
  options_ = std::move(options);
  self_->set_down_handler([this](caf::down_msg& x) { slot_died(x); });
}

// -- links --------------------------------------------------------------------

void performer_state::up(const link_up& x) {
  auto& to = peers_[x.id];
  to.link = x.link;
  to.name = x.peer.hello.name;
  options_.linked->store(peers_.size());
  log(log_level::info, "performs for a node",
      {{"node", to.name},
       {"address", x.peer.address},
       {"program", x.peer.hello.program},
       {"version", std::to_string(x.peer.version)}});
  offer_to(x.id, to);
}

void performer_state::heard(const link_said& x) {
  auto from = peers_.find(x.id);
  if (from == peers_.end())
    return;
  if (const auto* work = said<wire::perform_v1>(x))
    begin(from->second, x.id, *work);
  else if (const auto* what = said<wire::stop_v1>(x))
    stop(x.id, *what);
  else
    self_->send(from->second.link, link_hang_up{"no message for a performer"});
}

void performer_state::down(const link_down& x) {
  auto gone = peers_.extract(x.id);
  if (!gone)
    return;
  options_.linked->store(peers_.size());
  log(log_level::warning, "a node is gone",
      {{"node", gone.mapped().name}, {"why", x.why}});
  for (auto& [number, what] : running_) {
    if (what.from != x.id)
      continue;
    by_call_.erase({what.from, what.call});
    what.from = 0;
    ask(what, stop_reason::lease_lost);
  }
}

// -- jobs ---------------------------------------------------------------------

void performer_state::begin(peer& from, link_id link,
                            const wire::perform_v1& x) {
  auto found = lines_.find(x.job.queue);
  if (stage_ != stage::open || found == lines_.end()
      || by_call_.contains({link, x.call}))
    return refuse(from, x.call);
  auto& to = found->second;
  auto slot = to->table.idle();
  if (!slot || shares_.taken(to->queue) >= to->concurrency
      || !to->run->config().handle.find(x.job.type))
    return refuse(from, x.call);
  auto number = next_chunk_++;
  std::vector<leased_job> one;
  one.push_back(to_job(x.job));
  auto work = std::make_shared<chunk>(number, std::move(one));
  auto when = now();
  to->table.give(*slot, work, when);
  shares_.begin(link, to->queue);
  by_call_.emplace(std::pair{link, x.call}, number);
  running_.emplace(number, running{.where = to,
                                   .slot = *slot,
                                   .work = work,
                                   .owner = link,
                                   .from = link,
                                   .call = x.call});
  self_->send(to->handles.at(*slot), std::move(work));
  gauge(to->queue);
  watch(when + patience);
  // The others must not count on this slot any more.
  for (auto& [id, other] : peers_)
    if (id != link)
      offer_to(id, other);
}

void performer_state::refuse(peer& from, std::uint64_t call) {
  self_->send(from.link, link_tell{caf::make_message(wire::busy_v1{call})});
  // It takes that for "no slot is free" until it hears more.
  from.told = false;
  offer_soon();
}

void performer_state::stop(link_id link, const wire::stop_v1& x) {
  auto number = by_call_.find({link, x.call});
  if (number == by_call_.end())
    return;
  auto reason = x.reason <= static_cast<std::uint8_t>(stop_reason::closing)
                    ? static_cast<stop_reason>(x.reason)
                    : stop_reason::cancelled;
  ask(running_.at(number->second), reason);
}

void performer_state::ask(running& what, stop_reason why) {
  what.asked = why;
  const auto& work = what.work->job(0);
  if (!what.where->board->stop_one(work.value.id, work.fence, why))
    watch(now() + patience);
}

void performer_state::finished(const performed& x) {
  auto found = running_.find(x.chunk);
  if (found == running_.end() || found->second.slot != x.slot)
    return;
  auto& what = found->second;
  auto& work = *what.work;
  auto& home = *what.where;
  home.table.finish(x.slot);
  if (home.old)
    retire(home, x.slot);
  if (auto wait = work.declined(0))
    return end(x.chunk, decline(*wait));
  const auto& result = work.result(0);
  if (work.ran(0))
    tell_started(what);
  tell(event::settled{facts_of(work.job(0)), result.took,
                      result.outcome.action});
  auto answered = std::visit([](auto action) { return outcome{action}; },
                             result.outcome.action);
  end(x.chunk, answer(answered));
}

void performer_state::end(std::uint64_t number,
                          std::optional<job_answer> result) {
  auto gone = running_.extract(number);
  auto& what = gone.mapped();
  shares_.end(what.owner, what.where->queue);
  if (auto to = peers_.find(what.from); to != peers_.end()) {
    by_call_.erase({what.from, what.call});
    if (result)
      self_->send(to->second.link, link_tell{caf::make_message(wire::answer_v1{
                                       what.call, std::move(*result)})});
    else
      refuse(to->second, what.call);
  }
  gauge(what.where->queue);
  offer_soon();
  look_for_ends();
}

// -- offers -------------------------------------------------------------------

void performer_state::offer_to(link_id id, peer& to) {
  std::map<std::string, std::size_t> offered;
  if (stage_ == stage::open)
    for (const auto& [queue, one] : lines_)
      offered[queue] = shares_.offer(id, queue, one->concurrency);
  if (std::exchange(to.told, true) && offered == to.offered)
    return;
  wire::offer_v1 all;
  for (const auto& [queue, slots] : offered) {
    const auto& handlers = lines_.at(queue)->run->config().handle;
    all.queues.push_back({.queue = queue,
                          .types = handlers.rest() ? std::vector<std::string>{}
                                                   : handlers.types(),
                          .slots = static_cast<std::uint32_t>(slots)});
  }
  to.offered = std::move(offered);
  self_->send(to.link, link_tell{caf::make_message(std::move(all))});
}

void performer_state::offer_soon() {
  if (!std::exchange(offering_, true))
    self_->delayed_send(self_, offer_delay, flush_atom_v);
}

void performer_state::offer_all() {
  offering_ = false;
  for (auto& [id, to] : peers_)
    offer_to(id, to);
}

// -- telling ------------------------------------------------------------------

void performer_state::tell_started(const running& what) {
  if (what.work->announce(0))
    tell(event::started{facts_of(what.work->job(0))});
}

void performer_state::tell(job_event what) {
  self_->send(options_.metrics, event_batch{{std::move(what)}});
}

void performer_state::gauge(const std::string& queue) {
  auto found = lines_.find(queue);
  auto most = found == lines_.end() ? 0 : found->second->concurrency;
  options_.numbers->gauge(queue,
                          static_cast<std::int64_t>(shares_.taken(queue)),
                          static_cast<std::int64_t>(most));
}

void performer_state::log(
    log_level level, std::string text,
    std::vector<std::pair<std::string_view, std::string>> facts) {
  if (options_.log)
    options_.log({level, std::move(text), std::move(facts)});
}

} // namespace callboard::actors
