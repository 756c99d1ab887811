#include "actors/supervisor/supervisor_state.hpp"

#include <caf/actor_system.hpp>

#include <algorithm>
#include <utility>

/// The part of the supervisor that deals with ends: of pollers, of the node.
namespace callboard::actors {

// -- of pollers ---------------------------------------------------------------

void supervisor_state::member_died(const caf::down_msg& down) {
  if (came_back(down))
    return;
  auto found
      = std::find_if(members_.begin(), members_.end(), [&](const auto& x) {
          return x.second.handle.address() == down.source;
        });
  if (found == members_.end()) {
    auto part = down.source == metrics_.address()  ? "metrics actor"
                : down.source == store_.address()  ? "store pool"
                : down.source == keeper_.address() ? "keeper"
                                                   : nullptr;
    if (part && stage_ != stage::over)
      fail_node({errc::internal, std::string{"the "} + part + " died ("
                                     + self_->system().render(down.reason)
                                     + "); start the process anew"});
    return;
  }
  auto id = found->first;
  auto dead = std::move(found->second);
  members_.erase(found);
  if (down.reason) {
    auto why = "the poller of queue '" + dead.queue
               + "' died: " + self_->system().render(down.reason);
    self_->send(
        metrics_,
        event_batch{{event::worker_failed{dead.queue, {errc::internal, why}}}});
    restart(id, std::move(dead));
  } else {
    credits_.forget(dead.queue, id);
    grant_credits(dead.queue);
  }
  follow(quiet_.hushed(id));
  answer_upgrades();
  if (stage_ != stage::open && members_.empty())
    finish_close();
}

void supervisor_state::restart(poller_id id, member dead) {
  auto line = lines_.find(dead.queue);
  // A queue that left the configuration needs no more than to be emptied.
  auto allowed = line == lines_.end()
                 || line->second.restarts.take(self_->clock().now());
  // A grant that it never read lies in its mailbox; all that it gave back came
  // before the news of its death.
  dead.book->credits = credits_.held(dead.queue, id);
  if (!dead.draining)
    dead.book->most = credits_.limit(dead.queue);
  if (!allowed)
    return give_up(id, std::move(dead));
  auto queue = dead.queue;
  auto heir = spawn(std::move(dead));
  credits_.inherit(queue, id, heir);
}

void supervisor_state::give_up(poller_id id, member dead) {
  auto queue = dead.queue;
  if (dead.draining) {
    // It died while it did nothing but empty itself: what runs stays leased
    // until this process ends.
    give_back({dead.book->buffer.begin(), dead.book->buffer.end()});
    credits_.forget(queue, id);
  } else {
    lines_.at(queue).stopped = true;
    dead.draining = true;
    auto heir = spawn(std::move(dead));
    credits_.inherit(queue, id, heir);
    credits_.assign(queue, 0, std::nullopt);
  }
  error why{errc::internal,
            "queue '" + queue
                + "' was stopped: its workers died too often; see the errors "
                  "before, and upgrade or start the process anew"};
  self_->send(metrics_, event_batch{{event::worker_failed{queue, why}}});
  fail_node(why);
}

bool supervisor_state::came_back(const caf::down_msg& down) {
  auto found = hung_.find(down.source);
  if (found == hung_.end())
    return false;
  auto slot = std::move(found->second);
  hung_.erase(found);
  options_.numbers->hung(slot.queue, count_hung(slot.queue));
  auto late = std::chrono::duration_cast<std::chrono::seconds>(
      self_->clock().now() - slot.since);
  if (options_.settings.log)
    options_.settings.log(
        {log_level::info,
         "the handler of job '" + slot.id + "' of queue '" + slot.queue
             + "' came back " + std::to_string(late.count())
             + " s after it was given up; what it answered was dropped",
         {}});
  return true;
}

std::size_t supervisor_state::count_hung(const std::string& queue) const {
  return static_cast<std::size_t>(
      std::count_if(hung_.begin(), hung_.end(),
                    [&](const auto& x) { return x.second.queue == queue; }));
}

void supervisor_state::stop_queue(const std::string& queue,
                                  const std::string& reason) {
  auto line = lines_.find(queue);
  if (line == lines_.end() || std::exchange(line->second.stopped, true))
    return;
  if (auto live = credits_.live(queue))
    drain(members_.at(*live));
  credits_.assign(queue, 0, std::nullopt);
  error why{errc::internal, "queue '" + queue + "' was stopped: " + reason};
  self_->send(metrics_, event_batch{{event::worker_failed{queue, why}}});
  fail_node(why);
}

void supervisor_state::fail_node(const error& why) {
  const auto& settings = options_.settings;
  if (settings.log)
    settings.log({log_level::error, why.message, {}});
  if (settings.on_failure)
    settings.on_failure(why);
}

// -- of the node --------------------------------------------------------------

caf::result<drain_report> supervisor_state::close(const close_call& call) {
  if (stage_ == stage::over)
    return last_report_;
  auto answer = self_->make_response_promise<drain_report>();
  closers_.push_back(answer);
  if (stage_ != stage::open)
    return answer;
  stage_ = stage::draining;
  for (const auto& [queue, line] : lines_)
    credits_.assign(queue, 0, std::nullopt);
  for (auto& [id, who] : members_)
    if (!who.draining)
      drain(who);
  close_deadline_ = next_deadline_++;
  self_->delayed_send(self_, call.grace, deadline_atom_v, close_deadline_);
  if (members_.empty())
    finish_close();
  return answer;
}

void supervisor_state::give_up_close() {
  auto again = [this](auto after) {
    close_deadline_ = next_deadline_++;
    self_->delayed_send(self_, after, deadline_atom_v, close_deadline_);
  };
  switch (stage_) {
  case stage::draining:
    stage_ = stage::stopping;
    for (const auto& [id, who] : members_)
      who.board->stop_all(stop_reason::closing);
    return again(stop_time);
  case stage::stopping: {
    // What can't be stopped stays leased: the rest of the tree lives on behind
    // the answer, keeps the lock, and settles it should it end after all.
    last_report_ = unfinished(generation_ + 1);
    auto answer = [this] {
      answer_close();
    };
    auto next = [this, answer] {
      self_->request(metrics_, stop_time, flush_atom_v)
          .then([answer](bool) { answer(); },
                [answer](const caf::error&) { answer(); });
    };
    self_->request(store_, flush_patience, flush_atom_v)
        .then([next](bool) { next(); }, [next](const caf::error&) { next(); });
    return;
  }
  case stage::flushing:
    last_report_.drained = false;
    last_report_.still_running.emplace_back(
        "outcomes that wait for the database");
    return answer_close();
  default:
    return;
  }
}

/// Nothing runs any more: the last outcomes, then the lock, then all goes.
void supervisor_state::finish_close() {
  if (stage_ == stage::flushing || stage_ == stage::over)
    return;
  stage_ = stage::flushing;
  close_deadline_ = next_deadline_++;
  self_->delayed_send(self_, flush_patience, deadline_atom_v, close_deadline_);
  auto next = [this] {
    leave();
  };
  self_->request(store_, caf::infinite, flush_atom_v)
      .then([next](bool) { next(); }, [next](const caf::error&) { next(); });
}

void supervisor_state::leave() {
  auto next = [this] {
    flush_metrics();
  };
  self_->request(store_, caf::infinite, leave_atom_v)
      .then([next](const call_done&) { next(); },
            [next](const caf::error&) { next(); });
}

void supervisor_state::flush_metrics() {
  auto next = [this] {
    answer_close();
    shut_down();
  };
  self_->request(metrics_, caf::infinite, flush_atom_v)
      .then([next](bool) { next(); }, [next](const caf::error&) { next(); });
}

void supervisor_state::answer_close() {
  last_report_.hung = hung_.size();
  for (auto& closer : std::exchange(closers_, {}))
    closer.deliver(last_report_);
}

void supervisor_state::shut_down() {
  stage_ = stage::over;
  self_->send_exit(keeper_, caf::exit_reason::user_shutdown);
  self_->send_exit(store_, caf::exit_reason::user_shutdown);
  self_->send_exit(metrics_, caf::exit_reason::user_shutdown);
  self_->quit();
}

} // namespace callboard::actors
