#!/usr/bin/env python3
"""Set up `.venv` where needed, then run a command in it; all it takes is Python >= 3.11 and pip.

python3 run.py build gb200-nvl72 -o out    any command of topogen
python3 run.py test                        every check; arguments after `test` go to pytest
python3 run.py bench                       times as ratios: depends on the machine, so no check
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PROGRAMS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = PROGRAMS / ("python.exe" if os.name == "nt" else "python")
NEEDS = ("pyproject.toml", "constraints.txt")
CHECKS = {
    "lint": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "types": ["mypy"],
    "imports": ["lint-imports", "--no-logo"],
    "growth": ["python", "-m", "benchmarks.guard"],
    "tests": ["pytest", "-n", "2"],
}


def main(words: list[str]) -> int:
    """Return the exit code of the command."""
    if sys.version_info < (3, 11):  # noqa: UP036  (the one file that an older Python may meet)
        print(f"topogen needs Python 3.11 or newer; this is {sys.version.split()[0]}", file=sys.stderr)
        return 2
    if not words or words[0] in {"-h", "--help"}:
        print(__doc__)
        return 0
    set_up(".[dev]" if words[0] in {"test", "bench"} else ".")
    if words[0] == "test":
        return run_checks(words[1:])
    return run("python", "-m", "benchmarks.ratios") if words[0] == "bench" else run("topogen", *words)


def set_up(what: str) -> None:
    """Make `.venv` hold the project and what it needs, unless it does already."""
    base = fingerprint(sys.version, sys.base_prefix, str(ROOT))
    needs = fingerprint(*((ROOT / name).read_text(encoding="utf-8") for name in NEEDS))
    stamp = VENV / "set-up.txt"
    made = stamp.read_text(encoding="utf-8").split() if stamp.exists() else []
    if made in ([base, needs, what], [base, needs, ".[dev]"]):
        return
    print(f"Setting up {VENV.name} (once, a minute at most) ...", file=sys.stderr, flush=True)
    if made[:1] != [base]:
        make_environment()
    stop_if_failed(pip(PYTHON, "--constraint", "constraints.txt", "--editable", what))
    stamp.write_text(f"{base}\n{needs}\n{what}\n", encoding="utf-8")


def fingerprint(*texts: str) -> str:
    """Return a digest that changes with any of the texts."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def make_environment() -> None:
    """Make an empty `.venv` with pip in it.

    Debian ships `ensurepip` in a package of its own; without it the pip of this Python fills the environment.
    """
    try:
        import ensurepip  # noqa: F401, PLC0415  (asked only whether it is there)
    except ImportError:
        venv.create(VENV, clear=True, symlinks=os.name != "nt")
        stop_if_failed(pip(Path(sys.executable), "pip", into=PYTHON))
    else:
        venv.create(VENV, clear=True, symlinks=os.name != "nt", with_pip=True)


def pip(python: Path, *what: str, into: Path | None = None) -> int:
    """Return the exit code of an installation, into another environment if one is given."""
    where = ["--python", str(into)] if into else []
    options = ["--quiet", "--disable-pip-version-check"]
    return subprocess.call([str(python), "-m", "pip", *where, "install", *options, *what], cwd=ROOT)


def stop_if_failed(code: int) -> None:
    """Leave with a sentence when an installation did not work."""
    if code:
        sys.exit("The set-up failed: see above. It needs pip (python3 -m pip --version) and a package index.")


def run_checks(words: list[str]) -> int:
    """Return 1 if any check fails; all of them run, the tests last, so that their summary ends the output."""
    failed = []
    for name, command in CHECKS.items():
        print(f"\n=== {name}: {' '.join(command)}", flush=True)
        if run(*command, *(words if name == "tests" else [])):
            failed.append(name)
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def run(program: str, *words: str) -> int:
    """Return the exit code of a program of the environment; checks run at the top of the project."""
    inside = None if program == "topogen" else ROOT
    return subprocess.call([str(PROGRAMS / program), *words], cwd=inside)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
