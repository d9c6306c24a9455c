"""A guard against growing slow or large: ratios to a floor of the same run, lines run, bytes held.

Run ``python -m benchmarks.guard`` at the top of the project; it exits 1 where a bound is passed. Lines of
Python and bytes are counted, the same on every machine: a loop over links shows at once. A ratio is the
median of pairs of processor seconds that take turns; one above its bound is measured twice more, and the
least counts. Bounds of ratios are two to three times what was measured: other machines have other caches.
"""

from __future__ import annotations

import gc
import statistics
import sys
import tempfile
import time
import tracemalloc
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
from rich.box import MARKDOWN
from rich.console import Console
from rich.table import Table

from benchmarks.jobs.site import site
from tests.helpers_graph import plain_link_graph
from topogen.export.options import Options
from topogen.export.to_cable_schedule import schedule_pieces
from topogen.floor.per_link import length_numbers
from topogen.graph.by_link import link_graph
from topogen.load.reading import read_fabric
from topogen.model.expand import expand
from topogen.structure.proof import prove_ports
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from _typeshed import TraceFunction

    from topogen.graph.edges import Graph
    from topogen.model.expand import Columns
    from topogen.model.fabric import Fabric

EVERY_LINK = Options(all_links=True)
GPUS = 8_192
FEW = 2_048
"""GPUs of the graph: 50,000 links."""
PAIRS = 9
TRIES = 3


@dataclass(frozen=True)
class Bound:
    """What must not grow: what it is, in which unit, what it was when the bound was set, and the bound."""

    name: str
    unit: str
    was: float
    most: float
    measure: Callable[[], float]

    def found(self) -> float:
        """Return the measure, the least of some where the first is above the bound."""
        least = self.measure()
        for _ in range(TRIES - 1):
            if least <= self.most:
                break
            least = min(least, self.measure())
        return least


@cache
def fabric(gpus: int, *, floor: bool = True) -> Fabric:
    """Return a site."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "site.yaml"
        file.write_text(site(gpus, floor=floor))
        return read_fabric(str(file))


@cache
def columns() -> list[Columns]:
    """Return the links of a site, to be looked at only."""
    return [expand(fabric(GPUS), group) for group in fabric(GPUS).links]


# Ratios


def ratio(ours: Callable[[], object], floor: Callable[[], object]) -> float:
    """Return ours over the floor, the median of pairs that take turns, after one that warms up."""
    pairs = [(seconds_of(ours), seconds_of(floor)) for _ in range(1 + PAIRS)][1:]
    return statistics.median(mine / other for mine, other in pairs)


def seconds_of(work: Callable[[], object]) -> float:
    """Return the processor seconds of a piece of work: what else the machine does counts little."""
    start = time.process_time()
    work()
    return time.process_time() - start


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


def schedule_bytes(made: Fabric) -> int:
    """Make the schedule of every link and return its bytes."""
    return sum(len(piece) for piece, _ in schedule_pieces(made, EVERY_LINK))


def graphing() -> float:
    made = fabric(FEW, floor=False)
    plain = list(plain_link_graph(made).edges(keys=True, data=True))

    def add_edges() -> None:
        graph: Graph = nx.MultiGraph()
        edges: Any = ((a, b, key, dict(data)) for a, b, key, data in plain)
        graph.add_edges_from(edges)

    return ratio(lambda: link_graph(made), add_edges)


# Lines


def lines_of(work: Callable[[Fabric], object]) -> float:
    """Return the lines of Python that work runs more for a site of twice the GPUs, over its further links."""
    runs = [lines_run(work, fabric(gpus, floor=False)) for gpus in (GPUS, 2 * GPUS)]
    links = [fabric(gpus, floor=False).n_links for gpus in (GPUS, 2 * GPUS)]
    return (runs[1] - runs[0]) / (links[1] - links[0])


def lines_run(work: Callable[[Fabric], object], made: Fabric) -> int:
    """Return how many lines of Python a piece of work runs, a step of a loop being one."""
    work(made)
    count = 0

    def trace(_frame: FrameType, event: str, _arg: object) -> TraceFunction:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work(made)
    finally:
        sys.settrace(before)
    return count


def lines_of_columns() -> float:
    return lines_of(
        lambda made: [(expand(made, one), length_numbers(made, one, one.blocks)) for one in made.links]
    )


def lines_of_proof() -> float:
    return lines_of(prove_ports)


def lines_of_bill() -> float:
    return lines_of(roll_up)


def lines_of_schedule() -> float:
    return lines_of(schedule_bytes)


# Bytes


def peak_of(work: Callable[[], object]) -> int:
    """Return the most bytes that work, done for the second time, holds at once, its result included."""
    work()
    gc.collect()
    tracemalloc.start()
    held = work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    del held
    return peak


def bytes_of_columns() -> float:
    made = fabric(GPUS)
    return peak_of(lambda: [expand(made, group) for group in made.links]) / made.n_links


def bytes_of_lengths() -> float:
    made = fabric(GPUS)
    group = made.links[0]
    return peak_of(lambda: length_numbers(made, group, group.blocks)) / group.count


def bytes_of_bill() -> float:
    made = fabric(GPUS, floor=False)
    return peak_of(lambda: roll_up(made)) / made.n_links


def bytes_of_schedule() -> float:
    made = fabric(GPUS, floor=False)
    return peak_of(lambda: schedule_bytes(made)) / made.n_links


def bytes_of_graph() -> float:
    made = fabric(FEW, floor=False)
    return peak_of(lambda: link_graph(made)) / made.n_links


BOUNDS = (
    Bound("columns and lengths", "lines a link", 0, 0.1, lines_of_columns),
    Bound("proof of ports", "lines a link", 0, 0.1, lines_of_proof),
    Bound("bill", "lines a link", 0, 0.1, lines_of_bill),
    Bound("schedule of every link", "lines a link", 0.1, 0.15, lines_of_schedule),
    Bound("lengths over widening the columns", "x", 2.1, 6, measuring),
    Bound("bill of twice the GPUs over the bill", "x", 1.0, 1.5, rolling_up),
    Bound("schedule over writing its bytes", "x", 6.5, 19, writing),
    Bound("link_graph over add_edges_from", "x", 0.25, 0.5, graphing),
    Bound("columns", "bytes a link", 12.6, 14, bytes_of_columns),
    Bound("lengths of the scale-up", "bytes a link", 2.4, 5, bytes_of_lengths),
    Bound("bill", "bytes a link", 0.24, 1, bytes_of_bill),
    Bound("schedule of every link", "bytes a link", 40, 55, bytes_of_schedule),
    Bound("link_graph", "bytes a link", 385, 450, bytes_of_graph),
)


def main() -> int:
    """Print every measure beside its bound; return 1 where one is passed."""
    shown = Table(box=MARKDOWN)
    for name in ("what", "unit", "found", "was", "at most", ""):
        shown.add_column(name)
    passed = True
    for bound in BOUNDS:
        found = bound.found()
        holds = found <= bound.most
        passed &= holds
        shown.add_row(
            bound.name,
            bound.unit,
            f"{found:.4g}",
            f"{bound.was:g}",
            f"{bound.most:g}",
            "" if holds else "TOO MUCH",
        )
    Console(width=None if sys.stdout.isatty() else 110).print(shown)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
