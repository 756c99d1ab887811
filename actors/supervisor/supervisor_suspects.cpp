#include "actors/supervisor/supervisor_state.hpp"

#include <caf/actor_system.hpp>

#include <set>

/// The half of the supervisor that lets a suspect be alone on the node.
namespace callboard::actors {

void supervisor_state::suspect(const suspect_found& x) {
  std::set<poller_id> others;
  for (const auto& [id, who] : members_)
    if (!who.isolated())
      others.insert(id);
  follow(
      quiet_.suspect(x.fence, x.from, std::move(others), self_->clock().now()));
}

void supervisor_state::quiet(const hushed& x) {
  follow(quiet_.hushed(x.from));
}

void supervisor_state::suspect_ended(const suspect_over& x) {
  follow(quiet_.over(x.fence));
}

void supervisor_state::end_suspects(const std::vector<leased_job>& jobs) {
  for (const auto& job : jobs)
    if (job.suspect)
      follow(quiet_.over(job.fence));
}

void supervisor_state::follow(quiet_time::step next) {
  switch (next) {
  case quiet_time::step::nothing:
    return;
  case quiet_time::step::hush:
    await_quiet_deadline();
    return hush_all(true);
  case quiet_time::step::save: {
    auto fence = quiet_.fence();
    auto saved = [this, fence] {
      if (quiet_.fence() == fence)
        follow(quiet_.saved(self_->clock().now()));
    };
    // When it is not saved in time, the deadline goes on without.
    self_->request(store_, caf::duration{quiet_time::limit}, flush_atom_v)
        .then([saved](bool) { saved(); }, [](const caf::error&) {});
    return;
  }
  case quiet_time::step::start:
    await_quiet_deadline();
    if (auto holder = members_.find(quiet_.holder()); holder != members_.end())
      self_->send(holder->second.handle, suspect_alone{quiet_.fence()});
    return;
  case quiet_time::step::resume:
    return hush_all(false);
  }
}

void supervisor_state::hush_all(bool on) {
  for (const auto& [id, who] : members_)
    if (!who.isolated())
      self_->send(who.handle, hush{on});
}

void supervisor_state::await_quiet_deadline() {
  auto when = quiet_.deadline();
  if (!when)
    return;
  quiet_deadline_ = next_deadline_++;
  self_->scheduled_send(self_, *when, deadline_atom_v, quiet_deadline_);
}

} // namespace callboard::actors
