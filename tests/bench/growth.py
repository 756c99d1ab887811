#!/usr/bin/env python3
"""Measures what a job costs on PostgreSQL while something grows: what waits,
what is buried, what has passed through, queues, slots, nodes, the arg.

Each point performs jobs by `callboard run` and reads what it cost from the
server: `pg_stat_statements` knows the time of our statements and their WAL, the
table's statistics know the dead row versions. A point is the median of its
repetitions. Jobs are made by generate_series, outside of what is counted.

usage: growth.py CALLBOARD URL FOLDER [--quick] [CURVE...]
Writes FOLDER/CURVE.csv and FOLDER/CURVE.svg. --quick shows that it works.
"""

import csv
import json
import os
import pathlib
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from growth_plot import plot

COLUMNS = """id, queue, type, arg, request_id, priority, max_attempts, run_at,
created_at, updated_at"""
DUE = "(extract(epoch from now()) * 1000000)::int8 - 1000000 + i / 10"
NEVER = "9000000000000000 + i"
OURS = """(select * from pg_stat_statements
  where query like '%callboard%' and query not like '%of growth%') s"""
FIELDS = ["x", "wall_us", "server_us", "lease_us", "wal_bytes", "dead_tuples", "rss_kib"]
PATIENCE = 600


class Failed(Exception):
    pass


