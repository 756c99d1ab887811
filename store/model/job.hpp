#pragma once

#include "store/model/time.hpp"

#include <cstdint>
#include <string>

namespace callboard {

/// One unit of work, as it is stored and as a handler sees it.
struct job {
  /// Unique among the stored jobs; the caller's, or a new UUIDv7.
  std::string id;
  /// The line of jobs that it stands in.
  std::string queue;
  /// Selects the handler inside the queue.
  std::string type;
  /// The payload: bytes exactly as the caller gave them.
  std::string arg;
  /// Follows a request through the logs of all who took part.
  std::string request_id;
  /// How often a lease was taken for it: 1 while the first attempt runs, 0
  /// before. Counted durably before the handler runs.
  std::int32_t attempt = 0;
  /// More attempts than this end in the dead letters; 0 leaves it to the
  /// handler's retry policy.
  std::int32_t max_attempts = 0;
  /// How long one attempt may take; 0 leaves it to the type's setting.
  duration timeout{0};
  /// Smaller goes first.
  std::int16_t priority = 0;
  /// Why the last attempt failed; empty before the first failure.
  std::string last_error;
  /// Not before this moment.
  time_point run_at{};
  /// When it was enqueued.
  time_point created_at{};

  friend bool operator==(const job&, const job&) = default;
};

/// Where a stored job stands.
enum class job_state : std::uint8_t {
  /// Due, waits for a free slot.
  waiting,
  /// Due later.
  delayed,
  /// Leased by a node.
  running,
  /// Its node died while it was leased: it waits to be performed alone.
  suspect,
  /// A dead letter.
  dead,
};

/// "waiting", "delayed", ...
const char* to_string(job_state state) noexcept;

/// A stored job with what people want to know about it.
struct job_info {
  job value;
  job_state state = job_state::waiting;
  /// The number of its newest lease; 0 before the first.
  std::int64_t fence = 0;
  /// How many nodes died while they held it.
  std::int32_t crashes = 0;
  /// Somebody asked to cancel it: whoever runs it was told, and it will not be
  /// given out again.
  bool cancelled = false;
  /// The node that holds it, or empty.
  std::string node;
  /// The last change: enqueue, lease, settle, or the move to the dead letters.
  time_point updated_at{};
};

} // namespace callboard
