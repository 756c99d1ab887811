#pragma once

#include "store/database.hpp"
#include "tests/support/backends.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace callboard::test {

/// The value, or a failed test with the error's text.
template <class T>
T ok(result<T> answer) {
  if (!answer)
    FAIL(callboard::to_string(answer.error()));
  return std::move(*answer);
}

inline void ok(const result<void>& answer) {
  if (!answer)
    FAIL(callboard::to_string(answer.error()));
}

/// The error, or a failed test.
template <class T>
error failed_with(const result<T>& answer, errc code) {
  if (answer)
    FAIL("worked, though " << to_string(code) << " was expected");
  INFO(callboard::to_string(answer.error()));
  CHECK(to_string(answer.error().code) == to_string(code));
  return answer.error();
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

/// A connection that joined as a node.
inline std::unique_ptr<job_store> join(database& db,
                                       const std::string& name = "n1") {
  auto store = ok(db.connect());
  ok(store->join(name, ""));
  return store;
}

/// Ends a node's connection as its death would, and waits until the database
/// has noticed.
void kill_node(const backend& place, std::unique_ptr<job_store> node,
               const std::string& name = "n1");

inline new_job a_job(std::string id, std::string queue = "mail") {
  new_job made{.queue = std::move(queue), .type = "welcome"};
  made.arg = "arg of " + id;
  made.id = std::move(id);
  return made;
}

/// Prepares and enqueues.
inline void put(job_store& store, std::vector<new_job> jobs) {
  ok(store.enqueue(ok(prepare(std::move(jobs)))));
}

inline void put(job_store& store, new_job job) {
  std::vector<new_job> jobs;
  jobs.push_back(std::move(job));
  put(store, std::move(jobs));
}

/// Leases all there is, of which the first so many start at once.
inline std::vector<leased_job> prefetch(job_store& store, std::size_t start = 0,
                                        bool isolated = false) {
  auto batches = ok(store.lease(
      {{.queue = "mail", .limit = 10, .start = start, .isolated = isolated}}));
  REQUIRE(batches.size() == 1);
  return std::move(batches.front().jobs);
}

inline lease_ref ref(const leased_job& lease) {
  return {lease.value.id, lease.fence};
}

inline lease_batch take_batch(job_store& store,
                              const std::string& queue = "mail",
                              std::size_t limit = 10, bool suspects = true) {
  auto batches = ok(store.lease({{queue, limit, suspects}}));
  REQUIRE(batches.size() == 1);
  return std::move(batches.front());
}

inline std::vector<leased_job> take(job_store& store,
                                    const std::string& queue = "mail",
                                    std::size_t limit = 10) {
  return take_batch(store, queue, limit).jobs;
}

inline leased_job take_one(job_store& store,
                           const std::string& queue = "mail") {
  auto jobs = take(store, queue, 1);
  REQUIRE(jobs.size() == 1);
  return std::move(jobs.front());
}

template <class Action>
bool settle_one(job_store& store, const leased_job& lease, Action action) {
  auto report
      = ok(store.settle({{lease.value.id, lease.fence, std::move(action)}}));
  REQUIRE(report.accepted.size() == 1);
  return report.accepted.front();
}

inline std::vector<std::string> ids(const std::vector<leased_job>& jobs) {
  std::vector<std::string> all;
  for (const auto& one : jobs)
    all.push_back(one.value.id);
  return all;
}

using strings = std::vector<std::string>;
using answers = std::vector<cancel_answer>;

} // namespace callboard::test
