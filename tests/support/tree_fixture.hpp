#pragma once

#include "actors/client/client.hpp"
#include "actors/metrics/counters.hpp"
#include "tests/support/event_log.hpp"
#include "tests/support/memory_store.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace callboard::testing {

/// The whole actor tree on one thread, where the test decides who runs next
/// and what time it is. Nothing happens but by `settle`, `step` and `advance`.
/// Shows no CAF.
class tree_fixture {
public:
  tree_fixture();
  explicit tree_fixture(client_options options);
  ~tree_fixture();

  std::shared_ptr<memory_database> db;
  std::shared_ptr<event_log> events;

  // -- time and order ---------------------------------------------------------

  /// Runs until nobody has mail. No time passes.
  void settle();
  /// One message of one actor, chosen by `seed` where several have mail; false
  /// when nobody has.
  bool step(std::uint64_t seed = 0);
  /// Lets time pass in steps of a millisecond (the database's too), each
  /// settled.
  void advance(duration by);
  /// Lets time pass without running anybody.
  void pass(duration by);

  // -- what a client does -----------------------------------------------------

  /// Names a question whose answer may come later.
  using ticket = std::size_t;

  ticket upgrade(std::vector<worker_config> configs,
                 duration grace = std::chrono::hours{1});
  ticket close(duration grace = std::chrono::hours{1});
  /// The answer, when it has come.
  std::optional<drain_report> answer(ticket to);

  /// Stores jobs and wakes the workers, as a client does.
  void enqueue(std::vector<new_job> jobs);
  /// Stores one without telling anybody.
  void store(new_job job);
  void wake(const std::string& queue);
  /// As a client of this process does; with `hint` false, as one of another
  /// process does where the database has no wake-ups.
  std::vector<cancel_answer> cancel(const std::vector<std::string>& ids,
                                    bool hint = true);
  std::vector<queue_status> status();
  /// As where the database has wake-ups: the keeper hears that a node joined,
  /// or may have.
  void hear_of_join();

  // -- slots under the test's control -----------------------------------------

  /// From the next upgrade on, function handlers are not called: each job that
  /// a slot starts runs until the test ends it. Before the first `upgrade`.
  /// With a `timeout`, that is how far off their deadlines are.
  void control_slots(duration timeout = duration{0});
  /// Ids of jobs that run now, in the order of their start.
  std::vector<std::string> running() const;
  /// The most that ran at once.
  std::size_t peak() const;
  /// The handler of `id` answers.
  void finish(const std::string& id, outcome what = complete());
  bool stop_requested(const std::string& id) const;
  /// Why; `none` when it was not, or does not run.
  stop_reason why_stopped(const std::string& id) const;
  /// The slot that runs `id` dies.
  void kill_slot(const std::string& id);

  // -- handlers that are actors
  // ------------------------------------------------

  /// A handler actor ("performer") that keeps each call until the test answers
  /// it.
  std::shared_ptr<const handler_target> add_performer();
  /// The same, which can be told to stop.
  std::shared_ptr<const handler_target>
  add_stoppable_performer(duration grace = std::chrono::seconds{5});
  /// What it was told: "a cancelled".
  std::vector<std::string> stops() const;
  /// It won't take the job now.
  void reply_declined(const std::string& id, duration wait);
  /// Performers offer so many slots for a queue of theirs (which the handler
  /// actor performs).
  void offer(const std::string& queue, std::size_t slots);
  /// Ids of jobs that it was asked to perform, in order.
  std::vector<std::string> asked() const;
  void reply(const std::string& id, outcome what = complete());
  void reply_error(const std::string& id);

  // -- looking ----------------------------------------------------------------

  /// What was said since the last call: "poller -> store-pool: lease_wish".
  std::vector<std::string> conversation();
  /// Only what concerns these actors, both as sender and receiver.
  std::vector<std::string> conversation(const std::vector<std::string>& among);
  bool mail_left() const;
  /// How many actors of a name live.
  std::size_t alive(const std::string& name) const;
  /// The oldest living actor of a name dies.
  void kill(const std::string& name);
  /// A look at it counts as somebody's interest.
  metrics_snapshot metrics() const;

  /// Whether the node knows that there is no other.
  bool alone() const;
  /// What `on_failure` was told.
  std::vector<std::string> failures() const;

  struct impl;

private:
  std::unique_ptr<impl> impl_;
};

} // namespace callboard::testing
