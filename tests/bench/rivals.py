#!/usr/bin/env python3
"""Compares `callboard bench drain` with other job queues on the same server, in
alternation: no-op jobs that lie ready, one process of ours against one of
theirs. The rows are ratios as in yardstick.py.

usage: rivals.py CALLBOARD ROOT URL FOLDER
FOLDER holds node_modules/graphile-worker.
"""

import pathlib
import re
import sys

from yardstick import Failed, Yardstick, run

PATTERN_CLIENTS = 8


class Rivals(Yardstick):
    def __init__(self, program, root, url, folder):
        super().__init__(program, None, None, url, "quick")
        self.root, self.folder = pathlib.Path(root), folder

    # -- graphile-worker ------------------------------------------------------

    def node(self, *arguments):
        script = self.root / "tests/bench/graphile.mjs"
        return run(["env", "-C", self.folder, "node", script, self.url, *map(str, arguments)])

    def graphile(self, jobs):
        self.sql(f"""
            truncate graphile_worker._private_jobs;
            select count(*) from graphile_worker.add_jobs((
              select array_agg(('noop', json_build_object('x', '{"x" * 88}'), null, null, null,
                null, null, null)::graphile_worker.job_spec)
              from generate_series(1, {jobs})));
            vacuum analyze graphile_worker._private_jobs; checkpoint;""")
        rate = float(self.node(jobs))
        if int(self.sql("select count(*) from graphile_worker._private_jobs")):
            raise Failed("graphile-worker left jobs behind")
        return rate

    # -- a job a transaction ---------------------------------------------------

    def make_pattern(self):
        self.sql("""
            create table pattern_job (id text primary key, queue text not null,
              type text not null, arg bytea not null, run_at int8 not null);
            create index on pattern_job (queue, run_at);""")

    def pattern(self, jobs):
        # Some more, so that the last ones never find nothing.
        self.sql(f"""
            truncate pattern_job;
            insert into pattern_job
            select '0190aaaa-bbbb-7ccc-8ddd-' || lpad(to_hex(i), 12, '0'), 'mail', 'noop',
              '{"x" * 100}'::bytea, 1
            from generate_series(1, {jobs + 100}) i;
            vacuum analyze pattern_job; checkpoint;""")
        return self.pgbench("""begin;
select id, type, arg from pattern_job where queue = 'mail' and run_at <= 2
order by run_at limit 1 for update skip locked \\gset
delete from pattern_job where id = :id;
commit;
""", PATTERN_CLIENTS, jobs // PATTERN_CLIENTS)

    def compare_all(self):
        run([self.program, "bench", "drain", "--jobs", "100", "--database", self.url])
        self.node(0, "schema")
        self.make_pattern()
        lines = pathlib.Path(self.folder, "node_modules/graphile-worker/package.json").read_text()
        version = re.search(r'"version": "([^"]+)"', lines).group(1)
        self.compare(f"drain | graphile-worker {version}, local queue of 500, batches", 3,
                     lambda: self.ours("drain", self.many), lambda: self.graphile(self.many))
        self.compare(f"drain | a transaction a job, skip locked, {PATTERN_CLIENTS} clients", 10,
                     lambda: self.ours("drain", self.many), lambda: self.pattern(self.few * 4))
        self.report()


def main():
    it = Rivals(*sys.argv[1:])
    try:
        it.compare_all()
    except Failed as why:
        print(f"rivals: {why}", file=sys.stderr)
        return 1
    finally:
        it.clean()
    return 0


if __name__ == "__main__":
    sys.exit(main())
