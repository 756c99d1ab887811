#pragma once

#include "actors/pipeline/log.hpp"
#include "actors/pipeline/stop_signal.hpp"
#include "store/model/job.hpp"
#include "store/model/outcome.hpp"
#include "store/model/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace callboard::actors {

// What a node and the process of an isolated handler say to each other.
//
//     node                        process
//      │ greeting                    │
//      ├────────────────────────────►│ applies the limits, makes its workers
//      │        readiness or refusal │
//      │◄────────────────────────────┤
//      │ assignment                  │
//      ├────────────────────────────►│ calls the handler
//      │            log_line, ...    │
//      │◄────────────────────────────┤
//      │ (control channel: stop)     │
//      ├────────────────────────────►│ fires the stop token
//      │                      answer │
//      │◄────────────────────────────┤ ... the next assignment, or the end of
//                                          the channel: it exits

/// Changes with the messages. Both ends are one program, so a difference means
/// that something is very wrong.
inline constexpr std::int64_t isolation_protocol = 1;

/// The longest arg that a database may take; no message is longer than that
/// and some room.
inline constexpr std::size_t longest_arg = 512 << 20;
inline constexpr std::size_t longest_message = longest_arg + (1 << 20);

/// The first message.
struct greeting {
  std::int64_t protocol = isolation_protocol;
  std::string queue;
  /// In bytes; 0: none.
  std::int64_t memory = 0;
  /// For each job; 0: none.
  duration cpu_time{0};
  /// For the function that makes the workers.
  std::string startup;

  friend bool operator==(const greeting&, const greeting&) = default;
};

/// A job to perform.
struct assignment {
  /// Counts the jobs of this process.
  std::int64_t number = 0;
  job work;
  std::int64_t fence = 0;
  /// Until its deadline; nothing: it has none.
  std::optional<duration> time_left;
  /// What it had from the start; 0: as long as it likes.
  duration timeout{0};

  friend bool operator==(const assignment&, const assignment&) = default;
};

/// The workers are made.
struct readiness {
  friend bool operator==(const readiness&, const readiness&) = default;
};

/// It can't work at all.
struct refusal {
  std::string reason;

  friend bool operator==(const refusal&, const refusal&) = default;
};

/// A line for the log of the job.
struct log_line {
  log_level level = log_level::info;
  std::string text;

  friend bool operator==(const log_line&, const log_line&) = default;
};

/// What the handler answered.
struct answer {
  std::int64_t number = 0;
  outcome what;
  /// The process ran out of memory and should not go on.
  bool exhausted = false;

  friend bool operator==(const answer&, const answer&) = default;
};

/// On the control channel, as it is: a job is to stop.
struct stop_call {
  std::int64_t number = 0;
  stop_reason why = stop_reason::none;
};

using message
    = std::variant<greeting, assignment, readiness, refusal, log_line, answer>;

/// With its length and kind in front.
std::string encode(const message& what);

/// Gathers bytes as they come, and cuts them into messages. Whatever the other
/// end sends, it costs no more memory than bytes were sent.
class message_buffer {
public:
  void feed(std::string_view bytes);

  /// The next message if it is there whole.
  std::optional<message> next();

  /// What came is no message; nothing after it can be trusted.
  bool broken() const noexcept { return broken_; }

  bool empty() const noexcept { return bytes_.size() == taken_; }

  /// Bytes that it keeps, of messages already taken, too.
  std::size_t held() const noexcept { return bytes_.size(); }

private:
  std::string bytes_;
  std::size_t taken_ = 0;
  bool broken_ = false;
};

} // namespace callboard::actors
