#!/usr/bin/env python3
"""Runs what the documentation shows.

  * every `console` block, line by line in one folder per file: lines that
    begin with "$ " are run by sh; "callboard run" without --once is started as
    a daemon, awaited, and ended by SIGTERM. The file's first JSON config is the
    folder's callboard.json;
  * every `json` block that is a whole config goes through `callboard check`,
    beside certificates of the names that it gives.

A block after <!-- file: NAME --> lies in the folder under that name, and may be
executed when it begins with "#!".

usage: run_examples.py ROOT CALLBOARD
"""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

from fences import all_blocks

PATIENCE = 60  # seconds for any one command


def is_config(text):
    try:
        return "queues" in json.loads(text)
    except (ValueError, TypeError):
        return False


def issue(tls, folder):
    """Makes the certificate that a config names, its own authority."""
    subprocess.run(
        ["openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:P-256", "-subj", "/CN=example", "-days", "2",
         "-keyout", tls["key"], "-out", tls["certificate"]],
        cwd=folder, check=True, capture_output=True,
    )
    shutil.copy(folder / tls["certificate"], folder / tls["ca"])


def run_daemon(command, folder, environment):
    """Starts a daemon, waits until it says that it is ready, drains it."""
    daemon = subprocess.Popen(
        f"exec {command}", shell=True, cwd=folder, env=environment, text=True,
        stderr=subprocess.PIPE, start_new_session=True,
    )
    said = []
    try:
        for line in daemon.stderr:
            said.append(line)
            if "ready" in line:
                break
        os.killpg(daemon.pid, signal.SIGTERM)
        said += daemon.stderr.readlines()
        return daemon.wait(PATIENCE), "".join(said)
    finally:
        if daemon.poll() is None:
            os.killpg(daemon.pid, signal.SIGKILL)


def run_line(command, folder, environment):
    if command.startswith("callboard run") and "--once" not in command:
        return run_daemon(command, folder, environment)
    done = subprocess.run(
        command, shell=True, cwd=folder, env=environment, text=True,
        capture_output=True, timeout=PATIENCE, stdin=subprocess.DEVNULL,
    )
    return done.returncode, done.stdout + done.stderr


def main():
    root, program = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    environment = dict(os.environ, PATH=f"{program.parent}:{os.environ['PATH']}")
    environment.pop("CALLBOARD_CONFIG", None)
    failures, ran, folders = [], 0, {}
    with tempfile.TemporaryDirectory() as scratch:
        for block in all_blocks(root):
            folder = folders.get(block.file)
            if folder is None:
                folder = folders[block.file] = pathlib.Path(tempfile.mkdtemp(dir=scratch))
            commands = []
            if block.name:
                shown = folder / block.name
                shown.write_text(block.text)
                shown.chmod(0o755 if block.text.startswith("#!") else 0o644)
            if block.language == "json" and is_config(block.text):
                config = folder / (block.name or "callboard.json")
                if not block.name and config.exists():
                    config = folder / f"config-{block.line}.json"
                config.write_text(block.text)
                if tls := json.loads(block.text).get("node", {}).get("tls"):
                    issue(tls, folder)
                commands = [f"callboard check -c {config.name}"]
            elif block.language == "console":
                commands = [
                    line[2:].strip() for line in block.text.splitlines()
                    if line.startswith("$ ")
                ]
            for command in commands:
                ran += 1
                code, output = run_line(command, folder, environment)
                if code != 0:
                    failures.append(f"{block}: `{command}` ended with {code}:\n{output}")
    for failure in failures:
        print(failure)
    print(f"{ran} examples run, {len(failures)} failed")
    return 1 if failures or ran == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
