#pragma once

#include "store/model/error.hpp"
#include "store/model/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace callboard {

/// What a caller provides to enqueue a job. Only queue and type are required.
struct new_job {
  std::string queue;
  std::string type;
  /// Any bytes, up to `job_limits::arg_bytes`.
  std::string arg{};
  /// Empty: a new UUIDv7. An id that is stored already is refused.
  std::string id{};
  /// Counted by the database's clock from the moment of the enqueue.
  duration delay{0};
  /// An absolute moment instead of `delay`.
  std::optional<time_point> run_at{};
  /// Smaller goes first.
  std::int16_t priority = 0;
  /// Empty: the surrounding context's, else a new random one; in a bulk, jobs
  /// without one share it.
  std::string request_id{};
  /// 0 leaves it to the handler's retry policy.
  std::int32_t max_attempts = 0;
  /// How long one attempt may take; 0 leaves it to the type's setting.
  duration timeout{0};
};

/// The bounds of what can be stored. All in bytes, all inclusive.
struct job_limits {
  /// id, queue, type and request id.
  static constexpr std::size_t name_bytes = 255;
  /// The arg, by default; a database option can lower or raise it.
  static constexpr std::size_t arg_bytes = 16 * 1024 * 1024;
  /// The error text that is kept; longer ones lose their middle.
  static constexpr std::size_t error_bytes = 8 * 1024;
};

/// Checks the jobs of one enqueue and fills in what was left out: ids and
/// request ids (`request_id` if it is not empty, else one new random one for
/// all that have none). An empty list is `empty_bulk`; an id that stands twice
/// is `job_already_exists`. The message names the job's position and field.
[[nodiscard]] result<std::vector<new_job>>
prepare(std::vector<new_job> jobs, const std::string& request_id = {},
        std::size_t arg_limit = job_limits::arg_bytes);

} // namespace callboard
