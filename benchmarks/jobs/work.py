"""What every job shares: the line that the harness reads, the rack that tools build, the renderer.

Only the standard library, for the peers' environment may hold nothing of ours.
"""

from __future__ import annotations

import json
import resource
import shutil
import statistics
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeVar

    T = TypeVar("T")
    U = TypeVar("U")

GPUS = 72
CHIPS = 18
TURNS = range(3, 10)
"""How often a piece of work is timed: the least and, within its budget of seconds, the most."""
FILE = str(Path(__file__).with_name("rack.yaml"))
"""The same rack as a topology."""


def rack() -> list[tuple[int, int]]:
    """Return the links of a rack: each GPU to each switch chip, once."""
    return [(gpu, chip) for gpu in range(GPUS) for chip in range(CHIPS)]


def report(work: Callable[[], dict[str, int]], runs: int = 1) -> None:
    """Do the work and print its median seconds, without start and imports, and what the last run made."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        made = work()
        seconds.append(time.perf_counter() - start)
    print(json.dumps({"inner_seconds": statistics.median(seconds), "made": made}))


def report_beside(
    ready: Callable[[], T],
    work: Callable[[T], dict[str, int]],
    floors: Mapping[str, Callable[[T], object]],
    budget: float = 3.0,
) -> None:
    """Do the work and what it is measured against in turns; print the seconds of the first time and of turns.

    ``ready`` makes what each turn begins with, outside the clock. Turns go on until the ``budget`` of seconds
    is used, three at least. The peak memory is taken before anything but the work has run.
    """
    first, made = timed(work, ready())
    peak = peak_bytes() / 1e6
    for floor in floors.values():
        floor(ready())
    turns: list[list[float]] = []
    while len(turns) < TURNS.start or (len(turns) + 1 in TURNS and sum(map(sum, turns)) < budget):
        given = ready()
        seconds, made = timed(work, given)
        turns.append([seconds, *(timed(floor, given)[0] for floor in floors.values())])
    print(
        json.dumps(
            {
                "inner_seconds": statistics.median(turn[0] for turn in turns),
                "first_seconds": first,
                "inner_peak_mb": peak,
                "beside": {name: [[turn[0], turn[1 + n]] for turn in turns] for n, name in enumerate(floors)},
                "made": made,
            }
        )
    )


def timed(work: Callable[[T], U], given: T) -> tuple[float, U]:
    """Return the seconds that a piece of work takes, and what it returns."""
    start = time.perf_counter()
    made = work(given)
    return time.perf_counter() - start, made


def peak_bytes() -> int:
    """Return the most memory that this process has held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def renderer() -> str:
    """Return the program that makes pictures for every tool: graphviz-pure of this environment, else dot."""
    return shutil.which("graphviz-pure", path=sysconfig.get_path("scripts")) or shutil.which("dot") or "dot"


def svg_bytes(dot: str) -> int:
    """Return the size of the SVG of a DOT text."""
    done = subprocess.run([renderer(), "-Tsvg"], input=dot.encode(), check=True, capture_output=True)
    return len(done.stdout)


def renderer_as_dot(folder: Path) -> None:
    """Put the renderer into a folder under the name that other tools call."""
    (folder / "dot").symlink_to(Path(shutil.which(renderer()) or renderer()).resolve())
