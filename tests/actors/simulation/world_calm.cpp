#include "tests/actors/simulation/world.hpp"

#include <algorithm>

/// What follows a storm: nothing goes wrong any more, and so all must end.
namespace callboard::simulation {

using namespace std::chrono_literals;

namespace {

constexpr int last_concurrency = 2;
const std::vector<std::string> queues{"mail", "bulk", "held", "agent"};

} // namespace

void world::calm_down() {
  books_.note("calm weather from here on");
  calm_ = true;
  zombies_.clear();
  if (outage_until_) {
    outage_until_.reset();
    db_->back();
  }
  for (auto& one : seats_) {
    if (one.who)
      one.who->thaw();
    if (one.close_by)
      one.close_by = now_ + 20s;
  }
  auto closed = [this] {
    return std::none_of(seats_.begin(), seats_.end(), [](const auto& x) {
      return x.who && x.who->closing();
    });
  };
  run_until(closed, 30s, "a close does not end in calm weather");
  for (auto& one : seats_) {
    if (!one.who)
      revive(one);
    else
      upgrade_at_last(one);
  }
  run_until([this] { return drained(); }, 180s,
            "not everything is done in calm weather");
  run_until([this] { return only_living_nodes(); }, 30s,
            "a dead node stays registered, or a living one is not");
  check_capacity();
  close_all();
  books_.check_end();
}

void world::upgrade_at_last(seat& at) {
  std::vector<queue_plan> plans;
  for (const auto& name : queues)
    plans.push_back(
        {.queue = name, .concurrency = last_concurrency, .poll = 1s});
  at.who->upgrade(plans, 1h);
}

bool world::drained() const {
  for (const auto& one : seats_)
    if (!one.who || !one.who->upgrades_answered()
        || books_.performs(one.who->number()))
      return false;
  auto left = db_->jobs();
  // Those that were enqueued for tomorrow wait.
  return std::all_of(left.begin(), left.end(), [this](const auto& x) {
    return x.state == job_state::delayed && x.value.run_at > db_->now() + 1h;
  });
}

bool world::only_living_nodes() const {
  auto nodes = db_->connect().value()->nodes().value();
  // Of a connection that nobody answers for the lock is held for a while.
  return zombies_.empty() && nodes.size() == seats_.size()
         && std::all_of(nodes.begin(), nodes.end(),
                        [](const auto& x) { return x.alive; });
}

void world::check_capacity() {
  for (auto& one : seats_) {
    auto slots = one.who->alive("slot");
    if (slots != last_concurrency * queues.size())
      books_.violated("process " + std::to_string(one.who->number()) + " has "
                      + std::to_string(slots) + " slots in the end");
    if (one.who->alive("poller") != queues.size())
      books_.violated("process " + std::to_string(one.who->number()) + " has "
                      + std::to_string(one.who->alive("poller"))
                      + " pollers in the end");
  }
}

void world::close_all() {
  ending_ = true;
  for (auto& one : seats_)
    one.who->close(5s);
  run_until(
      [this] {
        return std::none_of(seats_.begin(), seats_.end(),
                            [](auto& x) { return x.who != nullptr; });
      },
      20s, "the last close does not end");
  for (const auto& one : db_->connect().value()->nodes().value())
    books_.violated(one.name + " is still registered after all were closed: "
                    + "incarnation " + std::to_string(one.id));
}

} // namespace callboard::simulation
