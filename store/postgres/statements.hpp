#pragma once

/// Every statement of the PostgreSQL dialect. Three rules keep the plans good
/// when statistics say that a busy table is empty: rows are reached by
/// `ctid = any(array(select ... for update))`, each key by its own `cross join
/// lateral`, and a leased row is asked for by `state + 0 = 1`, which no partial
/// index answers.
namespace callboard::store::postgres {

// The present moment; a test's clock replaces it.
#define CALLBOARD_NOW(parameter)                                               \
  "coalesce(" parameter "::int8,"                                              \
  " (extract(epoch from clock_timestamp()) * 1000000)::int8)"
#define CALLBOARD_JOB                                                          \
  "j.id, j.queue, j.type, j.arg, j.request_id, j.attempt, j.max_attempts,"     \
  " j.priority, j.last_error, j.run_at, j.created_at"
#define CALLBOARD_INFO                                                         \
  "j.id, j.queue, j.type,"                                                     \
  " case when $1::int8 = 1 then j.arg else ''::bytea end, j.request_id,"       \
  " j.attempt, j.max_attempts, j.priority, j.last_error, j.run_at,"            \
  " j.created_at, j.state, j.fence, j.crashes, coalesce(n.name, ''),"          \
  " j.updated_at, " CALLBOARD_NOW("$2")
#define CALLBOARD_DEAD                                                         \
  "d.job_id, d.queue, d.type,"                                                 \
  " case when $1::int8 = 1 then d.arg else ''::bytea end, d.request_id,"       \
  " d.attempt, d.max_attempts, d.priority, d.last_error, d.run_at,"            \
  " d.created_at, d.sequence, d.died_at, d.fence, d.crashes"
#define CALLBOARD_DEAD_COLUMNS                                                 \
  "callboard_dead_job (job_id, queue, type, arg, request_id, priority,"        \
  " attempt, max_attempts, crashes, fence, run_at, created_at, died_at,"       \
  " last_error)"
// The rows of the leases (id, fence) in $1 and $2, locked.
#define CALLBOARD_LEASED                                                       \
  "array(select l.at"                                                          \
  " from unnest($1::text[], $2::int8[]) u(id, fence)"                          \
  " cross join lateral (select j.ctid as at from callboard_job j"              \
  " where j.id = u.id and j.fence = u.fence and j.state + 0 = 1 for update) "  \
  "l)"

// -- migrations --------------------------------------------------------------

inline constexpr auto lock_migrations
    = "select pg_advisory_xact_lock(hashtextextended("
      "'callboard migrations of ' || coalesce(current_schema(), ''), 0))";
inline constexpr auto has_schema = "select current_schema() is not null";
inline constexpr auto has_migrations
    = "select to_regclass('callboard_migration') is not null";
// A name can't be a parameter: this is followed by it, quoted.
inline constexpr auto create_schema = "create schema if not exists ";
inline constexpr auto create_migrations
    = "create table if not exists callboard_migration ("
      "version int4 primary key, name text not null, applied_at int8 not null)";
inline constexpr auto applied_migrations
    = "select version, applied_at from callboard_migration order by version";
inline constexpr auto insert_migration
    = "insert into callboard_migration (version, name, applied_at)"
      " values ($1::int8, $2::text, " CALLBOARD_NOW("$3") ")";

// -- jobs in -----------------------------------------------------------------

inline constexpr auto enqueue
    = "with clock as materialized (select " CALLBOARD_NOW(
        "$1") " as now)"
              " insert into callboard_job (id, queue, type, arg, request_id, "
              "priority,"
              " max_attempts, run_at, created_at, updated_at)"
              " select u.id, u.queue, u.type, u.arg, u.request_id, u.priority,"
              " u.max_attempts, coalesce(u.run_at, c.now + u.delay), c.now, "
              "c.now"
              " from clock c cross join unnest($2::text[], $3::text[], "
              "$4::text[],"
              " $5::bytea[], $6::text[], $7::int8[], $8::int8[], $9::int8[],"
              " $10::int8[]) u(id, queue, type, arg, request_id, priority,"
              " max_attempts, run_at, delay)";
// One channel for each schema of a database; queues are at most 255 bytes.
inline constexpr auto wake
    = "select pg_notify('callboard_wake_' || c.relnamespace, u.queue)"
      " from pg_class c cross join unnest($1::text[]) u(queue)"
      " where c.oid = 'callboard_job'::regclass";
inline constexpr auto wake_channel
    = "select 'callboard_wake_' || relnamespace from pg_class"
      " where oid = 'callboard_job'::regclass";

// -- membership --------------------------------------------------------------

inline constexpr auto try_lock = "select pg_try_advisory_lock($1::int8)";
inline constexpr auto unlock = "select pg_advisory_unlock($1::int8)";
inline constexpr auto insert_node
    = "insert into callboard_node (id, name, address, started_at, seen_at)"
      " select $1::int8, $2::text, $3::text, c.now, c.now"
      " from (select " CALLBOARD_NOW("$4") " as now) c";
inline constexpr auto rejoin_node
    = "update callboard_node set name = $2::text, address = $3::text,"
      " seen_at = " CALLBOARD_NOW("$4") " where id = $1::int8";
inline constexpr auto heartbeat
    = "with me as (update callboard_node set seen_at = " CALLBOARD_NOW(
        "$2") " where id = $1::int8 returning id),"
              " gone as (delete from callboard_node_queue q using me"
              " where q.node = me.id and q.queue <> all($3::text[])),"
              " told as (insert into callboard_node_queue (node, queue, "
              "concurrency,"
              " running, performed, failed, per_second_milli)"
              " select me.id, u.* from me cross join unnest($3::text[], "
              "$4::int8[],"
              " $5::int8[], $6::int8[], $7::int8[], $8::int8[]) u"
              " on conflict (node, queue) do update set"
              " concurrency = excluded.concurrency, running = excluded.running,"
              " performed = excluded.performed, failed = excluded.failed,"
              " per_second_milli = excluded.per_second_milli)"
              " select id from me";
// The case keeps a session from taking its own lock twice. The lock that it
// gets lasts to the end of the transaction: nobody can rejoin meanwhile. Rows
// that others are using now, perhaps a node that was stopped in the middle of
// this, are left to a later reclaim.
inline constexpr auto delete_dead_nodes
    = "with clock as materialized (select " CALLBOARD_NOW(
        "$2") " as now)"
              " delete from callboard_node n where n.ctid = any(array("
              "select d.ctid from callboard_node d where case when d.id = "
              "$1::int8"
              " then false when d.seen_at < (select now from clock) - $3::int8"
              " then true else pg_try_advisory_xact_lock(d.id) end"
              " for update skip locked))"
              " returning n.id, n.name,"
              " n.seen_at < (select now from clock) - $3::int8";
inline constexpr auto delete_node
    = "delete from callboard_node where id = $1::int8 returning id, name";
inline constexpr auto delete_node_queues
    = "delete from callboard_node_queue where node = any($1::int8[])";
// $1 nodes, $2 names, $3 causes, $4 the clock, $5 the most crashes.
#define CALLBOARD_ORPHANS(condition)                                           \
  "array(select l.at from unnest($1::int8[]) u(node)"                          \
  " cross join lateral (select j.ctid as at from callboard_job j"              \
  " where j.state = 1 and j.node = u.node and " condition                      \
  " order by j.id for update) l)"
#define CALLBOARD_BLAME(job)                                                   \
  "'worker died: node ''' || u.name || ''' (' || u.cause ||"                   \
  " ') during attempt ' || " job ".attempt"
inline constexpr auto bury_orphans
    = "with gone as (delete from callboard_job j where j.ctid = "
      "any(" CALLBOARD_ORPHANS(
          "j.crashes + 1 >= $5::int8") ") returning j.*)"
                                       " insert into " CALLBOARD_DEAD_COLUMNS
                                       " select g.id, g.queue, g.type,"
                                       " g.arg, g.request_id, g.priority, "
                                       "g.attempt, g.max_attempts,"
                                       " g.crashes + 1, g.fence, g.run_at, "
                                       "g.created_at, " CALLBOARD_NOW(
                                           "$4") ", " CALLBOARD_BLAME("g") " fr"
                                                                           "om "
                                                                           "gon"
                                                                           "e "
                                                                           "g "
                                                                           "joi"
                                                                           "n"
                                                                           " un"
                                                                           "nes"
                                                                           "t($"
                                                                           "1::"
                                                                           "int"
                                                                           "8[]"
                                                                           ", "
                                                                           "$2:"
                                                                           ":te"
                                                                           "xt["
                                                                           "], "
                                                                           "$3:"
                                                                           ":te"
                                                                           "xt["
                                                                           "]) "
                                                                           "u("
                                                                           "nod"
                                                                           "e, "
                                                                           "nam"
                                                                           "e, "
                                                                           "cau"
                                                                           "se)"
                                                                           " on"
                                                                           " u."
                                                                           "nod"
                                                                           "e "
                                                                           "= "
                                                                           "g."
                                                                           "nod"
                                                                           "e "
                                                                           "ret"
                                                                           "urn"
                                                                           "ing"
                                                                           " jo"
                                                                           "b_"
                                                                           "id,"
                                                                           " qu"
                                                                           "eue"
                                                                           ", "
                                                                           "typ"
                                                                           "e, "
                                                                           "arg"
                                                                           ", "
                                                                           "req"
                                                                           "ues"
                                                                           "t_"
                                                                           "id,"
                                                                           " at"
                                                                           "tem"
                                                                           "pt,"
                                                                           " ma"
                                                                           "x_"
                                                                           "att"
                                                                           "emp"
                                                                           "ts,"
                                                                           " pr"
                                                                           "ior"
                                                                           "ity"
                                                                           ", "
                                                                           "las"
                                                                           "t_"
                                                                           "err"
                                                                           "or,"
                                                                           " ru"
                                                                           "n_"
                                                                           "at,"
                                                                           " cr"
                                                                           "eat"
                                                                           "ed_"
                                                                           "at";
// $5 whether it is a crash: 1 or 0. What was to be buried is gone already.
inline constexpr auto free_orphans
    = "update callboard_job j set node = null, crashes = j.crashes + $5::int8,"
      " state = case when j.crashes + $5::int8 > 0 then 2 else 0 end,"
      " run_at = c.now, updated_at = c.now,"
      " last_error = " CALLBOARD_BLAME(
          "j") " from unnest($1::int8[],"
               " $2::text[], $3::text[]) u(node, name, cause) cross join "
               "(select " CALLBOARD_NOW("$4") " as now) c where j.ctid = "
                                              "any(" CALLBOARD_ORPHANS(
                                                  "true") ") and j.node = "
                                                          "u.node";
inline constexpr auto nodes
    = "select n.id, n.name, n.address, n.started_at, n.seen_at,"
      " exists (select from pg_locks k where k.locktype = 'advisory'"
      " and k.granted and k.objsubid = 1"
      " and k.classid = ((n.id >> 32) & 4294967295)::oid"
      " and k.objid = (n.id & 4294967295)::oid"
      " and k.database = (select oid from pg_database"
      " where datname = current_database())),"
      " q.queue, q.concurrency, q.running, q.performed, q.failed,"
      " q.per_second_milli from callboard_node n"
      " left join callboard_node_queue q on q.node = n.id"
      " order by n.started_at, n.id, q.queue";

// -- jobs out ----------------------------------------------------------------

// One statement for all queues. $1 the node, $2 the clock; of each request
// $3 the queue, $4 the limit, $5 whether a suspect may come; of each known
// priority $6 its request, $7 the priority, $8 the lowest moment to look at; of
// each gap between them $9 its request, $10 and $11 the bounds. The node's row
// is locked against a `reclaim`, which deletes it before it looks for the
// node's jobs. Answers rows of three kinds: 0 one for each request (number,
// queue, found, suspect given, next run, now); 1 leased jobs; 2 jobs that went
// to the dead letters.
inline constexpr auto lease
    = "with recursive me as materialized ("
      " select id from callboard_node where id = $1::int8 for key share),"
      " clock as materialized (select " CALLBOARD_NOW(
          "$2") " as now),"
                " request as materialized (select r.* from me cross join "
                "unnest("
                "$3::text[], $4::int8[], $5::int8[]) with ordinality"
                " r(queue, wanted, suspects, number)),"
                " suspect as materialized (select r.number, s.at, s.spent from "
                "request r"
                " cross join lateral (select j.ctid as at,"
                " j.max_attempts > 0 and j.attempt >= j.max_attempts as spent"
                " from callboard_job j where j.state = 2 and j.queue = r.queue"
                " and j.run_at <= (select now from clock)"
                " order by j.priority, j.run_at, j.id limit 1"
                " for update skip locked) s where r.suspects = 1),"
                " line as materialized ("
                " select r.number, h.priority::int2 as priority, h.low from "
                "request r"
                " join unnest($6::int8[], $7::int8[], $8::int8[])"
                " h(number, priority, low) on h.number = r.number"
                " union all"
                " select r.number, p.priority, -9223372036854775808"
                " from unnest($9::int8[], $10::int8[], $11::int8[]) g(number, "
                "above,"
                " below) join request r on r.number = g.number cross join "
                "lateral ("
                "with recursive step as ((select j.priority from callboard_job "
                "j"
                " where j.state = 0 and j.queue = r.queue and j.priority > "
                "g.above"
                " and j.priority < g.below order by j.priority limit 1) union "
                "all"
                " select (select j.priority from callboard_job j where j.state "
                "= 0"
                " and j.queue = r.queue and j.priority > s.priority"
                " and j.priority < g.below order by j.priority limit 1)"
                " from step s where s.priority is not null)"
                " select s.priority from step s where s.priority is not null) "
                "p),"
                " ready as materialized (select r.number, x.at, x.spent from "
                "request r"
                " cross join lateral (select y.at, y.spent from"
                " (select l.priority, l.low from line l where l.number = "
                "r.number"
                " order by l.priority) l cross join lateral (select j.ctid as "
                "at,"
                " j.max_attempts > 0 and j.attempt >= j.max_attempts as spent"
                " from callboard_job j where j.state = 0 and j.queue = r.queue"
                " and j.priority = l.priority and j.run_at >= l.low"
                " and j.run_at <= (select now from clock)"
                " order by j.run_at, j.id limit r.wanted for update skip "
                "locked) y"
                " limit r.wanted) x where not exists (select from suspect s"
                " where s.number = r.number and not s.spent)),"
                " picked as materialized (select s.*, true as suspect from "
                "suspect s"
                " union all select r.*, false from ready r),"
                " taken as (update callboard_job j set state = 1, node = "
                "$1::int8,"
                " fence = nextval('callboard_fence'), attempt = j.attempt + 1,"
                " updated_at = (select now from clock) where j.ctid = "
                "any(array("
                "select p.at from picked p where not p.spent)) "
                "returning " CALLBOARD_JOB ", j.fence),"
                " spent as (delete from callboard_job j where j.ctid = "
                "any(array("
                "select p.at from picked p where p.spent)) returning j.*),"
                " buried as (insert into " CALLBOARD_DEAD_COLUMNS
                " select s.id, s.queue, s.type, s.arg, s.request_id, "
                "s.priority,"
                " s.attempt, s.max_attempts, s.crashes, s.fence, s.run_at, "
                "s.created_at,"
                " (select now from clock), 'attempts used up (' || s.attempt "
                "|| ')' ||"
                " case when s.last_error = '' then '' else ': ' || "
                "s.last_error end"
                " from spent s returning job_id, queue, type, arg, request_id, "
                "attempt,"
                " max_attempts, priority, last_error, run_at, created_at),"
                " summary as materialized (select r.number, r.queue, r.wanted,"
                " r.suspects, count(p.at) as found,"
                " coalesce(bool_or(p.suspect and not p.spent), false) as alone"
                " from request r left join picked p on p.number = r.number"
                " group by r.number, r.queue, r.wanted, r.suspects)"
                " select 0 as kind, s.number::text, s.queue, '', ''::bytea, '',"
                " s.found::int4, s.alone::int4, 0::int2, '', case when s.found "
                "< s.wanted"
                " then least((select min(f.run_at) from line l cross join "
                "lateral ("
                "select j.run_at from callboard_job j where j.state = 0"
                " and j.queue = s.queue and j.priority = l.priority and "
                "j.run_at >="
                " case when s.alone then l.low else (select now + 1 from "
                "clock) end"
                " order by j.run_at limit 1) f where l.number = s.number),"
                " (select j.run_at from callboard_job j where j.state = 2"
                " and j.queue = s.queue and j.run_at > (select now from clock)"
                " and s.suspects = 1 and not s.alone order by j.run_at limit "
                "1)) end,"
                " (select now from clock), 0::int8 from summary s"
                " union all select 1, t.* from taken t"
                " union all select 2, b.*, 0 from buried b";
inline constexpr auto held
    = "select id, fence from callboard_job where state = 1"
      " and node = $1::int8";

// -- outcomes ----------------------------------------------------------------

inline constexpr auto complete
    = "delete from callboard_job j where j.ctid = any(" CALLBOARD_LEASED ")"
      " returning j.id, j.fence";
// The values of the outcomes are joined by ctid: a join by id is planned as a
// walk over the whole key when statistics are stale.
#define CALLBOARD_LEASED_WITH(arrays, columns)                                 \
  "with x as materialized (select l.at as place, u.* from unnest(" arrays      \
  ") u(id, fence, " columns ") cross join lateral (select j.ctid as at"        \
  " from callboard_job j where j.id = u.id and j.fence = u.fence"              \
  " and j.state + 0 = 1 for update) l) "
#define CALLBOARD_JOINED                                                       \
  " where j.ctid = any(array(select y.place from x y)) and j.ctid = x.place"   \
  " returning j.id, j.fence"
inline constexpr auto retry = CALLBOARD_LEASED_WITH(
    "$1::text[], $2::int8[], $3::int8[], $4::text[]",
    "after, error") "update callboard_job j set"
                    " state = case when j.crashes > 0 then 2 else 0 end,"
                    " node = null,"
                    " run_at = c.now + x.after, updated_at = c.now, last_error "
                    "= x.error"
                    " from x cross join (select " CALLBOARD_NOW(
                        "$5") " as now) c" CALLBOARD_JOINED;
inline constexpr auto bury
    = "with gone as (delete from callboard_job j where j.ctid = "
      "any(" CALLBOARD_LEASED ") returning j.*),"
      " kept as (insert into " CALLBOARD_DEAD_COLUMNS " select g.id, g.queue,"
      " g.type, g.arg, g.request_id, g.priority, g.attempt, g.max_attempts,"
      " g.crashes, g.fence, g.run_at, g.created_at, " CALLBOARD_NOW(
          "$4") ", u.error from gone g join unnest($1::text[], $2::int8[], "
                "$3::text[])"
                " u(id, fence, error) on u.id = g.id and u.fence = g.fence)"
                " select id, fence from gone";
inline constexpr auto reschedule = CALLBOARD_LEASED_WITH(
    "$1::text[], $2::int8[], $3::int8[], $4::int8[],"
    " $5::bytea[]",
    "after, at, arg") "update callboard_job j set state = 0, node = null,"
                      " run_at = coalesce(x.at, c.now + x.after), updated_at = "
                      "c.now,"
                      " attempt = greatest(j.attempt - 1, 0), crashes = 0,"
                      " arg = coalesce(x.arg, j.arg)"
                      " from x cross join (select " CALLBOARD_NOW(
                          "$6") " as now) c" CALLBOARD_JOINED;
inline constexpr auto release
    = "update callboard_job j set"
      " state = case when j.crashes > 0 then 2 else 0 end, node = null,"
      " updated_at = " CALLBOARD_NOW(
          "$3") ", attempt = greatest(j.attempt - 1, 0)"
                " where j.ctid = any(" CALLBOARD_LEASED ")";

// -- for people --------------------------------------------------------------

inline constexpr auto now = "select " CALLBOARD_NOW("$1");
inline constexpr auto find_job
    = "select " CALLBOARD_INFO " from callboard_job j"
      " left join callboard_node n on n.id = j.node where j.id = $3::text";
inline constexpr auto find_dead
    = "select " CALLBOARD_DEAD " from callboard_dead_job d"
      " where d.job_id = $2::text order by d.sequence desc limit 1";
inline constexpr auto list_jobs
    = "select " CALLBOARD_INFO " from callboard_job j"
      " left join callboard_node n on n.id = j.node where j.id > $3::text"
      " and ($4::text is null or j.queue = $4::text)"
      " and ($5::text is null or j.type = $5::text)"
      " and ($6::int8 is null or j.state = $6::int8)"
      " and ($7::int8 is null or (j.run_at <= " CALLBOARD_NOW(
          "$2") ")::int4 = $7::int8) order by j.id limit $8::int8";
inline constexpr auto sequence_of
    = "select coalesce(max(sequence), 0) from callboard_dead_job"
      " where job_id = $1::text";
inline constexpr auto list_dead
    = "select " CALLBOARD_DEAD " from callboard_dead_job d"
      " where d.sequence > $2::int8"
      " and ($3::text is null or d.queue = $3::text)"
      " and ($4::text is null or d.type = $4::text)"
      " and ($5::int8 = 0 or d.job_id = any($6::text[]))"
      " order by d.sequence limit $7::int8";
#define CALLBOARD_PICK_DEAD                                                    \
  "pick as materialized (select d.sequence from callboard_dead_job d"          \
  " where d.sequence > $1::int8"                                               \
  " and ($2::text is null or d.queue = $2::text)"                              \
  " and ($3::text is null or d.type = $3::text)"                               \
  " and ($4::int8 = 0 or d.job_id = any($5::text[]))"                          \
  " order by d.sequence limit $6::int8)"
// Of several with one id, the newest comes back.
inline constexpr auto retry_dead
    = "with " CALLBOARD_PICK_DEAD ", newest as materialized ("
      "select distinct on (d.job_id) d.* from callboard_dead_job d"
      " where d.sequence = any(array(select p.sequence from pick p))"
      " order by d.job_id, d.sequence desc),"
      " clock as materialized (select " CALLBOARD_NOW(
          "$7") " as now),"
                " back as (insert into callboard_job (id, queue, type, arg, "
                "request_id,"
                " priority, max_attempts, run_at, created_at, updated_at, "
                "last_error)"
                " select n.job_id, n.queue, n.type, n.arg, n.request_id, "
                "n.priority,"
                " n.max_attempts, c.now, n.created_at, c.now, n.last_error"
                " from newest n cross join clock c on conflict (id) do nothing"
                " returning id)"
                " delete from callboard_dead_job d using newest n, back b"
                " where d.sequence = n.sequence and n.job_id = b.id";
inline constexpr auto purge_dead
    = "with " CALLBOARD_PICK_DEAD " delete from callboard_dead_job d"
      " where d.sequence = any(array(select p.sequence from pick p))";
inline constexpr auto cancel
    = "delete from callboard_job j where j.ctid = any(array(select l.at"
      " from unnest($1::text[]) u(id) cross join lateral ("
      "select j.ctid as at from callboard_job j"
      " where j.id = u.id and j.state + 0 <> 1 for update) l))";
// Queues and priorities step by step, so that each is one look at an index.
// $1 the clock, $2 the cap and one. Answers queue, kind (0 waiting, 1 delayed,
// 2 suspect, 3 running, 4 dead), count, the oldest moment, now.
inline constexpr auto counts
    = "with recursive clock as materialized (select " CALLBOARD_NOW(
        "$1") " as now),"
              " line(queue, priority) as ((select j.queue, j.priority"
              " from callboard_job j where j.state = 0"
              " order by j.queue, j.priority limit 1) union all"
              " select n.queue, n.priority from line l cross join lateral ("
              "select j.queue, j.priority from callboard_job j where j.state = "
              "0"
              " and (j.queue, j.priority) > (l.queue, l.priority)"
              " order by j.queue, j.priority limit 1) n),"
              " suspect(queue) as ((select j.queue from callboard_job j"
              " where j.state = 2 order by j.queue limit 1) union all"
              " select n.queue from suspect s cross join lateral ("
              "select j.queue from callboard_job j where j.state = 2"
              " and j.queue > s.queue order by j.queue limit 1) n),"
              " leased(node, queue) as ((select j.node, j.queue from "
              "callboard_job j"
              " where j.state = 1 order by j.node, j.queue limit 1) union all"
              " select n.node, n.queue from leased l cross join lateral ("
              "select j.node, j.queue from callboard_job j where j.state = 1"
              " and (j.node, j.queue) > (l.node, l.queue)"
              " order by j.node, j.queue limit 1) n),"
              " dead(queue) as ((select d.queue from callboard_dead_job d"
              " order by d.queue limit 1) union all"
              " select n.queue from dead x cross join lateral ("
              "select d.queue from callboard_dead_job d where d.queue > x.queue"
              " order by d.queue limit 1) n)"
              " select l.queue, 0, c.found, (select j.run_at from "
              "callboard_job j"
              " where j.state = 0 and j.queue = l.queue and j.priority = "
              "l.priority"
              " order by j.run_at limit 1), (select now from clock) from line l"
              " cross join lateral (select count(*) as found from (select"
              " from callboard_job j where j.state = 0 and j.queue = l.queue"
              " and j.priority = l.priority and j.run_at <= (select now from "
              "clock)"
              " limit $2::int8) x) c"
              " union all select l.queue, 1, c.found, null, (select now from "
              "clock)"
              " from line l cross join lateral (select count(*) as found from "
              "(select"
              " from callboard_job j where j.state = 0 and j.queue = l.queue"
              " and j.priority = l.priority and j.run_at > (select now from "
              "clock)"
              " limit $2::int8) x) c"
              " union all select s.queue, 2, c.found, c.oldest,"
              " (select now from clock) from suspect s cross join lateral ("
              "select count(*) as found, min(x.run_at) as oldest from (select "
              "j.run_at"
              " from callboard_job j where j.state = 2 and j.queue = s.queue"
              " limit $2::int8) x) c"
              " union all select l.queue, 3, c.found, null, (select now from "
              "clock)"
              " from leased l cross join lateral (select count(*) as found "
              "from (select"
              " from callboard_job j where j.state = 1 and j.node = l.node"
              " and j.queue = l.queue limit $2::int8) x) c"
              " union all select d.queue, 4, c.found, null, (select now from "
              "clock)"
              " from dead d cross join lateral (select count(*) as found from "
              "(select"
              " from callboard_dead_job x where x.queue = d.queue limit "
              "$2::int8) x) c";

#undef CALLBOARD_NOW
#undef CALLBOARD_JOB
#undef CALLBOARD_INFO
#undef CALLBOARD_DEAD
#undef CALLBOARD_DEAD_COLUMNS
#undef CALLBOARD_LEASED
#undef CALLBOARD_LEASED_WITH
#undef CALLBOARD_JOINED
#undef CALLBOARD_ORPHANS
#undef CALLBOARD_BLAME
#undef CALLBOARD_PICK_DEAD

} // namespace callboard::store::postgres
