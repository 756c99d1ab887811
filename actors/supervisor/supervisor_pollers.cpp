#include "actors/supervisor/supervisor_state.hpp"

#include <caf/actor_system.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

/// The half of the supervisor that spawns pollers, and sees to their credits
/// and to the jobs on their way from one to the next.
namespace callboard::actors {

poller_id supervisor_state::spawn(member what) {
  auto id = next_id_++;
  what.handle = spawn_poller(
      self_->system(), {.id = id,
                        .run = what.run,
                        .board = what.board,
                        .book = what.book,
                        .load = what.load,
                        .numbers = options_.numbers,
                        .supervisor = caf::actor_cast<supervisor_actor>(self_),
                        .store = store_,
                        .metrics = metrics_,
                        .make_slot = options_.make_slot,
                        .log = options_.settings.log,
                        .hung_grace = options_.settings.hung_grace,
                        .ticks = ticks_,
                        .draw = options_.draw,
                        .draining = what.draining,
                        .hushed = quiet_.active(),
                        .mode = options_.mode});
  self_->monitor(what.handle);
  // Its book may be that of a poller which died before it heard of it.
  if (lost_ > 0)
    self_->send(what.handle, leases_lost{lost_});
  members_.emplace(id, std::move(what));
  return id;
}

void supervisor_state::drain(member& who) {
  who.draining = true;
  self_->send(who.handle, drain_atom_v);
}

void supervisor_state::grant_credits(const std::string& queue) {
  if (auto next = credits_.next(queue))
    self_->send(members_.at(next->to).handle, grant{next->count});
}

std::shared_ptr<queue_load>
supervisor_state::load_of(const std::string& queue) const {
  for (const auto& [id, who] : members_)
    if (who.queue == queue)
      return who.load;
  return std::make_shared<queue_load>();
}

int supervisor_state::allowed(const std::string& queue,
                              const queue_line& line) const {
  if (!line.remote)
    return line.concurrency;
  auto found = offered_.find(queue);
  auto most = static_cast<std::size_t>(line.concurrency);
  return static_cast<int>(
      found == offered_.end() ? 0 : std::min(found->second, most));
}

void supervisor_state::adopt(const std::string& queue,
                             std::shared_ptr<std::vector<leased_job>> jobs) {
  auto lost = std::stable_partition(
      jobs->begin(), jobs->end(),
      [this](const leased_job& x) { return x.fence > lost_; });
  end_suspects(
      {std::make_move_iterator(lost), std::make_move_iterator(jobs->end())});
  jobs->erase(lost, jobs->end());
  if (jobs->empty())
    return;
  auto live = credits_.live(queue);
  if (!live)
    return give_back(*jobs);
  self_->request(members_.at(*live).handle, caf::infinite, adoption{jobs})
      .then([] {},
            [this, queue, jobs](const caf::error&) {
              // That one is gone by now; its heir, if there is one, is next.
              adopt(queue, jobs);
            });
}

void supervisor_state::give_back(const std::vector<leased_job>& jobs) {
  release_wish wish;
  for (const auto& job : jobs)
    wish.leases.push_back({job.value.id, job.fence});
  self_->send(store_, std::move(wish));
  end_suspects(jobs);
}

} // namespace callboard::actors
