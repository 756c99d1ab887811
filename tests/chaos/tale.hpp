#pragma once

#include "tests/chaos/figures.hpp"
#include "tests/chaos/rules.hpp"

#include <cstdint>
#include <set>
#include <string>

namespace callboard::chaos {

inline constexpr micros second = 1'000'000;

/// A run with two nodes and two performers, told line by line. Time goes on by
/// itself, by 0.1 s.
class tale {
public:
  tale() {
    using enum change::kind;
    for (int i = 1; i <= 2; ++i) {
      facts_.lives.push_back({.name = std::to_string(i) + ".1",
                              .node = i,
                              .started = 1,
                              .ready = 2,
                              .ended = 1000 * second,
                              .asked_to_end = 999 * second});
      change_row(joined, "", 0).node = i;
      facts_.changes.back().text = "node-" + std::to_string(i);
    }
    for (int i = 1; i <= 2; ++i) {
      auto one = facts_.lives.front();
      one.name = "p" + std::to_string(i) + ".1";
      one.node = 0;
      one.performer = i;
      facts_.lives.push_back(one);
    }
    facts_.left_to_performers = {"remote"};
  }

  tale& enqueue(const std::string& type = "plain", int max_attempts = 0,
                const std::string& queue = "quick") {
    queue_ = queue;
    facts_.promises.push_back({.id = "a",
                               .queue = queue,
                               .type = type,
                               .max_attempts = max_attempts,
                               .known = promise::state::stored});
    change_row(change::kind::inserted, "a", 0);
    return *this;
  }

  tale& lease(int node, std::int64_t fence, int attempt = 1) {
    auto& row = change_row(change::kind::leased, "a", fence);
    row.node = node;
    row.attempt = attempt;
    row.text = queue_;
    node_ = node;
    return *this;
  }

  /// The handler of a lease begins at a performer.
  tale& begin_at(int performer, std::int64_t fence, int attempt = 1) {
    begin(fence, attempt);
    facts_.performances.back().life = "p" + std::to_string(performer) + ".1";
    return *this;
  }

  /// The node gives a job up with its performer.
  tale& lose(int performer, std::int64_t fence, int attempt = 1) {
    back(change::kind::retried, fence, attempt);
    facts_.changes.back().text
        = "performer lost: performer-" + std::to_string(performer) + " (why)";
    return *this;
  }

  tale& begin(std::int64_t fence, int attempt = 1, int node = 0) {
    facts_.performances.push_back(
        {.id = "a",
         .fence = fence,
         .attempt = attempt,
         .life = std::to_string(node ? node : node_) + ".1",
         .began = now(),
         .result = {}});
    return *this;
  }

  tale& end(const std::string& result) {
    facts_.performances.back().ended = now();
    facts_.performances.back().result = result;
    return *this;
  }

  /// `attempt` is what the row has afterwards.
  tale& back(change::kind how, std::int64_t fence, int attempt = 1,
             int crashes = 0) {
    auto& row = change_row(how, "a", fence);
    row.attempt = attempt;
    row.crashes = crashes;
    return *this;
  }

  tale& die(std::int64_t fence, const std::string& error, int crashes = 0) {
    auto& row = change_row(change::kind::died, "a", fence);
    row.text = error;
    row.crashes = crashes;
    return *this;
  }

  tale& claim_of(claim::kind what, std::int64_t fence, int node) {
    facts_.claims.push_back(
        {what, "a", fence, std::to_string(node) + ".1", {}});
    return *this;
  }

  tale& hit(fault_kind kind, int node, int performer = 0) {
    auto from = now();
    facts_.faults.push_back({kind, node, from, now(), performer});
    return *this;
  }

  tale& pass(micros time) {
    now_ += time;
    return *this;
  }

  history& facts() { return facts_; }

  std::set<std::string> broken_rules() const {
    std::set<std::string> rules;
    for (const auto& each : check(story{facts_}))
      rules.insert(each.rule);
    return rules;
  }

private:
  micros now() { return now_ += second / 10; }

  change& change_row(change::kind what, const std::string& id,
                     std::int64_t fence) {
    facts_.changes.push_back(
        {.at = now(), .what = what, .id = id, .fence = fence});
    return facts_.changes.back();
  }

  history facts_;
  micros now_ = 10;
  int node_ = 0;
  std::string queue_;
};

using rules = std::set<std::string>;

} // namespace callboard::chaos
