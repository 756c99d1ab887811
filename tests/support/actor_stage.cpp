#include "tests/support/actor_stage.hpp"

#include "actors/register_types.hpp"
#include "tests/support/conversation.hpp"

#include <caf/scheduled_actor.hpp>

#include <algorithm>
#include <utility>

namespace callboard::testing {

actor_stage::config::config(
    const std::function<void(caf::actor_system_config&)>& more) {
  register_types(*this);
  set("scheduler.policy", caf::atom("testing"));
  if (more)
    more(*this);
}

actor_stage::actor_stage(
    const std::function<void(caf::actor_system_config&)>& more)
    : cfg_{more}, sched_{dynamic_cast<caf::scheduler::test_coordinator&>(
                      sys_.scheduler())} {}

actor_stage::~actor_stage() {
  questions_.clear();
  kill_all();
}

// -- who runs next ------------------------------------------------------------

bool actor_stage::run(std::size_t pick) {
  auto& jobs = sched_.jobs;
  if (jobs.empty())
    return false;
  auto at = jobs.begin() + static_cast<std::ptrdiff_t>(pick % jobs.size());
  std::rotate(jobs.begin(), at, at + 1);
  note_next();
  return sched_.try_run_once();
}

std::string actor_stage::name_of(std::size_t pick) const {
  auto* one = dynamic_cast<caf::local_actor*>(sched_.jobs[pick]);
  return one ? one->name() : "";
}

void actor_stage::settle() {
  while (run()) {
  }
}

void actor_stage::note_next() {
  auto* next = dynamic_cast<caf::scheduled_actor*>(sched_.jobs.front());
  if (!next)
    return;
  seen_.emplace(next->id(), next->address());
  auto* mail = overhear ? next->peek_at_next_mailbox_element() : nullptr;
  if (mail)
    overhear(said_to(*next, *mail));
}

// -- time ---------------------------------------------------------------------

std::chrono::steady_clock::time_point actor_stage::now() const {
  return sched_.clock().now();
}

void actor_stage::advance(duration by) {
  sched_.advance_time(by);
}

std::optional<duration> actor_stage::next_timeout() const {
  const auto& waiting = sched_.clock().schedule();
  if (waiting.empty())
    return std::nullopt;
  auto in = waiting.begin()->first - now();
  return std::max(std::chrono::ceil<duration>(in), duration{0});
}

// -- asking the supervisor ----------------------------------------------------

std::optional<drain_report> actor_stage::answer(ticket to) {
  auto& asked = *questions_.at(to);
  asked.look();
  return asked.answer;
}

// -- who lives ----------------------------------------------------------------

std::vector<caf::strong_actor_ptr>
actor_stage::living(const std::string& name) const {
  std::vector<caf::strong_actor_ptr> found;
  for (const auto& [id, address] : seen_) {
    auto who = caf::actor_cast<caf::strong_actor_ptr>(address);
    if (!who)
      continue;
    auto* local = dynamic_cast<caf::local_actor*>(
        caf::actor_cast<caf::abstract_actor*>(who));
    if (local && !local->getf(caf::abstract_actor::is_terminated_flag)
        && (name.empty() || name == local->name()))
      found.push_back(std::move(who));
  }
  return found;
}

void actor_stage::kill(const caf::strong_actor_ptr& who) {
  who->enqueue(
      nullptr, caf::make_message_id(),
      caf::make_message(caf::exit_msg{who->address(), caf::exit_reason::kill}),
      nullptr);
}

void actor_stage::kill_all() {
  settle();
  // The supervisor first, or it would replace the others.
  auto left = living("supervisor");
  if (left.empty())
    left = living("");
  while (!left.empty()) {
    for (const auto& who : left)
      kill(who);
    left.clear();
    settle();
    left = living("");
  }
}

} // namespace callboard::testing
