#pragma once

#include "app/bench/ledger.hpp"
#include "app/bench/member.hpp"
#include "app/bench/plan.hpp"
#include "app/bench/target.hpp"
#include "app/cli/console.hpp"
#include "app/daemon/signals.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace callboard::app::bench {

/// What one mode showed.
struct measurement {
  mode what = mode::drain;
  std::size_t jobs = 0;
  std::chrono::duration<double> took{};
  /// Of enqueue, where that is what was measured.
  distribution calls;
  /// From the commit of the enqueue to the handler, where jobs were performed
  /// while they came.
  distribution pickups;
  audit verdict;

  double per_second() const noexcept;
};

/// Measures one mode: starts who takes part, gives them their orders, and
/// looks after them until each job is settled.
class trial {
public:
  /// `queues` are the run's own. All references must outlive it.
  trial(const options& how, const target& place, part_plan common, mode what,
        signal_waiter& signals, console& io);

  /// The ledger's verdict may be bad; everything else that goes wrong is an
  /// error.
  result<measurement> run();

private:
  struct entry {
    std::unique_ptr<member> who;
    bool busy = false;
  };

  void gather();
  result<measurement> measure();
  result<void> store_all();
  result<void> produce();
  result<void> prepare();
  result<void> perform();
  result<void> await_performed();
  result<void> close();
  void wind_down();

  std::vector<entry*> performers();
  std::vector<entry*> producers();
  void give(entry& to, const order& what);
  result<void> await_answers();
  /// Looks after the members, with a `pause` between, until `done`.
  result<void> until(const std::function<bool()>& done,
                     const std::function<std::chrono::milliseconds()>& pause);
  result<void> hear();
  result<void> check_stall();
  void show_progress();
  void clear_progress();

  const options& how_;
  const target& place_;
  part_plan common_;
  mode what_;
  signal_waiter& signals_;
  console& io_;
  ledger book_;
  /// The first is this process.
  std::vector<entry> members_;

  ledger::instant moved_at_ = ledger::clock::now();
  ledger::instant shown_at_{};
  std::uint64_t moved_ = 0;
};

} // namespace callboard::app::bench
