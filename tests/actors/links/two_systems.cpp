#include "tests/actors/links/two_systems.hpp"

#include <caf/actor_clock.hpp>
#include <caf/io/middleman.hpp>
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <utility>

namespace callboard::tests {

using namespace callboard::actors;

namespace {

// What can happen at one side.
constexpr std::size_t kinds = 7;

// A conversation takes some thousands.
constexpr std::size_t most_steps = 1'000'000;

void with_links(caf::actor_system_config& cfg) {
  cfg.load<caf::io::middleman, backend>();
  cfg.set("middleman.network-backend", caf::atom("testing"));
  cfg.set("middleman.heartbeat-interval",
          caf::timespan{std::chrono::milliseconds{1250}});
}

} // namespace

side::side()
    : stage{with_links}, net{dynamic_cast<backend&>(
                             stage.system().middleman().backend())} {}

two_systems::two_systems(std::uint64_t seed) : chance{seed} {
  if (std::getenv("CALLBOARD_LOG") != nullptr)
    for (std::size_t i = 0; i < sides.size(); ++i)
      sides[i].stage.overhear = [i](const std::string& line) {
        std::cout << (i == 0 ? "dialler  " : "node     ") << line << "\n";
      };
}

two_systems::~two_systems() {
  for (auto& one : sides)
    one.stopped = false;
  if (dialler.end)
    lose();
  while (step()) {
  }
  // Whoever dies may still have something to say to CAF's own actors, which
  // must have read it before their system ends.
  for (auto& one : sides)
    one.stage.kill_all();
  while (step()) {
  }
  for (auto& one : sides) {
    // A heartbeat that is due would keep its broker for ever.
    one.stage.system().clock().cancel_all();
    if (one.end)
      one.end->end();
  }
}

void two_systems::connect(speaker dials, speaker accepts) {
  lost = false;
  for (auto& one : sides)
    one.end
        = std::make_shared<line_end>(one.stage, one.net, chance, unread_limit_);
  line_end::join(dialler.end, node.end);
  auto link = [](side& at, speaker& who, bool dialled) {
    spawn_link(
        at.stage.system(),
        {.connection = at.end->hand_over("10.0.0.1:1"),
         .dialled = dialled,
         .hello = std::move(who.hello),
         .owner = [owner = std::move(who.owner)](const auto&, const auto&)
             -> result<link_owner_actor> { return owner; },
         .refused = {}});
  };
  link(dialler, dials, true);
  link(node, accepts, false);
}

void two_systems::lose() {
  lost = true;
  for (auto& one : sides)
    one.end->lose();
}

// -- who goes on next ---------------------------------------------------------

std::size_t two_systems::piece() {
  if (haste_ == 0 || (haste_ == 2 && chance.once_in(2)))
    return std::numeric_limits<std::size_t>::max();
  return 1 + chance.below(chance.once_in(2) ? 4 : 200);
}

bool two_systems::try_step(std::size_t kind) {
  auto& at = sides[kind / kinds];
  if (at.stopped)
    return false;
  switch (kind % kinds) {
  case 0:
    return at.stage.ready() > 0
           && at.stage.run(
               static_cast<std::size_t>(chance.below(at.stage.ready())));
  case 1:
    return at.net.try_exec_runnable();
  default:
    break;
  }
  if (!at.end)
    return false;
  switch (kind % kinds) {
  case 2:
    return at.end->work();
  case 3:
    return at.end->depart(piece());
  case 4:
    return at.end->read();
  case 5:
    return at.end->part();
  default:
    break;
  }
  if (!at.end->arrive(piece()))
    return false;
  ++arrivals;
  if (lose_after && arrivals == *lose_after && !lost)
    lose();
  return true;
}

bool two_systems::step() {
  auto first = chance.below(sides.size() * kinds);
  for (std::size_t i = 0; i < sides.size() * kinds; ++i)
    if (try_step((first + i) % (sides.size() * kinds))) {
      ++steps;
      return true;
    }
  return false;
}

void two_systems::settle() {
  for (std::size_t i = 0; step(); ++i)
    if (i > most_steps)
      FAIL("the two systems never come to rest");
}

void two_systems::pass(duration by) {
  settle();
  while (by > duration{0}) {
    auto next = by;
    for (const auto& one : sides) {
      if (one.stopped)
        continue;
      if (auto in = one.stage.next_timeout())
        next = std::min(next, std::max(*in, duration{1}));
      if (auto in = one.end ? one.end->next_timeout() : std::nullopt)
        next = std::min(next, std::max(*in, duration{1}));
    }
    for (auto& one : sides)
      one.stage.advance(next);
    by -= next;
    settle();
  }
}

} // namespace callboard::tests
