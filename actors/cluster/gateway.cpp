#include "actors/cluster/gateway.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>
#include <utility>

namespace callboard::actors {

namespace {

class gateway_state {
public:
  static constexpr const char* name = "gateway";

  explicit gateway_state(link_owner_actor::stateful_pointer<gateway_state> self)
      : self_{self} {}

  void start(const cluster_services& services) {
    for (std::size_t i = 0; i < gateway_threads; ++i)
      workers_.push_back(spawn_gateway_worker(self_->system(), services));
    self_->set_exit_handler([this](caf::exit_msg& x) {
      for (const auto& [id, link] : links_)
        self_->send(link, link_hang_up{"the node is closing"});
      for (const auto& worker : workers_)
        self_->send_exit(worker, x.reason);
      links_.clear();
      workers_.clear();
      self_->quit(x.reason);
    });
  }

  void up(const link_up& x) { links_[x.id] = x.link; }

  // In turn: a client that asks much shares its threads with all others, and
  // has no more calls open than its link lets in.
  void heard(const link_said& x) {
    auto from = links_.find(x.id);
    if (from == links_.end())
      return;
    self_->send(workers_[next_++ % workers_.size()],
                gateway_call{from->second, x});
  }

  void down(const link_down& x) { links_.erase(x.id); }

private:
  link_owner_actor::stateful_pointer<gateway_state> self_;
  std::vector<gateway_worker_actor> workers_;
  std::map<link_id, link_actor> links_;
  std::size_t next_ = 0;
};

link_owner_actor::behavior_type
gateway(link_owner_actor::stateful_pointer<gateway_state> self,
        const cluster_services& services) {
  auto* state = &self->state;
  state->start(services);
  return {
      [state](const link_up& x) { state->up(x); },
      [state](const link_said& x) { state->heard(x); },
      [state](const link_down& x) { state->down(x); },
  };
}

} // namespace

link_owner_actor spawn_gateway(caf::actor_system& sys,
                               cluster_services services) {
  return sys.spawn(gateway, std::move(services));
}

} // namespace callboard::actors
