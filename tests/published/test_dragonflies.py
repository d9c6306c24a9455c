"""Two dragonflies of published comparisons.

Feng and Ma, "Switch-Less Dragonfly on Wafers", 2024, table III, Slingshot row (its counting script was read):
every count comes out. Its cable length of 154 thousand floor sides does not: the script adds each pair of
groups in both orders, with Euclidean distances.

Hoefler et al., "HammingMesh", SC22, table II, large dragonfly (recalled and recomputed): 429 million USD. The
paper calls the cluster 16,384 accelerators; its own sizes make 16,320. The small one, 27.9 million, rests on
virtual routers of half a switch and has two readings; it is not built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.helpers_fabric import shipped_fabric
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric


def sizes(fabric: Fabric) -> dict[str, int]:
    """Return devices by label and links by group."""
    devices = {group.label: group.count for group in fabric.groups}
    return devices | {group.name: group.count for group in fabric.links}


def test_slingshot_switches_hosts_and_cables() -> None:
    assert sizes(shipped_fabric("slingshot-dragonfly")) == {
        "nic": 279_040,
        "net/router": 17_440,
        "net/hosts": 279_040,
        "net/local": 270_320,
        "net/global": 148_240,
    }
    assert shipped_fabric("slingshot-dragonfly").n_links == 697_600


def test_slingshot_cabinets_are_four_a_group() -> None:
    fabric = shipped_fabric("slingshot-dragonfly")
    assert len(fabric.sites.racks) == 2_180 == 545 * 4
    routers = next(group for group in fabric.groups if group.label == "net/router")
    rack = fabric.sites.rack[routers.first : routers.first + routers.count].reshape(545, 32)
    assert (rack // 4 == rack[:, :1] // 4).all()  # no cabinet of two groups


@pytest.mark.parametrize(
    ("per_plane", "what"), [(960, "net/router"), (16_320, "net/hosts"), (7_680, "net/global")]
)
def test_hammingmesh_plane(per_plane: int, what: str) -> None:
    assert sizes(shipped_fabric("hammingmesh-dragonfly"))[what] == 16 * per_plane


def test_hammingmesh_cables_and_cost() -> None:
    found = sizes(shipped_fabric("hammingmesh-dragonfly"))
    assert found["net/hosts"] + found["net/local"] == 16 * 31_200
    totals = roll_up(shipped_fabric("hammingmesh-dragonfly")).totals
    cost = totals.cost_usd.base + totals.network_device_usd.base
    assert round(cost / 1_000_000) == 429
