#include "store/sqlite/rows.hpp"

#include "store/sql/job_views.hpp"
#include "store/sql/moment.hpp"

#include <utility>

namespace callboard::store {

job to_job(std::string& id, std::string& queue, std::string& type,
           std::string& arg, std::string& request_id, long long attempt,
           long long max_attempts, long long priority, std::string& last_error,
           long long run_at, long long created_at, long long timeout) {
  job value;
  value.id = std::move(id);
  value.queue = std::move(queue);
  value.type = std::move(type);
  value.arg = std::move(arg);
  value.request_id = std::move(request_id);
  value.attempt = static_cast<std::int32_t>(attempt);
  value.max_attempts = static_cast<std::int32_t>(max_attempts);
  value.priority = static_cast<std::int16_t>(priority);
  value.last_error = std::move(last_error);
  value.run_at = from_micros(run_at);
  value.created_at = from_micros(created_at);
  value.timeout = duration{timeout};
  return value;
}

stored_job to_stored(const row_view& row) {
  auto id = row.text(2);
  auto queue = row.text(3);
  auto type = row.text(4);
  auto arg = row.text(5);
  auto request_id = row.text(6);
  auto last_error = row.text(10);
  return {to_job(id, queue, type, arg, request_id, row.number(7), row.number(8),
                 row.number(9), last_error, row.number(11), row.number(12),
                 row.number(13)),
          row.number(0), row.number(1) != 0};
}

held_job to_held(std::string& id, std::string& queue, std::string& type,
                 std::string& arg, std::string& request_id, long long attempt,
                 long long max_attempts, long long priority,
                 std::string& last_error, long long run_at,
                 long long created_at, long long timeout, long long row,
                 long long crashes, long long unrecorded, long long isolated) {
  return {to_job(id, queue, type, arg, request_id, attempt, max_attempts,
                 priority, last_error, run_at, created_at, timeout),
          row, crashes, unrecorded == 0, isolated != 0};
}

job_info to_info(time_point now, std::string& id, std::string& queue,
                 std::string& type, std::string& arg, std::string& request_id,
                 long long attempt, long long max_attempts, long long priority,
                 std::string& last_error, long long run_at,
                 long long created_at, long long timeout, long long state,
                 long long fence, long long crashes, std::string& node,
                 long long updated_at, long long cancelled) {
  job_info info;
  info.value = to_job(id, queue, type, arg, request_id, attempt, max_attempts,
                      priority, last_error, run_at, created_at, timeout);
  info.state = state_of(state, info.value.run_at, now);
  info.fence = fence;
  info.crashes = static_cast<std::int32_t>(crashes);
  info.node = std::move(node);
  info.updated_at = from_micros(updated_at);
  info.cancelled = cancelled != 0;
  return info;
}

dead_row to_dead(long long sequence, std::string& id, std::string& queue,
                 std::string& type, std::string& arg, std::string& request_id,
                 long long attempt, long long max_attempts, long long priority,
                 std::string& last_error, long long run_at,
                 long long created_at, long long timeout, long long died_at,
                 long long fence, long long crashes) {
  dead_row row;
  row.letter.sequence = sequence;
  row.letter.value
      = to_job(id, queue, type, arg, request_id, attempt, max_attempts,
               priority, last_error, run_at, created_at, timeout);
  row.letter.died_at = from_micros(died_at);
  row.fence = fence;
  row.crashes = crashes;
  return row;
}

} // namespace callboard::store
