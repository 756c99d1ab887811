#include "tests/support/memory_store.hpp"

#include "store/model/new_job.hpp"
#include "store/model/text.hpp"
#include "store/schedule/cron.hpp"
#include "store/sql/texts.hpp"
#include "tests/support/memory_state.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace callboard::testing {

namespace {

bool due(const memory_state::row& x, time_point now) {
  return x.value.run_at <= now;
}

/// Whether it is not given out any more.
bool spent(const memory_state::row& x) {
  return x.cancelled
         || (x.value.max_attempts > 0
             && x.value.attempt >= x.value.max_attempts);
}

/// In order of priority, due time, id.
bool goes_first(const job& a, const job& b) {
  return std::tie(a.priority, a.run_at, a.id)
         < std::tie(b.priority, b.run_at, b.id);
}

error lost(incarnation id) {
  return {errc::incarnation_lost, "memory: node incarnation "
                                      + std::to_string(id)
                                      + " was declared dead; join again"};
}

class memory_store : public job_store {
public:
  memory_store(std::shared_ptr<memory_state> state, std::uint64_t connection)
      : state_{std::move(state)}, connection_{connection} {}

  ~memory_store() override {
    std::lock_guard lock{state_->mutex};
    state_->close_connection(connection_);
  }

  // -- jobs in ----------------------------------------------------------------

  result<void> enqueue(const std::vector<new_job>& jobs) override {
    return perform<void>("enqueue", [&]() -> result<void> {
      if (jobs.empty())
        return error{errc::empty_bulk, "enqueue wants at least one job"};
      std::set<std::string> ids;
      for (const auto& x : jobs)
        if (state_->rows.contains(x.id) || !ids.insert(x.id).second)
          return error{errc::job_already_exists,
                       "job '" + x.id + "' is stored already"};
      for (const auto& x : jobs)
        insert(x);
      return {};
    });
  }

  result<void> wake(const std::vector<std::string>& queues) override {
    return perform<void>("wake", [&]() -> result<void> {
      auto& woken = state_->woken;
      woken.insert(woken.end(), queues.begin(), queues.end());
      for (auto& [listener, heard] : state_->heard_by)
        heard.queues.insert(queues.begin(), queues.end());
      state_->changed.notify_all();
      return {};
    });
  }

  // -- membership -------------------------------------------------------------

  result<incarnation> join(std::string_view name, std::string_view address,
                           std::optional<incarnation> previous) override {
    return perform<incarnation>("join", [&]() -> result<incarnation> {
      auto now = state_->now();
      if (joined_)
        unlock();
      auto known
          = previous ? state_->nodes.find(*previous) : state_->nodes.end();
      if (known == state_->nodes.end() || known->second.lock != 0) {
        known = state_->nodes.try_emplace(++state_->last_node).first;
        known->second.started_at = now;
      }
      known->second.name = name;
      known->second.address = address;
      known->second.seen_at = now;
      known->second.missed_at.reset();
      known->second.lock = connection_;
      joined_ = known->first;
      return *joined_;
    });
  }

  result<std::vector<lease_ref>>
  heartbeat(const std::vector<node_queue>& queues) override {
    using leases = std::vector<lease_ref>;
    return perform<leases>("heartbeat", [&]() -> result<leases> {
      auto* me = member();
      if (!me)
        return lost(joined_.value_or(0));
      me->seen_at = state_->now();
      me->queues = queues;
      leases cancelled;
      for (const auto& [id, x] : state_->rows)
        if (x.state == row::leased && x.node == *joined_ && x.cancelled)
          cancelled.push_back({id, x.fence});
      return cancelled;
    });
  }

  result<void> leave() override {
    return perform<void>("leave", [&]() -> result<void> {
      if (!joined_)
        return {};
      reclaim_report ignored;
      state_->free_leases(*joined_, "it left while it held jobs", state_->now(),
                          std::nullopt, ignored);
      state_->nodes.erase(*joined_);
      joined_.reset();
      return {};
    });
  }

