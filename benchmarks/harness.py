"""Jobs beside each other: own processes, in turns, one table of time, memory and what was made.

A job is words for a Python interpreter; its last line may be JSON, see ``jobs/work.py``. A job of a peer runs
in the environment that ``--peers`` names and is left out, with a sentence, where that lacks the package.
Absolute times drift with the machine: compare the ratios of one run.
"""

from __future__ import annotations

import json
import os
import platform
import shlex
import signal
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from subprocess import PIPE
from typing import TYPE_CHECKING, Any

import click
from rich.box import MARKDOWN
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parent.parent
METER = [sys.executable, "-I", "-S", str(ROOT / "benchmarks" / "meter.py")]
OURS = ("graphviz-pure", "networkx", "numpy")
"""Packages of the project's own environment that times depend on."""
WIDTH = 300
"""Columns of the table where no terminal sets them."""
PYTHON = click.Path(exists=True, dir_okay=False, path_type=Path)
VERSIONS = (
    "import json, sys\n"
    "from importlib.metadata import distributions\n"
    "found = {one.metadata['Name'].lower(): one.version for one in distributions()}\n"
    "print(json.dumps({name: found.get(name) for name in sys.argv[1:]}))"
)


@dataclass(frozen=True)
class Job:
    """One line of the table; the first job of a task is what the others of the task are compared with."""

    task: str
    tool: str
    words: str
    did: str
    package: str = ""
    """What the environment of the peers must hold; empty for a job that needs only the project's own."""


@dataclass(frozen=True)
class Run:
    """What one run of a job took and made; ``inner_seconds`` is its work without start and imports.

    ``first_seconds`` is that work done for the first time in a process, ``inner_peak_mb`` the memory it took,
    and ``beside`` maps what it was measured against in the same process to pairs of seconds, its own first.
    """

    seconds: float
    peak_mb: float
    failure: str = ""
    inner_seconds: float | None = None
    first_seconds: float | None = None
    inner_peak_mb: float | None = None
    beside: dict[str, list[list[float]]] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=dict)
    note: str = ""


def main(title: str, jobs: Sequence[Job]) -> None:
    """Run the jobs as the command line asks, print the table; exit 1 if a job fails."""

    @click.command(help=title)
    @click.option("--runs", default=5, show_default=True, help="Runs of each job, after one that warms up.")
    @click.option(
        "--limit", default=60.0, show_default=True, help="Seconds after which a job is run no more."
    )
    @click.option("--peers", default=sys.executable, type=PYTHON, help="Interpreter that has the peers.")
    @click.option("--json", "target", type=click.Path(path_type=Path), help="Write every run into a file.")
    def command(runs: int, limit: float, peers: Path, target: Path | None) -> None:
        done, versions = beside(jobs, runs, limit, str(peers.absolute()))
        machine = this_machine() | versions
        console = Console(width=None if sys.stdout.isatty() else WIDTH)
        console.print(table(done))
        console.print("; ".join(f"{name} {value}" for name, value in machine.items()), soft_wrap=True)
        if target:
            target.write_text(to_json(title, machine, done))
        if any(results[-1].failure for results in done.values()):
            sys.exit(1)

    command()


def beside(
    jobs: Sequence[Job], runs: int, limit: float, peers: str
) -> tuple[dict[Job, list[Run]], dict[str, str]]:
    """Return the runs of every job that can be run, and the versions of the peers."""
    versions = peer_versions(peers, {job.package for job in jobs if job.package})
    for package, found in versions.items():
        if found is None:
            print(f"{package} is not installed for {peers}: left out (see benchmarks/peers.txt).")
    able = [job for job in jobs if not job.package or versions[job.package]]
    done = in_turns(able, runs, limit, peers)
    for job, results in done.items():
        if results[-1].failure:
            print(f"{job.tool} failed at {job.task}: {results[-1].failure}")
    return done, {package: found for package, found in versions.items() if found}


def peer_versions(python: str, packages: set[str]) -> dict[str, str | None]:
    """Return the version of each package in an environment, None where it is missing."""
    if not packages:
        return {}
    asked = subprocess.run(
        [python, "-c", VERSIONS, *sorted(packages)], check=True, capture_output=True, text=True
    )
    versions: dict[str, str | None] = json.loads(asked.stdout)
    return versions


