#pragma once

#include "actors/cluster/dialler.hpp"
#include "actors/cluster/greeting.hpp"
#include "actors/cluster/inner_line.hpp"
#include "actors/cluster/wire/type_ids.hpp"
#include "actors/register_types.hpp"
#include "actors/type_ids.hpp"
#include "tests/support/awaited.hpp"
#include "tests/support/certificates.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/io/middleman.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <catch2/catch.hpp>

#include <variant>

/// Links between two actor systems, over real sockets and the guards of both.
namespace callboard::tests {

using namespace callboard::actors;
using wire::peer_kind;

using news = std::variant<link_up, link_said, link_down>;
using news_list = std::shared_ptr<awaited<news>>;

inline link_owner_actor::behavior_type owner(link_owner_actor::pointer,
                                             news_list to) {
  return {
      [to](const link_up& x) { to->put(x); },
      [to](const link_said& x) { to->put(x); },
      [to](const link_down& x) { to->put(x); },
  };
}

struct config : caf::actor_system_config {
  config() {
    load<caf::io::middleman>();
    register_types(*this);
    set("scheduler.policy", caf::atom("sharing"));
    set("middleman.heartbeat-interval",
        caf::timespan{std::chrono::milliseconds{100}});
  }
};

/// One process of a cluster.
struct process {
  explicit process(guard_options options) {
    close_broker_at_its_end(sys);
    gate = guard::make(std::move(options)).value();
    talker = sys.spawn(owner, heard);
  }

  ~process() {
    for (auto& one : actors)
      caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
    actors.clear();
    caf::anon_send_exit(talker, caf::exit_reason::user_shutdown);
    talker = nullptr;
    gate.reset();
  }

  node_address listen(wire::hello_v1 own, node_address at = {"127.0.0.1", 0}) {
    auto bound = gate->bind(at).value();
    gate->welcome([this, own](line x) {
      spawn_link(sys, {.connection = std::move(x),
                       .hello = own,
                       .owner = [who = talker](const auto&, const auto&)
                           -> result<link_owner_actor> {
                         return who;
                       }});
    });
    return bound;
  }

  void keep_dialling(const node_address& to, wire::hello_v1 own) {
    actors.push_back(spawn_dialler(sys, {.gate = gate,
                                         .to = to,
                                         .hello = std::move(own),
                                         .owner = talker,
                                         .draw = [] { return 0.5; },
                                         .log =
                                             [this](const log_record& x) {
                                               for (const auto& [k, v] :
                                                    x.fields)
                                                 if (k == "why")
                                                   complaints.put(v);
                                             }}));
  }

  template <class T>
  T expect() {
    auto x = heard->next();
    REQUIRE(x.has_value());
    REQUIRE(std::holds_alternative<T>(*x));
    return std::get<T>(*x);
  }

  // Until the last actor has ended.
  awaited<std::string> complaints;
  config cfg;
  caf::actor_system sys{cfg};
  news_list heard = std::make_shared<awaited<news>>();
  std::shared_ptr<guard> gate;
  link_owner_actor talker;
  std::vector<caf::actor> actors;
};

inline wire::hello_v1 own_hello(peer_kind kind, const std::string& name) {
  return make_hello(kind, name, name + "-1");
}

inline const authority& ours() {
  static const authority made;
  return made;
}

inline void tell(const link_up& to, caf::message what) {
  caf::anon_send(to.link, link_tell{std::move(what)});
}

} // namespace callboard::tests
