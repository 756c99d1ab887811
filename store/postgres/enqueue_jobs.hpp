#pragma once

#include "store/model/new_job.hpp"
#include "store/postgres/parameters.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace callboard::store {

/// The parameters of `postgres::enqueue` for jobs from `from` on, as many as
/// one statement should take; `from` moves behind them.
parameters enqueue_chunk(const std::vector<new_job>& jobs, std::size_t& from,
                         std::optional<std::int64_t> clock);

/// The parameters of `postgres::enqueue_one`.
parameters enqueue_values(const new_job& job,
                          std::optional<std::int64_t> clock);

} // namespace callboard::store
