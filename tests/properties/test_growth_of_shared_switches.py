"""Growth of files whose fabrics and link groups share switches, splitters among them: old cables stay."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of
from topogen.diff.cables import cables_diff
from topogen.errors import InputError
from topogen.export.options import Options
from topogen.export.to_cable_schedule import to_cable_schedule
from topogen.export.to_labels import to_labels
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

LANES = "lanes: 4, lane_rate: 100 Gb/s"
FILE = f"""
devices:
  nic: {{role: nic, ports: {{eth: {{count: 1, {LANES}}}, sto: {{count: STORAGE, {LANES}}}}}}}
  bmc: {{role: nic, ports: {{oob: {{count: 1, lanes: 1, lane_rate: 1 Gb/s}}}}}}
  box:
    role: switch
    ports:
      net: {{count: 64, {LANES}, cage: {{links: 2}}}}
      mgmt: {{count: 1, lanes: 1, lane_rate: 1 Gb/s}}
  sw: {{role: switch, ports: {{acc: {{count: 64, lanes: 1, lane_rate: 1 Gb/s}}}}}}
templates: {{node: {{level: node, contains: {{nic: NICS, bmc: 1}}}}}}
instances: {{node: NODES, sw: SWITCHES}}
"""
FABRIC = """
fabrics:
  net: {PINS network: scale_out, pattern: fat_tree, tiers: LEAVES, ends: nic.eth, leaves: LEAVES,
    switch: box, switch_ports: netSPLIT}
"""
GROUPS = (
    "  bmcs: {PINS network: management, pattern: spread, a: bmc.oob, b: sw.acc}\n",
    "  leaves: {PINS network: management, pattern: spread, a: net/leaf.mgmt, b: sw.acc}\n",
    "  oob: {PINS network: management, pattern: spread, a: [bmc.oob, net/leaf.mgmt], b: sw.acc}\n",
    "  sto: {PINS network: storage, pattern: spread, a: nic.sto, b: net/leaf.net}\n",
)
MIXES = ((0, 1), (1, 0), (2,), (3,), (0, 1, 3), (3, 2), (3, 0))


@st.composite
def designs(draw: st.DrawFn) -> dict[str, str]:
    """Return the parts of a file, all but the number of its nodes."""
    mix = draw(st.sampled_from(MIXES))
    split = draw(st.booleans()) and 3 not in mix
    return {
        "NICS": str(draw(st.integers(1, 2))),
        "STORAGE": str(draw(st.integers(1, 2))),
        "SWITCHES": str(draw(st.integers(1, 2))),
        "LEAVES": str(draw(st.integers(1, 2))),
        "SPLIT": ", links_per_cable: 2" if split else "",
        "GROUPS": "".join(GROUPS[one] for one in mix),
    }


def built(design: dict[str, str], nodes: int, pins: str | None = None) -> Fabric:
    """Return the fabric with so many nodes, all of it pinned with a table where there is one."""
    text = FILE + FABRIC + "links:\n" + design["GROUPS"]
    for name, value in design.items():
        text = text.replace(name, value) if name != "GROUPS" else text
    text = text.replace("NODES", str(nodes)).replace(
        "PINS", "ports_from: ids.csv," if pins is not None else ""
    )
    return fabric_of(text, tables={"ids.csv": pins or ""})


def schedule(fabric: Fabric) -> str:
    """Return the cable schedule."""
    return b"".join(to_cable_schedule(fabric, roll_up(fabric), Options(all_links=True))).decode()


def lines(text: str) -> set[tuple[str, ...]]:
    """Return id, ends and ports of each line."""
    columns = ("cable_id", "a_device", "a_port", "b_device", "b_port")
    return {tuple(row[one] for one in columns) for row in csv.DictReader(StringIO(text))}


def labels(fabric: Fabric) -> set[str]:
    """Return the labels of all cables."""
    return set(b"".join(to_labels(fabric, roll_up(fabric), Options(all_links=True))).decode().splitlines())


@settings(max_examples=60, deadline=None)
@given(design=designs(), nodes=st.integers(1, 5), more=st.integers(1, 2), column=st.booleans())
def test_old_cables_keep_id_ends_ports_and_labels(
    design: dict[str, str],
    nodes: int,
    more: int,
    column: bool,  # noqa: FBT001
) -> None:
    try:
        old, _ = built(design, nodes), built(design, nodes + more)
    except InputError:
        return
    table = schedule(old)
    pins = table if column else table.replace("link_group", "passed_over", 1)
    new = built(design, nodes + more, pins)
    assert lines(table) <= lines(schedule(new))
    assert labels(old) <= labels(new)
    assert {one.change for one in cables_diff(old, new, all_links=True)} <= {"added", "leg_added"}
    ports = [(device, port) for _, *ends in lines(schedule(new)) for device, port in (ends[:2], ends[2:])]
    assert len(ports) == len(set(ports))
