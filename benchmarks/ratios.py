"""Times as ratios to a floor of the same run, reported by ``python3 run.py bench``.

A ratio is the median of pairs of processor seconds that take turns, and one above its bound is measured twice
more. Still, another machine has other caches, and a busy one gives other ratios: nothing fails on them.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np

from benchmarks.guard import EVERY_LINK, FEW, GPUS, Bound, columns, fabric, report
from tests.helpers_graph import plain_link_graph
from topogen.export.to_cable_schedule import schedule_pieces
from topogen.floor.per_link import length_numbers
from topogen.graph.by_link import link_graph
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from topogen.graph.edges import Graph

PAIRS = 9
TRIES = 3
LIBRARIES = "import click, numpy, pydantic, rich.console, rich.table, yaml"
"""What a command that prints the BOM of a file cannot do without."""


def ratio(ours: Callable[[], object], floor: Callable[[], object]) -> float:
    """Return ours over the floor, the median of pairs that take turns, after one that warms up."""
    pairs = [(seconds_of(ours), seconds_of(floor)) for _ in range(1 + PAIRS)][1:]
    return statistics.median(mine / other for mine, other in pairs)


def seconds_of(work: Callable[[], object]) -> float:
    """Return the processor seconds of some work and of what it starts: what else runs counts little."""
    start = processor_seconds()
    work()
    return processor_seconds() - start


def processor_seconds() -> float:
    """Return the processor seconds of this process and of those it has started and seen end."""
    started = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + started.ru_utime + started.ru_stime


def widen() -> object:
    """Widen every column to 64 bits: a pass over the links that reads, writes and takes memory."""
    return [array.astype(np.int64) for one in columns() for array in (one.a, one.a_port, one.b, one.b_port)]


def measuring() -> float:
    made = fabric(GPUS)
    return ratio(lambda: [length_numbers(made, group, group.blocks) for group in made.links], widen)


def rolling_up() -> float:
    """Return the bill of twice the GPUs over the bill: 1 where links cost nothing, 2 where they do."""
    small, large = fabric(GPUS, floor=False), fabric(2 * GPUS, floor=False)
    return ratio(lambda: roll_up(large), lambda: roll_up(small))


def writing() -> float:
    """Return the schedule of every link, to a file, over writing as many bytes."""
    made = fabric(GPUS, floor=False)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "schedule.csv"

        def ours() -> None:
            with target.open("wb", buffering=0) as file:
                for piece, _ in schedule_pieces(made, EVERY_LINK):
                    file.write(piece)

        ours()
        block = bytes(target.stat().st_size)
        return ratio(ours, lambda: target.write_bytes(block))


def graphing() -> float:
    made = fabric(FEW, floor=False)
    plain = list(plain_link_graph(made).edges(keys=True, data=True))

    def add_edges() -> None:
        graph: Graph = nx.MultiGraph()
        edges: Any = ((a, b, key, dict(data)) for a, b, key, data in plain)
        graph.add_edges_from(edges)

    return ratio(lambda: link_graph(made), add_edges)


def starting() -> float:
    """Return the BOM of one rack, a whole command, over starting Python and importing the libraries."""
    return ratio(
        partial(run_python, "-m", "topogen", "bom", "gb200-nvl72"), partial(run_python, "-c", LIBRARIES)
    )


def run_python(*words: str) -> None:
    """Run Python to its end."""
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)


RATIOS = (
    Bound("lengths over widening the columns", "x", 2.1, 6, measuring),
    Bound("bill of twice the GPUs over the bill", "x", 1.0, 1.5, rolling_up),
    Bound("schedule over writing its bytes", "x", 6.5, 19, writing),
    Bound("link_graph over add_edges_from", "x", 0.25, 0.5, graphing),
    Bound("BOM of one rack over importing libraries", "x", 2.0, 3, starting),
)


def least(bound: Bound) -> Bound:
    """Return the bound with a measure that is taken again while it is above the bound."""

    def measure() -> float:
        found = bound.measure()
        for _ in range(TRIES - 1):
            if found <= bound.most:
                break
            found = min(found, bound.measure())
        return found

    return replace(bound, measure=measure)


if __name__ == "__main__":
    sys.exit(report([least(bound) for bound in RATIOS]))
