#pragma once

#include "actors/client/client.hpp"
#include "tests/actors/simulation/dice.hpp"
#include "tests/actors/simulation/ledger.hpp"
#include "tests/actors/simulation/link.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace callboard::simulation {

/// One queue of an upgrade. Which way its jobs are performed hangs on the
/// name: "mail" and "bulk" by functions in real slots, "held" in slots that
/// may die under a job, "agent" by an actor.
struct queue_plan {
  std::string queue;
  int concurrency = 1;
  duration poll{0};
  duration timeout{0};
};

struct process_setup {
  process_number number = 0;
  std::shared_ptr<testing::memory_database> db;
  /// Null: the database has no wake-ups.
  std::shared_ptr<wake_wire> wire;
  ledger& books;
  dice& chance;
  const duration& now;
  /// Calls that hang go on at once when this becomes true.
  const bool& calm;
  /// What happens to a call of this process.
  std::function<std::optional<strike>(const std::string&)> fate;
  std::function<void(std::shared_ptr<job_store>, duration)> bury;
  client_options settings;
};

/// One process with the whole actor tree, in virtual time. Its end is a
/// `kill -9`, unless it was closed before. Shows no CAF.
class process {
public:
  explicit process(process_setup setup);
  ~process();

  process_number number() const;
  const std::string& node_name() const;

  // -- order and time ---------------------------------------------------------

  /// How many could go on now.
  std::size_t ready() const;
  /// One of them goes on, drawn. Those named by `lag` only if nobody else can.
  void step();
  void lag(std::string actor);
  void advance(duration by);
  /// How long until somebody wants to go on; nothing: until somebody is asked.
  std::optional<duration> next_event() const;
  /// SIGSTOP and SIGCONT: meanwhile only time passes.
  void freeze();
  void thaw();
  bool frozen() const;

  // -- what its client does ---------------------------------------------------

  void upgrade(const std::vector<queue_plan>& queues, duration grace);
  bool upgrades_answered();
  void close(duration grace);
  bool closing() const;
  /// The answer, when it has come.
  std::optional<drain_report> closed();
  result<void> enqueue(const std::vector<new_job>& jobs);
  result<void> cancel(const std::string& id);

  // -- faults -----------------------------------------------------------------

  /// An actor of that name dies, as soon as it reads its mail; false when none
  /// lives.
  bool kill_actor(const std::string& name);
  /// A handler killed the process.
  bool doomed() const;
  /// What `on_failure` was told: the process should end.
  const std::optional<error>& failed() const;

  // -- looking ----------------------------------------------------------------

  std::size_t alive(const std::string& name) const;
  /// Nobody is left, as it should be some time after a close.
  bool empty() const;

  struct impl;

private:
  std::unique_ptr<impl> impl_;
};

} // namespace callboard::simulation
