"""One rack to a million GPUs: every job of ours, beside the least it can take, the obvious way and the peers.

Run ``python -m benchmarks.scale`` at the top of the project, with nothing else on the machine; it needs 8 GB
of memory and 6 GB of disk. BENCHMARK_FOLDER names a folder on the disk that schedules are written to.
``--quick`` runs a part of it.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from benchmarks.harness import PYTHON, Job, in_turns, peer_versions, this_machine
from benchmarks.jobs.site import site
from benchmarks.scale_tables import PEERS, RACK, WORK, Line, markdown, put_into, read_lines

if TYPE_CHECKING:
    from collections.abc import Iterable


OURS = "-m benchmarks.jobs.scale_ours"
SIZES = (RACK, 8_192, 65_536, 131_072, 1_000_000)
HUNDRED = 100_000
TEN_MILLION = 10_000_000
WHOLE = 9
"""Runs of whole processes, which are over in a second and drift with the machine."""
STOP = 240.0
"""Seconds after which a job is ended and has failed."""

TREES = {
    8: ("topogen", "networkx", "netlab"),
    16: ("topogen", "networkx", "igraph", "rustworkx", "infragraph", "netlab"),
    32: ("topogen", "networkx", "igraph", "rustworkx", "infragraph", "netlab"),
    64: ("topogen", "networkx", "igraph", "rustworkx", "infragraph", "netlab"),
}
"""Which tool builds which k-ary fat tree; one that did not come to an end is not asked for a larger one."""

QUICK_TREES = {8: TREES[8], 16: TREES[16][:-1]}
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
PACKAGES = {"infragraph": "infragraph", "netlab": "networklab"}


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
