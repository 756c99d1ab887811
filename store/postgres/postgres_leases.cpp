#include "store/postgres/postgres_store.hpp"
#include "store/postgres/statements/connection.hpp"
#include "store/postgres/statements/leases.hpp"
#include "store/sql/texts.hpp"

#include <algorithm>
#include <limits>
#include <new>
#include <numeric>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace callboard::store {

namespace {

enum row_kind { of_request, of_leased, of_exhausted };

using clock = std::chrono::steady_clock;

// What one statement answers for one request.
struct answer {
  std::vector<leased_job> jobs;
  std::vector<job> exhausted;
  std::size_t found = 0;
  bool alone = false;
  std::optional<time_point> next_run;
};

// The known priorities and the gaps between them, as parameters.
struct lines {
  std::vector<std::int64_t> of_mark, priorities, lows;
  std::vector<std::string_view> low_ids;
  std::vector<std::int64_t> of_gap, above, below;

  void add(std::int64_t request, const std::vector<low_water::mark>& marks) {
    constexpr std::int64_t first = std::numeric_limits<std::int16_t>::min();
    constexpr std::int64_t last = std::numeric_limits<std::int16_t>::max();
    auto from = first - 1;
    for (const auto& one : marks) {
      of_mark.push_back(request);
      priorities.push_back(one.priority);
      lows.push_back(one.low);
      low_ids.push_back(one.id);
      add_gap(request, from, one.priority);
      from = one.priority;
    }
    add_gap(request, from, last + 1);
  }

  void add_gap(std::int64_t request, std::int64_t from, std::int64_t to) {
    of_gap.push_back(request);
    above.push_back(from);
    below.push_back(to);
  }
};

// UPDATE answers in the order of the table.
bool earlier(const leased_job& x, const leased_job& y) {
  return std::tie(x.value.priority, x.value.run_at, x.value.id)
         < std::tie(y.value.priority, y.value.run_at, y.value.id);
}

// Jobs are large: they move once, not as often as a sort compares.
std::vector<leased_job> in_order(std::vector<leased_job> jobs) {
  if (std::is_sorted(jobs.begin(), jobs.end(), earlier))
    return jobs;
  std::vector<leased_job*> order;
  order.reserve(jobs.size());
  for (auto& job : jobs)
    order.push_back(&job);
  std::sort(order.begin(), order.end(),
            [](const auto* x, const auto* y) { return earlier(*x, *y); });
  std::vector<leased_job> sorted;
  sorted.reserve(jobs.size());
  for (auto* job : order)
    sorted.push_back(std::move(*job));
  return sorted;
}

} // namespace

result<std::vector<lease_batch>>
postgres_store::lease(const std::vector<lease_request>& requests) {
  if (!member_)
    return not_joined(connection_->name());
  return lease_for(*member_, requests);
}

result<std::vector<lease_batch>>
postgres_store::lease_for(incarnation node,
                          const std::vector<lease_request>& requests) {
  return guarded([&] {
    if (node != member_)
      help(node);
    // Whose request gets no answer looks again at once, and sees the error.
    std::vector<lease_batch> batches(requests.size());
    for (auto& one : batches)
      one.next_due = duration{0};
    try {
      lease_all(node, requests, batches);
    } catch (const failure& what) {
      // What an earlier statement leased is committed. Only a node that lost
      // its connection or its name asks later what it holds.
      auto asks = broken() || what.code() == errc::incarnation_lost;
      auto gave = [](const lease_batch& x) {
        return !x.jobs.empty() || !x.exhausted.empty();
      };
      if (asks || std::none_of(batches.begin(), batches.end(), gave))
        throw;
    } catch (const std::bad_alloc&) {
      connection_->lost("there is no memory for the jobs that were leased");
    }
    return batches;
  });
}

// The server's process for this connection may have to be ended one day, when
// nobody can ask it any more. Behind a pooler there is none.
void postgres_store::help(incarnation node) {
  if (!process_ && connection_->keeps_statements()) {
    auto own = connection_->query(postgres::own_process);
    if (own.size() > 0)
      process_ = server_process{own.number(0, 0), own.number(0, 1)};
  }
  helped_ = node;
}

void postgres_store::lease_all(incarnation node,
                               const std::vector<lease_request>& requests,
                               std::vector<lease_batch>& batches) {
  std::vector<std::size_t> rest(requests.size());
  std::iota(rest.begin(), rest.end(), std::size_t{0});
  // A statement can't take the same row for two requests: one queue stands
  // in each round once.
  do {
    std::set<std::string_view> seen;
    std::vector<std::size_t> round, later;
    for (auto i : rest)
      (seen.insert(requests[i].queue).second ? round : later).push_back(i);
    lease_round(node, requests, round, batches);
    rest = std::move(later);
  } while (!rest.empty());
}

void postgres_store::lease_round(incarnation node,
                                 const std::vector<lease_request>& requests,
                                 const std::vector<std::size_t>& round,
                                 std::vector<lease_batch>& batches) {
  std::vector<std::size_t> again;
  lease_some(node, requests, round, true, batches, again);
  std::vector<std::size_t> none;
  if (!again.empty())
    lease_some(node, requests, again, false, batches, none);
}

