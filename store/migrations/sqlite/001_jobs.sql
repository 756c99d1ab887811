-- Jobs, dead letters and nodes. Every statement ends with ';' at a line's end.
create table callboard_meta (
  name text primary key not null,
  value bigint not null
);
insert into callboard_meta (name, value) values ('fence', 0);
-- state: 0 waiting or delayed, 1 leased, 2 suspect. Moments are microseconds.
create table callboard_job (
  id text primary key not null,
  queue text not null,
  type text not null,
  arg blob not null,
  request_id text not null,
  priority bigint not null,
  state bigint not null default 0,
  attempt bigint not null default 0,
  max_attempts bigint not null default 0,
  crashes bigint not null default 0,
  fence bigint not null default 0,
  node bigint,
  run_at bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  last_error text not null default ''
);
create index callboard_job_waiting
  on callboard_job (queue, priority, run_at, id) where state = 0;
create index callboard_job_suspect
  on callboard_job (queue, priority, run_at, id) where state = 2;
create index callboard_job_leased
  on callboard_job (node, queue) where state = 1;
create table callboard_dead_job (
  sequence integer primary key autoincrement,
  job_id text not null,
  queue text not null,
  type text not null,
  arg blob not null,
  request_id text not null,
  priority bigint not null,
  attempt bigint not null,
  max_attempts bigint not null,
  crashes bigint not null,
  fence bigint not null,
  run_at bigint not null,
  created_at bigint not null,
  died_at bigint not null,
  last_error text not null
);
create index callboard_dead_job_queue
  on callboard_dead_job (queue, sequence);
create index callboard_dead_job_id
  on callboard_dead_job (job_id, sequence);
create table callboard_node (
  id bigint primary key not null,
  name text not null,
  address text not null,
  started_at bigint not null,
  seen_at bigint not null
);
create table callboard_node_queue (
  node bigint not null,
  queue text not null,
  concurrency bigint not null,
  running bigint not null,
  performed bigint not null,
  failed bigint not null,
  per_second_milli bigint not null,
  primary key (node, queue)
);
