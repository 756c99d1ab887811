#pragma once

#include "tests/actors/simulation/process.hpp"
#include "tests/actors/simulation/weather.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace callboard::simulation {

/// What one simulation came to.
struct verdict {
  /// The first thing that broke a promise; nothing when all were kept.
  std::optional<std::string> violation;
  /// The end of the log, when it was recorded.
  std::deque<std::string> log;
  std::string sky;
  /// How much was tried.
  std::size_t jobs = 0;
  std::size_t starts = 0;
  std::size_t steps = 0;
  std::size_t second_leases = 0;
  duration took{0};
};

/// One life of several processes on one database, all by the seed: a storm,
/// then calm weather in which everything must come to its end.
class world {
public:
  /// `log_lines`: how much of the log is kept; 0: no log, which is quicker.
  explicit world(std::uint64_t seed, std::size_t log_lines = 0);
  ~world();

  verdict run();

private:
  struct broken {};

  struct seat {
    std::unique_ptr<process> who;
    duration back_at{0};
    std::optional<duration> close_by;
    bool born = false;
  };

  // -- time and order ---------------------------------------------------------

  void pass(duration by);
  void steps(std::size_t count);
  void settle();
  /// Runs calmly until the condition holds.
  void run_until(const std::function<bool()>& over, duration limit,
                 const char* what);
  void look();
  void check();

  // -- acts of a storm --------------------------------------------------------

  void act();
  void add_jobs();
  void add_many_jobs();
  void enqueue(std::vector<new_job> jobs);
  script draw_script();
  void cancel_one();
  void upgrade(seat& at);
  void close_one(seat& at);
  void kill(seat& at);
  void end(seat& at);
  void revive(seat& at);
  seat* somebody();
  std::optional<strike> fate(const std::string& operation);

  // -- afterwards -------------------------------------------------------------

  void calm_down();
  void upgrade_at_last(seat& at);
  bool drained() const;
  bool only_living_nodes() const;
  void check_capacity();
  void close_all();

  dice chance_;
  duration now_{0};
  weather weather_;
  std::shared_ptr<testing::memory_database> db_;
  std::shared_ptr<wake_wire> wire_;
  ledger books_;
  bool calm_ = false;
  bool ending_ = false;
  std::optional<duration> outage_until_;
  std::vector<std::pair<duration, std::shared_ptr<job_store>>> zombies_;
  std::vector<seat> seats_;
  std::size_t next_process_ = 1;
  std::size_t next_job_ = 1;
  std::size_t steps_ = 0;
  bool poisoned_ = false;
};

} // namespace callboard::simulation