  result<reclaim_report> reclaim(const reclaim_rule& rule) override {
    return perform<reclaim_report>("reclaim", [&]() -> result<reclaim_report> {
      reclaim_report report;
      auto now = state_->now();
      for (auto at = state_->nodes.begin(); at != state_->nodes.end();) {
        auto& [id, node] = *at;
        auto cause = joined_ == id ? "" : dead_because(node, rule, report);
        if (*cause == '\0') {
          ++at;
          continue;
        }
        auto when = node.lock == 0 ? node.missed_at.value_or(now) : now;
        report.nodes.push_back(node.name);
        state_->free_leases(id, cause, when, rule.max_crashes, report);
        at = state_->nodes.erase(at);
      }
      return report;
    });
  }

  // -- jobs out ---------------------------------------------------------------

  result<std::vector<lease_batch>>
  lease(const std::vector<lease_request>& requests) override {
    using batches = std::vector<lease_batch>;
    return perform<batches>("lease", [&]() -> result<batches> {
      if (!member())
        return lost(joined_.value_or(0));
      batches all;
      for (const auto& x : requests)
        all.push_back(lease_one(x));
      return all;
    });
  }

  result<std::vector<lease_ref>> held() override {
    using leases = std::vector<lease_ref>;
    return perform<leases>("held", [&]() -> result<leases> {
      if (!member())
        return lost(joined_.value_or(0));
      leases mine;
      for (const auto& [id, x] : state_->rows)
        if (x.state == row::leased && x.node == *joined_)
          mine.push_back({id, x.fence});
      return mine;
    });
  }

  result<std::vector<bool>>
  start(const std::vector<lease_ref>& leases) override {
    using answers = std::vector<bool>;
    return perform<answers>("start", [&]() -> result<answers> {
      answers ours;
      for (const auto& x : leases) {
        auto* found = leased(x.id, x.fence);
        ours.push_back(found != nullptr);
        if (found)
          found->recorded = true;
      }
      return ours;
    });
  }

  result<settle_report>
  settle(const std::vector<settlement>& settlements) override {
    return perform<settle_report>("settle", [&]() -> result<settle_report> {
      settle_report report;
      for (const auto& x : settlements) {
        auto* found = leased(x.id, x.fence);
        report.accepted.push_back(found != nullptr);
        if (!found)
          continue;
        state_->accepted.push_back(x);
        std::visit([&](const auto& action) { apply(*found, action); },
                   x.action);
      }
      return report;
    });
  }

  result<std::size_t> release(const std::vector<lease_ref>& leases) override {
    return perform<std::size_t>("release", [&]() -> result<std::size_t> {
      std::size_t released = 0;
      for (const auto& x : leases) {
        auto* found = leased(x.id, x.fence);
        if (!found)
          continue;
        ++released;
        free(*found);
        found->value.attempt = std::max(found->value.attempt - 1, 0);
      }
      return released;
    });
  }

  // -- for people -------------------------------------------------------------

  result<std::optional<job_info>> find(std::string_view id) override {
    using found = std::optional<job_info>;
    return perform<found>("find", [&]() -> result<found> {
      auto at = state_->rows.find(std::string{id});
      if (at != state_->rows.end())
        return found{state_->info(at->second)};
      auto& dead = state_->dead;
      auto letter = std::find_if(dead.rbegin(), dead.rend(), [&](auto& x) {
        return x.value.value.id == id;
      });
      return letter == dead.rend() ? found{} : found{info(*letter)};
    });
  }

  result<std::vector<job_info>> list(const job_filter& filter,
                                     bool with_args) override {
    using jobs = std::vector<job_info>;
    return perform<jobs>("list", [&]() -> result<jobs> {
      jobs all;
      auto wanted = [&](const job& x) {
        return (!filter.queue || x.queue == *filter.queue)
               && (!filter.type || x.type == *filter.type);
      };
      if (filter.state == job_state::dead) {
        std::int64_t after = 0;
        for (const auto& x : state_->dead)
          if (x.value.value.id == filter.after)
            after = x.value.sequence;
        for (const auto& x : state_->dead)
          if (x.value.sequence > after && wanted(x.value.value))
            all.push_back(info(x));
      } else {
        for (const auto& [id, x] : state_->rows) {
          auto one = state_->info(x);
          if (id > filter.after && wanted(x.value)
              && (!filter.state || *filter.state == one.state))
            all.push_back(std::move(one));
        }
      }
      if (all.size() > filter.limit)
        all.resize(filter.limit);
      if (!with_args)
        for (auto& x : all)
          x.value.arg.clear();
      return all;
    });
  }

