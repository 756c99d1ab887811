#include "tests/support/held_slot.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace callboard::testing {

const desk::job* desk::find(const std::string& id) const {
  auto found = std::find_if(running.begin(), running.end(),
                            [&](const auto& x) { return x.id == id; });
  return found == running.end() ? nullptr : &*found;
}

void desk::remove(std::uint64_t number) {
  std::erase_if(running, [=](const auto& x) { return x.number == number; });
}

namespace {

using namespace callboard::actors;

using held_slot = slot_actor::extend<caf::reacts_to<check_atom, std::uint64_t>>;

class held_slot_state {
public:
  static constexpr const char* name = "slot";

  explicit held_slot_state(held_slot::stateful_pointer<held_slot_state> self)
      : self_{self} {}

  ~held_slot_state() {
    if (!entry_)
      return;
    desk_->remove(number_);
    if (desk_->on_loss)
      desk_->on_loss(chunk_->job(index_));
  }

  void start(slot_options options, std::shared_ptr<desk> shared) {
    options_ = std::move(options);
    desk_ = std::move(shared);
  }

  void work(chunk_ptr next) {
    chunk_ = std::move(next);
    index_ = 0;
    next_job();
  }

  void serve() {
    options_.owner = caf::actor_cast<poller_actor>(self_->current_sender());
    if (!chunk_)
      report(true);
  }

  /// The test ended the job with this number.
  void go_on(std::uint64_t number) {
    if (number != number_ || !answer_)
      return;
    auto answer = *std::exchange(answer_, std::nullopt);
    entry_.reset();
    const auto& work = chunk_->job(index_);
    if (!chunk_->finish(index_,
                        {options_.run->resolve(work, std::move(answer)), {}}))
      return self_->quit();
    ++index_;
    report(false);
    next_job();
  }

private:
  void next_job() {
    for (; index_ < chunk_->size(); ++index_)
      if (chunk_->claim(index_))
        return start_job();
    report(true);
  }

  void start_job() {
    const auto& work = chunk_->job(index_);
    chunk_->start(index_);
    number_ = ++desk_->next;
    stop_board::entry entry;
    entry.id = work.value.id;
    entry.type = work.value.type;
    entry.fence = work.fence;
    entry.started = self_->clock().now();
    if (desk_->timeout > duration{0})
      entry.deadline = entry.started + desk_->timeout;
    auto stop = entry.stop;
    entry_.reset(
        new stop_board::running{options_.board->add(std::move(entry))});
    // The test calls this outside of the actor: the rest goes by mail.
    auto me = caf::actor_cast<held_slot>(self_);
    desk_->running.push_back({work.value.id, work.fence, number_,
                              [this, me, number = number_](outcome what) {
                                answer_ = std::move(what);
                                desk_->remove(number);
                                caf::anon_send(me, check_atom_v, number);
                              },
                              stop,
                              caf::actor_cast<caf::strong_actor_ptr>(me)});
    desk_->peak = std::max(desk_->peak, desk_->running.size());
    if (desk_->on_start)
      desk_->on_start(work);
  }

  void report(bool last) {
    auto number = chunk_ ? chunk_->number() : done_chunk_;
    done_chunk_ = number;
    if (last)
      chunk_ = nullptr;
    self_->send(options_.owner, performed{options_.number, number, last});
  }

  held_slot::stateful_pointer<held_slot_state> self_;
  slot_options options_;
  std::shared_ptr<desk> desk_;
  chunk_ptr chunk_;
  std::size_t index_ = 0;
  std::uint64_t number_ = 0;
  std::uint64_t done_chunk_ = 0;
  std::optional<outcome> answer_;
  std::unique_ptr<stop_board::running> entry_;
};

held_slot::behavior_type held(held_slot::stateful_pointer<held_slot_state> self,
                              slot_options options,
                              std::shared_ptr<desk> shared) {
  auto* state = &self->state;
  state->start(std::move(options), std::move(shared));
  return {
      [state](chunk_ptr& next) { state->work(std::move(next)); },
      [state](serve_atom) { state->serve(); },
      [state](check_atom, std::uint64_t n) { state->go_on(n); },
  };
}

} // namespace

slot_actor spawn_held_slot(caf::actor_system& sys, slot_options options,
                           std::shared_ptr<desk> shared) {
  return caf::actor_cast<slot_actor>(
      sys.spawn(held, std::move(options), std::move(shared)));
}

} // namespace callboard::testing
