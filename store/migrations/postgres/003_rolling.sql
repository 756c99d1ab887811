-- Programs of several versions on the same tables.
-- needs: the version that a program must know, at least, to work with the
-- tables from this step on. Running programs of versions 1 and 2 work on, too.
alter table callboard_migration
  add column needs int4 not null default 1;
-- knows: the version that the program of this node knows.
alter table callboard_node
  add column knows int4 not null default 2;
