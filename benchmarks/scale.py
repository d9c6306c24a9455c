"""One rack to a million GPUs: every job of ours, beside the least it can take, the obvious way and the peers.

Run ``python -m benchmarks.scale`` at the top of the project, with nothing else on the machine; it needs 8 GB
of memory and 6 GB of disk. BENCHMARK_FOLDER names a folder on the disk that schedules are written to.
``--quick`` runs a part of it.
"""

from __future__ import annotations

import json
import math
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.box import MARKDOWN
from rich.console import Console
from rich.table import Table

from benchmarks.harness import PYTHON, WIDTH, Job, Run, in_turns, peer_versions, ratio, this_machine
from benchmarks.jobs.site import site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


OURS = "-m benchmarks.jobs.scale_ours"
RACK = 72
SIZES = (RACK, 8_192, 65_536, 131_072, 1_000_000)
HUNDRED = 100_000
TEN_MILLION = 10_000_000
WHOLE = 9
"""Runs of whole processes, which are over in a second and drift with the machine."""
STOP = 240.0
"""Seconds after which a job is ended and has failed."""

WORK = {
    "build": "model",
    "BOM": "bom",
    "columns": "columns",
    "schedule": "schedule",
    "schedule as Parquet": "parquet",
    "graph": "graph",
    "check of ports": "ports",
    "check of degrees": "degrees",
    "links across a cut": "cut",
}
"""The jobs in this process's own words, in the order of the tables."""

TREES = {
    8: ("topogen", "networkx", "netlab"),
    16: ("topogen", "networkx", "igraph", "rustworkx", "infragraph", "netlab"),
    32: ("topogen", "networkx", "igraph", "rustworkx", "infragraph", "netlab"),
    64: ("topogen", "networkx", "igraph", "rustworkx", "infragraph", "netlab"),
}
"""Which tool builds which k-ary fat tree; one that did not come to an end is not asked for a larger one."""

QUICK_TREES = {8: TREES[8], 16: TREES[16][:-1]}
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
MARKS = ("<!-- scale -->", "<!-- end scale -->")
PEERS = {"infragraph", "netlab", "igraph", "rustworkx"}
"""Tools that may be missing, or not come to an end."""
PACKAGES = {"infragraph": "infragraph", "netlab": "networklab"}


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


class Bench:
    """Runs jobs and keeps what they took."""

    def __init__(self, folder: Path, peers: str, runs: int, limit: float) -> None:
        self.folder, self.peers, self.runs, self.limit = folder, peers, runs, limit
        self.lines: list[Line] = []

    def file(self, gpus: int, *, floor: bool = True) -> str:
        """Return the topology of so many GPUs: the shipped rack, or a site written into the folder."""
        if gpus == RACK:
            return "gb200-nvl72"
        target = self.folder / f"{'site' if floor else 'bare'}-{gpus}.yaml"
        if not target.exists():
            target.write_text(site(gpus, floor=floor))
        return str(target)

    def run(self, jobs: dict[tuple[str, int, str], str], *, runs: int | None = None) -> list[Line]:
        """Run jobs in turns, by (job, GPUs, tool) the words of each; return and keep their lines."""
        made = {key: Job(key[0], key[2], words, "", PACKAGES.get(key[2], "")) for key, words in jobs.items()}
        start = time.perf_counter()
        done = in_turns(
            list(made.values()), self.runs if runs is None else runs, self.limit, self.peers, STOP
        )
        lines = [Line(*key, done[job]) for key, job in made.items()]
        for line in lines:
            told = line.failure or f"{line.seconds:.4f} s, {line.peak_mb:.0f} MB"
            print(f"  {line.job}, {line.gpus:,}, {line.tool}: {told}", file=sys.stderr)
        print(f"  ({time.perf_counter() - start:.0f} s)", file=sys.stderr, flush=True)
        self.lines += lines
        return lines


def sites(bench: Bench, sizes: Iterable[int]) -> None:
    """Run every job of ours at every size."""
    for gpus in sizes:
        file = bench.file(gpus)
        bench.run({(job, gpus, "topogen"): f"{OURS} {word} {file}" for job, word in WORK.items()})


def commands(bench: Bench, sizes: Iterable[int]) -> None:
    """Run the whole command beside a bare interpreter, and the bill without a floor."""
    jobs = {("bare interpreter", 0, "python"): "-c ''"}
    for gpus in sizes:
        jobs["topogen bom", gpus, "whole process"] = f"-m topogen bom {bench.file(gpus)}"
    bench.run(jobs, runs=max(bench.runs, WHOLE))


def what_ifs(bench: Bench) -> None:
    """Run a thousand variations of the largest site as one command: other sizes, each built, and prices."""
    sizes = "templates.pod.contains.nvl72=" + ",".join(map(str, range(178, 228)))
    sizes += " --over templates.last.contains.nvl72=" + ",".join(map(str, range(22, 42)))
    prices = "catalog.parts.osfp_800g_2xdr4.price_usd=" + ",".join(map(str, range(500, 1_500)))
    for name, over, floor in (("sizes", sizes, False), ("prices", prices, True)):
        words = f"-m topogen what-if {bench.file(SIZES[-1], floor=floor)} --over {over} --format csv"
        bench.run({(f"topogen what-if, 1,000 {name}", SIZES[-1], "whole process"): words}, runs=1)


