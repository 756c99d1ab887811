#include "actors/cluster/dialler.hpp"

#include "actors/type_ids.hpp"
#include "store/schedule/backoff.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>

#include <algorithm>
#include <utility>

namespace callboard::actors {

namespace {

// A link that lasted so long has worked: the next try is the first again.
constexpr auto lasting = std::chrono::seconds{5};

constexpr backoff between_tries{
    .first = first_redial, .limit = longest_redial, .jitter = 0.5};

class dialler_state {
public:
  static constexpr const char* name = "dialler";

  explicit dialler_state(caf::stateful_actor<dialler_state>* self)
      : self_{self} {}

  void start(dialler_options options) {
    options_ = std::move(options);
    self_->set_down_handler([this](caf::down_msg& x) { link_ended(x); });
    self_->set_exit_handler([this](caf::exit_msg& x) {
      if (link_)
        self_->send_exit(link_, x.reason);
      link_ = nullptr;
      options_ = {};
      self_->quit(x.reason);
    });
    self_->send(self_, connect_atom_v);
  }

  void dial() {
    options_.gate->dial(
        options_.to, [me = caf::actor{self_}](result<line> answer) {
          caf::anon_send(
              me, dialled{std::make_shared<result<line>>(std::move(answer))});
        });
  }

  void connected(const dialled& x) {
    if (!*x.answer)
      return failed(x.answer->error().message);
    since_ = self_->clock().now();
    link_ = spawn_link(
        self_->system(),
        {.connection = std::move(**x.answer),
         .dialled = true,
         .hello = options_.hello,
         .owner = [owner = options_.owner](const peer_facts&, const peer_roles&)
             -> result<link_owner_actor> {
           return owner;
         }});
    self_->monitor(link_);
  }

private:
  void link_ended(const caf::down_msg& x) {
    link_ = nullptr;
    if (x.reason)
      return failed("can't talk to " + to_string(options_.to) + ": "
                    + caf::to_string(x.reason.context()));
    if (self_->clock().now() - since_ >= lasting)
      tries_ = 0;
    told_ = false;
    again();
  }

  void failed(const std::string& why) {
    // Told once, until a link was up again.
    if (!std::exchange(told_, true) && options_.log)
      options_.log({log_level::warning,
                    "can't link to a node; trying again and again",
                    {{"node", to_string(options_.to)}, {"why", why}}});
    again();
  }

  void again() {
    tries_ = std::min(tries_ + 1, 30);
    self_->delayed_send(self_, between_tries.after(tries_, options_.draw()),
                        connect_atom_v);
  }

  caf::stateful_actor<dialler_state>* self_;
  dialler_options options_;
  caf::actor link_;
  caf::actor_clock::time_point since_{};
  int tries_ = 0;
  bool told_ = false;
};

caf::behavior dialler(caf::stateful_actor<dialler_state>* self,
                      dialler_options options) {
  auto* state = &self->state;
  state->start(std::move(options));
  return {
      [state](connect_atom) { state->dial(); },
      [state](const dialled& x) { state->connected(x); },
  };
}

} // namespace

caf::actor spawn_dialler(caf::actor_system& sys, dialler_options options) {
  return sys.spawn(dialler, std::move(options));
}

} // namespace callboard::actors
