#include "actors/keeper/listener.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <utility>

namespace callboard::actors {

bool listen_switch::attach(std::shared_ptr<wake_listener> to) {
  std::lock_guard lock{mutex_};
  to_ = std::move(to);
  return !stopped_;
}

void listen_switch::stop() {
  std::lock_guard lock{mutex_};
  stopped_ = true;
  if (to_)
    to_->interrupt();
}

bool listen_switch::stopped() const {
  std::lock_guard lock{mutex_};
  return stopped_;
}

namespace {

// Between two looks at the mailbox.
constexpr auto wait_limit = std::chrono::seconds{30};

class listener_state {
public:
  static constexpr const char* name = "listener";

  explicit listener_state(listener_actor::stateful_pointer<listener_state> self)
      : self_{self} {}

  void start(listener_options options) {
    options_ = std::move(options);
    self_->send(self_, listen_atom_v);
  }

  void listen() {
    if (!source_ && !connect())
      return;
    auto heard = source_->wait(wait_limit);
    if (options_.off->stopped())
      return self_->quit();
    if (!heard)
      return fail(heard.error());
    for (const auto& queue : heard->queues)
      self_->send(options_.supervisor, wake_up{queue, duration{0}});
    if (heard->cancels)
      self_->send(options_.supervisor, cancel_atom_v);
    self_->send(self_, listen_atom_v);
  }

private:
  bool connect() {
    auto made = options_.db->listen();
    if (!made) {
      fail(made.error());
      return false;
    }
    source_ = std::move(*made);
    if (!options_.off->attach(source_)) {
      self_->quit();
      return false;
    }
    // What was told before we listened.
    self_->send(options_.supervisor, wake_up{});
    return true;
  }

  void fail(const error& why) {
    if (why.code == errc::unsupported || options_.off->stopped())
      return self_->quit();
    self_->quit(caf::make_error(caf::sec::runtime_error, to_string(why)));
  }

  listener_actor::stateful_pointer<listener_state> self_;
  listener_options options_;
  std::shared_ptr<wake_listener> source_;
};

listener_actor::behavior_type
listener(listener_actor::stateful_pointer<listener_state> self,
         listener_options options) {
  auto* state = &self->state;
  state->start(std::move(options));
  return {[state](listen_atom) {
    state->listen();
  }};
}

} // namespace

listener_actor spawn_listener(caf::actor_system& sys,
                              listener_options options) {
  auto mode = options.mode;
  return spawn_blocking(sys, mode, listener, std::move(options));
}

} // namespace callboard::actors