class Growth:
    def __init__(self, program, url, folder, quick):
        self.program, self.url = program, url
        self.folder, self.quick = pathlib.Path(folder), quick
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="callboard-growth."))
        self.made = 0
        self.folder.mkdir(parents=True, exist_ok=True)
        self.sql("create extension if not exists pg_stat_statements")
        self.configure()
        self.command("migrate")

    # -- the server -----------------------------------------------------------

    def sql(self, text):
        done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", self.url],
                              input=text, text=True, capture_output=True)
        if done.returncode != 0:
            raise Failed(done.stderr[-2000:])
        return done.stdout.strip()

    def fill(self, jobs, queues=1, run_at=DUE, size=100):
        """Makes jobs in the queues q1, q2 and so on, each due after the last."""
        start, self.made = self.made, self.made + jobs
        self.sql(f"""insert /* of growth */ into callboard_job ({COLUMNS})
            select '0190aaaa-bbbb-7ccc-8ddd-' || lpad(to_hex({start} + i), 12, '0'),
              'q' || (i % {queues} + 1), 'job', {self.arg(size)}, '', 0, 0, {run_at}, 1, 1
            from generate_series(1, {jobs}) i""")

    @staticmethod
    def arg(size):
        # Incompressible, so that a long arg is stored at its length.
        pieces = f"""(select string_agg(sha256((i || '-' || n)::bytea), '' order by n)
            from generate_series(1, {size // 32}) n)"""
        return f"'{'x' * size}'::bytea" if size <= 100 else pieces

    def fresh(self):
        self.sql("""truncate callboard_job, callboard_dead_job, callboard_lease;
            vacuum analyze callboard_job; vacuum analyze callboard_dead_job; checkpoint""")

    def settled_rows(self):
        self.sql("vacuum analyze callboard_job; vacuum analyze callboard_dead_job; checkpoint")

    def performed(self):
        return int(self.sql(f"""select /* of growth */ coalesce(sum(rows), 0) from {OURS}
            where query ~ '^\\s*with gone as \\(\\s*delete from callboard_job'"""))

    def counters(self):
        row = self.sql(f"""select /* of growth */ coalesce(sum(total_exec_time), 0) * 1000,
            coalesce(sum(total_exec_time) filter (where query ~ 'skip locked'), 0) * 1000,
            coalesce(sum(wal_bytes), 0) from {OURS}""").split("|")
        dead = self.sql("""select /* of growth */ n_tup_upd + n_tup_del
            from pg_stat_user_tables where relname = 'callboard_job'""")
        return [float(v) for v in row] + [float(dead)]

    # -- Callboard ------------------------------------------------------------

    def configure(self, queues=1, slots=8):
        self.config = self.scratch / "callboard.json"
        self.config.write_text(json.dumps({
            "database": self.url,
            "queues": [{"name": f"q{i + 1}", "concurrency": slots,
                        "types": {"job": {"noop": {}}}} for i in range(queues)]}))

    def command(self, *arguments, **more):
        done = subprocess.run([self.program, *arguments, "-c", str(self.config)],
                              capture_output=True, **more)
        if done.returncode != 0:
            raise Failed(done.stderr.decode()[-2000:])

    def start(self):
        log = open(self.scratch / "log", "ab")
        return subprocess.Popen([self.program, "run", "-c", str(self.config)],
                                stdout=log, stderr=log, cwd=self.scratch)

    def stop(self, nodes):
        for node in nodes:
            node.send_signal(signal.SIGTERM)
        for node in nodes:
            if node.wait(timeout=120) != 0:
                raise Failed((self.scratch / "log").read_text()[-2000:])

    @staticmethod
    def resident(node):
        text = pathlib.Path(f"/proc/{node.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", text).group(1))

    def until(self, jobs, nodes):
        """Waits for so many performed jobs; answers (moment, jobs) seen."""
        seen, end = [], time.monotonic() + PATIENCE
        while not seen or seen[-1][1] < jobs:
            seen.append((time.monotonic(), self.performed()))
            if time.monotonic() > end or any(n.poll() is not None for n in nodes):
                raise Failed(f"{seen[-1][1]} of {jobs} jobs were performed: "
                             + (self.scratch / "log").read_text()[-2000:])
            time.sleep(0.02)
        return seen

    def once(self, x, jobs, processes=1):
        """The cost of so many jobs that wait already."""
        self.sql("select pg_stat_statements_reset()")
        before = self.counters()
        nodes = [self.start() for _ in range(processes)]
        try:
            seen = self.until(jobs, nodes)
            rss = max(self.resident(n) for n in nodes)
        finally:
            self.stop(nodes)
        return self.point(x, before, seen, rss)

    def point(self, x, before, seen, rss):
        # From the first jobs seen: to start a program is no cost of a job.
        first = next((s for s in seen if s[1] > 0), seen[0])
        last = seen[-1]
        took = last[1] - first[1]
        wall = (last[0] - first[0]) / took * 1e6 if took else None
        done = self.performed()
        cost = [(b - a) / done for a, b in zip(before, self.counters())]
        return dict(zip(FIELDS, [x, wall, cost[0], cost[1], cost[2], cost[3], rss]))

    def median(self, points):
        merged = {"x": points[0]["x"]}
        for field in FIELDS[1:]:
            values = [p[field] for p in points if p[field] is not None]
            merged[field] = round(statistics.median(values), 2) if values else ""
        print("  " + ", ".join(f"{k} {v}" for k, v in merged.items()), flush=True)
        return merged

    # -- what grows -----------------------------------------------------------

    def standing(self, sizes, add):
        """Something stands there in such numbers while jobs pass."""
        jobs, rounds = (200, 1) if self.quick else (30_000, 3)
        self.configure()
        self.fresh()
        there, rows = 0, []
        for size in sizes:
            add(size - there)
            there = size
            self.settled_rows()
            points = []
            for _ in range(rounds):
                self.fill(jobs)
                points.append(self.once(size, jobs))
            rows.append(self.median(points))
        return rows

    def backlog(self):
        """jobs waiting in the same queue"""
        sizes = [100, 1000] if self.quick else [10_000, 100_000, 1_000_000, 5_000_000]
        return self.standing(sizes, self.fill)

    def delayed(self):
        """jobs of the same queue that are not due yet"""
        sizes = [100, 1000] if self.quick else [10_000, 100_000, 1_000_000, 5_000_000]
        return self.standing(sizes, lambda n: self.fill(n, run_at=NEVER))

    def dead(self):
        """dead letters"""
        sizes = [100, 1000] if self.quick else [10_000, 100_000, 1_000_000]
        return self.standing(sizes, lambda n: self.sql(
            f"""insert into callboard_dead_job (job_id, queue, type, arg, request_id, priority,
                  attempt, max_attempts, crashes, fence, run_at, created_at, died_at, last_error)
                select 'd' || i, 'q1', 'job', 'x', '', 0, 1, 1, 0, 1, 1, 1, 1, 'no'
                from generate_series(1, {n}) i"""))

    def each(self, values, jobs, prepare, processes=lambda v: 1):
        rounds = 1 if self.quick else 3
        rows = []
        for value in values:
            points = []
            for _ in range(rounds):
                self.fresh()
                amount = prepare(value, jobs)
                self.settled_rows()
                points.append(self.once(value, amount, processes(value)))
            rows.append(self.median(points))
        return rows

    def queues(self):
        """queues, each with 1 slot, over which the jobs are spread"""
        def prepare(count, jobs):
            self.configure(queues=count, slots=1)
            self.fill(jobs, queues=count)
            return jobs
        return self.each([1, 3] if self.quick else [1, 10, 100, 1000],
                         300 if self.quick else 50_000, prepare)

    def slots(self):
        """slots of one queue"""
        def prepare(count, jobs):
            self.configure(slots=count)
            self.fill(jobs)
            return jobs
        return self.each([1, 4] if self.quick else [1, 10, 100, 1000, 2000],
                         300 if self.quick else 50_000, prepare)

    def processes(self):
        """nodes"""
        def prepare(_, jobs):
            self.configure()
            self.fill(jobs)
            return jobs
        return self.each([1, 2] if self.quick else [1, 2, 4, 8],
                         1000 if self.quick else 100_000, prepare, lambda v: v)

    def size(self):
        """bytes of each arg"""
        def prepare(size, jobs):
            self.configure()
            amount = max(min(jobs, 200_000_000 // size), 50)
            self.fill(amount, size=size)
            return amount
        return self.each([100, 1024] if self.quick else [100, 1024, 10_240, 102_400, 1_048_576],
                         200 if self.quick else 20_000, prepare)

    def passing(self, old_snapshot):
        total, window, ahead = (2000, 500, 300) if self.quick else (1_000_000, 50_000, 20_000)
        self.configure()
        self.fresh()
        self.fill(ahead)
        reader = None
        if old_snapshot:
            reader = subprocess.Popen(["psql", "-XAtq", self.url], text=True,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            reader.stdin.write("begin isolation level repeatable read;\n"
                               "select count(*) from callboard_job;\n")
            reader.stdin.flush()
            reader.stdout.readline()
        self.sql("select pg_stat_statements_reset()")
        made, done, rows = ahead, 0, []
        node = self.start()
        try:
            mark, start, before = 0, time.monotonic(), self.counters()
            end = time.monotonic() + PATIENCE
            while done < total:
                if node.poll() is not None or time.monotonic() > end:
                    raise Failed((self.scratch / "log").read_text()[-2000:])
                if made - done < ahead:
                    self.fill(ahead)
                    made += ahead
                done = self.performed()
                if done - mark < window:
                    continue
                now, after = time.monotonic(), self.counters()
                cost = [(b - a) / (done - mark) for a, b in zip(before, after)]
                rows.append(self.median([dict(zip(FIELDS, [
                    done, (now - start) / (done - mark) * 1e6, *cost, self.resident(node)]))]))
                mark, start, before = done, now, after
        finally:
            if reader:
                reader.terminate()
                reader.wait()
            self.stop([node])
        return rows

    def churn(self):
        """jobs that passed through, some 20,000 waiting"""
        return self.passing(old_snapshot=False)

    def churn_old(self):
        """jobs that passed through while a reader holds a snapshot of the start"""
        return self.passing(old_snapshot=True)

    def stdin(self):
        """lines of one `enqueue --stdin`; only the program's greatest size counts"""
        rows = []
        for lines in [1000, 3000] if self.quick else [10_000, 100_000, 1_000_000, 2_000_000]:
            self.fresh()
            self.configure()
            feed = subprocess.Popen(
                ["awk", f'BEGIN {{ for (i = 0; i < {lines}; ++i) print "{{\\"arg\\": \\"x\\"}}" }}'],
                stdout=subprocess.PIPE)
            start = time.monotonic()
            enqueuer = subprocess.Popen(
                [self.program, "enqueue", "--stdin", "--quiet", "-q", "q1", "-t", "job", "-c",
                 str(self.config)], stdin=feed.stdout, stdout=subprocess.DEVNULL)
            feed.stdout.close()
            _, status, usage = os.wait4(enqueuer.pid, 0)
            enqueuer.returncode = os.waitstatus_to_exitcode(status)
            feed.wait()
            stored = int(self.sql("select count(*) from callboard_job"))
            if enqueuer.returncode != 0 or stored != lines:
                raise Failed(f"{stored} of {lines} lines were stored")
            point = dict.fromkeys(FIELDS)
            point.update(x=lines, wall_us=(time.monotonic() - start) / lines * 1e6,
                         rss_kib=usage.ru_maxrss)
            rows.append(self.median([point]))
        self.fresh()
        return rows


CURVES = ["backlog", "delayed", "dead", "queues", "slots", "processes", "size", "churn",
          "churn_old", "stdin"]


def main():
    arguments = [a for a in sys.argv[1:] if a != "--quick"]
    if len(arguments) < 3 or any(a not in CURVES for a in arguments[3:]):
        sys.exit(__doc__)
    growth = Growth(*arguments[:3], quick="--quick" in sys.argv)
    for name in arguments[3:] or CURVES:
        curve = getattr(growth, name)
        print(f"{name}: {curve.__doc__}", flush=True)
        rows = curve()
        with open(growth.folder / f"{name}.csv", "w", newline="") as file:
            table = csv.DictWriter(file, FIELDS, lineterminator="\n")
            table.writeheader()
            table.writerows(rows)
        (growth.folder / f"{name}.svg").write_text(plot(name, curve.__doc__, rows))


if __name__ == "__main__":
    try:
        main()
    except Failed as what:
        sys.exit(f"growth: {what}")
