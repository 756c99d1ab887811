#pragma once

#include "store/model/time.hpp"

#include <cstdint>

namespace callboard::actors {

// The limits that an isolated process sets itself.
//
// RLIMIT_DATA and not RLIMIT_AS: it counts what a handler can write to and
// nobody else has (heap, stacks, variables), while the address space also holds
// libraries, mapped files, and what malloc only reserves (64 MiB a thread), so
// that no useful limit could be told from a failing start. Neither counts
// shared memory.

/// Bounds the data of this process, in bytes.
void limit_memory(std::int64_t bytes);

/// Lets this process use so much processor time from now on; then the system
/// kills it by SIGXCPU. Counts whole seconds, and rounds up.
void limit_cpu_time(duration more);

} // namespace callboard::actors
