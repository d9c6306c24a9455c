"""InfraGraph: its own loader counts the devices and the links that the fabric has."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.helpers_fabric import shipped_fabric
from topogen.handoff.boxes import Boxes
from topogen.handoff.formats import Wanted, file_of
from topogen.units import MBPS_PER_GBPS

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

service = pytest.importorskip("infragraph.infragraph_service", reason="infragraph is not installed")

SOME = ["gb200-nvl72", "h100-superpod", "world-size"]


def check(fabric: Fabric) -> None:
    loaded = service.InfraGraphService()
    loaded.set_graph(b"".join(file_of(fabric, "infragraph", Wanted()).pieces).decode())
    graph = loaded.get_networkx_graph()

    inside = [group for group in fabric.links if group.has_b and group.count]
    words = {
        (group.name.replace("/", "_"), f"{group.rate / MBPS_PER_GBPS} Gbps"): group.count for group in inside
    }
    found = Counter((data["link"], data.get("bandwidth")) for _, _, data in graph.edges(data=True))
    assert {key: count for key, count in found.items() if key[0] != "inside"} == words

    boxes = Boxes(fabric)
    assert len({data["composed_device"] for _, data in graph.nodes(data=True)}) == boxes.count
    kinds = Counter(data["type"] for _, data in graph.nodes(data=True))
    for role, kind in {"gpu": "xpu", "nic": "nic", "cpu": "cpu", "switch": "switch"}.items():
        assert kinds[kind] == sum(group.count for group in fabric.groups if group.type.role == role), role


@pytest.mark.filterwarnings("ignore:Infrastructure has nodes that are not connected")
@pytest.mark.parametrize("name", SOME)
def test_the_loader_counts_what_the_fabric_has(name: str) -> None:
    check(shipped_fabric(name))
