-- Jobs, dead letters and nodes. Every statement ends with ';' at a line's end.
create sequence callboard_fence;
-- state: 0 waiting or delayed, 1 leased, 2 suspect. Moments are microseconds.
create table callboard_job (
  id text collate "C" primary key,
  queue text collate "C" not null,
  type text collate "C" not null,
  arg bytea not null,
  request_id text collate "C" not null,
  priority int2 not null,
  state int2 not null default 0,
  attempt int4 not null default 0,
  max_attempts int4 not null default 0,
  crashes int4 not null default 0,
  fence int8 not null default 0,
  node int8,
  run_at int8 not null,
  created_at int8 not null,
  updated_at int8 not null,
  last_error text collate "C" not null default ''
) with (
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 10000,
  autovacuum_vacuum_cost_delay = 0,
  vacuum_truncate = off
);
create index callboard_job_waiting
  on callboard_job (queue, priority, run_at, id) where state = 0;
create index callboard_job_suspect
  on callboard_job (queue, priority, run_at, id) where state = 2;
create index callboard_job_leased
  on callboard_job (node, queue) where state = 1;
create table callboard_dead_job (
  sequence int8 generated always as identity primary key,
  job_id text collate "C" not null,
  queue text collate "C" not null,
  type text collate "C" not null,
  arg bytea not null,
  request_id text collate "C" not null,
  priority int2 not null,
  attempt int4 not null,
  max_attempts int4 not null,
  crashes int4 not null,
  fence int8 not null,
  run_at int8 not null,
  created_at int8 not null,
  died_at int8 not null,
  last_error text collate "C" not null
);
create index callboard_dead_job_queue
  on callboard_dead_job (queue, sequence);
create index callboard_dead_job_id
  on callboard_dead_job (job_id, sequence);
create table callboard_node (
  id int8 primary key,
  name text collate "C" not null,
  address text collate "C" not null,
  started_at int8 not null,
  seen_at int8 not null
) with (fillfactor = 50);
create table callboard_node_queue (
  node int8 not null,
  queue text collate "C" not null,
  concurrency int4 not null,
  running int4 not null,
  performed int8 not null,
  failed int8 not null,
  per_second_milli int8 not null,
  primary key (node, queue)
) with (fillfactor = 50);
