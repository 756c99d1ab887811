-- Which starts are recorded, who asked to cancel, per-job timeouts, and nodes
-- that are missed. No column makes the server write the table anew.
-- unrecorded: leased, and its start is not durable yet. False is what a node of
-- version 1 leaves behind, whose every lease counts as a start.
alter table callboard_job
  add column timeout int8 not null default 0,
  add column unrecorded boolean not null default false,
  add column isolated boolean not null default false,
  add column cancelled boolean not null default false;
alter table callboard_dead_job
  add column timeout int8 not null default 0;
-- missed_at: when its lock was found free first.
alter table callboard_node
  add column missed_at int8;
