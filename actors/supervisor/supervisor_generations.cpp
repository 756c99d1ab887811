#include "actors/supervisor/supervisor_state.hpp"
#include "actors/supervisor/upgrade_lines.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

/// The part of the supervisor that sees to old generations: what of them still
/// runs, and when that is asked to stop.
namespace callboard::actors {

void supervisor_state::answer_upgrades() {
  auto oldest = generation_;
  for (const auto& [id, who] : members_)
    oldest = std::min(oldest, who.generation);
  for (auto i = upgrades_.begin(); i != upgrades_.end();) {
    auto over = i->second.generation <= oldest;
    if (over)
      i->second.answer.deliver(drain_report{.hung = hung_.size()});
    i = over ? upgrades_.erase(i) : std::next(i);
  }
}

void supervisor_state::note_left(std::uint64_t generation) {
  for (auto& [id, who] : members_)
    if (lines_.contains(who.queue))
      who.left_by = 0;
    else if (who.left_by == 0)
      who.left_by = generation;
}

void supervisor_state::end_grace(std::uint64_t number) {
  auto& late = upgrades_.at(number);
  if (!std::exchange(late.stopping, true) && stop_left(late.generation)) {
    self_->delayed_send(self_, stop_time, deadline_atom_v, number);
    return;
  }
  auto answer = std::move(late.answer);
  auto report = unfinished(late.generation);
  upgrades_.erase(number);
  answer.deliver(std::move(report));
}

bool supervisor_state::stop_left(std::uint64_t generation) {
  auto found = false;
  std::vector<std::string> jobs;
  for (const auto& [id, who] : members_) {
    if (who.left_by != generation)
      continue;
    found = true;
    add_jobs(who, jobs);
    who.board->stop_all(stop_reason::closing);
  }
  if (!jobs.empty() && options_.settings.log)
    options_.settings.log(asked_to_stop(jobs));
  return found;
}

drain_report supervisor_state::unfinished(std::uint64_t below) const {
  drain_report report{.hung = hung_.size()};
  for (const auto& [id, who] : members_) {
    if (who.generation >= below)
      continue;
    report.drained = false;
    add_jobs(who, report.still_running);
  }
  return report;
}

void supervisor_state::add_jobs(const member& who,
                                std::vector<std::string>& to) {
  for (const auto& job : who.board->snapshot())
    to.push_back(who.queue + "/" + job.type + " " + job.id);
}

void supervisor_state::tell_old_jobs(std::uint64_t generation) const {
  auto jobs = unfinished(generation).still_running;
  if (!jobs.empty() && options_.settings.log)
    options_.settings.log(new_workers(jobs));
}

} // namespace callboard::actors
