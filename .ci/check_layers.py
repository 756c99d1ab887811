#!/usr/bin/env python3
"""Fails when a file includes what its layer may not know.

A folder includes only itself and what stands below it, and each third-party
library has one folder:

    app/      everything
    config/   actors/ store/      Boost.JSON (only in .cpp)
    actors/   store/              CAF; its io and openssl only in cluster/;
                                  prometheus-cpp only in metrics/prometheus.*
    store/                        SOCI, libpq, SQLite; date only in schedule/
    tests/    everything; nobody includes tests/
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')

# The longest matching prefix of a file's path decides what it may include of
# ours (prefixes) and of others (patterns of third-party headers).
OURS = ("store/", "actors/", "config/", "app/", "tests/")
THIRD = {
    "caf": r"caf/",
    "caf-net": r"caf/(io|openssl)/",
    "asio": r"boost/asio",
    "openssl": r"openssl/",
    "soci": r"soci/|soci\.h",
    "libpq": r"libpq-fe\.h|libpq/|postgresql/",
    "sqlite": r"sqlite3",
    "json": r"boost/json",
    "date": r"date/",
    "prometheus": r"prometheus/",
    "spdlog": r"spdlog/",
    "cli": r"CLI/",
    "httplib": r"httplib",
    "catch": r"catch2/",
}
RULES = {
    "store/model/": ({"store/model/"}, set()),
    "store/schedule/": ({"store/model/", "store/schedule/"}, {"date"}),
    "store/": ({"store/"}, {"soci", "libpq", "sqlite"}),
    "actors/pipeline/": (
        {"store/model/", "store/schedule/", "actors/pipeline/"},
        set(),
    ),
    "actors/process/": ({"actors/process/"}, set()),
    "actors/isolation/": (
        {"store/model/", "store/schedule/", "actors/pipeline/",
         "actors/process/", "actors/isolation/"},
        set(),
    ),
    "actors/testing/": ({"store/", "actors/"}, set()),
    "actors/metrics/prometheus": ({"store/", "actors/"}, {"prometheus"}),
    "actors/cluster/": ({"store/", "actors/"}, {"caf", "caf-net", "asio", "openssl"}),
    "actors/": ({"store/", "actors/"}, {"caf"}),
    "config/": ({"store/", "actors/", "config/"}, {"json"}),
    "app/": ({"store/", "actors/", "config/", "app/"}, set(THIRD) - {"catch", "caf-net", "asio"}),
}
# Headers of these layers must not force a library on whoever includes them.
HEADER_BANS = {
    "store/": {"soci", "libpq", "sqlite", "date"},
    "config/": {"json"},
    "actors/client/": {"caf"},
    "actors/pipeline/": {"caf"},
    "actors/testing/": {"caf"},
}
# Private headers of the backends may show SOCI to their own sources.
PRIVATE_HEADERS = ("store/postgres/", "store/sqlite/", "store/sql/")


def rule_of(path, table):
    matches = [prefix for prefix in table if path.startswith(prefix)]
    return table[max(matches, key=len)] if matches else None


def third_party(header):
    found = [name for name, pattern in THIRD.items() if re.match(pattern, header)]
    return "caf-net" if "caf-net" in found else (found[0] if found else None)


def check(path):
    rule = rule_of(path, RULES)
    if rule is None:
        return
    ours, third = rule
    bans = set()
    if path.endswith(".hpp") and not path.startswith(PRIVATE_HEADERS):
        bans = rule_of(path, HEADER_BANS) or set()
    for number, line in enumerate((ROOT / path).read_text().splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        header = match.group(1)
        if header.startswith(OURS):
            if not header.startswith(tuple(ours)):
                yield f"{path}:{number}: may not include {header}"
        else:
            library = third_party(header)
            if library and library not in third:
                yield f"{path}:{number}: may not know {library} ({header})"
            elif library and library in bans:
                yield f"{path}:{number}: a header here may not show {library} ({header})"


def main():
    problems = []
    for folder in ("store", "actors", "config", "app"):
        for file in sorted((ROOT / folder).rglob("*.[ch]pp")):
            problems += check(file.relative_to(ROOT).as_posix())
    for problem in problems:
        print(problem)
    if problems:
        print(f"{len(problems)} includes go against the layers; see docs/architecture.md")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
