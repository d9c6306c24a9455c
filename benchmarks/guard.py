"""A check against growing slow or large: lines run and bytes held per link.

Run ``python -m benchmarks.guard`` at the top of the project; it exits 1 if a bound is exceeded. Lines of
Python and bytes are counted, so they are the same on every machine, busy or not: a loop over links shows at
once. Whatever is timed is in ``benchmarks.ratios``.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import tracemalloc
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from rich.box import MARKDOWN
from rich.console import Console
from rich.table import Table

from benchmarks.jobs.site import site
from topogen.export.options import Options
from topogen.export.to_cable_schedule import schedule_pieces
from topogen.floor.per_link import length_numbers
from topogen.graph.by_link import link_graph
from topogen.load.reading import read_fabric
from topogen.model.expand import expand
from topogen.structure.proof import prove_ports
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType

    from _typeshed import TraceFunction

    from topogen.model.expand import Columns
    from topogen.model.fabric import Fabric

EVERY_LINK = Options(all_links=True)
GPUS = 8_192
FEW = 2_048
"""GPUs of the graph: 50,000 links."""


@dataclass(frozen=True)
class Bound:
    """A measure that must not grow: its value when the bound was set, and the bound."""

    name: str
    unit: str
    was: float
    most: float
    measure: Callable[[], float]


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


def schedule_bytes(made: Fabric) -> int:
    """Make the schedule of every link and return its bytes."""
    return sum(len(piece) for piece, _ in schedule_pieces(made, EVERY_LINK))


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
    Bound("columns and lengths", "lines per link", 0, 0.1, lines_of_columns),
    Bound("proof of ports", "lines per link", 0, 0.1, lines_of_proof),
    Bound("bill", "lines per link", 0, 0.1, lines_of_bill),
    Bound("schedule of every link", "lines per link", 0.1, 0.15, lines_of_schedule),
    Bound("columns", "bytes per link", 12.6, 14, bytes_of_columns),
    Bound("lengths of the scale-up", "bytes per link", 2.4, 5, bytes_of_lengths),
    Bound("bill", "bytes per link", 0.24, 1, bytes_of_bill),
    Bound("schedule of every link", "bytes per link", 40, 55, bytes_of_schedule),
    Bound("link_graph", "bytes per link", 385, 450, bytes_of_graph),
)


def report(bounds: Sequence[Bound]) -> int:
    """Print every measure with its bound; return 1 if one is exceeded."""
    shown = Table(box=MARKDOWN)
    for name in ("what", "unit", "found", "was", "at most", ""):
        shown.add_column(name)
    exceeded = False
    for bound in bounds:
        found = bound.measure()
        above = found > bound.most
        exceeded |= above
        numbers = (f"{found:.4g}", f"{bound.was:g}", f"{bound.most:g}")
        shown.add_row(bound.name, bound.unit, *numbers, "TOO MUCH" if above else "")
    Console(width=None if sys.stdout.isatty() else 110).print(shown)
    return 1 if exceeded else 0


if __name__ == "__main__":
    sys.exit(report(BOUNDS))