  result<std::vector<queue_counts>> counts(std::int64_t cap) override {
    using all = std::vector<queue_counts>;
    return perform<all>("counts", [&]() -> result<all> {
      std::map<std::string, queue_counts> queues;
      auto now = state_->now();
      for (const auto& [id, x] : state_->rows) {
        auto& to = queues[x.value.queue];
        auto state = state_->info(x).state;
        auto& kind = state == job_state::waiting   ? to.waiting
                     : state == job_state::delayed ? to.delayed
                     : state == job_state::running ? to.running
                                                   : to.suspect;
        ++kind.value;
        if (state != job_state::running && due(x, now))
          to.oldest_due = std::max(to.oldest_due.value_or(duration{0}),
                                   now - x.value.run_at);
      }
      for (const auto& x : state_->dead)
        ++queues[x.value.value.queue].dead.value;
      all result;
      for (auto& [name, x] : queues) {
        x.queue = name;
        for (auto* kind :
             {&x.waiting, &x.delayed, &x.running, &x.suspect, &x.dead}) {
          kind->at_least = kind->value > cap;
          kind->value = std::min(kind->value, cap);
        }
        result.push_back(std::move(x));
      }
      return result;
    });
  }

  result<std::vector<node_info>> nodes() override {
    using all = std::vector<node_info>;
    return perform<all>("nodes", [&]() -> result<all> {
      all found;
      for (const auto& [id, x] : state_->nodes)
        found.push_back({id, x.name, x.address, x.started_at, x.seen_at,
                         x.lock != 0, x.queues});
      return found;
    });
  }

  result<std::vector<cancel_answer>>
  cancel(const std::vector<std::string>& ids) override {
    using answers = std::vector<cancel_answer>;
    return perform<answers>("cancel", [&]() -> result<answers> {
      // An id that stands twice has one answer.
      std::map<std::string, cancel_answer> answer_of;
      answers all;
      for (const auto& id : ids) {
        if (!answer_of.contains(id))
          answer_of[id] = cancel_one(id);
        all.push_back(answer_of[id]);
      }
      return all;
    });
  }

  result<std::vector<dead_letter>> dead_list(const dead_filter& filter,
                                             bool with_args) override {
    using letters = std::vector<dead_letter>;
    return perform<letters>("dead_list", [&]() -> result<letters> {
      letters all;
      for (auto* x : matching(filter)) {
        all.push_back(x->value);
        if (!with_args)
          all.back().value.arg.clear();
      }
      return all;
    });
  }

  result<std::size_t> dead_retry(const dead_filter& filter) override {
    return perform<std::size_t>("dead_retry", [&]() -> result<std::size_t> {
      auto found = matching(filter);
      std::set<std::int64_t> revived;
      // Of several with one id, the newest comes back.
      for (auto x = found.rbegin(); x != found.rend(); ++x) {
        auto value = (*x)->value.value;
        if (state_->rows.contains(value.id))
          continue;
        value.attempt = 0;
        value.run_at = state_->now();
        revived.insert((*x)->value.sequence);
        auto& to = state_->rows[value.id];
        to.value = std::move(value);
        to.updated_at = state_->now();
      }
      std::erase_if(state_->dead, [&](const auto& x) {
        return revived.contains(x.value.sequence);
      });
      return revived.size();
    });
  }

  result<std::size_t> dead_purge(const dead_filter& filter) override {
    return perform<std::size_t>("dead_purge", [&]() -> result<std::size_t> {
      std::set<std::int64_t> purged;
      for (auto* x : matching(filter))
        purged.insert(x->value.sequence);
      std::erase_if(state_->dead, [&](const auto& x) {
        return purged.contains(x.value.sequence);
      });
      return purged.size();
    });
  }

  // -- the connection ---------------------------------------------------------

  result<time_point> now() override {
    return perform<time_point>(
        "now", [&]() -> result<time_point> { return state_->now(); });
  }

  result<void> look() override {
    if (broken())
      return error{errc::database_unreachable,
                   "memory: the connection is dead"};
    return {};
  }

