-- A large lease changes its rows in place (HOT): no index holds what it changes,
-- and each page keeps room for the versions that leases make. Its jobs stay in
-- the line for the moment, and are found by the row of the lease. Those of small
-- leases, and those that are leased for longer, are held: they have left the line
-- and are found by their holder.
alter table callboard_job
  add column lease int8 not null default 0,
  add column holder int8,
  set (fillfactor = 50);
drop index callboard_job_waiting;
drop index callboard_job_suspect;
drop index callboard_job_leased;
create index callboard_job_line
  on callboard_job (queue, priority, run_at, id)
  where holder is null and (crashes = 0 or cancelled);
create index callboard_job_suspect
  on callboard_job (queue, priority, run_at, id)
  where holder is null and crashes > 0 and not cancelled;
create index callboard_job_held
  on callboard_job (holder, queue) where holder is not null;
create index callboard_job_cancelled
  on callboard_job (id) where cancelled;
create sequence callboard_lease_number;
-- Which jobs of a queue a large lease took, how many of them are leased still and
-- are not held, and when its node looks at these. What a node that does not know
-- of this leases is found by reading all jobs.
create table callboard_lease (
  number int8 not null,
  queue text collate "C" not null,
  node int8 not null,
  remaining int8 not null,
  look_at int8 not null,
  ids text[] collate "C" not null,
  primary key (number, queue)
) with (
  fillfactor = 50,
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 1000,
  autovacuum_vacuum_cost_delay = 0
);
alter table callboard_lease alter column ids set storage external;
create index callboard_lease_node
  on callboard_lease (node);
