"""Parts of the structure are the same alone as together, and take no more memory than is asked for."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from topogen.load.reading import read_fabric
from topogen.structure.survey import BYTES_PER_LINK, PARTS, survey

if TYPE_CHECKING:
    from pathlib import Path

KEYS = {"bisection": "cuts", "latency": "latencies", "rails": "rules", "light": "losses"}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_alone_is_that_of_the_whole(part: str) -> None:
    fabric = read_fabric("gb300-nvl72-row")
    whole, alone = survey(fabric), survey(fabric, parts=(part,))
    for one in PARTS:
        key = KEYS.get(one, one)
        assert getattr(alone, key) == (getattr(whole, key) if one == part else ())


def test_the_memory_that_is_asked_for_is_enough() -> None:
    fabric = read_fabric("scaleout-32768")
    survey(fabric, parts=("light",))
    tracemalloc.start()
    survey(fabric)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak <= BYTES_PER_LINK * fabric.n_links + 64_000_000


def test_a_misspelt_part_is_refused_with_the_nearest() -> None:
    done = check("gb200-nvl72", "--only", "bisecton")
    assert done.returncode == 2
    assert "E686" in done.stderr
    assert 'did you mean "bisection"?' in done.stderr


def test_no_links_are_not_all_links_ok(tmp_path: Path) -> None:
    file = tmp_path / "lone.yaml"
    port = "{count: 1, lanes: 1, lane_rate: 100 Gb/s}"
    file.write_text(
        "topogen: 1\nname: lone\ninstances: {gpu: 2}\n"
        f"devices: {{gpu: {{role: gpu, ports: {{p: {port}}}}}}}\n"
    )
    done = check(str(file))
    assert "W202" in done.stdout
    assert "There are no links" in done.stdout
    assert "All links OK" not in done.stdout


def test_links_that_cannot_be_ordered_are_named() -> None:
    shown = check("alibaba-hpn-segment").stdout
    assert 'Without a part, 2,176 links of net/hosts: link group "net/hosts" has no medium' in shown
    assert "Without a part" not in check("gb200-nvl72").stdout


def check(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "topogen", "check", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)
