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

// Between two looks at the mailbox, and between two questions whether the
// database is still there.
constexpr auto wait_limit = std::chrono::seconds{10};

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
    if (heard->joined)
      self_->send(options_.keeper, joined_atom_v);
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
    auto news
        = options_.numbers->database.up(link::listening, self_->clock().now());
    if (news && options_.log)
      options_.log({log_level::info, std::move(news->text), {}});
    // What was told before we listened.
    self_->send(options_.supervisor, wake_up{});
    self_->send(options_.keeper, joined_atom_v);
    return true;
  }

  void fail(const error& why) {
    if (why.code == errc::unsupported || options_.off->stopped()) {
      options_.numbers->database.none(link::listening);
      return self_->quit();
    }
    auto news = options_.numbers->database.down(link::listening, why,
                                                self_->clock().now());
    if (news && options_.log)
      options_.log({log_level::warning, std::move(news->text), {}});
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