  bool broken() const noexcept override {
    std::lock_guard lock{state_->mutex};
    return !state_->open.contains(connection_);
  }

private:
  using row = memory_state::row;

  /// Runs an operation unless a fault strikes, before or after it.
  template <class T, class F>
  result<T> perform(const operation& which, F work) {
    std::function<void(const operation&)> hook;
    {
      std::lock_guard lock{state_->mutex};
      hook = state_->hook;
    }
    if (hook)
      hook(which);
    std::lock_guard lock{state_->mutex};
    ++state_->calls[which];
    if (!state_->open.contains(connection_))
      return error{errc::database_unreachable,
                   "memory: the connection is dead"};
    auto struck = state_->draw_fault(which);
    if (!struck)
      return work();
    if (struck->after_the_work)
      (void)work();
    if (struck->breaks)
      state_->close_connection(connection_);
    return struck->why;
  }

  memory_state::node* member() {
    if (!joined_)
      return nullptr;
    auto at = state_->nodes.find(*joined_);
    if (at == state_->nodes.end() || at->second.lock != connection_)
      return nullptr;
    return &at->second;
  }

  void unlock() {
    if (auto* me = member())
      me->lock = 0;
    joined_.reset();
  }

  void insert(const new_job& x) {
    auto now = state_->now();
    auto& to = state_->rows[x.id];
    to.value = {.id = x.id,
                .queue = x.queue,
                .type = x.type,
                .arg = x.arg,
                .request_id = x.request_id,
                .max_attempts = x.max_attempts,
                .timeout = x.timeout,
                .priority = x.priority,
                .run_at = x.run_at.value_or(now + x.delay),
                .created_at = now};
    to.updated_at = now;
  }

  // -- lease ------------------------------------------------------------------

  std::vector<row*> waiting(const std::string& queue, int state) {
    std::vector<row*> found;
    for (auto& [id, x] : state_->rows)
      if (x.value.queue == queue && x.state == state)
        found.push_back(&x);
    std::sort(found.begin(), found.end(),
              [](auto* a, auto* b) { return goes_first(a->value, b->value); });
    return found;
  }

  lease_batch lease_one(const lease_request& wish) {
    lease_batch batch;
    auto alone = wish.suspects && take_some(wish, row::suspect, 1, batch);
    if (!alone)
      take_some(wish, row::free, wish.limit, batch);
    if (batch.jobs.size() < wish.limit) {
      next_due(wish.queue, row::free, batch);
      if (wish.suspects && !alone)
        next_due(wish.queue, row::suspect, batch);
    }
    return batch;
  }

  bool take_some(const lease_request& wish, int state, std::size_t limit,
                 lease_batch& batch) {
    auto now = state_->now();
    for (auto* x : waiting(wish.queue, state)) {
      if (batch.jobs.size() >= limit)
        break;
      if (!due(*x, now))
        continue;
      if (spent(*x)) {
        auto text = x->cancelled ? "cancelled"
                                 : "attempts used up ("
                                       + std::to_string(x->value.attempt) + ")";
        if (!x->value.last_error.empty())
          text += ": " + x->value.last_error;
        x->value.last_error = storable_text(text, job_limits::error_bytes);
        batch.exhausted.push_back(x->value);
        auto copy = *x;
        auto reason = copy.value.last_error;
        state_->rows.erase(copy.value.id);
        state_->bury(std::move(copy), 0, std::move(reason));
        continue;
      }
      auto was_suspect = x->state == row::suspect;
      x->state = row::leased;
      x->node = *joined_;
      x->fence = ++state_->last_fence;
      x->updated_at = now;
      x->recorded = was_suspect || batch.jobs.size() < wish.start;
      x->isolated = wish.isolated;
      ++x->value.attempt;
      batch.jobs.push_back({x->value, x->fence, was_suspect, x->recorded});
    }
    return !batch.jobs.empty();
  }

  void next_due(const std::string& queue, int state, lease_batch& batch) {
    auto now = state_->now();
    for (auto* x : waiting(queue, state)) {
      auto in = std::max(x->value.run_at - now, duration{0});
      batch.next_due = std::min(batch.next_due.value_or(in), in);
    }
  }