def in_turns(
    jobs: Sequence[Job], runs: int, limit: float, peers: str, stop: float | None = None
) -> dict[Job, list[Run]]:
    """Return the runs of each job; jobs take turns, so that a drift of the machine meets all of them alike.

    The first run fills caches of files and byte code and counts only where it is the only one.
    """
    done: dict[Job, list[Run]] = {job: [] for job in jobs}
    for _ in range(1 + runs):
        for job, results in done.items():
            failed = bool(results) and bool(results[-1].failure)
            if not failed and sum(one.seconds for one in results) <= limit:
                results.append(run(job, peers if job.package else sys.executable, stop))
    return {job: results[1:] or results for job, results in done.items()}


def run(job: Job, python: str, stop: float | None = None) -> Run:
    """Return what one run of a job took and made; after ``stop`` seconds it is ended and has failed."""
    # Byte code is kept between runs, as in any installation.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [*METER, python, *shlex.split(job.words)]
    with subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=PIPE, stderr=PIPE, text=True, start_new_session=True
    ) as process:
        try:
            out, err = process.communicate(timeout=stop)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # a group of its own: the meter, the job, what that called
            return Run(stop or 0, 0, failure=f"not done in {stop:.0f} s")
    *printed, metered = out.splitlines()
    taken = json.loads(metered)
    if taken["code"]:
        said = err.strip().splitlines() or [f"exit code {taken['code']}"]
        return Run(taken["seconds"], taken["peak_mb"], failure=said[-1])
    reported = json.loads(printed[-1]) if printed and printed[-1].startswith("{") else {}
    return Run(taken["seconds"], taken["peak_mb"], **reported)


def table(done: dict[Job, list[Run]]) -> Table:
    """Return the table of all jobs that did not fail, each task beginning with what it is compared with."""
    shown = Table(box=MARKDOWN)
    left = {"task", "tool", "made", "what it did"}
    for name in ("task", "tool", "process s", "min to max", "x", "work s", "x", "peak MB", "runs", "made"):
        shown.add_column(name, justify="left" if name in left else "right")
    shown.add_column("what it did")
    able = ((job, runs) for job, runs in done.items() if not runs[-1].failure)
    for _, block in groupby(able, key=lambda pair: pair[0].task):
        rows = list(block)
        first = rows[0][1]
        for job, runs in rows:
            shown.add_row(*cells(job, runs, first))
    return shown


def cells(job: Job, runs: list[Run], first: list[Run]) -> list[str]:
    """Return the line of a job; each ratio is that of the medians of this job and the first."""
    seconds = [one.seconds for one in runs]
    inner, first_inner = inner_median(runs), inner_median(first)
    made = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in runs[-1].made.items())
    return [
        job.task,
        job.tool,
        f"{statistics.median(seconds):.3f}",
        f"{min(seconds):.3f} to {max(seconds):.3f}",
        ratio(statistics.median(seconds), statistics.median(one.seconds for one in first)),
        "" if inner is None else f"{inner:.4f}",
        "" if inner is None or first_inner is None else ratio(inner, first_inner),
        f"{max(one.peak_mb for one in runs):.0f}",
        str(len(runs)),
        made,
        job.did,
    ]


def ratio(seconds: float, first: float) -> str:
    """Return how many times as long as the first, to two digits or more."""
    times = seconds / first
    return f"{times:.1f}" if times >= 1 else f"{times:.2f}"


def inner_median(runs: list[Run]) -> float | None:
    """Return the median of the work alone, None where a job does not tell it."""
    told = [one.inner_seconds for one in runs if one.inner_seconds is not None]
    return statistics.median(told) if told else None


def this_machine() -> dict[str, str]:
    """Return what times depend on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "")
    return {
        "date": time.strftime("%Y-%m-%d"),
        "system": f"{platform.system()} {platform.machine()}",
        "CPU": model or platform.processor() or "unknown",
        "cores": str(os.cpu_count()),
        "Python": platform.python_version(),
        **{name: version(name) for name in OURS},
    }


def to_json(title: str, machine: dict[str, str], done: dict[Job, list[Run]]) -> str:
    """Return every run of every job as text."""
    jobs: list[dict[str, Any]] = [
        asdict(job) | {"runs": [asdict(one) for one in runs]} for job, runs in done.items()
    ]
    return json.dumps({"title": title, "machine": machine, "jobs": jobs}, indent=2) + "\n"
