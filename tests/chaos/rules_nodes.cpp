#include "tests/chaos/rules.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace callboard::chaos {

namespace {

std::string how(int code) {
  return code < 0 ? "by signal " + std::to_string(-code)
                  : "with exit code " + std::to_string(code);
}

std::string kind_of(const life& one) {
  return one.performer != 0 ? "performer " : "node ";
}

bool died_of_poison(const story& told, const life& one) {
  return std::any_of(
      told.facts().performances.begin(), told.facts().performances.end(),
      [&](const performance& x) {
        if (x.life != one.name || x.ended != 0)
          return false;
        auto job = told.jobs().find(x.id);
        return job != told.jobs().end() && job->second.promised
               && job->second.promised->type.starts_with("poison");
      });
}

void check_life(const story& told, const life& one, findings& found) {
  if (one.killed != 0)
    return;
  if (one.asked_to_end != 0) {
    // Poison doesn't care what its node was doing.
    // Nor can it hand back its jobs without its database, and says so; a
    // performer has none.
    auto excused = died_of_poison(told, one)
                   || (one.code > 0 && one.node != 0
                       && told.explain(one.node, one.asked_to_end, one.ended));
    if (one.code != 0 && !excused)
      found.push_back({"did not end in peace", kind_of(one) + one.name
                                                   + " ended " + how(one.code)
                                                   + " after SIGTERM"});
    return;
  }
  if (died_of_poison(told, one))
    return;
  // It can't start without its database, and says so.
  if (one.ready == 0 && one.code > 0 && one.node != 0
      && told.explain(one.node, one.started, one.ended))
    return;
  found.push_back(
      {"ended by itself", kind_of(one) + one.name + " ended " + how(one.code)});
}

/// Jobs of one queue that ran in one process at once.
void check_slots(const story& told, findings& found) {
  std::map<std::pair<std::string, std::string>,
           std::vector<std::pair<micros, int>>>
      steps;
  for (const auto& each : told.facts().performances) {
    auto job = told.jobs().find(each.id);
    if (each.ended == 0 || job == told.jobs().end() || !job->second.promised)
      continue;
    auto& one = steps[{each.life, job->second.promised->queue}];
    one.emplace_back(each.began, 1);
    one.emplace_back(each.ended, -1);
  }
  for (auto& [key, moments] : steps) {
    // Ends go before begins of the same moment.
    std::sort(moments.begin(), moments.end());
    int now = 0, most = 0;
    for (const auto& [at, change] : moments)
      most = std::max(most, now += change);
    auto limit = told.facts().most_slots.find(key.second);
    if (limit != told.facts().most_slots.end() && most > limit->second)
      found.push_back(
          {"too many at once", key.first + " ran " + std::to_string(most)
                                   + " jobs of queue " + key.second
                                   + " at once; it never had more than "
                                   + std::to_string(limit->second) + " slots"});
  }
}

} // namespace

void check_nodes(const story& told, findings& found) {
  for (const auto& each : told.facts().lives)
    check_life(told, each, found);
  check_slots(told, found);
}

} // namespace callboard::chaos