  // -- settle -----------------------------------------------------------------

  row* leased(const std::string& id, std::int64_t fence) {
    auto at = state_->rows.find(id);
    if (at == state_->rows.end() || at->second.state != row::leased
        || at->second.fence != fence)
      return nullptr;
    return &at->second;
  }

  /// It comes back, due when it was unless something else is said. What was to
  /// be cancelled needs not wait to be alone.
  void free(row& x) {
    x.state = x.crashes > 0 && !x.cancelled ? row::suspect : row::free;
    x.node = 0;
    x.updated_at = state_->now();
  }

  void free(row& x, time_point run_at) {
    free(x);
    x.value.run_at = x.cancelled ? state_->now() : run_at;
  }

  cancel_answer cancel_one(const std::string& id) {
    auto at = state_->rows.find(id);
    if (at == state_->rows.end())
      return cancel_answer::unknown;
    if (at->second.state != row::leased) {
      state_->rows.erase(at);
      return cancel_answer::removed;
    }
    at->second.cancelled = true;
    for (auto& [listener, heard] : state_->heard_by)
      heard.cancels = true;
    state_->changed.notify_all();
    return cancel_answer::asked;
  }

  /// Empty when it lives, or may come back yet.
  const char* dead_because(memory_state::node& x, const reclaim_rule& rule,
                           reclaim_report& report) {
    auto now = state_->now();
    if (x.lock != 0)
      return std::max(x.seen_at, x.missed_at.value_or(x.seen_at))
                     < now - rule.silence
                 ? "it was silent for too long"
                 : "";
    if (rule.grace <= duration{0}
        || (x.missed_at && *x.missed_at <= now - rule.grace))
      return "its process or connection ended";
    ++report.missed;
    if (!x.missed_at)
      x.missed_at = now;
    return "";
  }

  void apply(row& x, const completed&) { state_->rows.erase(x.value.id); }

  void apply(row& x, const retried& action) {
    free(x, state_->now() + action.after);
    x.value.last_error = storable_text(action.error, job_limits::error_bytes);
  }

  void apply(row& x, const callboard::dead& action) {
    auto copy = x;
    state_->rows.erase(copy.value.id);
    state_->bury(std::move(copy), 0,
                 storable_text(action.error, job_limits::error_bytes));
  }

  void apply(row& x, const rescheduled& action) {
    auto next = state_->now();
    if (const auto* after = std::get_if<duration>(&action.next)) {
      next += *after;
    } else {
      auto parsed = cron::parse(std::get<cron_schedule>(action.next));
      auto moment = parsed ? parsed->next(next) : std::nullopt;
      if (!moment)
        return apply(x, callboard::dead{"can't reschedule: the cron schedule "
                                        "has no next time"});
      next = *moment;
    }
    x.crashes = 0;
    free(x, next);
    x.value.attempt = std::max(x.value.attempt - 1, 0);
    if (action.arg)
      x.value.arg = *action.arg;
  }

  // -- dead letters -----------------------------------------------------------

  static job_info info(const memory_state::letter& x) {
    job_info info;
    info.value = x.value.value;
    info.state = job_state::dead;
    info.fence = x.fence;
    info.crashes = x.crashes;
    info.updated_at = x.value.died_at;
    return info;
  }

  std::vector<memory_state::letter*> matching(const dead_filter& filter) {
    std::vector<memory_state::letter*> found;
    for (auto& x : state_->dead) {
      const auto& value = x.value.value;
      auto named = filter.ids.empty()
                   || std::find(filter.ids.begin(), filter.ids.end(), value.id)
                          != filter.ids.end();
      if (named && x.value.sequence > filter.after
          && (!filter.queue || value.queue == *filter.queue)
          && (!filter.type || value.type == *filter.type)
          && found.size() < filter.limit)
        found.push_back(&x);
    }
    return found;
  }

  std::shared_ptr<memory_state> state_;
  std::uint64_t connection_;
  std::optional<incarnation> joined_;
};

class memory_listener : public wake_listener {
public:
  memory_listener(std::shared_ptr<memory_state> state, std::uint64_t connection)
      : state_{std::move(state)}, connection_{connection} {}

