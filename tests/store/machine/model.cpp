#include "tests/store/machine/model.hpp"

#include <algorithm>
#include <tuple>

namespace callboard::machine {

model::model() {
  for (int i = 0; i < static_cast<int>(node_count); ++i)
    enter({.what = action::join, .node = i});
}

answer model::perform(const step& x) {
  switch (x.what) {
  case action::enqueue:
    return {enqueue(x)};
  case action::lease:
    return lease(x);
  case action::start:
    return {start(x)};
  case action::settle:
    return {settle(x)};
  case action::release:
    return {release(x)};
  case action::heartbeat:
    return {heartbeat(x)};
  case action::held:
    return {list_held(x)};
  case action::crash:
    if (auto at = nodes_.find(of(x).incarnation);
        of(x).connected && at != nodes_.end())
      at->second.locked = false;
    of(x).connected = false;
    return {""};
  case action::join:
    return {join(x)};
  case action::leave:
    if (of(x).connected && of(x).joined) {
      reclaim_report ignored;
      free_leases(of(x).incarnation, "it left while it held jobs", std::nullopt,
                  ignored);
      nodes_.erase(of(x).incarnation);
      of(x).joined = false;
    }
    return {""};
  case action::reclaim:
    return {reclaim(x)};
  case action::advance:
    now_ += advance_of(x);
    return {""};
  case action::cancel:
    return {cancel(x)};
  case action::revive:
    return {revive(x)};
  case action::purge:
    return {purge(x)};
  }
  return {""};
}

std::string model::enqueue(const step& x) {
  auto jobs = jobs_of(x);
  for (const auto& one : jobs)
    if (jobs_.contains(one.id))
      return "job_already_exists";
  for (const auto& one : jobs) {
    stored made;
    made.seen = {.id = one.id,
                 .queue = one.queue,
                 .arg = one.arg,
                 .error = {},
                 .node = {},
                 .priority = one.priority,
                 .max_attempts = one.max_attempts,
                 .run_at = now_ + one.delay,
                 .created_at = now_,
                 .updated_at = now_};
    jobs_[one.id] = std::move(made);
  }
  return "stored";
}

std::vector<model::stored*> model::due(const lease_request& wish, place where) {
  std::vector<stored*> found;
  for (auto& [id, x] : jobs_)
    if (x.seen.queue == wish.queue && x.where == where)
      found.push_back(&x);
  std::sort(found.begin(), found.end(), [](auto* x, auto* y) {
    return std::tie(x->seen.priority, x->seen.run_at, x->seen.id)
           < std::tie(y->seen.priority, y->seen.run_at, y->seen.id);
  });
  std::erase_if(found, [&](auto* x) { return x->seen.run_at > now_; });
  return found;
}

bool model::spent(const stored& x) const {
  return x.seen.cancelled
         || (x.seen.max_attempts > 0 && x.seen.attempt >= x.seen.max_attempts);
}

answer model::lease(const step& x) {
  if (!of(x).connected)
    return {"no process"};
  if (!member(of(x)))
    return {"incarnation_lost"};
  auto wish = request_of(x);
  auto first = given_.size();
  lease_batch batch;
  auto node = of(x).incarnation;
  auto take = [&](std::vector<stored*> some, std::size_t limit) {
    some.resize(std::min(some.size(), limit));
    for (auto* one : some) {
      if (spent(*one)) {
        auto error = one->seen.cancelled
                         ? std::string{"cancelled"}
                         : "attempts used up ("
                               + std::to_string(one->seen.attempt) + ")";
        if (!one->seen.error.empty())
          error += ": " + one->seen.error;
        job told;
        told.id = one->seen.id;
        told.last_error = error;
        batch.exhausted.push_back(std::move(told));
        bury(*one, error, one->seen.crashes);
      } else {
        give(*one, wish, node, batch);
      }
    }
  };
  if (wish.suspects)
    take(due(wish, place::suspect), 1);
  if (batch.jobs.empty())
    take(due(wish, place::free), wish.limit);
  answer said{describe(batch, first)};
  if (batch.jobs.size() < wish.limit) {
    auto alone = !batch.jobs.empty() && batch.jobs.front().suspect;
    for (const auto& [id, one] : jobs_) {
      auto counts = one.where == place::free
                    || (one.where == place::suspect && wish.suspects && !alone);
      if (one.seen.queue != wish.queue || !counts)
        continue;
      auto in = std::max(one.seen.run_at - now_, duration{0});
      said.next_due = std::min(said.next_due.value_or(in), in);
    }
  }
  return said;
}

void model::give(stored& x, const lease_request& wish, int node,
                 lease_batch& batch) {
  auto suspect = x.where == place::suspect;
  x.where = place::leased;
  x.holder = node;
  x.recorded = suspect || batch.jobs.size() < wish.start;
  x.isolated = wish.isolated;
  ++x.seen.attempt;
  x.seen.updated_at = now_;
  given_.push_back({x.seen.id, given_.size() + 1});
  x.seen.lease = given_.size();
  leased_job told;
  told.value.id = x.seen.id;
  told.value.attempt = x.seen.attempt;
  told.value.arg = x.seen.arg;
  told.suspect = suspect;
  told.recorded = x.recorded;
  batch.jobs.push_back(std::move(told));
}

void model::bury(stored& x, std::string error, int crashes) {
  auto letter = x.seen;
  letter.error = std::move(error);
  letter.crashes = crashes;
  letter.state = job_state::dead;
  letter.cancelled = false;
  letter.updated_at = now_;
  jobs_.erase(letter.id);
  dead_.push_back(std::move(letter));
}

void model::come_back(stored& x, duration run_at) {
  x.where
      = x.seen.crashes > 0 && !x.seen.cancelled ? place::suspect : place::free;
  x.recorded = false;
  x.isolated = false;
  x.seen.run_at = run_at;
  x.seen.updated_at = now_;
}

/// The job whose present lease has this number.
model::stored* model::held(std::size_t number) {
  auto at = jobs_.find(given_.at(number).id);
  auto ours = at != jobs_.end() && at->second.where == place::leased
              && at->second.seen.lease == number + 1;
  return ours ? &at->second : nullptr;
}

std::string model::settle(const step& x) {
  std::string text;
  auto how = settlement_of(x);
  for (auto number : leases_of(x, given_.size())) {
    text += settle_one(number, how) ? "accepted " : "fenced ";
    how.action = completed{};
  }
  return text;
}

bool model::settle_one(std::size_t number, const settlement& how) {
  auto* x = held(number);
  if (!x)
    return false;
  if (std::holds_alternative<completed>(how.action)) {
    jobs_.erase(given_[number].id);
  } else if (const auto* again = std::get_if<retried>(&how.action)) {
    x->seen.error = again->error;
    come_back(*x, now_ + (x->seen.cancelled ? duration{0} : again->after));
  } else if (const auto* gone = std::get_if<dead>(&how.action)) {
    bury(*x, gone->error, x->seen.crashes);
  } else {
    const auto& later = std::get<rescheduled>(how.action);
    x->seen.crashes = 0;
    x->seen.attempt = 0;
    if (later.arg)
      x->seen.arg = *later.arg;
    auto after = std::get<duration>(later.next);
    come_back(*x, now_ + (x->seen.cancelled ? duration{0} : after));
  }
  return true;
}

std::string model::start(const step& x) {
  std::string text;
  for (auto number : leases_of(x, given_.size())) {
    auto* one = held(number);
    text += one ? "ours " : "lost ";
    if (one)
      one->recorded = true;
  }
  return text;
}

std::string model::release(const step& x) {
  int count = 0;
  for (auto number : leases_of(x, given_.size()))
    if (auto* one = held(number)) {
      ++count;
      --one->seen.attempt;
      come_back(*one, one->seen.run_at);
    }
  return std::to_string(count);
}

std::string model::cancel(const step& x) {
  std::map<std::string, cancel_answer> known;
  std::vector<cancel_answer> answers;
  for (const auto& id : cancelled_ids(x)) {
    if (auto at = jobs_.find(id); !known.contains(id)) {
      known[id] = cancel_answer::unknown;
      if (at != jobs_.end() && at->second.where == place::leased) {
        known[id] = cancel_answer::asked;
        at->second.seen.cancelled = true;
      } else if (at != jobs_.end()) {
        known[id] = cancel_answer::removed;
        jobs_.erase(at);
      }
    }
    answers.push_back(known[id]);
  }
  return describe(answers);
}

bool model::matches(const seen_job& x, const dead_filter& filter) const {
  return (!filter.queue || *filter.queue == x.queue)
         && (filter.ids.empty() || filter.ids.front() == x.id);
}

std::string model::revive(const step& x) {
  auto filter = filter_of(x);
  int count = 0;
  // The newest of each id.
  for (auto i = dead_.size(); i-- > 0;) {
    auto back = dead_[i];
    if (!matches(back, filter) || jobs_.contains(back.id))
      continue;
    dead_.erase(dead_.begin() + static_cast<std::ptrdiff_t>(i));
    back.attempt = 0;
    back.crashes = 0;
    back.lease = 0;
    back.run_at = now_;
    back.updated_at = now_;
    back.state = job_state::waiting;
    jobs_[back.id].seen = back;
    ++count;
  }
  return std::to_string(count);
}

std::string model::purge(const step& x) {
  auto filter = filter_of(x);
  return std::to_string(std::erase_if(
      dead_, [&](const auto& one) { return matches(one, filter); }));
}

job_state model::state_of(const stored& x) const {
  return x.where == place::leased    ? job_state::running
         : x.where == place::suspect ? job_state::suspect
         : x.seen.run_at <= now_     ? job_state::waiting
                                     : job_state::delayed;
}

std::string model::state() {
  std::vector<seen_job> all;
  std::map<std::string, queue_counts> queues;
  for (const auto& [id, x] : jobs_) {
    all.push_back(x.seen);
    auto& told = all.back();
    told.state = state_of(x);
    if (x.where == place::leased)
      told.node = nodes_.at(x.holder).name;
    auto& count = queues[x.seen.queue];
    (told.state == job_state::running   ? count.running
     : told.state == job_state::suspect ? count.suspect
     : told.state == job_state::waiting ? count.waiting
                                        : count.delayed)
        .value++;
    if (x.where != place::leased && x.seen.run_at <= now_)
      count.oldest_due = std::max(count.oldest_due.value_or(duration{0}),
                                  now_ - x.seen.run_at);
  }
  for (auto x = dead_.begin(); x != dead_.end(); ++x) {
    all.push_back(*x);
    ++queues[x->queue].dead.value;
    // That is told of the newest only.
    if (std::any_of(x + 1, dead_.end(),
                    [&](const auto& y) { return y.id == x->id; }))
      all.back().lease = all.back().crashes = 0;
  }
  std::vector<queue_counts> counts;
  for (auto& [name, x] : queues) {
    x.queue = name;
    counts.push_back(x);
  }
  return describe(std::move(all), counts);
}

} // namespace callboard::machine
