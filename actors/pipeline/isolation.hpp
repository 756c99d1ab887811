#pragma once

#include "store/model/error.hpp"
#include "store/model/time.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace callboard {

/// How the handlers of a queue run in processes of their own, so that one that
/// crashes, hangs or eats all memory costs one attempt of one job, and the
/// service goes on. See docs/isolation.md.
struct process_isolation {
  /// How much data one process may hold (heap, its threads' stacks, its own
  /// variables; not the program's code and mapped files), in bytes; 0: no
  /// limit. Beyond it allocations fail: `std::bad_alloc`. Held by
  /// RLIMIT_DATA.
  std::int64_t memory = 0;
  /// How much processor time one job may take, in whole seconds (rounded up);
  /// 0: no limit. Held by RLIMIT_CPU.
  duration cpu_time{0};
  /// A process is replaced after so many jobs; 0: never.
  std::int64_t recycle_after = 0;
  /// How long a handler that was asked to stop may go on before its process
  /// group is killed.
  duration kill_after = std::chrono::seconds{5};
  /// Given to the function that makes the workers inside the process.
  std::string startup{};

  /// The least that a limit of memory may be.
  static constexpr std::int64_t least_memory = 16 << 20;

  [[nodiscard]] result<void> validate() const;
};

} // namespace callboard