void postgres_store::lease_some(incarnation node,
                                const std::vector<lease_request>& requests,
                                const std::vector<std::size_t>& round,
                                bool with_hints,
                                std::vector<lease_batch>& batches,
                                std::vector<std::size_t>& again) {
  auto started = clock::now();
  std::vector<std::string_view> queues;
  std::vector<std::int64_t> limits, suspects, starts, isolated;
  lines look;
  std::vector<low_water::reach> reaches;
  std::unordered_map<std::string_view, std::size_t> number_of;
  for (auto i : round) {
    const auto& request = requests[i];
    number_of.emplace(request.queue, queues.size());
    queues.push_back(request.queue);
    constexpr std::size_t most = 1'000'000;
    limits.push_back(static_cast<std::int64_t>(std::min(request.limit, most)));
    suspects.push_back(request.suspects);
    starts.push_back(static_cast<std::int64_t>(std::min(request.start, most)));
    isolated.push_back(request.isolated);
    reaches.push_back(with_hints ? hints_.next(request.queue, started)
                                 : low_water::reach::all);
    look.add(static_cast<std::int64_t>(queues.size()),
             hints_.marks(request.queue, reaches.back()));
  }
  parameters values;
  values.add(node).add(this->clock()).add(queues).add(limits);
  values.add(suspects).add(starts).add(isolated);
  values.add(look.of_mark).add(look.priorities).add(look.lows);
  values.add(look.of_gap).add(look.above).add(look.below);
  values.add(look.low_ids);
  values.add(static_cast<std::int64_t>(options_.large_lease));
  auto found = connection_->repeat(postgres::lease, values);
  auto took = std::chrono::duration_cast<duration>(clock::now() - started);
  std::vector<answer> answers(round.size());
  time_point now{};
  std::size_t seen = 0;
  for (int row = 0; row < found.size(); ++row) {
    auto number = number_of.at(found.bytes(row, 2));
    auto& one = answers[number];
    switch (found.number(row, 0)) {
    case of_request:
      ++seen;
      one.found = static_cast<std::size_t>(found.number(row, 6));
      one.alone = found.number(row, 7) != 0;
      if (!found.is_null(row, 10))
        one.next_run = found.moment(row, 10);
      now = found.moment(row, 11);
      break;
    case of_leased:
      one.jobs.push_back({found.job_at(row, 1), found.number(row, 13), false,
                          found.number(row, 14) == 0});
      break;
    default:
      one.exhausted.push_back(found.job_at(row, 1));
    }
  }
  // Without the node's row nothing is asked for.
  if (seen < round.size())
    throw failure{declared_dead(connection_->name(), node)};
  for (std::size_t i = 0; i < round.size(); ++i) {
    auto& one = answers[i];
    const auto& request = requests[round[i]];
    one.jobs = in_order(std::move(one.jobs));
    auto ended = one.found < static_cast<std::size_t>(limits[i]);
    auto hinted = reaches[i] != low_water::reach::all;
    if (hinted && one.found == 0) {
      again.push_back(round[i]);
      continue;
    }
    if (!one.alone)
      hints_.learn(request.queue, one.jobs, reaches[i], ended, now, started,
                   took);
    auto& batch = batches[round[i]];
    for (auto& job : one.jobs)
      job.suspect = one.alone;
    batch.jobs = std::move(one.jobs);
    batch.exhausted = std::move(one.exhausted);
    batch.next_due.reset();
    if (batch.jobs.size() >= request.limit)
      continue;
    if (one.next_run)
      batch.next_due = std::max(*one.next_run - now, duration{0});
    // There may be more: what was found made room (a used-up suspect that of
    // the next one), or was taken by others.
    if (!ended || !batch.exhausted.empty() || batch.jobs.size() < one.found)
      batch.next_due = duration{0};
    // What the hint passed over shows at the next wider look.
    if (reaches[i] == low_water::reach::last) {
      batch.next_due = duration{0};
    } else if (hinted) {
      auto look_again = hints_.left(request.queue, started);
      batch.next_due
          = std::min(batch.next_due.value_or(look_again), look_again);
    }
  }
}

result<std::vector<lease_ref>> postgres_store::held() {
  if (!member_)
    return not_joined(connection_->name());
  return guarded([&] {
    former_->end_left(*member_, *connection_);
    // Its answer is of the moment after that: behind a pooler no process is
    // known, and this alone tells that what began has ended.
    postgres_transaction tx{*connection_};
    connection_->query(postgres::lock_node, parameters{}.add(*member_));
    auto found = connection_->query(postgres::held, parameters{}.add(*member_));
    tx.commit();
    if (found.size() == 0)
      throw failure{declared_dead(connection_->name(), *member_)};
    std::vector<lease_ref> leases;
    for (int i = 0; i < found.size(); ++i)
      if (auto id = found.text(i, 0); !id.empty())
        leases.push_back({std::move(id), found.number(i, 1)});
    return leases;
  });
}

} // namespace callboard::store