def bills(bench: Bench, *, quick: bool) -> None:
    """Run bills where no cord has a route, and that of ten million GPUs."""
    bench.run({("BOM, no floor", 1_000_000, "topogen"): f"{OURS} bom {bench.file(1_000_000, floor=False)}"})
    if not quick:
        large = bench.file(TEN_MILLION, floor=False)
        bench.run({("BOM, no floor", TEN_MILLION, "topogen"): f"{OURS} bom-alone {large}"}, runs=0)


def obvious(bench: Bench) -> None:
    """Run ours beside loops, networkx and pandas, without a floor, and the exact comparison with one."""
    file = bench.file(HUNDRED, floor=False)
    bench.run(
        {
            ("file to BOM", HUNDRED, "topogen"): f"{OURS} bill {file}",
            (
                "file to BOM",
                HUNDRED,
                "networkx, loop, pandas",
            ): f"-m benchmarks.jobs.obvious_site {HUNDRED} {file}",
            ("schedule, every link", HUNDRED, "topogen"): f"{OURS} schedule-every {file}",
            ("schedule", HUNDRED, "topogen"): f"{OURS} schedule {file}",
            ("schedule", HUNDRED, "pandas"): f"{OURS} pandas {file}",
        }
    )
    exact = f"-m benchmarks.jobs.exact_site {bench.file(HUNDRED)}"
    bench.run({("every part counted again", HUNDRED, "plain Python"): exact}, runs=0)


def large_files(bench: Bench) -> None:
    """Run the schedule of every link of the largest site."""
    jobs = {"schedule, every link": "schedule-every", "schedule as Parquet, every link": "parquet-every"}
    file = bench.file(SIZES[-1])
    bench.run({(job, SIZES[-1], "topogen"): f"{OURS} {word} {file}" for job, word in jobs.items()})


def graphs(bench: Bench, file: str = "racks_1500.yaml") -> None:
    """Run the link graph of two million links beside ``add_edges_from``."""
    words = "-m benchmarks.jobs.link_graphs"
    jobs = {
        (f"link graph, {file}", 0, tool): f"{words} {way} {file}"
        for tool, way in (("topogen", "link_graph"), ("add_edges_from", "plain"))
    }
    bench.run(jobs, runs=1)


def trees(bench: Bench, *, quick: bool) -> None:
    """Run fat trees in every tool; one that fails at a size is named and asked for no larger one."""
    found = peer_versions(bench.peers, set(PACKAGES.values()))
    out = {
        tool: f"{package} is not installed for --peers"
        for tool, package in PACKAGES.items()
        if not found[package]
    }
    for k, tools in QUICK_TREES.items() if quick else TREES.items():
        hosts = k**3 // 4
        able = [tool for tool in tools if tool not in out]
        lines = bench.run(
            {("fat tree", hosts, tool): f"-m benchmarks.jobs.fat_tree {tool} {k}" for tool in able}
        )
        for line in lines:
            if line.failure:
                out[line.tool] = f"{line.failure} at {hosts:,} hosts"
    for tool, why in out.items():
        print(f"{tool}: {why}; larger ones left out")


# Tables


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


@click.command(help="One rack to a million GPUs, beside floors, the obvious way and peers.")
@click.option("--quick", is_flag=True, help="Fewer sizes and runs: three minutes instead of twenty-five.")
@click.option("--runs", default=1, show_default=True, help="Processes of each job, after one that warms up.")
@click.option("--limit", default=15.0, show_default=True, help="Seconds after which a job is run no more.")
@click.option("--peers", default=sys.executable, type=PYTHON, help="Interpreter that has the peers.")
@click.option("--json", "target", type=click.Path(path_type=Path), help="Write every run into a file.")
@click.option("--from", "source", type=FILE, help="Run nothing: show the runs of a file that --json wrote.")
@click.option("--page", type=FILE, help="Put the tables between the marks of a page as well.")
def command(  # noqa: PLR0913 - one an option
    *,
    quick: bool,
    runs: int,
    limit: float,
    peers: Path,
    target: Path | None,
    source: Path | None,
    page: Path | None,
) -> None:
    """Run all of it and print the tables; exit 1 where one of our own jobs fails."""
    if source:
        lines, machine = read_lines(source)
    else:
        lines, machine = measured(str(peers.absolute()), 0 if quick else runs, limit, quick=quick)
    text = markdown(lines, machine)
    print(text)
    if target:
        kept = {"machine": machine, "lines": [asdict(line) for line in lines]}
        target.write_text(json.dumps(kept, indent=2) + "\n")
    if page:
        put_into(page, text)
    sys.exit(any(line.runs[-1].failure for line in lines if line.tool not in PEERS))


def measured(peers: str, runs: int, limit: float, *, quick: bool) -> tuple[list[Line], dict[str, str]]:
    """Return what every job took, and on which machine."""
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name), peers, runs, limit)
        sites(bench, SIZES[:3] if quick else SIZES)
        commands(bench, SIZES)
        bills(bench, quick=quick)
        if not quick:
            what_ifs(bench)
            obvious(bench)
            large_files(bench)
            graphs(bench)
        trees(bench, quick=quick)
    minutes = f"{(time.perf_counter() - start) / 60:.0f} minutes"
    found = peer_versions(bench.peers, set(PACKAGES.values()))
    versions = {name: version for name, version in found.items() if version}
    return bench.lines, this_machine() | versions | {"all of it": minutes}


if __name__ == "__main__":
    command()
