#pragma once

#include "actors/client/client.hpp"
#include "app/bench/ledger.hpp"
#include "app/bench/payload.hpp"
#include "app/bench/plan.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace callboard::app::bench {

/// What one process does in a run: enqueues and performs jobs, through the
/// face that every user of the library has.
class part {
public:
  /// `book` must outlive it.
  part(database_ptr db, client_options node, part_plan plan, ledger& book);

  /// Becomes a node that performs nothing yet, connects enqueuers; returns when
  /// all are connected.
  result<void> prepare(const preparation& what);

  /// Performs jobs from now on.
  result<void> work();

  /// Enqueues jobs; returns when they are stored, or at the first error.
  /// Jobs are spread over the queues by their number.
  result<void> produce(const production& what);

  /// Tells the ledger what is settled by now. To be called often.
  void report();

  /// Ends `produce` early. Any thread.
  void stop() noexcept { stopped_ = true; }

  /// Ends performing, and waits for what runs.
  result<void> close();

private:
  result<void> produce_batches(const production& what, std::size_t next,
                               std::size_t step);
  result<void> produce_paced(const production& what);
  result<void> store(std::size_t first, std::size_t last);
  void perform(const std::string& arg);
  result<void> become_node();
  bool is_connected() const;
  result<void> connect_producers(int count);

  part_plan plan_;
  ledger& book_;
  payload payload_;
  std::atomic<bool> stopped_ = false;
  client client_;
};

} // namespace callboard::app::bench
