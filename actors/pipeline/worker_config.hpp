#pragma once

#include "actors/pipeline/handler.hpp"
#include "actors/pipeline/isolation.hpp"
#include "actors/pipeline/mux.hpp"
#include "store/model/error.hpp"
#include "store/model/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace callboard {

/// The jobs of a queue are performed by performers: processes that have the
/// handlers but no database, and link to this node. Retries and timeouts are
/// theirs, by the type; what a job has of its own goes first.
struct by_performers {
  /// After so many attempts a job goes to the dead letters whatever the
  /// performer says; 0: that is left to the performer. A node that knows the
  /// number records the last attempt before it begins.
  std::int32_t max_attempts = 0;
  /// For types without a timeout at the performer, and jobs without one of
  /// their own; 0: none.
  duration timeout{0};
};

/// How one queue is worked on.
struct worker_config {
  std::string queue;
  /// How many jobs of the queue run at once on this node; <= 0 means 1.
  int concurrency = 1;
  /// How often to look for jobs when nothing else tells of them; <= 0 means
  /// 1 s.
  duration poll_interval{0};
  mux handle{};
  /// The user's own, inside the standard chain, outermost first. They wrap
  /// function handlers only.
  std::vector<middleware> middlewares{};
  /// Its functions (and middlewares) run in processes of their own. `main` must
  /// begin with `serve_isolated` then (actors/isolation/serve_isolated.hpp).
  std::optional<process_isolation> isolation{};
  /// Performers have its handlers (`handle` is empty); `concurrency` is the
  /// most of their slots that this node uses. Needs `client_options::cluster`.
  std::optional<by_performers> performers{};

  static constexpr int max_concurrency = 10'000;

  /// Defaults filled in. `invalid_config` names the queue, the field and the
  /// remedy.
  [[nodiscard]] result<worker_config> normalized() const;
};

/// Checks a whole set: each one, and that no queue stands twice. All problems
/// in one message.
[[nodiscard]] result<std::vector<worker_config>>
normalize(std::vector<worker_config> configs);

} // namespace callboard
