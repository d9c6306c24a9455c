"""The tables of ``benchmarks.scale``: what each job took, how it grows, and what it is beside.

A table is made from the lines of a run, or from those that ``--json`` has kept.
"""

from __future__ import annotations

import json
import math
import statistics
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

from rich.box import MARKDOWN
from rich.console import Console
from rich.table import Table

from benchmarks.harness import WIDTH, Run, ratio

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

RACK = 72
WORK = {
    "build": "model",
    "BOM": "bom",
    "columns": "columns",
    "schedule": "schedule",
    "schedule as Parquet": "parquet",
    "graph": "graph",
    "check of ports": "ports",
    "check of degrees": "degrees",
}
"""The jobs in this process's own words, in the order of the tables."""

PEERS = {"infragraph", "netlab", "igraph", "rustworkx"}
"""Tools that may be missing, or not come to an end."""
MARKS = ("<!-- scale -->", "<!-- end scale -->")


@dataclass(frozen=True)
class Line:
    """A job of the tables: what is done, how many GPUs (or hosts) it is done for, and its runs."""

    job: str
    gpus: int
    tool: str
    runs: list[Run]

    @property
    def failure(self) -> str:
        """Return why the job was not done; empty where it was."""
        return self.runs[-1].failure or self.runs[-1].note

    @property
    def seconds(self) -> float:
        """Return the median of the work, of the whole process where that was the work."""
        return statistics.median(
            one.seconds if one.inner_seconds is None else one.inner_seconds for one in self.runs
        )

    @property
    def links(self) -> int:
        """Return how many links were made, 0 where the job does not say."""
        return self.runs[-1].made.get("links", 0)

    @property
    def each_ns(self) -> str:
        """Return the ns a link, or a row where rows are written; empty where there is none of them."""
        made = self.runs[-1].made
        number = made.get("rows", self.links)
        return f"{self.seconds * 1e9 / number:,.1f}" if number else ""

    @property
    def peak_mb(self) -> float:
        """Return the largest memory of a process, before it did anything but the work."""
        return max(one.peak_mb if one.inner_peak_mb is None else one.inner_peak_mb for one in self.runs)


def grid(*names: str) -> Table:
    """Return an empty table; names that begin with # are of numbers."""
    shown = Table(box=MARKDOWN)
    for name in names:
        shown.add_column(name.removeprefix("#"), justify="right" if name.startswith("#") else "left")
    return shown


def work_table(lines: Sequence[Line]) -> Table:
    """Return time and memory of each job at each size, with how it grows from the size before."""
    names = (
        "job",
        "#GPUs",
        "#links",
        "#first s",
        "#median s",
        "#min to max",
        "#ns each",
        "#grows as n^",
        "#peak MB",
        "#runs",
        "",
    )
    shown = grid(*names)
    ours = [line for line in lines if line.tool == "topogen" and line.job != "fat tree"]
    for job in dict.fromkeys(line.job for line in ours):
        before: Line | None = None
        for line in (line for line in ours if line.job == job):
            if line.failure:
                shown.add_row(job, count(line.gpus), count(line.links), *[""] * 7, line.failure)
                continue
            shown.add_row(*work_cells(line, before))
            before = line
    return shown


def work_cells(line: Line, before: Line | None) -> list[str]:
    """Return the row of a job at one size."""
    first = [one.first_seconds for one in line.runs if one.first_seconds is not None]
    spread = [pair[0] for one in line.runs for pairs in one.beside.values() for pair in pairs]
    spread = spread or [one.inner_seconds or one.seconds for one in line.runs]
    return [
        line.job,
        count(line.gpus),
        count(line.links),
        f"{statistics.median(first):.4f}" if first else "",
        f"{line.seconds:.4f}",
        f"{min(spread):.4f} to {max(spread):.4f}",
        line.each_ns,
        "" if before is None or not before.links else f"{exponent(before, line):.2f}",
        f"{line.peak_mb:.0f}",
        str(len(line.runs)),
    ]


def growth_table(lines: Sequence[Line]) -> Table:
    """Return what a link costs at each size, and the power that the whole time grows with above one rack."""
    shown = grid("job")
    ours = [line for line in lines if line.tool == "topogen" and line.job in WORK and not line.failure]
    sizes = sorted({line.gpus for line in ours})
    for name in (*(f"{gpus:,} GPUs" for gpus in sizes), "time grows as links^"):
        shown.add_column(name, justify="right")
    for job in dict.fromkeys(line.job for line in ours):
        found = {line.gpus: line for line in ours if line.job == job}
        cells = [found[gpus].each_ns if gpus in found else "" for gpus in sizes]
        large = [line for gpus, line in found.items() if gpus > RACK]
        shown.add_row(job, *cells, f"{fitted(large):.2f}" if len(large) > 1 else "")
    return shown


def fitted(lines: Sequence[Line]) -> float:
    """Return the power of links that fits the times best, by least squares of logarithms."""
    links, seconds = (
        [math.log(value) for value in values]
        for values in zip(*((line.links, line.seconds) for line in lines), strict=True)
    )
    return statistics.linear_regression(links, seconds).slope


