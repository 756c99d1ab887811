#include "tests/store/machine/system.hpp"

#include "tests/store/postgres/lease_rows.hpp"

#include <soci/soci.h>

#include <algorithm>
#include <map>
#include <stdexcept>

namespace callboard::machine {

namespace {

template <class T>
T must(result<T> done) {
  if (!done)
    throw std::runtime_error{to_string(done.error())};
  return std::move(*done);
}

void must(const result<void>& done) {
  if (!done)
    throw std::runtime_error{to_string(done.error())};
}

void promise(bool kept, const std::string& what) {
  if (!kept)
    throw std::runtime_error{"broken: " + what};
}

std::string name_of(const error& why) {
  return std::string{to_string(why.code)};
}

void clear(const test::backend& place) {
  if (place.kind() == test::backend_kind::memory)
    return;
  auto sql = place.session();
  for (const auto* table : {"job", "dead_job", "node", "node_queue"})
    *sql << std::string{"delete from callboard_"} + table;
  if (place.kind() == test::backend_kind::postgres)
    *sql << "delete from callboard_lease";
}

} // namespace

system::system(test::backend& place, database& db)
    : place_{place}, db_{db}, base_{place.clock().now()}, people_{must(
                                                              db.connect())} {
  clear(place_);
  if (place_.kind() == test::backend_kind::postgres)
    session_ = place_.session();
  for (int i = 0; i < static_cast<int>(node_count); ++i)
    join({.what = action::join, .node = i});
}

system::process& system::of(const step& x) {
  return processes_.at(static_cast<std::size_t>(x.node));
}

job_store& system::any(const step& x) {
  return of(x).store ? *of(x).store : *people_;
}

answer system::perform(const step& x) {
  switch (x.what) {
  case action::enqueue: {
    auto jobs = must(prepare(jobs_of(x)));
    auto done = any(x).enqueue(jobs);
    if (!done)
      return {name_of(done.error())};
    entered_ += static_cast<std::int64_t>(jobs.size());
    return {"stored"};
  }
  case action::lease:
    return lease(x);
  case action::start: {
    std::string text;
    for (auto ours : must(any(x).start(refs(x))))
      text += ours ? "ours " : "lost ";
    return {text};
  }
  case action::settle:
    return {settle(x)};
  case action::release: {
    auto count = must(any(x).release(refs(x)));
    return {std::to_string(count)};
  }
  case action::heartbeat:
    return {heartbeat(x)};
  case action::held:
    return {list_held(x)};
  case action::crash:
    crash(of(x));
    return {""};
  case action::join:
    return {join(x)};
  case action::leave:
    if (of(x).store)
      must(of(x).store->leave());
    of(x).joined = false;
    return {""};
  case action::reclaim:
    return {describe(must(any(x).reclaim(rule_of(x))))};
  case action::advance:
    place_.clock().advance(advance_of(x));
    return {""};
  case action::cancel: {
    auto answers = must(any(x).cancel(cancelled_ids(x)));
    auto ids = cancelled_ids(x);
    for (std::size_t i = 0; i < answers.size(); ++i)
      if (answers[i] == cancel_answer::removed
          && std::find(ids.begin(), ids.begin() + static_cast<long>(i), ids[i])
                 == ids.begin() + static_cast<long>(i))
        ++left_;
    return {describe(answers)};
  }
  case action::revive:
    return {std::to_string(must(any(x).dead_retry(filter_of(x))))};
  case action::purge: {
    auto count = must(any(x).dead_purge(filter_of(x)));
    left_ += static_cast<std::int64_t>(count);
    return {std::to_string(count)};
  }
  }
  return {""};
}

answer system::lease(const step& x) {
  if (!of(x).store)
    return {"no process"};
  auto done = of(x).store->lease({request_of(x)});
  if (!done)
    return {name_of(done.error())};
  promise(done->size() == 1, "one batch for each request");
  const auto& batch = done->front();
  auto first = given_.size();
  auto newest = std::int64_t{0};
  for (const auto& one : given_)
    newest = std::max(newest, one.fence);
  for (const auto& one : batch.jobs) {
    promise(one.fence > newest, "fences grow from lease to lease");
    promise(one.value.run_at <= place_.clock().now(), "leased jobs are due");
    given_.push_back({one.value.id, one.fence});
    settled_.push_back(false);
  }
  return {describe(batch, first), batch.next_due};
}

std::string system::settle(const step& x) {
  std::vector<settlement> all;
  auto how = settlement_of(x);
  auto numbers = leases_of(x, given_.size());
  for (auto i : numbers) {
    all.push_back({given_[i].id, given_[i].fence, how.action});
    how.action = completed{};
  }
  if (all.empty())
    return "";
  auto report = must(any(x).settle(all));
  promise(report.accepted.size() == all.size(), "one answer for each outcome");
  std::string text;
  for (std::size_t i = 0; i < all.size(); ++i) {
    text += report.accepted[i] ? "accepted " : "fenced ";
    if (!report.accepted[i])
      continue;
    promise(!settled_[numbers[i]], "a lease is accepted once");
    settled_[numbers[i]] = true;
    for (auto later = numbers[i] + 1; later < given_.size(); ++later)
      promise(given_[later].id != given_[numbers[i]].id,
              "an outcome of an old lease is fenced off");
    if (std::holds_alternative<completed>(all[i].action))
      ++left_;
  }
  return text;
}

std::string system::heartbeat(const step& x) {
  if (!of(x).store)
    return "no process";
  auto done = of(x).store->heartbeat({});
  return done ? describe(numbers(done->cancelled)) : name_of(done.error());
}

std::string system::list_held(const step& x) {
  if (!of(x).store)
    return "no process";
  auto done = of(x).store->held();
  return done ? describe(numbers(*done)) : name_of(done.error());
}

void system::crash(process& who) {
  if (!who.store)
    return;
  who.store.reset();
  if (place_.kind() != test::backend_kind::postgres)
    return;
  // The lock goes when the server sees the end of the connection.
  auto sql = place_.session();
  *sql << "select pg_advisory_lock(:id::int8)", soci::use(who.self);
  *sql << "select pg_advisory_unlock(:id::int8)", soci::use(who.self);
}

bool system::registered(incarnation self) {
  auto all = must(people_->nodes());
  return std::any_of(all.begin(), all.end(),
                     [&](const auto& one) { return one.id == self; });
}

std::string system::join(const step& x) {
  auto& who = of(x);
  if (who.store && who.joined && registered(who.self))
    return "joined already";
  if (!who.store)
    who.store = must(db_.connect());
  std::optional<incarnation> former;
  if (x.a != 0 && who.self != 0)
    former = who.self;
  who.joined = true;
  auto self = must(who.store->join(node_name(x), "", former));
  auto same = self == who.self;
  who.self = self;
  return same ? "joined again" : "joined anew";
}

std::vector<lease_ref> system::refs(const step& x) const {
  std::vector<lease_ref> leases;
  for (auto i : leases_of(x, given_.size()))
    leases.push_back(given_[i]);
  return leases;
}

std::size_t system::number(const std::string& id, std::int64_t fence) const {
  auto at = std::find(given_.begin(), given_.end(), lease_ref{id, fence});
  if (at == given_.end())
    return 0;
  return static_cast<std::size_t>(at - given_.begin()) + 1;
}

std::vector<std::size_t>
system::numbers(const std::vector<lease_ref>& leases) const {
  std::vector<std::size_t> all;
  for (const auto& one : leases)
    all.push_back(number(one.id, one.fence));
  return all;
}

seen_job system::see(const job_info& x) const {
  return {.id = x.value.id,
          .queue = x.value.queue,
          .arg = x.value.arg,
          .error = plain(x.value.last_error),
          .node = x.node,
          .lease = number(x.value.id, x.fence),
          .priority = x.value.priority,
          .attempt = x.value.attempt,
          .max_attempts = x.value.max_attempts,
          .crashes = x.crashes,
          .cancelled = x.cancelled,
          .state = x.state,
          .run_at = x.value.run_at - base_,
          .created_at = x.value.created_at - base_,
          .updated_at = x.updated_at - base_};
}

// From old to new. Of the last one with each id more is told.
std::vector<job_info> system::dead_jobs() {
  constexpr std::size_t all_of_them = 1000;
  std::map<std::string, job_info> newest;
  for (auto& one : must(people_->list(
           {.state = job_state::dead, .limit = all_of_them}, true)))
    newest.emplace(one.value.id, std::move(one));
  std::vector<job_info> dead;
  auto letters = must(people_->dead_list({.limit = all_of_them}, true));
  for (auto one = letters.rbegin(); one != letters.rend(); ++one) {
    job_info info;
    if (auto last = newest.extract(one->value.id)) {
      info = std::move(last.mapped());
    } else {
      info.value = one->value;
      info.state = job_state::dead;
      info.updated_at = one->died_at;
    }
    dead.push_back(std::move(info));
  }
  promise(newest.empty(), "a dead job has its letter");
  std::reverse(dead.begin(), dead.end());
  return dead;
}

std::string system::state() {
  std::vector<seen_job> all;
  for (const auto& one : must(people_->list({}, true)))
    all.push_back(see(one));
  for (const auto& one : dead_jobs())
    all.push_back(see(one));
  promise(static_cast<std::int64_t>(all.size()) == entered_ - left_,
          "what was enqueued is stored, dead, or left in a known way");
  if (session_) {
    auto broken = test::broken_lease_rows(*session_);
    promise(broken.empty(), broken);
  }
  return describe(std::move(all), must(people_->counts()));
}

} // namespace callboard::machine
