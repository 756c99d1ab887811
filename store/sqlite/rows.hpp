#pragma once

#include "store/model/job.hpp"
#include "store/model/status.hpp"
#include "store/sqlite/row_view.hpp"

#include <string>

namespace callboard::store {

/// A job that waits, and what SQLite's statements need to change it.
struct stored_job {
  job value;
  long long row = 0;
  bool cancelled = false;
};

/// A leased job.
struct held_job {
  job value;
  long long row = 0;
  long long crashes = 0;
  bool recorded = false;
  bool isolated = false;
};

/// A dead letter and what only `find` and `list` tell.
struct dead_row {
  dead_letter letter;
  long long fence = 0;
  long long crashes = 0;
};

// Each takes the columns in the order of the statements, and the strings out
// of them.

job to_job(std::string& id, std::string& queue, std::string& type,
           std::string& arg, std::string& request_id, long long attempt,
           long long max_attempts, long long priority, std::string& last_error,
           long long run_at, long long created_at, long long timeout);

stored_job to_stored(const row_view& row);

held_job to_held(std::string& id, std::string& queue, std::string& type,
                 std::string& arg, std::string& request_id, long long attempt,
                 long long max_attempts, long long priority,
                 std::string& last_error, long long run_at,
                 long long created_at, long long timeout, long long row,
                 long long crashes, long long unrecorded, long long isolated);

job_info to_info(time_point now, std::string& id, std::string& queue,
                 std::string& type, std::string& arg, std::string& request_id,
                 long long attempt, long long max_attempts, long long priority,
                 std::string& last_error, long long run_at,
                 long long created_at, long long timeout, long long state,
                 long long fence, long long crashes, std::string& node,
                 long long updated_at, long long cancelled);

dead_row to_dead(long long sequence, std::string& id, std::string& queue,
                 std::string& type, std::string& arg, std::string& request_id,
                 long long attempt, long long max_attempts, long long priority,
                 std::string& last_error, long long run_at,
                 long long created_at, long long timeout, long long died_at,
                 long long fence, long long crashes);

} // namespace callboard::store
