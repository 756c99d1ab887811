#include "actors/poller/poller_state.hpp"

#include <caf/actor_system.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

/// The half of the poller that owns slots: their birth, death and retirement.
namespace callboard::actors {

// -- slots --------------------------------------------------------------------

void poller_state::add_slot() {
  auto& book = *options_.book;
  auto number = book.table.add();
  auto handle = options_.make_slot(
      self_->system(), {.number = number,
                        .owner = caf::actor_cast<poller_actor>(self_),
                        .run = options_.run,
                        .board = options_.board,
                        .mode = options_.mode});
  self_->monitor(handle);
  book.handles.emplace(number, std::move(handle));
}

void poller_state::retire(slots::number slot) {
  auto& book = *options_.book;
  book.table.remove(slot);
  auto handle = book.handles.extract(slot);
  self_->demonitor(handle.mapped().address());
  self_->send_exit(handle.mapped(), caf::exit_reason::user_shutdown);
  --book.credits;
  self_->send(options_.supervisor, credits_back{options_.id, 1});
}

void poller_state::retire_idle() {
  while (auto slot = options_.book->table.idle())
    retire(*slot);
}

void poller_state::shed() {
  auto& book = *options_.book;
  while (book.credits > book.most) {
    auto slot = book.table.idle();
    if (!slot)
      break;
    retire(*slot);
  }
  // Nobody is left, or will come, to begin them.
  if (book.most == 0 && book.table.empty() && !book.buffer.empty())
    release_buffer();
}

void poller_state::slot_died(const caf::down_msg& down) {
  auto& book = *options_.book;
  auto found = std::find_if(
      book.handles.begin(), book.handles.end(),
      [&](const auto& x) { return x.second.address() == down.source; });
  if (found == book.handles.end())
    return;
  auto number = found->first;
  book.handles.erase(found);
  auto reason = "the slot died: " + self_->system().render(down.reason);
  if (auto* slot = book.table.find_busy(number)) {
    auto work = slot->work;
    salvage(*work, reason);
  }
  book.table.remove(number);
  failed({errc::internal, "a slot of queue '" + queue() + "' died ("
                              + self_->system().render(down.reason)
                              + "); its job was settled by the retry policy"});
  if (!draining_ && !restarts_.take(now())) {
    flush_events();
    // The supervisor decides; the book keeps what is still running.
    return self_->quit(caf::sec::runtime_error);
  }
  replace_slot();
  pump();
}

void poller_state::replace_slot() {
  auto& book = *options_.book;
  if (!draining_ && book.credits <= book.most)
    return add_slot();
  --book.credits;
  self_->send(options_.supervisor, credits_back{options_.id, 1});
  if (draining_)
    hand_up();
}

// -- draining -----------------------------------------------------------------

void poller_state::hand_up() {
  auto& buffer = options_.book->buffer;
  if (buffer.empty())
    return;
  std::vector<leased_job> jobs{std::make_move_iterator(buffer.begin()),
                               std::make_move_iterator(buffer.end())};
  buffer.clear();
  // The next poller tells of it; its turn goes on.
  if (suspect_ && !holds(*suspect_))
    suspect_.reset();
  self_->send(options_.supervisor, handover{options_.id, std::move(jobs)});
}

void poller_state::quit_when_done() {
  if (draining_ && asked_.empty() && options_.book->table.empty())
    self_->quit();
}

} // namespace callboard::actors
