"""The benchmarks run without any peer, build the same rack, and are the ones that the page shows."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks import guard, ratios
from benchmarks.harness import ROOT, Job, in_turns, run, table
from benchmarks.jobs.site import site
from benchmarks.nvl72 import JOBS
from benchmarks.scale_tables import WORK
from tests.helpers_fabric import fabric_of
from topogen.model.fabric import n_gpus

if TYPE_CHECKING:
    from pathlib import Path

PAGE = ROOT / "docs" / "benchmarks.md"
RACK = {"nodes": 90, "links": 1296}


def benchmark(name: str, *words: str) -> str:
    """Return what a benchmark prints."""
    return subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *words],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[dict[str, Any]]]:
    """Return what is printed, and the jobs of the JSON, in an environment without any peer."""
    folder = tmp_path_factory.mktemp("alone")
    venv.create(folder / "empty", symlinks=True)
    peers = folder / "empty" / "bin" / "python"
    printed = benchmark("nvl72", "--runs", "0", "--peers", str(peers), "--json", str(folder / "runs.json"))
    return printed, json.loads((folder / "runs.json").read_text())["jobs"]


def test_missing_peers_are_named_and_left_out(alone: tuple[str, list[dict[str, Any]]]) -> None:
    printed, jobs = alone
    for package in ("infragraph", "networklab", "wireviz"):
        assert f"{package} is not installed for " in printed
    assert {job["tool"] for job in jobs} == {"topogen", "plain networkx"}


def test_every_job_makes_the_same_rack(alone: tuple[str, list[dict[str, Any]]]) -> None:
    made = {(job["task"], job["tool"]): job["runs"][-1]["made"] for job in alone[1]}
    assert made["graph", "topogen"] == made["graph", "plain networkx"] == RACK
    assert {one["links"] for one in made.values()} == {RACK["links"]}
    assert made["BOM", "topogen"]["bom_lines"] > 1
    assert made["picture", "topogen"]["svg_bytes"] > 0


def test_a_job_that_fails_is_told_and_runs_no_more() -> None:
    job = Job("graph", "broken", "-c 'raise SystemExit(\"no such rack\")'", "nothing")
    (results,) = in_turns([job], 3, 60, sys.executable).values()
    assert [one.failure for one in results] == ["no such rack"]
    assert table({job: results}).row_count == 0


def test_memory_is_that_of_the_job_and_not_of_who_started_it() -> None:
    held = bytearray(200_000_000)
    small = run(Job("memory", "python", "-c ''", "nothing"), sys.executable)
    large = run(Job("memory", "python", "-c 'bytearray(100_000_000)'", "fills"), sys.executable)
    assert held
    assert small.peak_mb < 100 < large.peak_mb


def test_small_jobs_run() -> None:
    printed = benchmark("small_jobs", "--runs", "0")
    for name in ("topogen --help", "topogen build", "1,036,800 links"):
        assert name in printed


def test_a_job_that_does_not_come_to_an_end_is_ended() -> None:
    job = Job("graph", "endless", "-c 'import time; time.sleep(60)'", "nothing")
    assert run(job, sys.executable, stop=0.5).failure == "not done in 0 s"


@pytest.mark.parametrize("gpus", [72, 136, 8_192, 16_344, 20_000])
def test_a_site_has_the_gpus_that_are_asked_for(gpus: int) -> None:
    text = site(gpus).split("\n", maxsplit=2)[2]
    fabric = fabric_of(text, shipped=True)
    assert n_gpus(fabric) == gpus
    assert {one.basis for group in fabric.links for one in group.lengths} <= {"routed", "board"}


def test_every_job_of_a_large_site_runs() -> None:
    for job in (*WORK.values(), "bill", "schedule-every", "parquet-every", "pandas"):
        done = run(Job("rack", job, f"-m benchmarks.jobs.scale_ours {job} gb200-nvl72", ""), sys.executable)
        assert not done.failure
        assert done.made["links"] == 1_368
        assert done.first_seconds is not None


def test_the_bill_of_a_site_is_a_plain_count_of_its_columns(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(site(136))
    done = run(Job("", "", f"-m benchmarks.jobs.exact_site {tmp_path / 'site.yaml'}", ""), sys.executable)
    assert not done.failure
    assert done.made["bom_lines_that_agree"] > 8


def test_the_guard_fails_if_a_bound_is_exceeded(capsys: pytest.CaptureFixture[str]) -> None:
    bounds = (guard.Bound("small", "x", 1, 2, lambda: 1.5), guard.Bound("large", "x", 1, 2, lambda: 2.5))
    assert guard.report(bounds) == 1
    assert [
        line.split("|")[1].strip() for line in capsys.readouterr().out.splitlines() if "TOO MUCH" in line
    ] == ["large"]
    assert guard.report(bounds[:1]) == 0


def test_nothing_timed_is_a_check() -> None:
    assert {bound.unit for bound in guard.BOUNDS} == {"lines per link", "bytes per link"}
    assert {bound.unit for bound in ratios.RATIOS} == {"x"}


def test_a_ratio_above_its_bound_is_measured_again() -> None:
    found = iter((3.0, 2.5, 1.5))
    assert ratios.least(guard.Bound("busy", "x", 1, 2, lambda: next(found))).measure() == 1.5


def test_a_ratio_counts_what_a_process_starts() -> None:
    assert ratios.seconds_of(lambda: ratios.run_python("-c", "pass")) > 0


def test_page_shows_every_job() -> None:
    rows = [line.split("|") for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    shown = [(row[1].strip(), row[2].strip()) for row in rows]
    assert [pair for pair in shown if pair in {(job.task, job.tool) for job in JOBS}] == [
        (job.task, job.tool) for job in JOBS
    ]