  ~memory_listener() override {
    std::lock_guard lock{state_->mutex};
    state_->heard_by.erase(connection_);
    state_->close_connection(connection_);
  }

  result<hints> wait(duration limit) override {
    std::unique_lock lock{state_->mutex};
    auto& heard = state_->heard_by[connection_];
    auto dead = [&] {
      return !state_->open.contains(connection_);
    };
    state_->changed.wait_for(lock, limit, [&] {
      return interrupted_ || !heard.queues.empty() || heard.cancels || dead();
    });
    interrupted_ = false;
    if (dead())
      return error{errc::database_unreachable,
                   "memory: the connection is dead"};
    auto found = std::exchange(heard, {});
    return hints{{found.queues.begin(), found.queues.end()}, found.cancels};
  }

  void interrupt() noexcept override {
    std::lock_guard lock{state_->mutex};
    interrupted_ = true;
    state_->changed.notify_all();
  }

private:
  std::shared_ptr<memory_state> state_;
  std::uint64_t connection_;
  bool interrupted_ = false;
};

} // namespace

// -- the shared state ---------------------------------------------------------

std::optional<fault> memory_state::draw_fault(const operation& which) {
  auto planned = faults.find(which);
  if (planned != faults.end() && planned->second.second > 0) {
    --planned->second.second;
    return planned->second.first;
  }
  return rule ? rule(which) : std::nullopt;
}

void memory_state::close_connection(std::uint64_t connection) {
  open.erase(connection);
  for (auto& [id, x] : nodes)
    if (x.lock == connection)
      x.lock = 0;
}

void memory_state::bury(row what, std::int32_t new_crashes,
                        std::string reason) {
  what.value.last_error = std::move(reason);
  letter buried;
  buried.value = {++last_sequence, std::move(what.value), now()};
  buried.fence = what.fence;
  buried.crashes = what.crashes + new_crashes;
  dead.push_back(std::move(buried));
}

void memory_state::free_leases(incarnation of, const std::string& cause,
                               time_point when,
                               std::optional<std::int32_t> max_crashes,
                               reclaim_report& report) {
  auto name = nodes.contains(of) ? nodes.at(of).name : "";
  for (auto at = rows.begin(); at != rows.end();) {
    auto& x = at->second;
    if (x.state != row::leased || x.node != of) {
      ++at;
      continue;
    }
    x.value.last_error = store::worker_died_text(name, of, cause, when)
                         + store::during_attempt(x.value.attempt, x.recorded);
    if (!x.recorded)
      x.value.attempt = std::max(x.value.attempt - 1, 0);
    auto crash = max_crashes && !x.isolated;
    if (!crash || x.crashes + 1 < *max_crashes) {
      x.crashes += crash ? 1 : 0;
      x.state = x.crashes > 0 && !x.cancelled ? row::suspect : row::free;
      x.node = 0;
      x.value.run_at = now();
      x.updated_at = now();
      ++report.freed;
      ++at;
    } else {
      x.value.last_error += store::crash_count(x.crashes + 1, *max_crashes);
      report.dead.push_back(x.value);
      auto reason = x.value.last_error;
      bury(std::move(x), 1, std::move(reason));
      at = rows.erase(at);
    }
  }
}

job_info memory_state::info(const row& what) const {
  job_info info;
  info.value = what.value;
  info.state = what.state == row::leased    ? job_state::running
               : what.state == row::suspect ? job_state::suspect
               : due(what, now())           ? job_state::waiting
                                            : job_state::delayed;
  info.fence = what.fence;
  info.crashes = what.crashes;
  info.cancelled = what.cancelled;
  auto at = nodes.find(what.node);
  if (at != nodes.end())
    info.node = at->second.name;
  info.updated_at = what.updated_at;
  return info;
}

// -- the database -------------------------------------------------------------

memory_database::memory_database(database_options options)
    : state_{std::make_shared<memory_state>()}, options_{std::move(options)} {
  state_->clock = options_.clock;
}

memory_database::~memory_database() = default;

