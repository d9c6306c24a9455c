"""What is left of memory, by every limit there is, and jobs that need more."""

from __future__ import annotations

import resource
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.helpers_fabric import fabric_of
from topogen.errors import LimitError
from topogen.graph.by_link import link_graph
from topogen.memory import MemoryLimit, addresses_left, needing, room_left
from topogen.model.expand import expand

if TYPE_CHECKING:
    from pathlib import Path

MEMINFO = "MemTotal: 9000 kB\nMemAvailable: 4000 kB\nSwapFree: 96 kB\n"
FREE = 4096 * 1024


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that stands in for what the system says; its machine has 4 MiB left."""
    monkeypatch.setattr("topogen.memory.PROC", tmp_path / "proc")
    monkeypatch.setattr("topogen.memory.CGROUPS", tmp_path / "cgroup")
    put(tmp_path, {"proc/meminfo": MEMINFO, "proc/self/cgroup": ""})
    return tmp_path


def put(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


@pytest.mark.usefixtures("system")
def test_the_machine_has_what_is_free_at_need_and_swap() -> None:
    assert room_left() == MemoryLimit(FREE, "this machine")


@pytest.mark.parametrize(
    ("line", "folder", "names"),
    [
        ("0::/job/step", "cgroup/job", ("memory.max", "memory.current", "inactive_file")),
        (
            "4:cpu,memory:/job/step",
            "cgroup/memory/job",
            ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
        ),
    ],
    ids=["v2", "v1"],
)
def test_a_container_leaves_what_it_has_and_what_its_files_may_give_back(
    system: Path, line: str, folder: str, names: tuple[str, str, str]
) -> None:
    limit, used, files = names
    put(system, {"proc/self/cgroup": f"{line}\n"})
    put(system, {f"{folder}/{limit}": "3000000\n", f"{folder}/{used}": "2500000\n"})
    put(system, {f"{folder}/memory.stat": f"anon 9\n{files} 400000\n"})
    assert room_left() == MemoryLimit(900_000, "container limit")
    put(system, {f"{folder}/{limit}": "max\n"})
    assert room_left() == MemoryLimit(FREE, "this machine")


def test_a_system_that_says_nothing_refuses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topogen.memory.PROC", tmp_path)
    monkeypatch.setattr("topogen.memory.CGROUPS", tmp_path)
    monkeypatch.setattr("os.sysconf", lambda _: 1 << 40)
    done = []
    with needing("a job", 10**18):
        done.append("begun")
    assert done


def test_a_process_without_a_limit_has_every_address() -> None:
    assert resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY
    assert addresses_left() is None


@pytest.mark.usefixtures("system")
def test_a_job_that_needs_more_is_refused_before_it_begins() -> None:
    with pytest.raises(LimitError) as error, needing("a job", 64_000_001, "split it"):
        pytest.fail("the block must not run")
    assert str(error.value) == (
        "E704: a job needs about 0.06 GB of memory; 0.00 GB available (this machine)\n    hint: split it"
    )


def test_links_and_graphs_are_refused_with_their_estimate(request: pytest.FixtureRequest) -> None:
    text = """
devices: {gpu: {role: gpu, ports: {up: {count: 30000, lanes: 1, lane_rate: 100 Gb/s}}}}
instances: {"r[1-300]": gpu}
links: {up: {network: scale_out, pattern: external, a: gpu.up, to: beyond}}
"""
    fabric = fabric_of(text)
    request.getfixturevalue("system")
    with pytest.raises(LimitError, match=r"E704: listing 9,000,000 links of up needs about 0.11 GB"):
        expand(fabric, fabric.links[0])
    with pytest.raises(LimitError, match="E704"):
        link_graph(fabric, limit=10**9)


TAKE = """
import numpy as np
from topogen.memory import needing
with needing("a job", 1_000):
    np.ones(10**9)
"""


def test_memory_that_ends_within_a_job_is_told_with_the_estimate() -> None:
    limit = partial(resource.setrlimit, resource.RLIMIT_AS, (2_000_000_000, 2_000_000_000))
    done = subprocess.run(
        [sys.executable, "-c", TAKE], capture_output=True, text=True, check=False, preexec_fn=limit
    )
    assert "E704: a job needs about 0.00 GB of memory, more than available: Unable to alloc" in done.stderr
