#!/usr/bin/env python3
"""How Callboard scales on one machine: processes on one database, nodes that
are idle, performers at one node. Prints tables; docs/scaling.md explains them.

usage: scaling.py CALLBOARD CROWD URL [--quick] [--idle]
"""

import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

PER_PROCESS = 250  # CAF tells no more than 256 systems of one process apart.


def run(*command, text=None):
    done = subprocess.run(list(map(str, command)), input=text, text=True, capture_output=True)
    if done.returncode != 0:
        sys.exit(f"{command[1:3]}: {done.stdout}{done.stderr}")
    return done.stdout


def until(what, check, limit=120):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if check():
            return
        time.sleep(0.05)
    sys.exit(f"{what} took more than {limit} s")


class Child:
    def __init__(self, command, folder, name):
        self.out = folder / f"{name}.out"
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, cwd=folder,
                                        stdout=self.out.open("w"), stderr=subprocess.STDOUT)

    def said(self):
        return self.out.read_text()

    def ready(self, pattern):
        until(f"'{pattern}' of {self.out.name}", lambda: re.search(pattern, self.said()))
        return re.search(pattern, self.said())

    def cpu(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def status(self, key):
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{key}:\s+(\d+)", text)[1])

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Scaling:
    def __init__(self, program, crowd, url, quick):
        self.program, self.crowd, self.url, self.quick = program, crowd, url, quick
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="callboard-scaling."))

    def sql(self, text):
        return run("psql", "-qAt", "-d", self.url, "-c", text).strip()

    def drain(self, processes, jobs, work):
        out = run(self.program, "bench", "drain", "--json", "--database", self.url, "--jobs", jobs,
                  "--processes", processes, "--concurrency", 8, *(["--work", work] if work else []))
        document = json.loads(out)
        if not document["verified"]:
            sys.exit(f"jobs were lost or repeated: {out}")
        return document["runs"][0]["jobs_per_second"]

    def processes(self):
        print("## Processes on one database (8 slots each; ratio to one process)\n")
        print("| processes | no-op jobs/s | ratio | jobs of 5 ms, jobs/s | ratio |\n|---|---|---|---|---|")
        rounds, counts = (1 if self.quick else 5), (1, 2, 4, 8)
        fast = {n: [] for n in counts}
        slow = {n: [] for n in counts}
        for _ in range(rounds):
            for n in counts:
                fast[n].append(self.drain(n, 20_000 if self.quick else 100_000, None))
                slow[n].append(self.drain(n, 2_000 * n if self.quick else 8_000 * n, "5ms"))
        for n in counts:
            ratio = lambda all_: statistics.median(x / y for x, y in zip(all_[n], all_[1]))
            print(f"| {n} | {statistics.median(fast[n]):,.0f} | {ratio(fast):.2f} "
                  f"| {statistics.median(slow[n]):,.0f} | {ratio(slow):.2f} |")
        print()

    # -- nodes ----------------------------------------------------------------

    def node(self, name, queues, listen=True):
        url = self.url + ("&" if "?" in self.url else "?") + "application_name=scaling"
        node = {"name": name, "silence": "30s"}
        if listen:
            node["listen"] = "127.0.0.1:0"
        (self.folder / f"{name}.json").write_text(json.dumps(
            {"database": url, "node": node, "log": {"level": "info"}, "queues": queues}))
        child = Child([self.program, "run", "-c", f"{name}.json"], self.folder, name)
        child.ready("ready: ")
        return child

    def idle(self):
        seconds = 5 if self.quick else 20
        print(f"## Idle nodes (over {seconds} s; all but the first listen)\n")
        print("| nodes | empty queues each | queries/s of all | queries/s of one | CPU of one node | server's CPU | "
              "connections of one | RSS of one, MiB |\n|---|---|---|---|---|---|---|---|")
        for count, lines in ((1, 100), (1, 10), (4, 10)) + (() if self.quick else ((16, 10),)):
            queues = [{"name": f"q{i}", "types": {"*": {"noop": {}}}} for i in range(lines)]
            nodes = [self.node(f"idle-{i}", queues, lines < 100) for i in range(count)]
            # After a while it is known that nothing changes.
            time.sleep(3 if self.quick else 15)
            self.sql("create extension if not exists pg_stat_statements")
            before, cpu = self.calls(), [x.cpu() for x in nodes]
            server = self.server_cpu()
            time.sleep(seconds)
            calls, server = self.calls() - before, self.server_cpu() - server
            used = [x.cpu() - y for x, y in zip(nodes, cpu)]
            connections = int(self.sql("select count(*) from pg_stat_activity where "
                                       "application_name = 'scaling'"))
            print(f"| {count} | {lines} | {calls / seconds:.1f} | {calls / seconds / count:.1f} "
                  f"| {100 * statistics.mean(used) / seconds:.2f} % | {100 * server / seconds:.2f} % "
                  f"| {connections / count:.0f} | {statistics.mean(x.status('VmRSS') for x in nodes) / 1024:.0f} |")
            for each in nodes:
                each.end()
        print()

    def calls(self):
        return int(self.sql("select coalesce(sum(calls), 0) from pg_stat_statements where query not like "
                            "'%pg_stat_%'"))

    def server_cpu(self):
        main = self.sql("select pid from pg_stat_activity where backend_type = 'checkpointer'")
        parent = pathlib.Path(f"/proc/{main}/stat").read_text().rsplit(")", 1)[1].split()[1]
        total = 0
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if fields[1] == parent or stat.parent.name == parent:
                total += int(fields[11]) + int(fields[12])
        return total / os.sysconf("SC_CLK_TCK")

    # -- performers -----------------------------------------------------------

    def performers(self):
        jobs = 4_000 if self.quick else 40_000
        print(f"## Performers of one slot at one node ({jobs:,} no-op jobs)\n")
        print("| performers | linked after | node's RSS, MiB | KiB a performer | node's CPU when idle | "
              "jobs/s |\n|---|---|---|---|---|---|")
        queue = [{"name": "crowd", "concurrency": 2000, "performers": {}}]
        for count in (1, 50) if self.quick else (1, 10, 100, 1000):
            node = self.node(f"crowd-{count}", queue)
            alone = node.status("VmRSS")
            address = node.ready(r"cluster (\S+)")[1]
            begin = time.monotonic()
            parts = [min(PER_PROCESS, count - at) for at in range(0, count, PER_PROCESS)]
            crowd = [Child([self.crowd, address, str(n)], self.folder, f"part-{i}")
                     for i, n in enumerate(parts)]
            for each in crowd:
                each.ready("linked ")
            linked = time.monotonic() - begin
            time.sleep(2)
            rss, cpu = node.status("VmRSS"), node.cpu()
            time.sleep(3)
            idle = (node.cpu() - cpu) / 3
            lines = '{"queue": "crowd", "type": "t"}\n' * jobs
            begin = time.monotonic()
            run(self.program, "enqueue", "-c", self.folder / f"crowd-{count}.json", "--stdin", "--quiet", text=lines)
            until("the crowd's work", lambda: self.sql("select not exists (select from callboard_job)") == "t")
            took = time.monotonic() - begin
            print(f"| {count} | {linked:.1f} s | {rss / 1024:.0f} | {(rss - alone) / count:.0f} "
                  f"| {100 * idle:.1f} % | {jobs / took:,.0f} |", flush=True)
            for each in crowd:
                each.process.kill()
                each.process.wait()
            node.end()
        print()


def main():
    program, crowd, url, *options = sys.argv[1:]
    if not {"--quick", "--idle"}.issuperset(options):
        sys.exit(__doc__)
    it = Scaling(program, crowd, url, "--quick" in options)
    if "--idle" in options:
        return it.idle()
    it.processes()
    it.idle()
    it.performers()


if __name__ == "__main__":
    main()
