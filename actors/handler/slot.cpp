#include "actors/handler/slot.hpp"

#include "actors/handler/actor_handler.hpp"

#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <utility>

namespace callboard {

std::shared_ptr<const handler_target> to_target(handler_actor performer) {
  return std::make_shared<actor_target>(std::move(performer));
}

std::shared_ptr<const handler_target>
to_stoppable_target(stoppable_handler_actor performer, duration grace) {
  return std::make_shared<actor_target>(std::move(performer), grace);
}

bool actor_target::isolated() const noexcept {
  return isolated_
         || (performer_
             && performer_.node() != performer_.home_system().node());
}

namespace actors {

namespace {

using steady = std::chrono::steady_clock;

// Outcomes wait no longer than this for those that come after them.
constexpr auto flush_time = std::chrono::milliseconds{1};

class slot_state {
public:
  static constexpr const char* name = "slot";

  explicit slot_state(slot_actor::stateful_pointer<slot_state> self)
      : self_{self} {}

  void start(slot_options options) {
    options_ = std::move(options);
    self_->set_down_handler([this](caf::down_msg& down) {
      if (call_ && down.source == call_->performer->address())
        answered(call_->number, fail("the handler actor died: "
                                     + self_->system().render(down.reason)));
    });
  }

  // -- messages, in the order of actors.hpp -----------------------------------

  void work(chunk_ptr next) {
    chunk_ = std::move(next);
    index_ = 0;
    flushed_ = now();
    unflushed_ = false;
    step();
  }

  void serve() {
    options_.owner = caf::actor_cast<slot_owner_actor>(self_->current_sender());
    if (!chunk_)
      report(true);
  }

private:
  // A job that an actor performs.
  struct call {
    std::uint64_t number;
    const handler_actor* performer;
    steady::time_point started;
    std::unique_ptr<stop_board::running> entry;
    std::unique_ptr<std::stop_callback<std::function<void()>>> on_stop{};
  };

  /// Runs functions here and now; returns early where an actor must answer.
  void step() {
    for (; index_ < chunk_->size(); ++index_) {
      if (unflushed_ && now() - flushed_ >= flush_time)
        report(false);
      if (!chunk_->claim(index_))
        continue;
      const auto& work = chunk_->job(index_);
      if (const auto* route = options_.run->target_of(work))
        return ask(*route, work);
      auto started = [this] {
        chunk_->start(index_);
      };
      // Given up meanwhile: the poller has another slot in our place.
      if (!chunk_->finish(index_, options_.run->run(work, started)))
        return self_->quit();
      unflushed_ = true;
    }
    report(true);
  }

  void ask(const route& to, const leased_job& work) {
    const auto* target = dynamic_cast<const actor_target*>(to.target.get());
    chunk_->start(index_);
    auto number = ++calls_;
    call_.emplace(call{number, nullptr, now(), nullptr, nullptr});
    if (!target || !target->performer())
      return answered(number, move_to_dlq("the handler of this type is neither "
                                          "a function nor an actor"));
    call_->performer = &target->performer();
    auto timeout = options_.run->timeout_of(work);
    stop_signal stop;
    pass_on(stop, *target, work);
    call_->entry = board_entry(work, timeout, stop);
    self_->monitor(target->performer());
    auto wait = timeout > duration{0} ? caf::duration{timeout + target->grace()}
                                      : caf::infinite;
    self_
        ->request(target->performer(), wait, perform_atom_v,
                  make_job_call(work, timeout))
        .then(
            [this, number](const job_answer& x) {
              if (x.result == job_answer::declined)
                declined(number, duration{x.after_us});
              else
                answered(number, to_outcome(x));
            },
            [this, number, timeout](const caf::error& why) {
              answered(number, fail(reason(why, timeout)));
            });
  }

  // The stop comes on the thread of whoever asks for it.
  void pass_on(const stop_signal& stop, const actor_target& target,
               const leased_job& work) {
    if (!target.stop())
      return;
    std::function<void()> tell
        = [stop, to = target.stop(), id = work.value.id, fence = work.fence] {
            job_stop what{.id = id, .fence = fence};
            what.reason = static_cast<std::uint8_t>(stop.reason());
            caf::anon_send(to, std::move(what));
          };
    call_->on_stop
        = std::make_unique<std::stop_callback<std::function<void()>>>(
            stop.token(), std::move(tell));
  }

  std::unique_ptr<stop_board::running> board_entry(const leased_job& work,
                                                   duration timeout,
                                                   const stop_signal& stop) {
    stop_board::entry entry{.id = work.value.id,
                            .type = work.value.type,
                            .fence = work.fence,
                            .started = now(),
                            .deadline = std::nullopt,
                            .ends_itself = true,
                            .stop = stop};
    if (timeout > duration{0})
      entry.deadline = now() + timeout;
    // make_unique would have to move the ticket, which can't be moved.
    return std::unique_ptr<stop_board::running>{
        new stop_board::running{options_.board->add(std::move(entry))}};
  }

  void answered(std::uint64_t number, outcome what) {
    auto took = end_call(number);
    if (!took)
      return;
    const auto& work = chunk_->job(index_);
    end_job(chunk_->finish(
        index_, {options_.run->resolve(work, std::move(what)), *took}));
  }

  void declined(std::uint64_t number, duration wait) {
    if (end_call(number))
      end_job(chunk_->decline(index_, wait));
  }

  // How long it took. An answer, an error and a down message can come for the
  // same call: nothing for all but the first.
  std::optional<duration> end_call(std::uint64_t number) {
    if (!call_ || call_->number != number)
      return std::nullopt;
    auto took = std::chrono::duration_cast<duration>(now() - call_->started);
    if (call_->performer)
      self_->demonitor(call_->performer->address());
    call_.reset();
    return took;
  }

  void end_job(bool ours) {
    if (!ours)
      return self_->quit();
    unflushed_ = true;
    ++index_;
    step();
  }

  std::string reason(const caf::error& why, duration timeout) const {
    if (why == caf::sec::request_timeout)
      return "timed out: no answer of the handler actor within "
             + std::to_string(timeout.count() / 1000) + " ms";
    return "the handler actor failed: " + self_->system().render(why);
  }

  void report(bool last) {
    if (chunk_)
      done_chunk_ = chunk_->number();
    if (last)
      chunk_ = nullptr;
    flushed_ = now();
    unflushed_ = false;
    self_->send(options_.owner, performed{options_.number, done_chunk_, last});
  }

  steady::time_point now() const { return self_->clock().now(); }

  slot_actor::stateful_pointer<slot_state> self_;
  slot_options options_;
  chunk_ptr chunk_;
  std::uint64_t done_chunk_ = 0;
  std::size_t index_ = 0;
  steady::time_point flushed_{};
  bool unflushed_ = false;
  std::optional<call> call_;
  std::uint64_t calls_ = 0;
};

slot_actor::behavior_type slot(slot_actor::stateful_pointer<slot_state> self,
                               slot_options options) {
  auto* state = &self->state;
  state->start(std::move(options));
  return {
      [state](chunk_ptr& next) { state->work(std::move(next)); },
      [state](serve_atom) { state->serve(); },
  };
}

} // namespace

slot_actor spawn_slot(caf::actor_system& sys, slot_options options) {
  auto mode = options.run->config().handle.has_functions()
                  ? options.mode
                  : spawn_mode::scheduled;
  return spawn_blocking(sys, mode, slot, std::move(options));
}

} // namespace actors

} // namespace callboard