result<std::unique_ptr<job_store>> memory_database::connect() {
  std::function<void(const operation&)> hook;
  {
    std::lock_guard lock{state_->mutex};
    hook = state_->hook;
  }
  if (hook)
    hook("connect");
  std::lock_guard lock{state_->mutex};
  ++state_->calls["connect"];
  if (auto struck = state_->draw_fault("connect"))
    return struck->why;
  if (state_->away)
    return error{errc::database_unreachable, "memory: the database is away"};
  auto connection = ++state_->last_connection;
  state_->open.insert(connection);
  return std::unique_ptr<job_store>{
      std::make_unique<memory_store>(state_, connection)};
}

result<std::unique_ptr<wake_listener>> memory_database::listen() {
  std::lock_guard lock{state_->mutex};
  if (state_->listening) {
    ++state_->calls["listen"];
    if (state_->away)
      return error{errc::database_unreachable, "memory: the database is away"};
    auto connection = ++state_->last_connection;
    state_->open.insert(connection);
    state_->heard_by[connection];
    return std::unique_ptr<wake_listener>{
        std::make_unique<memory_listener>(state_, connection)};
  }
  return error{errc::unsupported, "memory: there are no wake-ups here"};
}

result<schema_status> memory_database::schema() {
  return schema_status{.version = 2, .required = 2};
}

result<schema_status> memory_database::migrate() {
  return schema();
}

const std::string& memory_database::name() const noexcept {
  return name_;
}

const database_options& memory_database::options() const noexcept {
  return options_;
}

time_point memory_database::now() const {
  std::lock_guard lock{state_->mutex};
  return state_->now();
}

void memory_database::advance(duration by) {
  std::lock_guard lock{state_->mutex};
  state_->clock_now += by;
}

void memory_database::allow_listening() {
  std::lock_guard lock{state_->mutex};
  state_->listening = true;
}

void memory_database::fail(const operation& which, fault how, int times) {
  std::lock_guard lock{state_->mutex};
  state_->faults[which] = {std::move(how), times};
}

void memory_database::decide(
    std::function<std::optional<fault>(const operation&)> rule) {
  std::lock_guard lock{state_->mutex};
  state_->rule = std::move(rule);
}

void memory_database::before(std::function<void(const operation&)> hook) {
  std::lock_guard lock{state_->mutex};
  state_->hook = std::move(hook);
}

void memory_database::go_away() {
  break_connections();
  std::lock_guard lock{state_->mutex};
  state_->away = true;
}

void memory_database::back() {
  std::lock_guard lock{state_->mutex};
  state_->away = false;
}

void memory_database::break_connections() {
  std::lock_guard lock{state_->mutex};
  auto open = state_->open;
  for (auto connection : open)
    state_->close_connection(connection);
  state_->changed.notify_all();
}

void memory_database::bury_all_nodes() {
  std::lock_guard lock{state_->mutex};
  reclaim_report ignored;
  for (const auto& [id, x] : state_->nodes)
    state_->free_leases(id, "the test said so", state_->now(),
                        std::numeric_limits<std::int32_t>::max(), ignored);
  state_->nodes.clear();
}

std::size_t memory_database::calls(const operation& which) const {
  std::lock_guard lock{state_->mutex};
  auto found = state_->calls.find(which);
  return found == state_->calls.end() ? 0 : found->second;
}

std::vector<job_info> memory_database::jobs() const {
  std::lock_guard lock{state_->mutex};
  std::vector<job_info> all;
  for (const auto& [id, x] : state_->rows)
    all.push_back(state_->info(x));
  return all;
}

std::optional<job_info> memory_database::job(const std::string& id) const {
  std::lock_guard lock{state_->mutex};
  auto found = state_->rows.find(id);
  if (found == state_->rows.end())
    return std::nullopt;
  return state_->info(found->second);
}

std::vector<dead_letter> memory_database::dead() const {
  std::lock_guard lock{state_->mutex};
  std::vector<dead_letter> all;
  for (const auto& x : state_->dead)
    all.push_back(x.value);
  return all;
}

std::vector<settlement> memory_database::accepted() const {
  std::lock_guard lock{state_->mutex};
  return state_->accepted;
}

std::vector<std::string> memory_database::woken() const {
  std::lock_guard lock{state_->mutex};
  return state_->woken;
}

std::size_t memory_database::node_count() const {
  std::lock_guard lock{state_->mutex};
  return state_->nodes.size();
}

} // namespace callboard::testing
