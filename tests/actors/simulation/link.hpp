#pragma once

#include "store/database.hpp"
#include "tests/actors/simulation/ledger.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace callboard::simulation {

/// How a call to the database goes wrong.
struct strike {
  enum class kind : std::uint8_t {
    /// It was refused; the connection is well.
    refused,
    /// The connection broke before anything was done.
    broken,
    /// It was done, and the connection broke before the answer came.
    answer_lost,
    /// The store threw an exception.
    thrown,
  };

  kind how = kind::broken;
  /// For `refused`.
  errc why = errc::database_busy;
  /// The database notices only after so long that the connection is dead: its
  /// locks are held until then.
  duration noticed_after{0};
  /// The call takes so long before it does its work, and until it answers.
  duration before{0};
  duration after{0};
};

/// What a process has between itself and the database.
struct link_hooks {
  /// What happens to the next call ("lease", "settle", ...).
  std::function<std::optional<strike>(const std::string&)> fate;
  /// The calling actor's thread blocks. Returns at once when the process is
  /// being killed.
  std::function<void(duration)> sleep;
  /// Blocks until the condition holds, or for so long.
  std::function<void(std::function<bool()>, duration)> await;
  /// A connection of the database's side that nobody answers for; kept for the
  /// time given.
  std::function<void(std::shared_ptr<job_store>, duration)> bury;
};

/// Carries wake-ups between processes, and loses some.
class wake_wire {
public:
  struct receiver {
    std::vector<std::string> queues;
    bool joined = false;
    bool interrupted = false;
    bool cut = false;
  };

  std::shared_ptr<receiver> join();
  void send(const std::vector<std::string>& queues);
  void tell_joined();
  /// Whether the next hint gets lost on its way to one receiver.
  std::function<bool()> loses;

private:
  std::vector<std::weak_ptr<receiver>> receivers_;
};

/// The database as one process sees it. What its connections do is entered in
/// the ledger at the moment when it takes effect.
class link : public database {
public:
  link(std::shared_ptr<testing::memory_database> db, process_number who,
       ledger& books, link_hooks hooks, std::shared_ptr<wake_wire> wire);
  ~link() override;

  /// The process is being killed: from now on nothing reaches the database.
  void sever();
  bool severed() const noexcept;

  result<std::unique_ptr<job_store>> connect() override;
  bool single_writer() const noexcept override;
  result<std::unique_ptr<wake_listener>> listen() override;
  result<schema_status> schema() override;
  result<schema_status> migrate() override;
  const std::string& name() const noexcept override;
  const database_options& options() const noexcept override;

  struct shared;

private:
  std::shared_ptr<shared> shared_;
};

} // namespace callboard::simulation
