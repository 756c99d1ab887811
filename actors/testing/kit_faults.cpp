#include "actors/testing/kit_node.hpp"

#include <algorithm>
#include <utility>

/// The half of a kit's node that goes wrong on command.
namespace callboard::actors {

namespace {

// Only a lock that is free means death here: no time passes in between.
constexpr duration no_silence = std::chrono::hours{24 * 365 * 100};

} // namespace

// -- inside of handlers -------------------------------------------------------

const leased_job* kit_node::running(std::string_view id) const {
  return running_ && running_->work->value.id == id ? running_->work : nullptr;
}

const leased_job& kit_node::running_one(const char* what) const {
  if (!running_)
    throw failure{{errc::unsupported, std::string{"test_kit::"} + what
                                          + " belongs into a handler (or a "
                                            "fake that it uses)"}};
  return *running_->work;
}

void kit_node::spend(duration by) {
  auto end = now + by;
  if (!running_) {
    now = end;
    return;
  }
  auto& board = *running_->by->board;
  for (;;) {
    board.stop_overdue(steady());
    if (!board.take_hung(steady(), options.hung_grace).empty())
      give_up();
    if (now >= end)
      return;
    auto next = board.next_deadline(options.hung_grace);
    auto in = next ? std::chrono::ceil<duration>(*next - steady()) : end - now;
    now += std::clamp(in, duration{0}, end - now);
  }
}

void kit_node::give_up() {
  const auto& work = *running_->work;
  const auto& run = *running_->by->run;
  auto result = record(work);
  tell(event::hung{{work.value.id, work.value.queue, work.value.type,
                    work.value.request_id, work.value.attempt, work.fence},
                   result.took});
  auto end = run.resolve_hung(work, options.hung_grace);
  if (running_->cancelled)
    end = as_cancelled(std::move(end));
  settle(work, {std::move(end), result.took}, result);
  if (result.how != performed_job::ending::fenced)
    result.how = performed_job::ending::hung;
  running_->given_up = std::move(result);
}

void kit_node::stop(stop_reason why) {
  const auto& work = running_one("request_stop");
  running_->cancelled = running_->cancelled || why == stop_reason::cancelled;
  running_->by->board->stop_one(work.value.id, work.fence, why);
}

void kit_node::lose_lease() {
  const auto& work = running_one("lose_lease");
  store.reset();
  join();
  reclaim();
  running_->by->board->stop_one(work.value.id, work.fence,
                                stop_reason::lease_lost);
}

// -- crashes ------------------------------------------------------------------

bool kit_node::point() {
  ++points;
  return crash_point == points;
}

void kit_node::checkpoint() {
  if (!running_)
    return;
  if (!dying_) {
    ++checkpoints;
    auto dies = point();
    dying_ = dies || crash_checkpoint == checkpoints;
  }
  if (dying_)
    throw kit_crash{};
}

bool kit_node::settle_crashes() {
  auto dies = point();
  return std::exchange(crash_settle, false) || dies;
}

void kit_node::restart() {
  ++crashes;
  if (dying_)
    crash_checkpoint.reset();
  crash_point.reset();
  dying_ = false;
  // The lock goes with the connection; a new process finds out.
  store.reset();
  if (on_restart)
    on_restart();
  join();
  reclaim();
}

void kit_node::reclaim() {
  auto report = store
                    ->reclaim({.silence = no_silence,
                               .max_crashes = options.max_crashes})
                    .value();
  if (report.freed + report.dead.size() == 0)
    return;
  tell(event::reclaimed{report.freed + report.dead.size(), "test-kit"});
  for (const auto& x : report.dead)
    tell(event::settled{{x.id, x.queue, x.type, x.request_id, x.attempt, 0},
                        duration{0},
                        dead{x.last_error}});
}

std::string kit_node::error_of(const std::string& id) {
  auto found = store->find(id).value();
  return found ? found->value.last_error : "";
}

} // namespace callboard::actors
