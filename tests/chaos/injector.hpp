#pragma once

#include "tests/chaos/audit.hpp"
#include "tests/chaos/enqueuers.hpp"
#include "tests/chaos/node.hpp"
#include "tests/chaos/performer.hpp"
#include "tests/chaos/rest.hpp"
#include "tests/chaos/server.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

namespace callboard::chaos {

using node_list = std::vector<std::unique_ptr<node>>;
using performer_list = std::vector<std::unique_ptr<performer>>;

/// Makes faults come true. `perform` blocks as long as its fault lasts;
/// several may be called at once. A node has one fault at a time, and so have
/// a performer with its links, the way of the nodes to each other, and the
/// server.
class injector {
public:
  injector(const settings& rules, const node_list& nodes,
           const performer_list& performers, client_enqueuer& client,
           program_enqueuer& program, std::ostream& out);

  void perform(const planned_fault& what, const std::stop_token& stop);

  /// What came true.
  std::vector<fault> faults() const;

  /// Faults that found nobody to hit, or could not be made.
  std::vector<std::string> missed() const;

private:
  /// One that is ready and has no fault; number `preferred`, if it may be. Null
  /// when there is none in time.
  template <class T>
  T* claim(const std::vector<std::unique_ptr<T>>& from, int preferred);
  void give_back(const member& one);

  void on_node(node& one, const planned_fault& what,
               const std::stop_token& stop);
  void on_network(node& one, const planned_fault& what,
                  const std::stop_token& stop);
  void on_performer(performer& one, const planned_fault& what,
                    const std::stop_token& stop);
  void on_link(performer& one, const planned_fault& what,
               const std::stop_token& stop);
  void on_peers(const planned_fault& what, const std::stop_token& stop);
  /// Kill or SIGTERM; the moment when it is ready again.
  micros restart(member& one, const planned_fault& what);
  void hold(member& one, micros span, const std::stop_token& stop);
  void stop_long(node& one, micros span, const std::stop_token& stop);
  void on_server(const planned_fault& what, const std::stop_token& stop);
  void on_enqueuers(const planned_fault& what, const std::stop_token& stop);
  void store_poison(const std::stop_token& stop);
  void miss(const planned_fault& what, const std::string& why);
  void note(const planned_fault& what, int node, micros from, micros to,
            int performer = 0);

  const settings& rules_;
  const node_list& nodes_;
  const performer_list& performers_;
  client_enqueuer& client_;
  program_enqueuer& program_;
  std::ostream& out_;
  server server_;

  std::mutex server_mutex_;
  std::mutex peers_mutex_;
  mutable std::mutex mutex_;
  std::condition_variable freed_;
  std::set<const member*> claimed_;
  std::vector<fault> faults_;
  std::vector<std::string> missed_;
  workload poisons_;
};

} // namespace callboard::chaos
