#include "app/bench/part.hpp"

#include "actors/metrics/counters.hpp"
#include "app/cli/text.hpp"

#include <algorithm>
#include <barrier>
#include <functional>
#include <random>
#include <thread>
#include <utility>

namespace callboard::app::bench {

using namespace std::chrono_literals;
using clock = ledger::clock;

namespace {

constexpr auto job_type = "bench";

/// Between the jobs of an idle run: long enough that everything sleeps, and of
/// different length, so that no interval of ours falls in step with it.
constexpr auto least_pause = 15ms;
constexpr auto most_pause = 40ms;

/// From the start of a node to its connections.
constexpr auto connect_patience = 30s;

/// Calls `work` on so many threads at once, each with its number. The first
/// error.
result<void> on_threads(int count,
                        const std::function<result<void>(std::size_t)>& work) {
  std::vector<std::thread> threads;
  std::vector<result<void>> results(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < results.size(); ++i)
    threads.emplace_back([&, i] { results[i] = work(i); });
  for (auto& thread : threads)
    thread.join();
  for (const auto& each : results)
    if (!each)
      return each;
  return {};
}

} // namespace

part::part(database_ptr db, client_options node, part_plan plan, ledger& book)
    : plan_{std::move(plan)}, book_{book}, payload_{plan_.size},
      client_{std::move(db), std::move(node)} {}

result<void> part::prepare(const preparation& what) {
  if (what.performs)
    if (auto there = become_node(); !there)
      return there;
  return connect_producers(what.producers);
}

/// As many calls at once, which change nothing, as there will be.
result<void> part::connect_producers(int count) {
  std::barrier together{count};
  return on_threads(count, [&](std::size_t) -> result<void> {
    together.arrive_and_wait();
    if (auto none = client_.try_cancel({"callboard-bench-no-job"}); !none)
      return none.error();
    return {};
  });
}

result<void> part::become_node() {
  if (auto started = client_.try_upgrade({}); !started)
    return started.error();
  auto deadline = clock::now() + connect_patience;
  while (!stopped_ && !is_connected()) {
    if (clock::now() > deadline)
      return error{errc::database_unreachable,
                   "the node could not connect to its database in "
                       + show_span(connect_patience)};
    std::this_thread::sleep_for(1ms);
  }
  return {};
}

bool part::is_connected() const {
  auto links = client_.metrics()->snapshot().database.links;
  return !links.empty()
         && std::all_of(links.begin(), links.end(),
                        [](const link_status& one) { return one.up; });
}

result<void> part::work() {
  std::vector<worker_config> configs;
  for (const auto& queue : plan_.queues) {
    worker_config config{.queue = queue, .concurrency = plan_.concurrency};
    config.handle.on(job_type, [this](const job& what, context&) {
      perform(what.arg);
      return complete();
    });
    configs.push_back(std::move(config));
  }
  auto started = client_.try_upgrade(std::move(configs));
  if (!started)
    return started.error();
  return {};
}

void part::perform(const std::string& arg) {
  auto now = clock::now();
  if (auto number = payload::number_of(arg))
    book_.began(*number, now);
  else
    book_.foreign();
  if (plan_.work > 0us)
    std::this_thread::sleep_for(plan_.work);
}

result<void> part::produce(const production& what) {
  if (what.rate != 0 || what.one_by_one)
    return produce_paced(what);
  auto bulks = static_cast<std::size_t>(what.producers) * what.bulk;
  return on_threads(what.producers, [&](std::size_t i) {
    auto done = produce_batches(what, what.first + i * what.bulk, bulks);
    if (!done)
      stop();
    return done;
  });
}

result<void> part::produce_batches(const production& what, std::size_t next,
                                   std::size_t step) {
  for (; next < what.last && !stopped_; next += step)
    if (auto done = store(next, std::min(next + what.bulk, what.last)); !done)
      return done;
  return {};
}

result<void> part::produce_paced(const production& what) {
  std::mt19937 random{static_cast<unsigned>(what.last)};
  std::uniform_int_distribution<std::int64_t> pauses{
      std::chrono::microseconds{least_pause}.count(),
      std::chrono::microseconds{most_pause}.count()};
  auto begin = clock::now();
  for (auto next = what.first; next < what.last && !stopped_; ++next) {
    if (what.rate != 0)
      // By the plan, not by the job before: a slow call makes the next ones
      // come sooner, as those of many independent callers do.
      std::this_thread::sleep_until(begin
                                    + std::chrono::nanoseconds{1s}
                                          * (next - what.first) / what.rate);
    else
      std::this_thread::sleep_for(std::chrono::microseconds{pauses(random)});
    if (auto done = store(next, next + 1); !done)
      return done;
    while (what.one_by_one && !book_.has_begun(next) && !stopped_)
      std::this_thread::sleep_for(5ms);
  }
  return {};
}

result<void> part::store(std::size_t first, std::size_t last) {
  std::vector<new_job> jobs;
  jobs.reserve(last - first);
  for (auto number = first; number < last; ++number)
    jobs.push_back({.queue = plan_.queues[number % plan_.queues.size()],
                    .type = job_type,
                    .arg = payload_.arg_of(number)});
  auto begin = clock::now();
  auto done = client_.try_bulk_enqueue(std::move(jobs));
  auto end = clock::now();
  if (!done)
    return done.error();
  book_.stored(first, last, begin, end);
  return {};
}

void part::report() {
  book_.settled(plan_.number, client_.counters().completed);
}

result<void> part::close() {
  auto closed = client_.close();
  report();
  if (!closed.drained)
    return error{errc::internal,
                 std::to_string(closed.still_running.size())
                     + " jobs still run after the grace period"};
  return {};
}

} // namespace callboard::app::bench
