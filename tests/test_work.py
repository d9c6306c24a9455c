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

import topogen
from topogen.errors import InputError
from topogen.work import share_out

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
