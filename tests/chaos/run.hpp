#pragma once

#include "tests/chaos/injector.hpp"
#include "tests/chaos/report.hpp"
#include "tests/chaos/witnesses.hpp"

#include <atomic>
#include <fstream>
#include <functional>
#include <map>
#include <thread>

namespace callboard::chaos {

/// One run: starts the nodes and performers, lets the faults come, waits until
/// everything works again and every job has ended, stops them, and asks the
/// witnesses.
class run {
public:
  /// `progress` gets a line now and then.
  run(const settings& rules, std::ostream& progress);

  /// All of it. Throws when the test itself can't go on.
  void perform();

  const history& facts() const { return facts_; }
  const run_facts& about() const { return about_; }

  /// What the run itself saw go wrong, beside what the rules find.
  const findings& seen() const { return seen_; }

private:
  void start_all();
  void let_faults_come();
  void await_return();
  void stop_enqueuers();
  void drain();
  void stop_all();
  /// Asks these to end, and waits.
  void stop(const std::vector<member*>& some);
  void ask_witnesses();
  void add_poisoned();

  /// Restarts what ends and reads the ledger, until `over` or `limit`.
  bool look_after_all_until(const std::function<bool()>& over, micros limit);
  void read_ledger();
  void tell(const std::string& what);

  settings rules_;
  std::ostream& progress_;
  book notes_;
  std::ofstream fault_log_;
  tests::authority certificates_;
  node_list nodes_;
  performer_list performers_;
  /// All of these.
  std::vector<member*> members_;
  client_enqueuer client_;
  program_enqueuer program_;
  injector injector_;
  ledger_reader ledger_;

  std::vector<ledger_line> lines_;
  /// When each life last began a job.
  std::map<std::string, micros> last_begin_;
  std::map<const member*, micros> start_at_;
  bool restarting_ = true;
  std::atomic<int> enqueuing_ = 0;
  std::jthread client_thread_;
  std::jthread program_thread_;

  history facts_;
  run_facts about_;
  findings seen_;
};

} // namespace callboard::chaos
