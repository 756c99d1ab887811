#pragma once

#include "store/model/new_job.hpp"

#include <vector>

namespace soci {
class session;
} // namespace soci

namespace callboard::store {

/// Enqueues in the transaction that `session` has open, or in one of its own.
/// Throws `failure`.
void enqueue_in_sqlite(soci::session& session,
                       const std::vector<new_job>& jobs);

} // namespace callboard::store
