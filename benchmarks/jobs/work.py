"""What every job shares: the line that the harness reads, the rack that tools build, the renderer.

Only the standard library, for the peers' environment may hold nothing of ours.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sysconfig
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

GPUS = 72
CHIPS = 18
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
