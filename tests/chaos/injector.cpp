#include "tests/chaos/injector.hpp"

#include <signal.h>

#include <algorithm>
#include <ostream>
#include <utility>

namespace callboard::chaos {

namespace {

using enum fault_kind;

/// So long a fault waits for a node that it can hit.
constexpr auto patience = std::chrono::seconds{30};
/// So long a node may take to start, whatever else happens.
constexpr micros start_limit = 120'000'000;
constexpr micros end_limit = 60'000'000;

} // namespace

injector::injector(const settings& rules, const node_list& nodes,
                   const performer_list& performers, client_enqueuer& client,
                   program_enqueuer& program, std::ostream& out)
    : rules_{rules}, nodes_{nodes}, performers_{performers}, client_{client},
      program_{program}, out_{out}, server_{rules}, poisons_{"x",
                                                             rules.seed + 3,
                                                             false} {}

void injector::perform(const planned_fault& what, const std::stop_token& stop) {
  try {
    if (hits_the_server(what.kind))
      return on_server(what, stop);
    if (hits_peers(what.kind))
      return on_peers(what, stop);
    if (hits_a_performer(what.kind)) {
      auto* one = claim(performers_, what.performer);
      if (!one)
        return miss(what, "no performer was there to be hit");
      on_performer(*one, what, stop);
      return give_back(*one);
    }
    if (!hits_a_node(what.kind))
      return on_enqueuers(what, stop);
    auto* one = claim(nodes_, what.node);
    if (!one)
      return miss(what, "no node was there to be hit");
    on_node(*one, what, stop);
    give_back(*one);
  } catch (const std::exception& x) {
    miss(what, x.what());
  }
}

std::vector<fault> injector::faults() const {
  std::lock_guard lock{mutex_};
  return faults_;
}

std::vector<std::string> injector::missed() const {
  std::lock_guard lock{mutex_};
  return missed_;
}

template <class T>
T* injector::claim(const std::vector<std::unique_ptr<T>>& from, int preferred) {
  std::unique_lock lock{mutex_};
  auto deadline = std::chrono::steady_clock::now() + patience;
  do {
    for (std::size_t i = 0; i < from.size(); ++i) {
      auto at = (static_cast<std::size_t>(preferred) - 1 + i) % from.size();
      auto& one = *from[at];
      if (one.ready() && claimed_.insert(&one).second)
        return &one;
    }
    // They become ready without telling this.
    freed_.wait_for(lock, std::chrono::milliseconds{50});
  } while (std::chrono::steady_clock::now() < deadline);
  return nullptr;
}

void injector::give_back(const member& one) {
  std::lock_guard lock{mutex_};
  claimed_.erase(&one);
  freed_.notify_all();
}

micros injector::restart(member& one, const planned_fault& what) {
  auto life = one.life();
  if (what.kind == kill || what.kind == performer_kill) {
    one.kill();
  } else {
    one.ask_to_end();
    if (!one.await_end(life, end_limit)) {
      miss(what, one.name() + " does not end when it is asked to");
      one.kill();
    }
  }
  return one.await_ready(life, start_limit).value_or(present());
}

void injector::hold(member& one, micros span, const std::stop_token& stop) {
  one.signal(SIGSTOP);
  rest(stop, span);
  one.signal(SIGCONT);
}

/// For longer than a drain may last. On SQLite not in the midst of a
/// transaction: nobody could write to the file until it goes on, and whoever
/// was asked to end would end with outcomes that nobody took.
void injector::stop_long(node& one, micros span, const std::stop_token& stop) {
  constexpr micros a_while = 10'000;
  auto others_wait = [this] {
    return !rules_.on_postgres() && !audit{rules_.database}.takes_writes();
  };
  while (one.stop() && others_wait() && !stop.stop_requested()) {
    one.signal(SIGCONT);
    rest(stop, a_while);
  }
  rest(stop, span);
  one.signal(SIGCONT);
}

void injector::on_node(node& one, const planned_fault& what,
                       const std::stop_token& stop) {
  auto from = present();
  switch (what.kind) {
  case kill:
  case deploy: {
    auto to = restart(one, what);
    return note(what, one.number(), from, to);
  }
  case pause:
    hold(one, what.lasts, stop);
    break;
  case chaos::fault_kind::stop:
    stop_long(one, what.lasts, stop);
    break;
  case reload:
    one.configure({1 + static_cast<int>(what.at % most_slots),
                   1 + static_cast<int>(what.at / 10 % most_slots),
                   1 + static_cast<int>(what.at / 100 % 3)});
    one.signal(SIGHUP);
    break;
  case terminate: {
    std::lock_guard while_the_server_runs{server_mutex_};
    from = present();
    audit{rules_.database}.terminate(one.application());
    break;
  }
  default:
    return on_network(one, what, stop);
  }
  note(what, one.number(), from, present());
}

void injector::on_performer(performer& one, const planned_fault& what,
                            const std::stop_token& stop) {
  auto from = present();
  switch (what.kind) {
  case performer_kill:
  case performer_deploy: {
    auto to = restart(one, what);
    return note(what, 0, from, to, one.number());
  }
  case performer_pause:
  case performer_stop:
    hold(one, what.lasts, stop);
    break;
  case performer_reload:
    one.configure(2 + static_cast<int>(what.at % (most_performer_slots - 1)));
    one.signal(SIGHUP);
    break;
  default:
    return on_link(one, what, stop);
  }
  note(what, 0, from, present(), one.number());
}

void injector::on_server(const planned_fault& what,
                         const std::stop_token& stop) {
  std::lock_guard one_at_a_time{server_mutex_};
  auto from = present();
  auto to = from;
  if (what.kind == lock_table) {
    audit{rules_.database}.locked([&] { rest(stop, what.lasts); });
    to = present();
  } else {
    to = server_.restart(what.kind == restart_fast ? "fast" : "immediate",
                         what.lasts, stop);
  }
  note(what, 0, from, to);
}

void injector::on_enqueuers(const planned_fault& what,
                            const std::stop_token& stop) {
  auto from = present();
  switch (what.kind) {
  case client_cut:
    client_.network()->cut();
    break;
  case client_swallow:
    client_.network()->swallow();
    rest(stop, what.lasts);
    client_.network()->resume();
    break;
  case kill_enqueuer:
    program_.kill_next();
    break;
  default:
    store_poison(stop);
  }
  note(what, 0, from, present());
}

void injector::store_poison(const std::stop_token& stop) {
  do {
    std::unique_lock lock{mutex_};
    auto job = poisons_.draw_poison();
    lock.unlock();
    if (client_.store({job}, stop))
      return;
  } while (rest(stop, 100'000));
}

void injector::miss(const planned_fault& what, const std::string& why) {
  std::lock_guard lock{mutex_};
  missed_.push_back(std::string{to_string(what.kind)} + ": " + why);
}

void injector::note(const planned_fault& what, int node, micros from, micros to,
                    int performer) {
  std::lock_guard lock{mutex_};
  faults_.push_back({what.kind, node, from, to, performer});
  out_ << from << ' ' << to << ' ' << to_string(what.kind) << ' ' << node << ' '
       << performer << std::endl;
}

} // namespace callboard::chaos
