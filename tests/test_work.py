"""Work shared out among processes and on a Dask cluster: the same results, in order."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import distributed
import pytest
from click.testing import CliRunner

import topogen
from tests.helpers_fabric import shipped_fabric
from topogen.cli import group
from topogen.errors import InputError
from topogen.study.fault_sweep import sweep
from topogen.work import kept_in, share_out

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
START_SECONDS = 60


def square(number: int) -> int:
    return number * number


def die_once(number: int, folder: str) -> int:
    """Kill the worker of the first task that comes here."""
    marker = Path(folder) / "killed"
    if number == 3 and not marker.exists():
        marker.touch()
        os._exit(1)
    time.sleep(0.01)
    return number * number


CORD = "catalog.parts.mpo12_cord.price_usd"


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """Yield the address of a Dask scheduler with two workers, each a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    dask = [sys.executable, "-m", "dask"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    commands = [
        [*dask, "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", "--no-show"],
        [*dask, "worker", address, "--nworkers", "2", "--nthreads", "1", "--no-dashboard"],
    ]
    started = [subprocess.Popen(words, env=env, **quiet) for words in commands]  # type: ignore[call-overload]
    try:
        with distributed.Client(  # type: ignore[no-untyped-call, unused-ignore]
            address, timeout=START_SECONDS, set_as_default=False
        ) as client:
            client.wait_for_workers(2, timeout=START_SECONDS)
        yield address
    finally:
        for one in reversed(started):
            one.terminate()
            one.wait(START_SECONDS)


@pytest.mark.parametrize("workers", [None, 1, 2])
def test_results_come_in_the_order_of_the_tasks(workers: int | None) -> None:
    with share_out(workers) as shared:
        assert list(shared(square, [(number,) for number in range(20)])) == [n * n for n in range(20)]


def test_a_cluster_gives_the_same_draws_as_this_process(cluster: str) -> None:
    asked = {"figure": "cost_usd per gpu", "draws": 3500}
    here = topogen.sensitivity("gb300-nvl72-row", **asked)  # type: ignore[arg-type]
    there = topogen.sensitivity("gb300-nvl72-row", cluster=cluster, **asked)  # type: ignore[arg-type]
    assert here.draws == there.draws


def test_a_lost_worker_costs_its_task_only(cluster: str, tmp_path: Path) -> None:
    tasks = [(number, str(tmp_path)) for number in range(30)]
    with share_out(cluster=cluster) as shared:
        assert list(shared(die_once, tasks)) == [number * number for number in range(30)]
    assert (tmp_path / "killed").exists()


def test_a_cluster_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topogen.work.CONNECT_SECONDS", 1)
    with (
        pytest.raises(InputError, match=r'E669: no Dask scheduler answers at "tcp://127.0.0.1:1"'),
        share_out(cluster="tcp://127.0.0.1:1"),
    ):
        pass


def test_finished_tasks_are_not_worked_out_again(tmp_path: Path) -> None:
    """A half-written last line is left out, its task worked out anew; progress counts what was kept."""
    file, tasks, told = tmp_path / "done.jsonl", [(number,) for number in range(6)], []
    with share_out(kept=kept_in(file)) as shared:
        first = list(shared(square, tasks))
    lines = file.read_text().splitlines()
    file.write_text("\n".join([*lines[:3], lines[3][:20]]))
    kept = kept_in(file)
    assert sorted(kept.results.values()) == [0, 1, 4]
    with share_out(2, kept=kept, progress=lambda done, every: told.append((done, every))) as shared:
        assert list(shared(square, tasks)) == first
    assert told == [(3, 6), (4, 6), (5, 6), (6, 6)]
    assert len(kept_in(file).results) == 6


@pytest.mark.parametrize("text", ["a: 1\n", '{"key": 1, "result": 2}\n', "no line end"])
def test_a_file_of_something_else_is_refused_and_left_alone(text: str, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text(text)
    with pytest.raises(InputError, match="E673"):
        kept_in(file)
    assert file.read_text() == text


def test_a_sweep_is_the_same_here_in_processes_on_a_cluster_and_resumed(cluster: str, tmp_path: Path) -> None:
    fabric, file = shipped_fabric("rubin-ultra-cpo-648"), tmp_path / "done.jsonl"
    asked = {"elements": ("els8", "switch_tray"), "sample": 30, "seed": 3}
    here = sweep(fabric, 2, **asked)  # type: ignore[arg-type]
    for workers, address in ((2, None), (None, cluster)):
        with share_out(workers, address, kept=kept_in(file)) as shared:
            assert sweep(fabric, 2, share_out=shared, **asked) == here  # type: ignore[arg-type]
        file.write_bytes(file.read_bytes()[:-100])


def test_a_worker_lost_in_a_sweep_costs_its_task_only(cluster: str, tmp_path: Path) -> None:
    """Each result is kept once, the lost task among them."""
    file, tasks = tmp_path / "done.jsonl", [(number, str(tmp_path)) for number in range(12)]
    with share_out(cluster=cluster, kept=kept_in(file)) as shared:
        assert list(shared(die_once, tasks)) == [number * number for number in range(12)]
    assert (tmp_path / "killed").exists()
    assert len(file.read_text().splitlines()) == 12


@pytest.mark.parametrize("at", ["processes", "cluster"])
def test_variations_are_the_same_elsewhere(at: str, cluster: str) -> None:
    words = [
        "what-if",
        "gb300-nvl72-row",
        "--over",
        f"{CORD}=1..40",
        "--figure",
        "lasers",
        "--format",
        "json",
    ]
    shared = ["--workers", "2"] if at == "processes" else ["--cluster", cluster]
    here, there = (CliRunner().invoke(group, [*words, *more]) for more in ([], shared))
    assert (there.exit_code, there.output) == (0, here.output)


def test_an_error_elsewhere_is_the_error_here() -> None:
    words = ["what-if", "gb300-nvl72-row", "--over", "instances.nope.count=1..40"]
    here, there = (CliRunner().invoke(group, [*words, *more]) for more in ([], ["--workers", "2"]))
    assert here.output.startswith("E606: --over")
    assert (there.exit_code, there.output) == (2, here.output)


def test_draws_are_taken_up_where_they_were_left(tmp_path: Path) -> None:
    file = tmp_path / "draws.jsonl"
    words = ["sensitivity", "gb300-nvl72-row", "--draws", "9000", "--format", "json"]
    first = CliRunner().invoke(group, [*words, "--resume", str(file), "--workers", "2"])
    lines = file.read_text().splitlines(keepends=True)
    assert len(lines) > 2
    file.write_text("".join(lines[:1]) + lines[1][:50])
    again = CliRunner().invoke(group, [*words, "--resume", str(file)])
    assert len(file.read_text().splitlines()) == len(lines)
    assert first.output == again.output == CliRunner().invoke(group, words).output
