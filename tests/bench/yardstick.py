#!/usr/bin/env python3
"""Compares `callboard bench` with the bare databases, in alternation.

Each row of the report is a ratio: what Callboard does a second, divided by what
the bare database does with the same rows and statements right before or after.
A ratio that falls short is shown, never an error; jobs that were not performed
exactly once are one (exit code 1).

usage: yardstick.py CALLBOARD STATEMENTS BARE_SQLITE URL [--quick | --tiny]
"""

import contextlib
import json
import os
import pathlib
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

QUEUE = "callboard-bench-12345678-1"
SIZE = 100
ARG = "x" * SIZE
NODE = 4711
COLUMNS = """id, queue, type, arg, request_id, priority, max_attempts, run_at,
created_at, updated_at"""
PROFILES = {  # alternations, jobs drained and in bulk, jobs one by one, samples
    "full": (7, 100_000, 10_000, 500),
    "quick": (5, 40_000, 3_000, 200),
    "tiny": (1, 500, 100, 5),
}


class Failed(Exception):
    pass


def run(command, text=None):
    done = subprocess.run(command, input=text, text=True, capture_output=True)
    if done.returncode != 0:
        raise Failed(f"{' '.join(map(str, command[:3]))} ...: {done.stdout[-800:]}{done.stderr[-2000:]}")
    return done.stdout


