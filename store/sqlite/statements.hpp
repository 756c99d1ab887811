#pragma once

/// Every statement of the SQLite dialect. Partial indexes are found by their
/// literal `state = n`. Parameters are bound in the order in which their names
/// first appear.
namespace callboard::store::sqlite {

#define CALLBOARD_JOB                                                          \
  "id, queue, type, arg, request_id, attempt, max_attempts, priority, "        \
  "last_error, run_at, created_at"
#define CALLBOARD_DEAD                                                         \
  "sequence, job_id, queue, type, "                                            \
  "case when :with_args then arg else x'' end, request_id, attempt, "          \
  "max_attempts, priority, last_error, run_at, created_at, died_at"
#define CALLBOARD_INFO                                                         \
  "j.id, j.queue, j.type, case when :with_args then j.arg else x'' end, "      \
  "j.request_id, j.attempt, j.max_attempts, j.priority, j.last_error, "        \
  "j.run_at, j.created_at, j.state, j.fence, j.crashes, "                      \
  "coalesce(n.name, ''), j.updated_at"

// -- the connection ----------------------------------------------------------

inline constexpr auto encoding = "pragma encoding";
inline constexpr auto journal_mode = "pragma journal_mode";
inline constexpr auto use_wal = "pragma journal_mode = wal";
inline constexpr auto sync_off = "pragma synchronous = off";
inline constexpr auto sync_normal = "pragma synchronous = normal";
inline constexpr auto sync_full = "pragma synchronous = full";
inline constexpr auto main_file
    = "select file from pragma_database_list where name = 'main'";
inline constexpr auto begin_immediate = "begin immediate";
inline constexpr auto commit = "commit";
inline constexpr auto rollback = "rollback";

// -- migrations --------------------------------------------------------------

inline constexpr auto has_migrations
    = "select count(*) from sqlite_master"
      " where type = 'table' and name = 'callboard_migration'";
inline constexpr auto create_migrations
    = "create table if not exists callboard_migration ("
      "version bigint primary key not null, name text not null,"
      " applied_at bigint not null)";
inline constexpr auto applied_migrations
    = "select version, applied_at from callboard_migration order by version";
inline constexpr auto insert_migration
    = "insert into callboard_migration (version, name, applied_at)"
      " values (:version, :name, :now)";

// -- jobs in -----------------------------------------------------------------

inline constexpr auto insert_job
    = "insert into callboard_job (id, queue, type, arg, request_id, priority,"
      " max_attempts, run_at, created_at, updated_at)"
      " values (:id, :queue, :type, cast(:arg as blob), :request_id, :priority,"
      " :max_attempts, :run_at, :now, :now)";

// -- membership --------------------------------------------------------------

inline constexpr auto has_node
    = "select count(*) from callboard_node where id = :id";
inline constexpr auto insert_node
    = "insert into callboard_node (id, name, address, started_at, seen_at)"
      " values (:id, :name, :address, :now, :now)";
inline constexpr auto rejoin_node
    = "update callboard_node set name = :name, address = :address,"
      " seen_at = :now where id = :id";
inline constexpr auto touch_node
    = "update callboard_node set seen_at = :now where id = :id";
inline constexpr auto delete_node = "delete from callboard_node where id = :id";
inline constexpr auto delete_node_queues
    = "delete from callboard_node_queue where node = :node";
inline constexpr auto insert_node_queue
    = "insert or replace into callboard_node_queue (node, queue, concurrency,"
      " running, performed, failed, per_second_milli) values (:node, :queue,"
      " :concurrency, :running, :performed, :failed, :rate)";
inline constexpr auto all_nodes
    = "select id, name, address, started_at, seen_at from callboard_node"
      " order by started_at, id";
inline constexpr auto node_queues
    = "select queue, concurrency, running, performed, failed, per_second_milli"
      " from callboard_node_queue where node = :node order by queue";
inline constexpr auto leased_by
    = "select " CALLBOARD_JOB ", rowid, crashes from callboard_job"
      " where state = 1 and node = :node order by id";
inline constexpr auto free_job
    = "update callboard_job set node = null, crashes = crashes + :crash,"
      " state = case when crashes + :crash > 0 then 2 else 0 end,"
      " run_at = :now, updated_at = :now, last_error = :error"
      " where rowid = :row";

// -- jobs out ----------------------------------------------------------------

inline constexpr auto due_suspect
    = "select " CALLBOARD_JOB ", rowid from callboard_job"
      " where state = 2 and queue = :queue and run_at <= :now"
      " order by priority, run_at, id limit 1";
inline constexpr auto due_jobs
    = "select " CALLBOARD_JOB ", rowid from callboard_job"
      " where state = 0 and queue = :queue and priority = :priority"
      " and run_at <= :now order by run_at, id limit :limit";
inline constexpr auto next_priority
    = "select priority from callboard_job where state = 0 and queue = :queue"
      " and priority > :after order by priority limit 1";
inline constexpr auto first_run
    = "select run_at from callboard_job where state = 0 and queue = :queue"
      " and priority = :priority order by run_at limit 1";
inline constexpr auto first_suspect
    = "select run_at from callboard_job where state = 2 and queue = :queue"
      " order by run_at limit 1";
inline constexpr auto read_fence
    = "select value from callboard_meta where name = 'fence'";
inline constexpr auto write_fence
    = "update callboard_meta set value = :value where name = 'fence'";
inline constexpr auto take_job
    = "update callboard_job set state = 1, node = :node, fence = :fence,"
      " attempt = attempt + 1, updated_at = :now where rowid = :row";
inline constexpr auto copy_to_dead
    = "insert into callboard_dead_job (job_id, queue, type, arg, request_id,"
      " priority, attempt, max_attempts, crashes, fence, run_at, created_at,"
      " died_at, last_error) select id, queue, type, arg, request_id, priority,"
      " attempt, max_attempts, crashes + :crashes, fence, run_at, created_at, "
      ":now,"
      " :error from callboard_job where rowid = :row";
inline constexpr auto delete_row
    = "delete from callboard_job where rowid = :row";

inline constexpr auto held
    = "select id, fence from callboard_job where state = 1 and node = :node";

// -- outcomes ----------------------------------------------------------------

inline constexpr auto complete_job
    = "delete from callboard_job"
      " where id = :id and fence = :fence and +state = 1";
inline constexpr auto leased_row
    = "select rowid, crashes from callboard_job"
      " where id = :id and fence = :fence and +state = 1";
inline constexpr auto retry_job
    = "update callboard_job set"
      " state = case when crashes > 0 then 2 else 0 end, node = null,"
      " run_at = :run_at, updated_at = :now, last_error = :error"
      " where id = :id and fence = :fence and +state = 1";
inline constexpr auto reschedule_job
    = "update callboard_job set state = 0, node = null, run_at = :run_at,"
      " updated_at = :now, attempt = max(attempt - 1, 0), crashes = 0"
      " where id = :id and fence = :fence and +state = 1";
inline constexpr auto reschedule_job_with_arg
    = "update callboard_job set state = 0, node = null, run_at = :run_at,"
      " updated_at = :now, attempt = max(attempt - 1, 0), crashes = 0,"
      " arg = cast(:arg as blob)"
      " where id = :id and fence = :fence and +state = 1";
inline constexpr auto release_job
    = "update callboard_job set state = case when crashes > 0 then 2 else 0 "
      "end,"
      " node = null, updated_at = :now, attempt = max(attempt - 1, 0)"
      " where id = :id and fence = :fence and +state = 1";

// -- for people --------------------------------------------------------------

inline constexpr auto find_job
    = "select " CALLBOARD_INFO " from callboard_job j"
      " left join callboard_node n on n.id = j.node where j.id = :id";
inline constexpr auto find_dead
    = "select " CALLBOARD_DEAD ", fence, crashes from callboard_dead_job"
      " where job_id = :id order by sequence desc limit 1";
inline constexpr auto list_jobs
    = "select " CALLBOARD_INFO " from callboard_job j"
      " left join callboard_node n on n.id = j.node where j.id > :after"
      " and (:queue is null or j.queue = :queue)"
      " and (:type is null or j.type = :type)"
      " and (:state is null or j.state = :state)"
      " and (:due is null or (j.run_at <= :now) = :due)"
      " order by j.id limit :limit";
inline constexpr auto sequence_of
    = "select sequence from callboard_dead_job where job_id = :id"
      " order by sequence desc limit 1";
inline constexpr auto list_dead
    = "select " CALLBOARD_DEAD ", fence, crashes from callboard_dead_job"
      " where sequence > :after and (:queue is null or queue = :queue)"
      " and (:type is null or type = :type) order by sequence limit :limit";
inline constexpr auto list_dead_of
    = "select " CALLBOARD_DEAD ", fence, crashes from callboard_dead_job"
      " where job_id = :id and sequence > :after"
      " and (:queue is null or queue = :queue)"
      " and (:type is null or type = :type) order by sequence limit :limit";
inline constexpr auto revive_dead
    = "insert or ignore into callboard_job (id, queue, type, arg, request_id,"
      " priority, max_attempts, run_at, created_at, updated_at, last_error)"
      " select job_id, queue, type, arg, request_id, priority, max_attempts,"
      " :now, created_at, :now, last_error from callboard_dead_job"
      " where sequence = :sequence";
inline constexpr auto delete_dead
    = "delete from callboard_dead_job where sequence = :sequence";
inline constexpr auto cancel_job
    = "delete from callboard_job where id = :id and +state <> 1";

// Queues and priorities step by step, so that each is one look at an index.
inline constexpr auto next_waiting_line
    = "select queue, priority from callboard_job where state = 0"
      " and (queue, priority) > (:queue, :priority)"
      " order by queue, priority limit 1";
inline constexpr auto next_suspect_queue
    = "select queue from callboard_job where state = 2 and queue > :queue"
      " order by queue limit 1";
inline constexpr auto next_leased_queue
    = "select queue from callboard_job where state = 1 and node = :node"
      " and queue > :queue order by queue limit 1";
inline constexpr auto next_dead_queue
    = "select queue from callboard_dead_job where queue > :queue"
      " order by queue limit 1";
inline constexpr auto count_waiting
    = "select count(*) from (select 1 from callboard_job where state = 0"
      " and queue = :queue and priority = :priority and run_at <= :now"
      " limit :cap)";
inline constexpr auto count_delayed
    = "select count(*) from (select 1 from callboard_job where state = 0"
      " and queue = :queue and priority = :priority and run_at > :now"
      " limit :cap)";
inline constexpr auto count_suspect
    = "select count(*), min(run_at) from (select run_at from callboard_job"
      " where state = 2 and queue = :queue limit :cap)";
inline constexpr auto count_leased
    = "select count(*) from (select 1 from callboard_job where state = 1"
      " and node = :node and queue = :queue limit :cap)";
inline constexpr auto count_dead
    = "select count(*) from (select 1 from callboard_dead_job"
      " where queue = :queue limit :cap)";

#undef CALLBOARD_JOB
#undef CALLBOARD_DEAD
#undef CALLBOARD_INFO

} // namespace callboard::store::sqlite
