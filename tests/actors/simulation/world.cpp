#include "tests/actors/simulation/world.hpp"

#include <algorithm>
#include <utility>

namespace callboard::simulation {

using namespace std::chrono_literals;

namespace {

constexpr time_point epoch
    = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};
constexpr int acts = 250;

} // namespace

world::world(std::uint64_t seed, std::size_t log_lines)
    : chance_{seed}, weather_{weather::draw(chance_)},
      db_{std::make_shared<testing::memory_database>(
          database_options{.clock =
                               [this] {
                                 return epoch + now_;
                               }})},
      books_{*db_, now_} {
  if (seed % 4 == 0)
    db_->write_alone();
  books_.recording = log_lines > 0;
  books_.kept_lines = log_lines;
  if (weather_.wake_ups) {
    wire_ = std::make_shared<wake_wire>();
    wire_->loses = [this] {
      return !calm_ && chance_.permille(weather_.hint_lost);
    };
  }
  seats_.resize(weather_.processes);
}

world::~world() = default;

verdict world::run() {
  verdict result;
  result.sky = to_string(weather_);
  try {
    for (auto& one : seats_)
      revive(one);
    for (int i = 0; i < acts; ++i) {
      act();
      check();
    }
    calm_down();
  } catch (const broken&) {
  }
  result.violation = books_.violation();
  result.log = books_.lines();
  result.jobs = books_.enqueued_count();
  result.starts = books_.starts();
  result.steps = steps_;
  result.second_leases = db_->calls("lease_for");
  result.took = now_;
  return result;
}

// -- time and order -----------------------------------------------------------

void world::pass(duration by) {
  now_ += by;
  for (auto& one : seats_)
    if (one.who)
      one.who->advance(by);
  std::erase_if(zombies_, [this](const auto& x) { return x.first <= now_; });
  if (outage_until_ && *outage_until_ <= now_) {
    outage_until_.reset();
    db_->back();
  }
}

void world::steps(std::size_t count) {
  for (; count > 0; --count) {
    std::vector<process*> able;
    for (auto& one : seats_)
      if (one.who && one.who->ready() > 0)
        able.push_back(one.who.get());
    if (able.empty())
      return;
    chance_.one_of(able)->step();
    ++steps_;
    look();
  }
}

void world::settle() {
  for (auto again = true; again;) {
    again = false;
    for (auto& one : seats_)
      while (one.who && one.who->ready() > 0) {
        one.who->step();
        ++steps_;
        again = true;
        look();
      }
    check();
  }
}

void world::look() {
  for (auto& one : seats_) {
    if (!one.who || (!one.who->doomed() && !one.who->failed()))
      continue;
    auto number = one.who->number();
    if (one.who->failed() && !books_.was_hurt(number) && !weather_.timeouts)
      books_.violated("process " + std::to_string(number)
                      + " gave up without a reason: "
                      + to_string(*one.who->failed()));
    kill(one);
  }
}

void world::check() {
  for (auto& one : seats_) {
    if (!one.who)
      continue;
    one.who->upgrades_answered();
    if (!one.who->closing())
      continue;
    if (auto report = one.who->closed()) {
      if (!report->drained && ending_)
        books_.violated("the last close left something running");
      // What did not end is left to the end of the process.
      if (!report->drained)
        kill(one);
      else if (one.who->empty())
        end(one);
    } else if (!one.who->frozen() && one.close_by && now_ > *one.close_by) {
      books_.violated("the close of process "
                      + std::to_string(one.who->number()) + " does not end");
    }
  }
  if (books_.violation())
    throw broken{};
}

void world::run_until(const std::function<bool()>& over, duration limit,
                      const char* what) {
  auto until = now_ + limit;
  for (;;) {
    settle();
    if (over())
      return;
    if (now_ > until) {
      books_.violated(what);
      throw broken{};
    }
    auto next = 1s + duration{0};
    for (auto& one : seats_) {
      if (!one.who && !ending_)
        next = std::min(next, one.back_at - now_);
      else if (!one.who)
        continue;
      else if (auto in = one.who->next_event())
        next = std::min(next, *in);
    }
    for (const auto& [until_then, store] : zombies_)
      next = std::min(next, until_then - now_);
    pass(std::max(next, duration{1}));
    for (auto& one : seats_)
      if (!one.who && one.back_at <= now_ && !ending_)
        revive(one);
  }
}

} // namespace callboard::simulation
