#pragma once

#include "actors/process/unique_fd.hpp"
#include "app/bench/distribution.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace callboard::app::bench {

/// What the ledger knows of a whole run.
struct audit {
  std::size_t jobs = 0;
  /// Stored, but no handler began.
  std::size_t lost = 0;
  /// A handler began more than once.
  std::size_t repeated = 0;
  /// A handler began, though nobody says to have stored it.
  std::size_t unstored = 0;
  /// Handlers that got an arg which is none of this run's.
  std::size_t foreign = 0;

  bool clean() const noexcept {
    return lost == 0 && repeated == 0 && unstored == 0 && foreign == 0;
  }

  /// "each of 100 jobs was performed exactly once", or what is wrong.
  std::string text() const;
};

/// Says of each job of a run, by its number, when it was stored and when and
/// how often a handler began it. Lies in memory that several processes share;
/// what one of them wrote stays when it dies. All functions are thread-safe.
class ledger {
public:
  using clock = std::chrono::steady_clock;
  using instant = clock::time_point;

  static constexpr std::size_t most_jobs = 50'000'000;
  static constexpr std::size_t most_parts = 65;

  /// A new one, for jobs 0 to `jobs` - 1. Throws `std::system_error`.
  explicit ledger(std::size_t jobs);

  /// The ledger of another process, by `path()`. Throws `std::system_error`.
  explicit ledger(const std::string& path);

  ~ledger();

  ledger(const ledger&) = delete;
  ledger& operator=(const ledger&) = delete;

  /// Where children of this process find it.
  std::string path() const;

  std::size_t jobs() const noexcept;

  /// The enqueue of jobs `first` to `last` - 1 was called at `begin`, and came
  /// back with success at `end`.
  void stored(std::size_t first, std::size_t last, instant begin, instant end);

  /// A handler began the job. A number that is none of the run's is counted as
  /// foreign.
  void began(std::uint64_t number, instant at);

  void foreign();

  /// How many outcomes part `part` of the run has written to the database.
  void settled(std::size_t part, std::uint64_t count);

  // -- sums, cheap ------------------------------------------------------------

  std::uint64_t stored() const;
  /// Different jobs that a handler began.
  std::uint64_t begun() const;
  std::uint64_t settled() const;
  bool has_begun(std::size_t number) const;

  // -- at the end -------------------------------------------------------------

  audit check() const;

  /// How long each call of enqueue took.
  distribution calls() const;

  /// From the commit of the enqueue, as its caller saw it, to the handler.
  distribution pickups() const;

private:
  struct shared;
  struct entry;

  void map();

  actors::unique_fd file_;
  std::size_t size_ = 0;
  shared* shared_ = nullptr;
  entry* entries_ = nullptr;
};

} // namespace callboard::app::bench
