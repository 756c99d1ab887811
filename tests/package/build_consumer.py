#!/usr/bin/env python3
"""Installs Callboard into a folder of its own, and builds and runs a project
there that knows it only through find_package. Its sources are the C++ blocks
of README.md and docs/.

usage: build_consumer.py ROOT BUILD CMAKE COMPILER
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "docs"))
from fences import all_blocks  # noqa: E402


def run(*command, **options):
    print("+", *command, flush=True)
    return subprocess.run(command, check=True, text=True, **options)


# By the file that a program stands in: the lines that it prints, in any order.
SHOWN = {
    "README": ["welcome, Ada, attempt 1", "welcome, Bob, attempt 1"],
    "isolation": ["converted one.png", "converted two.png", "killed by SIGABRT"],
}


def show(program, folder, lines):
    """Runs a program until it has printed all lines, and ends it by Enter."""
    shown = subprocess.Popen([program], cwd=folder, text=True,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    said, missing = "", list(lines)
    for line in shown.stdout:
        said += line
        missing = [each for each in missing if each not in line]
        if not missing:
            break
    shown.communicate("\n", timeout=60)
    print(said)
    if shown.returncode != 0 or missing:
        raise SystemExit(f"{program.name} ended with {shown.returncode}, "
                         f"without {missing}")


def main():
    root, build, cmake, compiler = sys.argv[1:5]
    root = pathlib.Path(root)
    here = root / "tests" / "package" / "consumer"
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        prefix = scratch / "prefix"
        run(cmake, "--install", build, "--prefix", str(prefix), stdout=subprocess.DEVNULL)

        project = scratch / "consumer"
        shutil.copytree(here, project)
        programs = tests = libraries = 0
        for block in all_blocks(root):
            if block.language != "cpp":
                continue
            if "int main(" in block.text:
                kind, programs = "program", programs + 1
            elif "CATCH_CONFIG_MAIN" in block.text:
                kind, tests = "test", tests + 1
            else:
                kind, libraries = "snippet", libraries + 1
            (project / f"{kind}_{block.file.stem}_{block.line}.cpp").write_text(block.text)
        if not programs or not tests or not libraries:
            raise SystemExit("the documentation has lost its C++ examples")

        run(cmake, "-S", str(project), "-B", str(project / "build"), "-G", "Ninja",
            f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_CXX_COMPILER={compiler}")
        run(cmake, "--build", str(project / "build"))

        # Programs that end when their input does, and what they say before.
        for name, lines in SHOWN.items():
            program = min((project / "build").glob(f"program_{name}_*"))
            show(program, scratch, lines)

        for test in sorted((project / "build").glob("test_*")):
            run(test)

        version = run(prefix / "bin" / "callboard", "--version", capture_output=True)
        print(version.stdout)


if __name__ == "__main__":
    main()
