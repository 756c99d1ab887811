#pragma once

#include "store/database.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace callboard::testing {

/// Names an operation of the store, for faults and hooks: "lease", "settle",
/// "connect", ...
using operation = std::string;

/// How an operation fails.
struct fault {
  error why{errc::database_unreachable, "the test cut the connection"};
  /// The connection is dead afterwards.
  bool breaks = true;
  /// The work was done before it failed (as by a connection that broke during
  /// the commit).
  bool after_the_work = false;
};

struct memory_state;

/// A complete database in memory, without SQL: the reference for what
/// store/job_store.hpp says, and a store that fails on command. Its clock
/// stands still until it is told. Thread-safe, as any database; connections
/// are not.
class memory_database : public database {
public:
  /// An empty `clock` in the options means the own clock, which starts at
  /// 2026-01-01 and goes on by `advance` only.
  explicit memory_database(database_options options = {});
  ~memory_database() override;

  // -- database ---------------------------------------------------------------

  result<std::unique_ptr<job_store>> connect() override;
  /// `unsupported`, unless `allow_listening` was called.
  bool single_writer() const noexcept override { return single_writer_; }
  result<std::unique_ptr<wake_listener>> listen() override;
  result<schema_status> schema() override;
  result<schema_status> migrate() override;
  const std::string& name() const noexcept override;
  const database_options& options() const noexcept override;

  // -- for tests --------------------------------------------------------------

  time_point now() const;
  void advance(duration by);

  /// Only one connection can write, as in a file. Before anybody connects.
  void write_alone() { single_writer_ = true; }

  /// From now on there are wake-ups; their listeners block in real time.
  void allow_listening();

  /// The next `times` calls of `which` fail.
  void fail(const operation& which, fault how = {}, int times = 1);
  /// Decides for each call whether it fails, in the order of calls.
  void decide(std::function<std::optional<fault>(const operation&)> rule);
  /// Called before each operation, outside of all locks.
  void before(std::function<void(const operation&)> hook);

  /// Breaks all connections and refuses new ones, until `back`.
  void go_away();
  void back();
  /// Breaks all present connections.
  void break_connections();

  /// Declares every node dead, as another node would after a long silence.
  void bury_all_nodes();

  /// How often an operation was called, failed ones included.
  std::size_t calls(const operation& which) const;

  /// Everything that is stored and not dead, by id.
  std::vector<job_info> jobs() const;
  std::optional<job_info> job(const std::string& id) const;
  std::vector<dead_letter> dead() const;
  /// Every accepted outcome: id and fence, in order.
  std::vector<settlement> accepted() const;
  /// The wake-ups that were sent, in order.
  std::vector<std::string> woken() const;
  std::size_t node_count() const;

private:
  std::shared_ptr<memory_state> state_;
  database_options options_;
  std::string name_ = "memory:";
  bool single_writer_ = false;
};

} // namespace callboard::testing
