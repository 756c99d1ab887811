"""Finds the fenced code blocks of Markdown files."""

import dataclasses
import pathlib
import re


@dataclasses.dataclass
class Block:
    file: pathlib.Path
    line: int
    language: str
    text: str
    name: str = ""  # of the file that it shows: <!-- file: NAME --> before it

    def __str__(self):
        return f"{self.file.name}:{self.line} ({self.language or 'no language'})"


def blocks(file):
    """All fenced blocks of one file, in order."""
    found, current, name = [], None, ""
    for number, line in enumerate(file.read_text().splitlines(keepends=True), 1):
        if current is None:
            opening = re.match(r"^\s*```(\w*)", line)
            if opening:
                current = Block(file, number, opening.group(1), "", name)
            named = re.match(r"^<!-- file: (\S+) -->$", line)
            name = named.group(1) if named else ""
        elif re.match(r"^\s*```\s*$", line):
            found.append(current)
            current = None
        else:
            current.text += line
    if current is not None:
        raise SystemExit(f"{current}: this block never ends")
    return found


def all_blocks(root):
    """The blocks of README.md and of everything in docs/."""
    files = [root / "README.md", *sorted((root / "docs").rglob("*.md"))]
    return [block for file in files for block in blocks(file)]
