#include "tests/store/machine/model.hpp"
#include "tests/store/machine/system.hpp"
#include "tests/support/random_seed.hpp"

#include <catch2/catch.hpp>

#include <rapidcheck.h>

#include <cstdlib>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <utility>
#include <vector>

namespace callboard::machine {

namespace {

using steps = std::vector<step>;

rc::Gen<step> some_step(rc::Gen<action> what) {
  auto below = [](int end) {
    return rc::gen::inRange(0, end);
  };
  return rc::gen::construct<step>(
      std::move(what), below(static_cast<int>(node_count)), below(job_count),
      rc::gen::weightedElement<int>({{3, 0}, {1, 1}}), below(4), below(4),
      below(4));
}

rc::Gen<step> any_step() {
  return some_step(rc::gen::weightedElement<action>({{16, action::enqueue},
                                                     {20, action::lease},
                                                     {5, action::start},
                                                     {14, action::settle},
                                                     {5, action::release},
                                                     {3, action::heartbeat},
                                                     {2, action::held},
                                                     {6, action::crash},
                                                     {7, action::join},
                                                     {2, action::leave},
                                                     {8, action::reclaim},
                                                     {9, action::advance},
                                                     {5, action::cancel},
                                                     {4, action::revive},
                                                     {1, action::purge}}));
}

// A node dies with several jobs of one queue, and another one performs them one
// at a time. Steps that know nothing of each other get there too rarely to show
// in which order suspects are given.
steps death_with_jobs(const step& x) {
  constexpr int last = 3;
  auto other = (x.node + 1) % static_cast<int>(node_count);
  auto next = [&](action what, int node, int a, int b, int c) {
    return step{what, node, x.job, x.queue, a, b, c};
  };
  auto pair = [&](int first) {
    auto two = next(action::enqueue, x.node, x.a, 0, last);
    two.job = (x.job + first) % job_count;
    return two;
  };
  auto suspect = next(action::lease, other, 0, 1, x.c);
  auto settled = next(action::settle, other, x.b, x.c, 0);
  settled.job = settled.queue = 0;
  return {next(action::join, x.node, 1, 0, 0),
          next(action::join, other, 1, 0, 0),
          pair(0),
          pair(2),
          next(action::lease, x.node, last, 0, x.b),
          next(action::crash, x.node, 0, 0, 0),
          next(action::reclaim, other, 0, 0, 1),
          suspect,
          settled,
          suspect,
          next(action::advance, other, x.b, 0, 0)};
}

rc::Gen<steps> any_steps() {
  auto alone = rc::gen::map(any_step(), [](const step& x) { return steps{x}; });
  auto story
      = rc::gen::map(some_step(rc::gen::just(action::crash)), death_with_jobs);
  auto parts = rc::gen::container<std::vector<steps>>(
      rc::gen::weightedOneOf<steps>({{24, alone}, {1, story}}));
  return rc::gen::map(parts, [](const std::vector<steps>& all) {
    steps line;
    for (const auto& part : all)
      line.insert(line.end(), part.begin(), part.end());
    return line;
  });
}

void differ(const std::string& trace, const std::string& what,
            const std::string& expected, const std::string& seen) {
  throw std::runtime_error{what + "\nexpected:\n" + expected + "\nseen:\n"
                           + seen + "\nafter:\n" + trace};
}

// The store and the model answer and hold the same at each step.
void perform(const steps& all, subject& store, std::size_t& performed) {
  model reference;
  std::ostringstream trace;
  for (const auto& one : all) {
    ++performed;
    auto expected = reference.perform(one);
    answer seen;
    std::string state;
    try {
      seen = store.perform(one);
      state = store.state();
    } catch (const std::exception& what) {
      throw std::runtime_error{std::string{what.what()}
                               + "\nat: " + (std::ostringstream{} << one).str()
                               + "\nafter:\n" + trace.str()};
    }
    trace << one << " -> " << expected.text << '\n';
    if (seen.text != expected.text)
      differ(trace.str(), "the answer", expected.text, seen.text);
    if (expected.next_due
        && (!seen.next_due || *seen.next_due > *expected.next_due))
      differ(trace.str(), "when to look again",
             std::to_string(expected.next_due->count()),
             seen.next_due ? std::to_string(seen.next_due->count()) : "never");
    if (auto wanted = reference.state(); state != wanted)
      differ(trace.str(), "what is stored", wanted, state);
  }
}

int environment(const char* name, int otherwise) {
  const auto* text = std::getenv(name);
  return text ? std::atoi(text) : otherwise;
}

void check_on(test::backend_kind kind, int sequences,
              std::size_t large_lease = 256) {
  auto place = test::backend::make(kind);
  auto options = place->options();
  options.durable = false;
  options.large_lease = large_lease;
  auto db = place->open(options);
  std::size_t performed = 0;
  rc::detail::TestParams params;
  params.seed = tests::random_seed(test::to_string(kind).c_str());
  params.maxSuccess = environment("CALLBOARD_SEQUENCES", sequences);
  params.maxSize = 120;
  auto property = [&](const steps& all) {
    // Memory stores can't be emptied.
    auto fresh = kind == test::backend_kind::memory ? test::backend::make(kind)
                                                    : nullptr;
    auto fresh_db = fresh ? fresh->open() : db;
    system store{fresh ? *fresh : *place, *fresh_db};
    perform(all, store, performed);
  };
  auto done = rc::detail::checkTestable([&] { property(*any_steps()); },
                                        rc::detail::TestMetadata{}, params);
  std::ostringstream told;
  rc::detail::printResultMessage(done, told);
  std::cout << test::to_string(kind) << ": " << performed << " steps\n";
  INFO(told.str());
  CHECK(done.is<rc::detail::SuccessResult>());
}

} // namespace

} // namespace callboard::machine

using namespace callboard;

// CALLBOARD_SEQUENCES=n performs so many; CALLBOARD_TEST_SEED=n repeats those
// of a failure, which RapidCheck shrinks.
TEST_CASE("PostgreSQL does at each random step what the model does") {
  auto large_lease = GENERATE(256, 2, 1);
  CAPTURE(large_lease);
  machine::check_on(test::backend_kind::postgres, large_lease == 2 ? 40 : 20,
                    static_cast<std::size_t>(large_lease));
}

TEST_CASE("an SQLite file does at each random step what the model does") {
  machine::check_on(test::backend_kind::sqlite_file, 150);
}

TEST_CASE("the memory store does at each random step what the model does") {
  machine::check_on(test::backend_kind::memory, 300);
}