def exponent(before: Line, line: Line) -> float:
    """Return the power of the number of links that the time grew with."""
    return math.log(line.seconds / before.seconds) / math.log(line.links / before.links)


def floor_table(lines: Sequence[Line]) -> Table:
    """Return each job beside what it was measured against, in turns in the same processes."""
    shown = grid(
        "job",
        "#GPUs",
        "against",
        "#ours s",
        "#that s",
        "#ours / that",
        "#min to max",
        "#turns",
    )
    for line in lines:
        for name in line.runs[-1].beside:
            turns = [pair for one in line.runs for pair in one.beside[name]]
            times = [mine / other for mine, other in turns]
            ours, other = (statistics.median(side) for side in zip(*turns, strict=True))
            spread = f"{ratio(min(times), 1)} to {ratio(max(times), 1)}"
            middle = ratio(statistics.median(times), 1)
            shown.add_row(
                line.job,
                count(line.gpus),
                name,
                f"{ours:.4f}",
                f"{other:.4f}",
                middle,
                spread,
                str(len(turns)),
            )
    return shown


def size_table(lines: Sequence[Line]) -> Table:
    """Return the bytes of the Parquet files beside those of the CSV that says the same."""
    shown = grid("job", "#GPUs", "#rows", "#CSV MB", "#Parquet MB", "#CSV / Parquet")
    for line in lines:
        made = line.runs[-1].made
        if "csv_bytes" in made:
            csv, other = made["csv_bytes"], made["bytes"]
            sizes = [f"{size / 1e6:,.1f}" for size in (csv, other)]
            shown.add_row(line.job, count(line.gpus), count(made["rows"]), *sizes, ratio(csv, other))
    return shown


def tools_table(lines: Sequence[Line]) -> Table:
    """Return jobs that several tools do, each beside ours at the same size."""
    shown = grid(
        "job",
        "#GPUs",
        "tool",
        "#median s",
        "#x ours",
        "#peak MB",
        "#x ours",
        "#runs",
        "made",
    )
    for line in lines:
        ours = next(
            (one for one in lines if (one.job, one.gpus, one.tool) == (line.job, line.gpus, "topogen")), None
        )
        if ours is None or all(
            one.tool == "topogen" for one in lines if (one.job, one.gpus) == (line.job, line.gpus)
        ):
            continue
        if line.failure:
            shown.add_row(line.job, count(line.gpus), line.tool, *[""] * 5, line.failure)
            continue
        made = ", ".join(f"{value:,} {name.replace('_', ' ')}" for name, value in line.runs[-1].made.items())
        shown.add_row(
            line.job,
            count(line.gpus),
            line.tool,
            f"{line.seconds:.3f}",
            ratio(line.seconds, ours.seconds),
            f"{line.peak_mb:.0f}",
            ratio(line.peak_mb, ours.peak_mb),
            str(len(line.runs)),
            made,
        )
    return shown


def other_table(lines: Sequence[Line]) -> Table:
    """Return whole processes, and what has nothing beside it."""
    shown = grid("job", "#GPUs", "#median s", "#min to max", "#peak MB", "#runs", "made")
    for line in (line for line in lines if line.tool in {"whole process", "python", "plain Python"}):
        seconds = [one.seconds for one in line.runs]
        made = ", ".join(f"{value:,} {name.replace('_', ' ')}" for name, value in line.runs[-1].made.items())
        spread = f"{min(seconds):.3f} to {max(seconds):.3f}"
        peak = f"{max(one.peak_mb for one in line.runs):.0f}"
        shown.add_row(
            line.job,
            count(line.gpus),
            line.failure or f"{line.seconds:.3f}",
            spread,
            peak,
            str(len(seconds)),
            made,
        )
    return shown


def count(number: int) -> str:
    return f"{number:,}" if number else ""


TABLES: dict[str, Callable[[Sequence[Line]], Table]] = {
    "Every job at every size": work_table,
    "What a link costs at each size": growth_table,
    "Beside what it is measured against, in turns": floor_table,
    "Size of the Parquet files": size_table,
    "Beside other ways and tools": tools_table,
    "Whole processes": other_table,
}


def read_lines(source: Path) -> tuple[list[Line], dict[str, str]]:
    """Return the lines and the machine of a file that was written before."""
    held = json.loads(source.read_text())
    lines = [
        Line(one["job"], one["gpus"], one["tool"], [Run(**run) for run in one["runs"]])
        for one in held["lines"]
    ]
    return lines, held["machine"]


def markdown(lines: Sequence[Line], machine: dict[str, str]) -> str:
    """Return all tables as text."""
    console = Console(width=WIDTH, file=StringIO(), record=True)
    for title, table in TABLES.items():
        console.print(f"### {title}\n")
        console.print(table(lines))
    console.print("; ".join(f"{name} {value}" for name, value in machine.items()), soft_wrap=True)
    return "\n".join(line.rstrip() for line in console.export_text().splitlines())


def put_into(page: Path, text: str) -> None:
    """Put the tables between the marks of a page."""
    before, _, rest = page.read_text().partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    page.write_text(f"{before}{MARKS[0]}\n{text}\n{MARKS[1]}{after}")