class Yardstick:
    def __init__(self, program, statements, bare_sqlite, url, profile):
        self.program, self.statements = program, statements
        self.bare, self.url = bare_sqlite, url
        self.rounds, self.many, self.few, self.samples = PROFILES[profile]
        self.rows = []
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="callboard-bench."))

    # -- Callboard ------------------------------------------------------------

    def bench(self, mode, database, *more):
        out = run([self.program, "bench", mode, "--json", "--database", database,
                   "--size", f"{SIZE}B", *map(str, more)])
        document = json.loads(out)
        if not document["verified"]:
            raise Failed(f"{mode} on {database}: not verified: {out}")
        return document["runs"][0]

    def ours(self, mode, jobs, *more):
        self.reset()
        return self.bench(mode, self.url, "--jobs", jobs, *more)["jobs_per_second"]

    # -- PostgreSQL, bare -----------------------------------------------------

    def sql(self, text):
        return run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", self.url], text).strip()

    def reset(self):
        """The same state before each measurement."""
        self.sql("truncate callboard_job, callboard_lease; vacuum; checkpoint;")

    def pgbench(self, script, clients, transactions, **variables):
        file = self.scratch / "script.sql"
        file.write_text(script)
        defines = [f"-D{name}={value}" for name, value in variables.items()]
        out = run(["pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", str(clients),
                   "-t", str(transactions), "-f", str(file), *defines, self.url])
        return float(re.search(r"tps = ([\d.]+) \(without", out).group(1))

    def fill(self, jobs):
        self.sql(f"""
            insert into callboard_job ({COLUMNS})
            select '0190aaaa-bbbb-7ccc-8ddd-' || lpad(to_hex(i), 12, '0'), '{QUEUE}', 'bench',
              '{ARG}'::bytea, '0190aaaa-bbbb-7ccc-8ddd-000000000000', 0, 0, 1, 1, 1
            from generate_series(1, {jobs}) i;
            insert into callboard_node (id, name, address, started_at, seen_at)
            values ({NODE}, 'yardstick', '', 1, 9000000000000000) on conflict do nothing;
            vacuum analyze callboard_job; checkpoint;""")

    def lease_and_settle(self):
        """The store's own statements, joined by the ids and fences."""
        def with_values(name, values):
            text = run([self.statements, name])
            numbers = {int(n) for n in re.findall(r"\$(\d+)", text)}
            if numbers != set(values):
                raise Failed(f"the parameters of '{name}' changed: adapt {__file__}")
            return re.sub(r"\$(\d+)", lambda m: values[int(m.group(1))], text)

        lease = with_values("lease", {
            1: ":node", 2: "null", 3: ":queues", 4: ":limits", 5: ":suspects", 6: ":starts",
            7: ":isolated", 8: ":of_mark", 9: ":marks", 10: ":lows", 11: ":of_gap",
            12: ":above", 13: ":below", 14: ":low_ids", 15: "256"})
        head, tail = lease.split("\n  select 0 as kind,", 1)
        lease = f"""{head},
  answer(kind, id, queue, type, arg, request_id, attempt, max_attempts, priority, last_error,
    run_at, created_at, timeout, fence, unrecorded) as (select 0 as kind,{tail})
  select coalesce(array_agg(id) filter (where kind = 1), '{{}}') as ids,
    coalesce(array_agg(fence) filter (where kind = 1), '{{}}') as fences
  from answer \\gset
"""
        return lease + with_values("complete", {1: ":ids", 2: ":fences"}) + ";\n"

    def bare_drain(self, jobs, batch, clients):
        self.reset()
        self.fill(jobs)
        transactions = max(1, jobs // batch // clients)
        tps = self.pgbench(
            self.lease_and_settle(), clients, transactions, node=NODE, queues=f"{{{QUEUE}}}",
            limits=f"{{{batch}}}", suspects="{1}", starts=f"{{{batch}}}", isolated="{0}",
            of_mark="{1}", marks="{0}", lows="{0}", low_ids="{\"\"}", of_gap="{1,1}", above="{-32769,0}", below="{0,32768}")
        left = int(self.sql("select count(*) from callboard_job"))
        done = jobs - left
        self.sql(f"delete from callboard_node where id = {NODE}")
        # Skipped rows make a batch smaller than was asked for.
        return tps * done / (transactions * clients)

    def bare_inserts(self, jobs, clients):
        self.reset()
        script = f"""\\set number :number + 1
insert into callboard_job ({COLUMNS})
values ('0190aaaa-bbbb-7ccc-' || :client_id || '-' || :number, :queue, 'bench', :arg::bytea,
  '0190aaaa-bbbb-7ccc-8ddd-000000000000', 0, 0, 1, 1, 1);
"""
        return self.pgbench(script, clients, jobs // clients, number=10**11, queue=QUEUE, arg=ARG)

    def bare_steady(self):
        """The commit of one row at the bench's steady rate: what a pickup waits for first."""
        self.reset()
        script = self.scratch / "steady.sql"
        script.write_text(f"""\\set number :number + 1
insert into callboard_job ({COLUMNS})
values ('0190aaaa-bbbb-7ccc-' || :number, :queue, 'bench', :arg::bytea,
  '0190aaaa-bbbb-7ccc-8ddd-000000000000', 0, 0, 1, 1, 1);
""")
        log = self.scratch / "steady"
        run(["pgbench", "-n", "-M", "prepared", "-c", "1", "-R", "200", "-t", str(self.samples),
             "-f", str(script), "-l", f"--log-prefix={log}", f"-Dnumber={10**11}",
             f"-Dqueue={QUEUE}", f"-Darg={ARG}", self.url])
        times = sorted(int(line.split()[2]) / 1000 for file in self.scratch.glob("steady.*[0-9]")
                       for line in file.read_text().splitlines())
        at = lambda share: times[min(len(times) - 1, int(len(times) * share))]
        self.rows.append(("(bare INSERT with commit, 200/s)", f"p50 {at(0.5):.2f} ms",
                          f"p99 {at(0.99):.2f} ms", "", f"max {times[-1]:.1f} ms", "", ""))

    def bare_copy(self, jobs, batch, clients):
        self.reset()
        arg = "\\\\x" + ARG.encode().hex()
        processes, share = [], jobs // clients
        for client in range(clients):
            lines = ["select extract(epoch from clock_timestamp());"]
            for first in range(0, share, batch):
                lines.append(f"copy callboard_job ({' '.join(COLUMNS.split())}) from stdin;")
                lines += [
                    f"0190aaaa-bbbb-7ccc-{client:04x}-{i:012x}\t{QUEUE}\tbench\t{arg}\t"
                    "0190aaaa-bbbb-7ccc-8ddd-000000000000\t0\t0\t1\t1\t1"
                    for i in range(first, min(first + batch, share))]
                lines.append("\\.")
            lines.append("select extract(epoch from clock_timestamp());\n")
            file = self.scratch / f"copy-{client}.sql"
            file.write_text("\n".join(lines))
            processes.append(subprocess.Popen(
                ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-f", str(file), self.url],
                text=True, stdout=subprocess.PIPE))
        times = [float(t) for p in processes for t in p.communicate()[0].split()]
        if len(times) != 2 * clients:
            raise Failed("COPY failed")
        return share * clients / (max(times) - min(times))

    def batches(self):
        """Jobs a lease and a settle, as the server counted them."""
        def mean(pattern, extra):
            rows = self.sql(f"""select sum(calls), sum(rows) from pg_stat_statements
                where query ~ '{pattern}' and query !~ 'pg_stat'""").split("|")
            calls, found = int(rows[0] or 0), int(rows[1] or 0)
            return max(1, round((found - extra * calls) / max(calls, 1)))
        return mean("with recursive me as", 1), mean("^\\s*with gone as \\(\\s*delete from callboard_job", 0)

    # -- SQLite ---------------------------------------------------------------

    def sqlite_ours(self, mode, jobs, *more):
        for name in self.scratch.glob("ours.db*"):
            name.unlink()
        return self.bench(mode, f"sqlite:{self.scratch}/ours.db", "--jobs", jobs,
                          *more)["jobs_per_second"]

    def sqlite_bare(self, mode, jobs, batch):
        return float(run([self.bare, self.scratch / "bare.db", self.sqlite_schema(), mode,
                          str(jobs), str(batch), str(SIZE)]))

    def sqlite_schema(self):
        """A file that makes the tables, as the program leaves them when they are empty."""
        schema = self.scratch / "schema.sql"
        if not schema.exists():
            empty = self.scratch / "empty.db"
            self.bench("enqueue", f"sqlite:{empty}", "--jobs", 1)
            with contextlib.closing(sqlite3.connect(empty)) as tables:
                schema.write_text("\n".join(tables.iterdump()))
        return schema

    def clean(self):
        for file in self.scratch.iterdir():
            file.unlink()
        self.scratch.rmdir()

    # -- the report -----------------------------------------------------------

    def compare(self, name, target, ours, bare):
        pairs = []
        for number in range(self.rounds):
            # Whoever goes first alternates, too.
            if number % 2:
                b, a = bare(), ours()
            else:
                a, b = ours(), bare()
            pairs.append((a, b))
        ratios = [a / b for a, b in pairs]
        median = statistics.median(ratios)
        self.rows.append((
            name, f"{statistics.median(a for a, _ in pairs):,.0f}/s",
            f"{statistics.median(b for _, b in pairs):,.0f}/s",
            f"{median:.2f}", f"{min(ratios):.2f}-{max(ratios):.2f}",
            target and f">= {target}", (median >= target and "met" or "short") if target else ""))
        print("  ".join(filter(None, self.rows[-1])), file=sys.stderr, flush=True)

    def pickup(self, name, database, mode, more=(), target=True):
        seen = self.bench(mode, database, "--samples", self.samples, *more)["pickup"]
        p50, p99 = seen["p50_us"] / 1000, seen["p99_us"] / 1000
        met = "met" if p50 < 2 and p99 < 10 else "short"
        self.rows.append((name, f"p50 {p50:.2f} ms", f"p99 {p99:.2f} ms", "",
                          f"max {seen['max_us'] / 1000:.1f} ms",
                          "2 ms, 10 ms" if target else "", met if target else ""))

    def postgres(self):
        version = self.sql("show server_version")
        run([self.program, "bench", "drain", "--jobs", "100", "--database", self.url])
        self.sql("create extension if not exists pg_stat_statements")
        self.sql("select pg_stat_statements_reset()")
        self.ours("drain", self.many)
        leased, settled = self.batches()
        print(f"PostgreSQL {version}: {leased} jobs a lease, {settled} a settle", file=sys.stderr)
        for clients in (1, 2):
            self.compare(
                f"drain | the same statements by {clients} pgbench client(s), {leased} jobs each",
                0.8 if clients == 2 else None, lambda: self.ours("drain", self.many),
                lambda c=clients: self.bare_drain(self.many, leased, c))
        for threads in (1, 4):
            self.compare(
                f"bulk of 1000, {threads} thread(s) | COPY of 1000 rows", 0.8,
                lambda t=threads: self.ours("bulk", self.many, "--producers", t),
                lambda t=threads: self.bare_copy(self.many, 1000, t))
        for threads in (1, 4):
            self.compare(
                f"enqueue, {threads} thread(s) | prepared INSERT with commit", 0.9,
                lambda t=threads: self.ours("enqueue", self.few, "--producers", t),
                lambda t=threads: self.bare_inserts(self.few, t))
        self.reset()
        for mode in ("idle", "steady"):
            self.pickup(f"pickup, {mode}, one process", self.url, mode)
            self.pickup(f"pickup, {mode}, other process", self.url, mode, ("--processes", 1))
        self.bare_steady()

    def sqlite(self):
        self.compare("SQLite drain | the same batches (1000) by the C API", 0.7,
                     lambda: self.sqlite_ours("drain", self.many),
                     lambda: self.sqlite_bare("drain", self.many, 1000))
        self.compare("SQLite bulk of 1000, 1 thread | the same by the C API", 0.7,
                     lambda: self.sqlite_ours("bulk", self.many, "--producers", 1),
                     lambda: self.sqlite_bare("enqueue", self.many, 1000))
        self.compare("SQLite enqueue, 1 thread | the same by the C API", 0.7,
                     lambda: self.sqlite_ours("enqueue", self.few, "--producers", 1),
                     lambda: self.sqlite_bare("enqueue", self.few, 1))
        place = f"sqlite:{self.scratch}/ours.db"
        self.pickup("SQLite pickup, idle, one process", place, "idle")

    def report(self):
        head = ("CALLBOARD | BARE", "CALLBOARD", "BARE", "RATIO", "SPREAD", "TARGET", "")
        rows = [head, *(tuple(cell or "" for cell in row) for row in self.rows)]
        widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
        for row in rows:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
        print(f"\nRatios: median and spread of {self.rounds} alternations on "
              f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}. Every job was "
              "performed exactly once.")


def main():
    *paths, last = sys.argv[1:]
    profile = last.lstrip("-") if last.startswith("--") else "full"
    if profile == "full" and not last.startswith("--"):
        paths.append(last)
    stick = Yardstick(*paths, profile)
    try:
        began = time.monotonic()
        stick.sqlite()
        stick.postgres()
        stick.report()
        print(f"{time.monotonic() - began:.0f} s")
    except Failed as why:
        print(f"yardstick: {why}", file=sys.stderr)
        return 1
    finally:
        stick.clean()
    return 0


if __name__ == "__main__":
    sys.exit(main())
