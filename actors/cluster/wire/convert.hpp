#pragma once

#include "actors/cluster/wire/client.hpp"
#include "store/model/error.hpp"
#include "store/model/lease.hpp"
#include "store/model/new_job.hpp"
#include "store/model/status.hpp"

namespace callboard::wire {

new_job_v1 to_wire(new_job x);
/// An `invalid_job` when a number does not fit.
result<new_job> from_wire(new_job_v1 x);

queue_counts_v1 to_wire(const queue_counts& x);
queue_counts from_wire(const queue_counts_v1& x);

/// Of answers: an `error` from its code and message. A code that this program
/// does not know becomes `internal`.
error to_error(std::uint8_t code, std::string message);

/// A `cancel_answer`; one that this program does not know becomes `unknown`.
cancel_answer to_cancel_answer(std::uint8_t x);

} // namespace callboard::wire
