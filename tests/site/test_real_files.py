"""Public files of people who do this job, written again with their names and ports: their counts come out."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from topogen.export.options import Options
from topogen.export.to_cable_schedule import to_cable_schedule
from topogen.load.reading import read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

REAL = Path(__file__).parent / "real"
MOST_LINES = 40
"""Lines of a topology file; tables of pairs and names are not counted."""

COUNTS: dict[str, Mapping[str, int]] = {
    "rail-pod-372": {"net/hosts": 2976, "net/leaf_spine": 1536, "net/spine_core": 512},
    "dual-plane-256": {
        **{f"{plane}{rails}": 64 for plane in "ab" for rails in ("01", "23", "45", "67")},
        "up": 256, "fe": 64, "fe_up": 64,
    },
    "odd-ports-128": {
        "fe": 256, "be01": 64, "be23": 64, "be45": 64, "be67": 64, "storage": 36, "border": 12, "admin": 2,
        "hhg": 4, "oob": 155,
    },
    "n300-cluster": {"inside": 4 * 6, "between": 6},
    "clos-four-servers": {"clos/hosts": 16, "clos/leaf_spine": 12},
    "dgx-a100": {"fabric": 1, "roots": 4, "gpus": 8, "nics": 8, "nvlink": 64},
    "vagrant-demo": {"fabric": 32, "loops": 12, "oob": 15},
    "ib-two-paths": {"ib": 6},
}  # fmt: skip
"""Links by group."""

SWITCHES: dict[str, Mapping[str, int]] = {
    "rail-pod-372": {"T1_": 48, "T2_": 32, "T3_": 16},
    "dual-plane-256": {
        "be-plane-a-leaf": 4, "be-plane-b-leaf": 4, "be-plane-a-spine": 2, "be-plane-b-spine": 2,
    },
    "odd-ports-128": {"fe-gpu-leaf": 2, "fe-storage-leaf": 2, "be-rail-leaf": 4, "oob-mgmt-leaf": 4},
    "vagrant-demo": {"leaf": 4, "spine": 2, "exit": 2, "server": 4, "edge": 1, "internet": 1, "oob": 2},
}  # fmt: skip
"""Ends of cables whose name begins so, each name once."""

ENDS = {
    "rail-pod-372": [
        "Srvr_000_PoD_01 nic-00 T1_Rail_00_Leaf_00_PoD_01 et-0/0/0:0",
        "Srvr_371_PoD_01 nic-07 T1_Rail_07_Leaf_05_PoD_01 et-0/0/30:1",
        "T1_Rail_00_Leaf_00_PoD_01 et-0/0/31 T2_Spine_00_PoD_01 et-0/0/0",
        "T2_Spine_31_PoD_01 et-0/0/63 T3_Super_Spine_15 et-0/0/31",
    ],
    "dual-plane-256": [
        "compute-001 be-gpu0-port0 be-plane-a-leaf-01 E1/1/1",
        "compute-032 be-gpu7-port1 be-plane-b-leaf-04 E1/32/2",
        "compute-001 fe-p1 fe-leaf-02 E1/1/1",
        "fe-leaf-02 E1/64 fe-spine-01 E1/64",
    ],
    "odd-ports-128": [
        "gpu-with-backend-032 be-rail-7-port0 be-rail-leaf-04 E1/32/2",
        "storage-018 fe-p1 fe-storage-leaf-02 E1/9/2",
        "admin-node-001 port1 fe-border-leaf-02 E1/14/1",
        "exo-kube-003 port0 fe-border-leaf-01 E1/6",
        "hhg-002 fe-p1 fe-spine-02 E1/1/2",
    ],
    "n300-cluster": [
        "superpod3/node2/tray4 port 2 superpod3/node4/tray2 port 1",
        "superpod2/node4/tray4 port 2 superpod4/node4/tray4 port 2",
    ],
    "clos-four-servers": [
        "server.3.nic.3 eth1 leaf.3 port.3",
        "leaf.1 port.6 spine.2 port.1",
    ],
    "dgx-a100": [
        "cpu.0 fabric cpu.1 fabric",
        "server-nic.7 port.0 pciesw.3 nic1",
        "xpu.7 nvlink0 nvlsw.0 nvlink7",
    ],
    "vagrant-demo": [
        "leaf03 swp52 spine02 swp3",
        "exit02 swp51 spine01 swp29",
        "server02 eth2 leaf02 swp2",
        "leaf04 swp47 leaf04 swp48",
        "internet eth0 oob-mgmt-switch swp15",
    ],
    "ib-two-paths": ["Hca1 2 Switch1 2", "Switch1 5 Switch2 5"],
}
"""Some cables, by the names of both ends and their ports as the original has them."""


def schedule(name: str) -> Sequence[Mapping[str, str]]:
    done = read(str(REAL / f"{name}.yaml"), None, ())
    pieces = to_cable_schedule(done.fabric, done.rollup, Options(columns="full", all_links=True))
    return list(csv.DictReader(b"".join(pieces).decode().splitlines()))


@pytest.mark.parametrize("name", COUNTS)
def test_a_real_file_comes_out_to_the_unit(name: str) -> None:
    lines = schedule(name)
    assert Counter(line["link_group"] for line in lines) == COUNTS[name]
    cables = {
        " ".join(line[f"{side}_{of}"] for side in "ab" for of in ("name", "port_name")) for line in lines
    }
    assert cables.issuperset(ENDS[name]), set(ENDS[name]) - cables
    ends = {line[f"{side}_name"] for side in "ab" for line in lines}
    for stem, count in SWITCHES.get(name, {}).items():
        assert sum(end.startswith(stem) for end in ends) == count, stem


@pytest.mark.parametrize("file", sorted(REAL.glob("*.yaml")), ids=lambda file: file.stem)
def test_a_real_file_is_short(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= MOST_LINES
