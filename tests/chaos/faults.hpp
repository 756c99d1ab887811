#pragma once

#include "tests/chaos/ledger.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::chaos {

/// What can be done to the nodes, to their way to the database, to the
/// database, to performers, to their way to the nodes, and to those who
/// enqueue.
enum class fault_kind : std::uint8_t {
  /// kill -9 of a node, which is started anew.
  kill,
  /// SIGSTOP for less than the silence limit.
  pause,
  /// SIGSTOP for longer.
  stop,
  /// The server ends all connections of a node.
  terminate,
  /// All connections of a node are reset.
  cut,
  /// What a node and the server say is lost, and no reset tells of it.
  swallow,
  /// Nothing passes for a while, and everything later.
  freeze,
  /// Connections of a node are reset and new ones refused.
  refuse,
  /// Everything passes late.
  delay,
  /// The server is stopped with `fast`, and started again.
  restart_fast,
  /// The same with `immediate`, as a crash of it.
  restart_immediate,
  /// The table of the jobs is locked.
  lock_table,
  /// SIGHUP with another concurrency.
  reload,
  /// SIGTERM, and a new start.
  deploy,
  /// kill -9 of a performer, which is started anew.
  performer_kill,
  /// SIGSTOP of a performer for less than the silence that ends a link.
  performer_pause,
  /// The same for longer.
  performer_stop,
  /// SIGHUP of a performer with another number of slots.
  performer_reload,
  /// SIGTERM of a performer, and a new start.
  performer_deploy,
  /// The connection between a performer and a node is reset.
  link_cut,
  /// It is partitioned for longer than the silence: what is said is lost, both
  /// ways or one way, and no reset tells of it.
  link_partition,
  /// The performer takes nothing in that a node says, for a while, and
  /// everything later; the same the other way.
  link_stall,
  /// Everything passes late between a performer and a node.
  link_delay,
  /// The connections by which other nodes reach one are reset.
  peer_cut,
  /// They are partitioned, as above.
  peer_partition,
  /// The connections of the enqueuing client are reset.
  client_cut,
  /// What the enqueuing client and the server say is lost.
  client_swallow,
  /// kill -9 of an enqueuing program.
  kill_enqueuer,
  /// A job that kills its node is enqueued.
  poison,
  /// Not scheduled: what a poisonous job does to its node.
  poisoned,
  /// Not scheduled: the machine let the test itself wait for so long that it
  /// may have done the same to the nodes.
  stalled,
};

inline constexpr auto last_scheduled = fault_kind::poison;

std::string_view to_string(fault_kind kind) noexcept;
std::optional<fault_kind> parse_fault_kind(std::string_view name);

/// Whether it hits one of the nodes, or its way to the database.
bool hits_a_node(fault_kind kind) noexcept;

/// Whether it hits one of the performers, or its way to a node.
bool hits_a_performer(fault_kind kind) noexcept;

/// Whether it hits the way between a performer and a node.
bool hits_a_link(fault_kind kind) noexcept;

/// Whether it hits the way of the other nodes to one of them.
bool hits_peers(fault_kind kind) noexcept;

/// Whether it hits all nodes at once.
bool hits_the_server(fault_kind kind) noexcept;

/// Whether a node may be taken for dead because of it.
bool costs_leases(fault_kind kind) noexcept;

/// Whether a node may lose a performer that has jobs of it.
bool costs_performers(fault_kind kind) noexcept;

/// Whether the answer to a statement may be lost, while the node lives on.
bool costs_answers(fault_kind kind) noexcept;

/// One fault of the schedule.
struct planned_fault {
  /// From the beginning of the run.
  micros at = 0;
  fault_kind kind = fault_kind::kill;
  /// Which node; the one that is next to it when it is not there to be hit.
  int node = 0;
  /// Which performer, the same way.
  int performer = 0;
  micros lasts = 0;

  friend bool operator==(const planned_fault&, const planned_fault&) = default;
};

struct schedule_rules {
  std::uint64_t seed = 0;
  int faults = 25;
  micros time = 60'000'000;
  int nodes = 3;
  int performers = 3;
  /// Of nodes in the database; of the links between processes.
  micros silence_limit = 4'000'000;
  micros silence = 2'000'000;
  /// Which kinds may come; each comes at least once when there is room.
  std::vector<fault_kind> kinds;
};

/// The kinds for PostgreSQL, and those that make sense for one SQLite file.
std::vector<fault_kind> postgres_faults();
std::vector<fault_kind> sqlite_faults();

/// By the seed alone, in order of time.
std::vector<planned_fault> make_schedule(const schedule_rules& rules);

/// One fault as it happened.
struct fault {
  fault_kind kind = fault_kind::kill;
  /// 0: all of them, or none; nodes count from 1.
  int node = 0;
  micros from = 0;
  /// When it was over: the node is ready again, the connection works, ...
  micros to = 0;
  /// 0: none; they count from 1.
  int performer = 0;

  friend bool operator==(const fault&, const fault&) = default;
};

} // namespace callboard::chaos
