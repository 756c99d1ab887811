#pragma once

#include "store/model/time.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace callboard::simulation {

/// What a handler does in one attempt.
struct deed {
  enum class verb : std::uint8_t {
    /// It answers ...
    complete,
    retry,
    fail,
    reschedule,
    bury,
    /// It throws an exception.
    raise,
    /// It works until it is asked to stop (or all its time is over), then
    /// retries.
    linger,
    /// It enqueues another job, and completes.
    beget,
    /// It takes its process along.
    kill,
  };

  verb what = verb::complete;
  /// How long the handler takes.
  duration took{0};
  /// Until the next attempt, for those that have one.
  duration then{0};

  friend bool operator==(const deed&, const deed&) = default;
};

/// What the handler of a job does in its attempts, one after another; the last
/// step is also that of all further ones. Stored as the job's arg.
using script = std::vector<deed>;

std::string to_text(const script& steps);
script to_script(std::string_view text);

const char* to_string(deed::verb what);

} // namespace callboard::simulation
