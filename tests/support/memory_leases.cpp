#include "store/sql/texts.hpp"
#include "tests/support/memory_connection.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace callboard::testing {

namespace {

/// In order of priority, due time, id.
bool goes_first(const job& a, const job& b) {
  return std::tie(a.priority, a.run_at, a.id)
         < std::tie(b.priority, b.run_at, b.id);
}

} // namespace

result<std::vector<lease_batch>>
memory_connection::lease(const std::vector<lease_request>& requests) {
  using batches = std::vector<lease_batch>;
  return perform<batches>("lease", [&]() -> result<batches> {
    if (!member())
      return lost();
    return lease_all(*joined_, requests);
  });
}

result<std::vector<lease_batch>>
memory_connection::lease_for(incarnation node,
                             const std::vector<lease_request>& requests) {
  using batches = std::vector<lease_batch>;
  return perform<batches>("lease_for", [&]() -> result<batches> {
    if (!state_->nodes.contains(node))
      return store::declared_dead("memory:", node);
    return lease_all(node, requests);
  });
}

std::vector<lease_batch>
memory_connection::lease_all(incarnation node,
                             const std::vector<lease_request>& requests) {
  std::vector<lease_batch> all;
  for (const auto& x : requests)
    all.push_back(lease_one(node, x));
  return all;
}

result<std::vector<lease_ref>> memory_connection::held() {
  using leases = std::vector<lease_ref>;
  return perform<leases>("held", [&]() -> result<leases> {
    if (!member())
      return lost();
    leases mine;
    for (const auto& [id, x] : state_->rows)
      if (x.state == row::leased && x.node == *joined_)
        mine.push_back({id, x.fence});
    return mine;
  });
}

lease_batch memory_connection::lease_one(incarnation node,
                                         const lease_request& wish) {
  lease_batch batch;
  auto alone = wish.suspects && take_some(node, wish, row::suspect, 1, batch);
  if (!alone)
    take_some(node, wish, row::free, wish.limit, batch);
  if (batch.jobs.size() < wish.limit) {
    next_due(wish.queue, row::free, batch);
    if (wish.suspects && !alone)
      next_due(wish.queue, row::suspect, batch);
  }
  return batch;
}

/// Looks at so many and gives out what is not spent. Answers whether it gave
/// any.
bool memory_connection::take_some(incarnation node, const lease_request& wish,
                                  int state, std::size_t limit,
                                  lease_batch& batch) {
  auto now = state_->now();
  auto given = batch.jobs.size();
  std::size_t looked_at = 0;
  for (auto* x : waiting(wish.queue, state)) {
    if (!x->due(now))
      continue;
    if (looked_at++ == limit)
      break;
    if (x->spent()) {
      bury(*x, batch);
      continue;
    }
    auto was_suspect = x->state == row::suspect;
    x->state = row::leased;
    x->node = node;
    x->fence = ++state_->last_fence;
    x->updated_at = now;
    x->recorded = was_suspect || batch.jobs.size() < wish.start;
    x->isolated = wish.isolated;
    ++x->value.attempt;
    batch.jobs.push_back({x->value, x->fence, was_suspect, x->recorded});
  }
  return batch.jobs.size() > given;
}

void memory_connection::bury(row spent, lease_batch& batch) {
  auto& value = spent.value;
  value.last_error
      = store::exhausted_text(value.attempt, spent.cancelled, value.last_error);
  batch.exhausted.push_back(value);
  state_->rows.erase(value.id);
  auto reason = value.last_error;
  state_->bury(std::move(spent), 0, std::move(reason));
}

void memory_connection::next_due(const std::string& queue, int state,
                                 lease_batch& batch) {
  auto now = state_->now();
  for (auto* x : waiting(queue, state)) {
    auto in = std::max(x->value.run_at - now, duration{0});
    batch.next_due = std::min(batch.next_due.value_or(in), in);
  }
}

std::vector<memory_state::row*>
memory_connection::waiting(const std::string& queue, int state) {
  std::vector<row*> found;
  for (auto& [id, x] : state_->rows)
    if (x.value.queue == queue && x.state == state)
      found.push_back(&x);
  std::sort(found.begin(), found.end(),
            [](auto* a, auto* b) { return goes_first(a->value, b->value); });
  return found;
}

} // namespace callboard::testing
