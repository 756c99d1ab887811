#include "tests/actors/simulation/world.hpp"

#include <algorithm>
#include <utility>

/// What happens in a storm.
namespace callboard::simulation {

using namespace std::chrono_literals;

namespace {

const std::vector<std::string> queues{"mail", "bulk", "held", "agent"};

} // namespace

std::optional<strike> world::fate(const std::string& operation) {
  if (calm_)
    return std::nullopt;
  using kind = strike::kind;
  strike x{.why = errc{}};
  if (chance_.permille(weather_.slow)) {
    auto longest = chance_.once_in(50) ? 12s : 200ms + duration{0};
    x.before = chance_.between(0ms, longest);
    x.after = chance_.between(0ms, longest);
  } else if (weather_.rush > 0 && operation.starts_with("lease")) {
    x.before = chance_.between(0ms, 5ms);
    // The own connection may break and be there again meanwhile.
    x.after = chance_.between(0ms, operation == "lease_for" ? 60ms : 5ms);
  }
  auto strikes = [&](unsigned permille, kind how, errc why) {
    if (x.why != errc{} || !chance_.permille(permille))
      return;
    x.how = how;
    x.why = why;
    if (chance_.permille(weather_.half_open))
      x.noticed_after = chance_.between(10ms, 4s);
  };
  static const std::vector<errc> refusals{
      errc::database_busy, errc::database_read_only, errc::database_full};
  strikes(weather_.refused, kind::refused, chance_.one_of(refusals));
  strikes(weather_.broken, kind::broken, errc::database_unreachable);
  strikes(weather_.answer_lost, kind::answer_lost, errc::commit_unknown);
  strikes(weather_.thrown, kind::thrown, errc::internal);
  // A listener that throws says so on the console.
  if (operation == "listen" && (x.why == errc{} || x.how == kind::thrown))
    return std::nullopt;
  if (x.why == errc{} && x.before == 0us && x.after == 0us)
    return std::nullopt;
  return x;
}

world::seat* world::somebody() {
  auto& one = seats_[chance_.below(seats_.size())];
  return one.who ? &one : nullptr;
}

void world::act() {
  for (auto& one : seats_) {
    if (!one.who && one.back_at <= now_)
      revive(one);
    if (one.who && one.who->frozen() && chance_.once_in(30))
      one.who->thaw();
  }
  static const std::vector<std::string> mortal{
      "slot", "slot", "poller", "session", "listener", "performer"};
  // Without one of these the node can't go on, and says so.
  static const std::vector<std::string> vital{"keeper", "store-pool",
                                              "metrics"};
  static const std::vector<std::string> slow{
      "slot",       "poller",  "session",   "keeper",
      "store-pool", "metrics", "supervisor"};
  auto* at = somebody();
  auto does = [&](unsigned permille) {
    return at && chance_.permille(permille);
  };
  if (does(weather_.kill_actor))
    at->who->kill_actor(chance_.one_of(mortal));
  if (does(weather_.kill_vital))
    at->who->kill_actor(chance_.one_of(vital));
  if (does(weather_.upgrade) && !at->who->closing())
    upgrade(*at);
  if (does(weather_.close) && !at->who->closing())
    close_one(*at);
  if (does(weather_.freeze))
    at->who->freeze();
  if (does(weather_.lag))
    at->who->lag(chance_.one_of(slow));
  if (does(weather_.cancel))
    cancel_one();
  if (does(weather_.kill_process))
    kill(*at);
  if (chance_.permille(weather_.outage) && !outage_until_) {
    books_.note("the database goes away");
    db_->go_away();
    for (auto& one : seats_)
      if (one.who)
        books_.give_cause(one.who->number());
    outage_until_ = now_ + chance_.between(10ms, 20s);
  }
  if (chance_.once_in(8))
    add_jobs();
  if (chance_.permille(weather_.rush))
    add_many_jobs();
  if (chance_.permille(weather_.long_wait)) {
    for (auto& one : seats_)
      if (one.who)
        books_.give_cause(one.who->number());
    pass(chance_.between(1s, 15s));
  }
  pass(chance_.between(0us, 20ms));
  steps(chance_.below(30));
}

// -- jobs ---------------------------------------------------------------------

script world::draw_script() {
  using verb = deed::verb;
  auto took = [&] {
    return weather_.slow_handlers || chance_.once_in(10)
               ? chance_.between(0ms, 400ms)
           : chance_.once_in(2) ? duration{0}
                                : chance_.between(0ms, 3ms);
  };
  auto then = [&] {
    return chance_.between(0ms, 50ms);
  };
  script steps;
  static const std::vector<verb> again{verb::retry, verb::fail,
                                       verb::reschedule, verb::linger};
  static const std::vector<verb> last{
      verb::complete, verb::complete, verb::complete, verb::complete,
      verb::beget,    verb::bury,     verb::raise};
  while (chance_.once_in(4))
    steps.push_back({chance_.one_of(again), took(), then()});
  if (weather_.poison && !std::exchange(poisoned_, true))
    steps.push_back({verb::kill, took(), {}});
  else
    steps.push_back({chance_.one_of(last), took(), {}});
  return steps;
}

void world::add_many_jobs() {
  auto queue = chance_.once_in(2) ? "mail" : "bulk";
  auto longest = chance_.between(1ms, 4ms);
  std::vector<new_job> jobs;
  for (auto count = 50 + chance_.below(100); count > 0; --count)
    jobs.push_back({.queue = queue,
                    .type = "any",
                    .arg = to_text({{.took = chance_.between(0ms, longest)}}),
                    .id = "job-" + std::to_string(next_job_++)});
  enqueue(std::move(jobs));
}

void world::add_jobs() {
  std::vector<new_job> jobs;
  for (auto count = 1 + chance_.below(6); count > 0; --count) {
    new_job one{.queue = chance_.one_of(queues),
                .type = "any",
                .arg = to_text(draw_script()),
                .id = "job-" + std::to_string(next_job_++)};
    if (chance_.once_in(5))
      one.delay = chance_.between(0ms, 300ms);
    if (chance_.once_in(50))
      one.delay = 24h;
    if (chance_.once_in(8))
      one.max_attempts = static_cast<std::int32_t>(1 + chance_.below(4));
    jobs.push_back(std::move(one));
  }
  enqueue(std::move(jobs));
}

void world::enqueue(std::vector<new_job> jobs) {
  auto* at = somebody();
  if (!at)
    return;
  auto done = at->who->enqueue(jobs);
  if (!done && done.error().code == errc::commit_unknown
      && chance_.once_in(2)) {
    done = at->who->enqueue(jobs);
    if (!done && done.error().code == errc::job_already_exists)
      done = {};
  }
  if (done)
    for (const auto& one : jobs)
      if (!books_.knows(one.id))
        books_.violated("an enqueue succeeded, but job " + one.id
                        + " was not stored");
}

void world::cancel_one() {
  auto all = db_->jobs();
  auto* at = somebody();
  if (!all.empty() && at)
    (void)at->who->cancel(chance_.one_of(all).value.id);
}

// -- processes ----------------------------------------------------------------

void world::upgrade(seat& at) {
  std::vector<queue_plan> plans;
  for (const auto& name : queues) {
    if (chance_.once_in(4))
      continue;
    queue_plan one{.queue = name,
                   .concurrency = static_cast<int>(1 + chance_.below(4)),
                   .poll = chance_.between(100ms, 2s)};
    if (weather_.timeouts && chance_.once_in(2))
      one.timeout = chance_.between(20ms, 300ms);
    plans.push_back(std::move(one));
  }
  at.who->upgrade(plans, chance_.between(0s, 5s));
}

void world::close_one(seat& at) {
  auto grace = chance_.between(0s, 3s);
  at.who->close(grace);
  // What a storm can hold up, beside what the close itself may take.
  at.close_by = now_ + grace + 60s;
}

void world::kill(seat& at) {
  books_.note("process " + std::to_string(at.who->number()) + " is gone");
  books_.gone(at.who->number());
  end(at);
}

void world::end(seat& at) {
  at.who.reset();
  at.close_by.reset();
  at.back_at = now_ + chance_.between(0ms, 1s);
}

void world::revive(seat& at) {
  client_options settings;
  settings.node_name = "node-" + std::to_string(&at - seats_.data() + 1);
  settings.settle_connections = 1 + static_cast<unsigned>(chance_.below(2));
  settings.hung_grace = chance_.between(5ms, 300ms);
  process_setup setup{
      .number = next_process_++,
      .db = db_,
      .wire = wire_,
      .books = books_,
      .chance = chance_,
      .now = now_,
      .calm = calm_,
      .fate = [this](const auto& x) { return fate(x); },
      .bury =
          [this](std::shared_ptr<job_store> store, duration by) {
            zombies_.emplace_back(now_ + by, std::move(store));
          },
      .settings = std::move(settings)};
  at.who = std::make_unique<process>(std::move(setup));
  books_.note("process " + std::to_string(at.who->number()) + " begins as "
              + at.who->node_name());
  if (calm_)
    upgrade_at_last(at);
  else
    upgrade(at);
}

} // namespace callboard::simulation
