#pragma once

#include "tests/store/conformance/conformance.hpp"

#include <atomic>
#include <cstddef>
#include <set>
#include <vector>

namespace callboard::test {

/// Jobs that several threads lease and complete, each on its connection, until
/// all are performed.
struct race {
  std::size_t jobs = 0;
  std::atomic<std::size_t> performed = 0;
  std::atomic<int> failures = 0;

  void prepare(job_store& store) const {
    std::vector<new_job> bulk(jobs);
    for (auto& one : bulk)
      one = {.queue = "mail", .type = "t"};
    put(store, std::move(bulk));
  }

  /// One thread's part. Its jobs come to `seen`.
  template <class Lease>
  void run(job_store& store, strings& seen, Lease lease) {
    while (performed < jobs && failures == 0) {
      auto batches = lease();
      if (!batches) {
        ++failures;
        return;
      }
      std::vector<settlement> done;
      for (const auto& one : (*batches)[0].jobs) {
        seen.push_back(one.value.id);
        done.push_back({one.value.id, one.fence, completed{}});
      }
      auto report = store.settle(done);
      if (!report) {
        ++failures;
        return;
      }
      for (bool accepted : report->accepted)
        accepted ? ++performed : ++failures;
    }
  }

  /// Each job came to one of them, once.
  void check(const std::vector<strings>& seen) const {
    CHECK(failures == 0);
    std::set<std::string> all;
    std::size_t count = 0;
    for (const auto& some : seen) {
      all.insert(some.begin(), some.end());
      count += some.size();
    }
    CHECK(count == jobs);
    CHECK(all.size() == jobs);
  }
};

} // namespace callboard::test
