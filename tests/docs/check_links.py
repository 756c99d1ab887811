#!/usr/bin/env python3
"""Fails on a relative link in README.md, docs/ and the folders' READMEs that
leads to no file.

usage: check_links.py ROOT
"""

import pathlib
import re
import sys

LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")


def main():
    root = pathlib.Path(sys.argv[1])
    files = [*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("*/README.md")]
    links, broken = 0, []
    for file in files:
        code = False
        for number, line in enumerate(file.read_text().splitlines(), 1):
            if line.startswith("```"):
                code = not code
            for target in [] if code else LINK.findall(line):
                links += 1
                if not (file.parent / target).exists():
                    broken.append(f"{file.relative_to(root)}:{number}: no such file: {target}")
    print("\n".join([*broken, f"{links} links, {len(broken)} broken"]))
    return 1 if broken or links == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
