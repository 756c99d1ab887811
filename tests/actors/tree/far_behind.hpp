#pragma once

#include "tests/support/tree_fixture.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <map>
#include <string>
#include <vector>

/// A queue that is far behind, for tests of what flows then.
namespace callboard::testing {

/// In the order of their ids.
inline std::vector<new_job> many(std::size_t count) {
  std::vector<new_job> jobs(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto number = std::to_string(i);
    jobs[i] = {.queue = "mail",
               .type = "any",
               .id = "j" + std::string(6 - number.size(), '0') + number};
  }
  return jobs;
}

/// A lease takes this long, so that a reserve is worth it.
inline void slow_leases(tree_fixture& tree) {
  tree.db->before([&tree](const operation& which) {
    if (which == "lease" || which == "lease_for")
      tree.pass(std::chrono::milliseconds{2});
  });
}

/// What was completed, in the order of the store.
inline std::vector<std::string> completions(const tree_fixture& tree) {
  std::vector<std::string> ids;
  for (const auto& x : tree.db->accepted())
    if (std::holds_alternative<completed>(x.action))
      ids.push_back(x.id);
  return ids;
}

/// Each was completed once, and nothing is left.
inline void check_all_done(const tree_fixture& tree, std::size_t count) {
  CHECK(tree.db->jobs().empty());
  std::map<std::string, int> times;
  for (const auto& id : completions(tree))
    ++times[id];
  CHECK(times.size() == count);
  std::size_t more = 0;
  for (const auto& [id, completed] : times)
    more += completed > 1;
  CHECK(more == 0);
}

} // namespace callboard::testing
