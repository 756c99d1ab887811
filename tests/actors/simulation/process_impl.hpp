#pragma once

#include "actors/metrics/watched_counters.hpp"
#include "tests/actors/simulation/process.hpp"
#include "tests/support/actor_stage.hpp"
#include "tests/support/fiber.hpp"
#include "tests/support/held_slot.hpp"
#include "tests/support/performer.hpp"

#include <map>
#include <utility>

namespace callboard::simulation {

/// Tells the ledger what observers are told.
class witness : public observer {
public:
  witness(ledger& books, process_number who) : books_{books}, who_{who} {}

  void mute() { muted_ = true; }

  void job_started(const job_facts& x) override {
    if (!muted_)
      books_.told_started(who_, x);
  }
  void job_completed(const job_facts& x, duration) override { end(x, true); }
  void job_rescheduled(const job_facts& x, duration, const next_run&) override {
    end(x, true);
  }
  void job_will_be_retried(const job_facts& x, duration, duration,
                           const std::string&) override {
    end(x, true);
  }
  void job_moved_to_dlq(const job_facts& x, duration,
                        const std::string&) override {
    end(x, true);
  }
  void outcome_fenced(const job_facts& x) override { end(x, false); }
  void worker_error(const std::string& queue, const error& why) override {
    if (!muted_ && books_.recording)
      books_.note("process " + std::to_string(who_) + " error of '" + queue
                  + "': " + to_string(why));
  }

private:
  void end(const job_facts& x, bool accepted) {
    if (!muted_)
      books_.told_end(who_, x, accepted);
  }

  ledger& books_;
  process_number who_;
  bool muted_ = false;
};

struct process::impl {
  explicit impl(process_setup with);
  ~impl();

  // -- who goes on next -------------------------------------------------------

  /// Something that waits for a moment or a condition.
  struct waiter {
    duration at = duration::max();
    std::function<bool()> ready;
    std::function<void()> go_on;
  };

  bool can_go_on(const waiter& x) const {
    return down || setup.now >= x.at || (x.ready && x.ready());
  }

  /// On a fiber: until the condition holds or the time is over.
  void await(std::function<bool()> ready, duration limit);
  void sleep(duration by) {
    await([this] { return setup.calm; }, by);
  }
  /// Later, on no fiber.
  void schedule(duration in, std::function<bool()> ready,
                std::function<void()> what);
  /// Runs on a fiber of its own, which may pause.
  void on_fiber(std::function<void()> what);
  void go_on(std::size_t waiter);

  // -- performing -------------------------------------------------------------

  worker_config config_of(const queue_plan& what);
  outcome perform(const job& work, context& ctx, duration timeout);
  outcome answer_of(const job& work, const deed& what) const;
  void beget();
  void begin_held(const leased_job& work);
  std::string begin_call(std::size_t performer, const job_call& call,
                         duration timeout);
  /// From when on the handler counts as hung.
  duration deadline(duration timeout) const;
  void update_limits();

  process_setup setup;
  std::string name;
  std::shared_ptr<witness> seen;
  std::shared_ptr<link> database;
  std::unique_ptr<job_store> own_connection;
  std::shared_ptr<testing::desk> desk = std::make_shared<testing::desk>();
  actors::supervisor_actor supervisor;
  std::vector<testing::performer_actor> performers;

  bool down = false;
  bool frozen = false;
  bool doomed = false;
  std::optional<error> failed;
  std::string lagging;
  unsigned lag_steps = 0;
  std::size_t born = 0;

  struct plan {
    testing::actor_stage::ticket ticket = 0;
    std::map<std::string, std::size_t> limits;
    bool answered = false;
  };
  /// Not answered ones and the newest that was.
  std::vector<plan> plans;
  std::optional<testing::actor_stage::ticket> closing;

  std::vector<waiter> waiters;
  // Ends first: it still uses the others then.
  std::unique_ptr<testing::actor_stage> stage;
};

} // namespace callboard::simulation
