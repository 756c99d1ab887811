#include "actors/cluster/peers.hpp"

#include "actors/cluster/hint_book.hpp"
#include "actors/cluster/wire/type_ids.hpp"
#include "actors/type_ids.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>
#include <set>
#include <utility>

namespace callboard::actors {

namespace {

class peers_state {
public:
  static constexpr const char* name = "peers";

  explicit peers_state(peers_actor::stateful_pointer<peers_state> self)
      : self_{self} {}

  void start(peers_options options) {
    options_ = std::move(options);
    options_.dial.owner = caf::actor_cast<link_owner_actor>(self_);
    self_->set_exit_handler([this](caf::exit_msg& x) {
      for (const auto& [address, dialler] : diallers_)
        self_->send_exit(dialler, x.reason);
      for (const auto& [id, peer] : peers_)
        self_->send(peer.link, link_hang_up{"the node is closing"});
      diallers_.clear();
      peers_.clear();
      options_ = {};
      self_->quit(x.reason);
    });
  }

  void up(const link_up& x) {
    auto& peer = peers_[x.id];
    peer.link = x.link;
    peer.name = x.peer.hello.name;
    log("linked to a node", peer,
        {{"address", x.peer.address},
         {"program", x.peer.hello.program},
         {"version", std::to_string(x.peer.version)}});
    // What it missed while there was no link. (Its own end may have come up
    // earlier than this one, so that it can't know.)
    peer.book.wake("");
    flush(peer);
  }

  void heard(const link_said& x) {
    auto at = peers_.find(x.id);
    if (at == peers_.end())
      return;
    if (const auto* wake = said<wire::wake_v1>(x)) {
      for (const auto& queue : wake->queues)
        self_->send(options_.supervisor, wake_up{queue, duration{0}});
      answer(at->second);
    } else if (said<wire::cancel_hint_v1>(x)) {
      self_->send(options_.supervisor, cancel_atom_v);
      answer(at->second);
    } else if (said<wire::heard_v1>(x)) {
      at->second.book.heard();
      flush(at->second);
    } else {
      self_->send(at->second.link, link_hang_up{"no message between nodes"});
    }
  }

  void down(const link_down& x) {
    if (auto gone = peers_.extract(x.id))
      log("the link to a node has ended", gone.mapped(), {{"why", x.why}});
  }

  void wake(const hint_wake& x) {
    for (auto& [id, peer] : peers_) {
      peer.book.wake(x.queue);
      flush(peer);
    }
  }

  void cancel() {
    for (auto& [id, peer] : peers_) {
      peer.book.cancel();
      flush(peer);
    }
  }

  void meet(const known_nodes& x) {
    std::set<std::string> wanted;
    for (const auto& address : x.addresses)
      if (options_.address < address && wanted.size() < most_peers)
        wanted.insert(address);
    for (auto i = diallers_.begin(); i != diallers_.end();) {
      if (wanted.contains(i->first)) {
        ++i;
        continue;
      }
      self_->send_exit(i->second, caf::exit_reason::user_shutdown);
      i = diallers_.erase(i);
    }
    for (const auto& address : wanted) {
      auto to = parse_address(address);
      if (!to || diallers_.contains(address))
        continue;
      auto dial = options_.dial;
      dial.to = *to;
      diallers_.emplace(address,
                        spawn_dialler(self_->system(), std::move(dial)));
    }
  }

private:
  struct neighbour {
    link_actor link;
    std::string name;
    hint_book book;
  };

  void log(std::string text, const neighbour& who,
           std::vector<std::pair<std::string_view, std::string>> facts) {
    if (!options_.dial.log)
      return;
    facts.insert(facts.begin(), {"node", who.name});
    options_.dial.log({log_level::info, std::move(text), std::move(facts)});
  }

  void answer(neighbour& to) {
    self_->send(to.link, link_tell{caf::make_message(wire::heard_v1{})});
  }

  void flush(neighbour& to) {
    auto next = to.book.next();
    if (!next)
      return;
    if (next->queues.empty())
      self_->send(to.link,
                  link_tell{caf::make_message(wire::cancel_hint_v1{})});
    else
      self_->send(to.link, link_tell{caf::make_message(
                               wire::wake_v1{std::move(next->queues)})});
  }

  peers_actor::stateful_pointer<peers_state> self_;
  peers_options options_;
  std::map<link_id, neighbour> peers_;
  std::map<std::string, caf::actor> diallers_;
};

peers_actor::behavior_type
peers(peers_actor::stateful_pointer<peers_state> self, peers_options options) {
  auto* state = &self->state;
  state->start(std::move(options));
  return {
      [state](const link_up& x) { state->up(x); },
      [state](const link_said& x) { state->heard(x); },
      [state](const link_down& x) { state->down(x); },
      [state](const hint_wake& x) { state->wake(x); },
      [state](const hint_cancel&) { state->cancel(); },
      [state](const known_nodes& x) { state->meet(x); },
  };
}

} // namespace

peers_actor spawn_peers(caf::actor_system& sys, peers_options options) {
  return sys.spawn(peers, std::move(options));
}

} // namespace callboard::actors
