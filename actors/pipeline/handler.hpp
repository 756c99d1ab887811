#pragma once

#include "actors/pipeline/context.hpp"
#include "store/model/job.hpp"
#include "store/model/outcome.hpp"
#include "store/schedule/backoff.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace callboard {

/// User code that performs a job. May block: it runs on a thread of its slot.
/// Called from several slots at once. An exception moves the job to the dead
/// letters (by the recovery middleware).
using handler = std::function<outcome(const job&, context&)>;

/// Wraps a handler in another. The outermost is called first.
using middleware = std::function<handler(handler)>;

/// A handler that is not a function of this process, such as a CAF actor (see
/// actors/handler/actor_handler.hpp). Only its own slot knows how to use it.
class handler_target {
public:
  virtual ~handler_target() = default;

  /// Whether it lives in another process than its slot.
  virtual bool isolated() const noexcept { return false; }
};

/// How the jobs of one type are treated.
struct type_options {
  retry_policy retry{};
  /// After so long the context's stop token fires and the deadline has passed;
  /// 0: never.
  duration timeout{0};
  /// The handler works in another process, which ends with the job (`exec`) or
  /// is none of ours (`http`): its jobs can't kill this process, and it
  /// returns soon after its deadline or stop whatever the job does.
  bool isolated = false;
};

/// Where the jobs of one type go. Exactly one of `function` and `target`.
struct route {
  handler function;
  std::shared_ptr<const handler_target> target;
  type_options options{};

  /// Whether its jobs can't kill this process.
  bool isolated() const noexcept {
    return target ? target->isolated() : options.isolated;
  }
};

} // namespace callboard
