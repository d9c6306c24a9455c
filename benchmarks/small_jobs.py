"""How long the small jobs take: whole processes, and columns per link beside filling fresh memory.

Run ``python benchmarks/small_jobs.py`` in an environment with topogen installed. Compare the figures of one
run with each other: absolute times drift with the machine.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from topogen.build import build
from topogen.expand import expand
from topogen.reading import Sources, parse_files

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS = 9
RACKS = 800
BYTES_A_LINK = 12
TOPOGEN = [sys.executable, "-m", "topogen"]
FABRIC = f"""\
topogen: 1
name: many-racks
include: [gb200-nvl72]
instances: {{"r[1-{RACKS}]": nvl72}}
layout: {{slack: {{per_end: 0.1 m}}}}
"""


def seconds(work: Callable[[], object]) -> float:
    """Return the median time of some runs, after one that does not count."""
    work()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def process(*words: str) -> float:
    """Return the median time of a whole process."""
    return seconds(lambda: subprocess.run([*TOPOGEN, *words], check=True, capture_output=True))


def main() -> None:
    """Print one line a job."""
    with tempfile.TemporaryDirectory() as folder:
        bare = seconds(lambda: subprocess.run([sys.executable, "-c", ""], check=True))
        jobs = {
            "bare interpreter": bare,
            "topogen --help": process("--help"),
            "topogen bom gb200-nvl72": process("bom", "gb200-nvl72"),
            "topogen build gb200-nvl72": process("build", "gb200-nvl72", "-o", folder),
        }
        print(f"{'whole process':32}{'ms':>8}{'x bare':>8}")
        for name, taken in jobs.items():
            print(f"{name:32}{taken * 1e3:8.0f}{taken / bare:8.1f}")
        path = Path(folder) / "many.yaml"
        path.write_text(FABRIC)
        fabric = build(parse_files(str(path), None, (), Sources())[0])
    group = fabric.links[0]
    columns = seconds(lambda: expand(fabric, group))
    fill = seconds(lambda: np.full(group.count * BYTES_A_LINK, 1, np.uint8))
    print(f"\n{'columns':32}{'ns/link':>8}{'x fill':>8}")
    print(f"{f'{group.count:,} links':32}{columns / group.count * 1e9:8.1f}{columns / fill:8.1f}")


if __name__ == "__main__":
    main()
