#include "tests/chaos/run.hpp"

#include <signal.h>

#include <algorithm>

namespace callboard::chaos {

namespace {

/// For whoever looks into a run, when its database is gone.
void keep(const std::vector<change>& all, const std::string& file) {
  std::ofstream out{file};
  for (const auto& each : all)
    out << each.sequence << ' ' << each.at << ' ' << to_string(each.what) << ' '
        << each.id << " fence " << each.fence << " attempt " << each.attempt
        << " crashes " << each.crashes << " node " << each.node << ' '
        << each.text << '\n';
}

} // namespace

void run::ask_witnesses() {
  read_ledger();
  facts_.promises = notes_.promises();
  facts_.performances = performances_of(lines_);
  facts_.changes = audit{rules_.database}.changes();
  keep(facts_.changes, rules_.folder + "/changes");
  auto made = injector_.faults();
  facts_.faults.insert(facts_.faults.end(), made.begin(), made.end());
  facts_.silence_limit = rules_.silence_limit;
  facts_.silence = rules_.silence;
  for (const auto* queue : {"quick", "slow", "program"})
    facts_.most_slots[queue] = most_slots;
  facts_.most_slots["remote"] = most_performer_slots;
  facts_.left_to_performers = {"remote"};
  for (const auto* each : members_) {
    int number = 0;
    for (const auto& life : each->lives()) {
      ++number;
      facts_.lives.push_back(life);
      // A performer knows nothing of leases.
      if (life.performer != 0)
        continue;
      auto claims = claims_in(each->log_file(number), life.name);
      facts_.claims.insert(facts_.claims.end(), claims.begin(), claims.end());
    }
  }
  add_poisoned();
  std::sort(facts_.faults.begin(), facts_.faults.end(),
            [](const fault& x, const fault& y) { return x.from < y.from; });
  for (const auto& each : notes_.complaints())
    seen_.push_back({"wrong answer", each});
  about_.database = rules_.on_postgres() ? "PostgreSQL" : "SQLite";
  about_.seed = rules_.seed;
  about_.nodes = rules_.nodes;
  about_.performers = rules_.performers;
  about_.silence = rules_.silence;
  about_.silence_limit = rules_.silence_limit;
  about_.slowest_enqueue = notes_.slowest();
  about_.folder = rules_.folder;
}

/// What poison did to its node is a fault, too: from when its work was over to
/// when the node was back.
void run::add_poisoned() {
  for (const auto& each : facts_.performances) {
    if (!each.id.starts_with("x-") || each.ended != 0)
      continue;
    auto life
        = std::find_if(facts_.lives.begin(), facts_.lives.end(),
                       [&](const auto& x) { return x.name == each.life; });
    // Not when we were quicker.
    if (life == facts_.lives.end() || life->code == -SIGKILL)
      continue;
    auto job = std::find_if(facts_.promises.begin(), facts_.promises.end(),
                            [&](const auto& x) { return x.id == each.id; });
    auto back = std::next(life);
    while (back != facts_.lives.end() && back->node == life->node
           && back->ready == 0)
      ++back;
    auto again = back != facts_.lives.end() && back->node == life->node;
    facts_.faults.push_back({fault_kind::poisoned, life->node,
                             each.began + job->what.milliseconds * 1000,
                             again ? back->ready : life->ended});
  }
}

} // namespace callboard::chaos
