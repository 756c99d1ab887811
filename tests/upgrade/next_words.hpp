#pragma once

#include "actors/cluster/wire/performer.hpp"
#include "actors/cluster/wire/type_ids.hpp"

#include <caf/type_id.hpp>

#include <cstdint>
#include <string>
#include <vector>

/// Version 2 of the conversation, as a next program might speak it: two words
/// carry more than before.
namespace callboard::wire {

/// In place of `wake_v1`.
struct wake_v2 {
  std::vector<std::string> queues;
  /// Counts what the sender has told.
  std::uint64_t number = 0;
};

/// In place of `perform_v1`.
struct perform_v2 {
  std::uint64_t call = 0;
  job_call job;
  /// Which node asks.
  std::string node;
};

template <class Inspector>
auto inspect(Inspector& f, wake_v2& x) {
  return f(x.queues, x.number);
}

template <class Inspector>
auto inspect(Inspector& f, perform_v2& x) {
  return f(x.call, x.job, x.node);
}

} // namespace callboard::wire

CAF_BEGIN_TYPE_ID_BLOCK(callboard_next, caf::first_custom_type_id + 1100)

  CAF_ADD_TYPE_ID(callboard_next, (callboard::wire::wake_v2))
  CAF_ADD_TYPE_ID(callboard_next, (callboard::wire::perform_v2))

CAF_END_TYPE_ID_BLOCK(callboard_next)
