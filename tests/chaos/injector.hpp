#pragma once

#include "tests/chaos/audit.hpp"
#include "tests/chaos/enqueuers.hpp"
#include "tests/chaos/node.hpp"
#include "tests/chaos/rest.hpp"
#include "tests/chaos/server.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

namespace callboard::chaos {

using node_list = std::vector<std::unique_ptr<node>>;

/// Makes faults come true. `perform` blocks as long as its fault lasts;
/// several may be called at once. A node has one fault at a time, and so has
/// the server.
class injector {
public:
  injector(const settings& rules, const node_list& nodes,
           client_enqueuer& client, program_enqueuer& program,
           std::ostream& out);

  void perform(const planned_fault& what, const std::stop_token& stop);

  /// What came true.
  std::vector<fault> faults() const;

  /// Faults that found nobody to hit, or could not be made.
  std::vector<std::string> missed() const;

private:
  /// A node that is ready and has no fault; `preferred`, if it may be. Null
  /// when there is none in time.
  node* claim(int preferred);
  void give_back(node& one);

  void on_node(node& one, const planned_fault& what,
               const std::stop_token& stop);
  void on_network(node& one, const planned_fault& what,
                  const std::stop_token& stop);
  void on_server(const planned_fault& what, const std::stop_token& stop);
  void on_enqueuers(const planned_fault& what, const std::stop_token& stop);
  void store_poison(const std::stop_token& stop);
  void miss(const planned_fault& what, const std::string& why);
  void note(const planned_fault& what, int node, micros from, micros to);

  const settings& rules_;
  const node_list& nodes_;
  client_enqueuer& client_;
  program_enqueuer& program_;
  std::ostream& out_;
  server server_;

  std::mutex server_mutex_;
  mutable std::mutex mutex_;
  std::condition_variable freed_;
  std::set<int> claimed_;
  std::vector<fault> faults_;
  std::vector<std::string> missed_;
  workload poisons_;
};

} // namespace callboard::chaos
