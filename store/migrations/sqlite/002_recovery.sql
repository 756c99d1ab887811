-- Which starts are recorded, who asked to cancel, per-job timeouts, and nodes
-- that are missed. No column makes SQLite write the table anew.
-- unrecorded: leased, and its start is not durable yet. 0 is what a node of
-- version 1 leaves behind, whose every lease counts as a start.
alter table callboard_job add column timeout bigint not null default 0;
alter table callboard_job add column unrecorded bigint not null default 0;
alter table callboard_job add column isolated bigint not null default 0;
alter table callboard_job add column cancelled bigint not null default 0;
alter table callboard_dead_job add column timeout bigint not null default 0;
-- missed_at: when its lock was found free first.
alter table callboard_node add column missed_at bigint;
