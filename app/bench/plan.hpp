#pragma once

#include "store/model/error.hpp"
#include "store/model/time.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace callboard::app::bench {

/// What is measured.
enum class mode {
  /// Storing jobs, one a call.
  enqueue,
  /// Storing jobs, many a call.
  bulk,
  /// Performing jobs that are stored already.
  drain,
  /// Both at once.
  flow,
  /// How soon a single job is picked up when nothing else happens.
  idle,
  /// The same under a steady stream of single jobs.
  steady,
};

const char* to_string(mode what) noexcept;

/// All of them, in the order in which they run.
const std::vector<mode>& all_modes();

/// What the command line says.
struct options {
  std::vector<mode> modes = all_modes();
  /// Of each mode but idle and steady.
  std::size_t jobs = 10'000;
  /// Jobs of idle and steady.
  std::size_t samples = 300;
  /// Slots of each queue in each process.
  int concurrency = 8;
  /// Threads that enqueue.
  int producers = 4;
  /// Jobs of one call.
  std::size_t bulk = 1000;
  std::size_t size = 100;
  std::size_t queues = 1;
  /// 0: this process performs.
  std::size_t processes = 0;
  /// How long each handler takes.
  duration work{0};
  /// Jobs a second.
  std::size_t rate = 200;
  /// Gives up when nothing happens for longer.
  duration patience = std::chrono::seconds{30};
};

/// What every process of a run has in common.
struct part_plan {
  /// The config file; empty: `database` is the URL, and all else default.
  std::string config;
  std::string database;
  std::vector<std::string> queues;
  int concurrency = 1;
  std::size_t size = 100;
  duration work{0};
  std::string ledger;
  /// Its line in the ledger's books.
  std::size_t number = 0;
};

/// How jobs are enqueued.
struct production {
  /// Jobs `first` to `last` - 1.
  std::size_t first = 0;
  std::size_t last = 0;
  int producers = 1;
  /// Jobs of one call.
  std::size_t bulk = 1;
  /// Jobs a second; 0: as fast as it goes.
  std::size_t rate = 0;
  /// Each one only when the one before has begun, and a pause is over.
  bool one_by_one = false;
};

/// What has to stand before the clock starts: a node's start and connections
/// are no part of what is measured.
struct preparation {
  bool performs = false;
  /// How many will enqueue at once.
  int producers = 0;
};

// As one line, for other processes.

std::string to_line(const part_plan& what);
result<part_plan> plan_of(std::string_view line);
std::string to_line(const preparation& what);
/// Nothing when the line is another one.
std::optional<preparation> preparation_of(std::string_view line);
std::string to_line(const production& what);
result<production> production_of(std::string_view line);

} // namespace callboard::app::bench
