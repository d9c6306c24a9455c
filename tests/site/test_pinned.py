"""Growth without re-plugging: cables named by ``ports_from`` keep their ports, whatever else is added."""

from __future__ import annotations

import csv
import re
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.helpers_fabric import ROOT, fabric_of
from topogen.diff.cables import cables_diff
from topogen.diff.moved import moved_devices
from topogen.errors import InputError
from topogen.export.options import Options
from topogen.export.to_cable_schedule import to_cable_schedule
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

FILES = Path(__file__).parent / "pinned"
SUPERPOD = (ROOT / "topologies" / "h100-superpod.yaml").read_text(encoding="utf-8")


def schedule(fabric: Fabric) -> str:
    """Return the cable schedule of a fabric."""
    return b"".join(to_cable_schedule(fabric, roll_up(fabric), Options(all_links=True))).decode()


def rows(fabric: Fabric) -> dict[tuple[str, ...], str]:
    """Return the id of each line of the schedule by its ends."""
    lines = csv.DictReader(StringIO(schedule(fabric)))
    return {
        tuple(line[f"{side}_{what}"] for side in "ab" for what in ("device", "port")): line["cable_id"]
        for line in lines
    }


def read(text: str, pins: str | None = None) -> Fabric:
    """Return the fabric of a whole file, its fabrics and links pinned with a schedule."""
    lines = [line for line in text.splitlines() if not line.startswith(("topogen:", "name:", "title:"))]
    text = "\n".join(lines)
    if pins is not None:
        text = re.sub(r"(\n +|\{)(network:)", r"\1ports_from: ids.csv@\1\2", text)
        text = re.sub(r"@(\{)?", lambda found: ", " if found[1] else "", text)
    return fabric_of(text, shipped=True, tables={"ids.csv": pins or ""})


def file(name: str) -> str:
    """Return the text of a file beside this one."""
    return (FILES / f"{name}.yaml").read_text(encoding="utf-8")


def works(old: Fabric, new: Fabric) -> Counter[str]:
    """Return how many cables take which work."""
    return Counter(one.work for one in cables_diff(old, new, all_links=True))


def test_a_superpod_grows_by_two_nodes() -> None:
    old = read(SUPERPOD.replace("dgx: 31, ufm", "dgx: 29, ufm"))
    assert works(old, read(SUPERPOD)) == {"pull": 16, "re-terminate": 4}
    new = read(SUPERPOD, schedule(old))
    assert works(old, new) == {"pull": 16}
    assert [one.code for one in new.warnings] == ["W213"]
    assert rows(old).items() <= rows(new).items()


def test_nine_nodes_become_ten() -> None:
    old = read(file("h07-growth-nine-nodes"))
    kept = rows(old)
    assert len(kept) == 168
    for pins in (None, schedule(old)):
        new = read(file("h07-growth-ten-nodes"), pins)
        assert kept.items() <= rows(new).items()
        assert len(rows(new)) == 176


def test_a_medium_and_a_measured_length_rename_nothing() -> None:
    own, ov = rows(read(file("own"))), rows(read(file("ov")))
    assert len(own) == 256
    assert own == ov


@pytest.mark.parametrize("pinned", [False, True])
def test_two_nodes_in_the_middle_re_plug_only_without_pins(pinned: bool) -> None:  # noqa: FBT001
    old = read(file("revA_dr"))
    new = read(file("revB_dr"), schedule(old) if pinned else None)
    same = rows(old).items() & rows(new).items()
    assert len(same) == (240 if pinned else 208)
    assert works(old, new) == ({"pull": 16} if pinned else {"pull": 16, "re-terminate": 32})


LEAF_AND_BMC = """
devices:
  nic: {role: nic, ports: {eth: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  bmc: {role: nic, ports: {oob: {count: 1, lanes: 1, lane_rate: 1 Gb/s}}}
  leaf: {role: switch, ports: {down: {count: 8, lanes: 4, lane_rate: 100 Gb/s}, mgmt: {count: 1, lanes: 1, lane_rate: 1 Gb/s}}}
  sw: {role: switch, ports: {acc: {count: 16, lanes: 1, lane_rate: 1 Gb/s}}}
templates: {node: {level: node, contains: {nic: 1, bmc: 1}}}
instances: {node: NODES, sw: 1}
fabrics: {net: {network: scale_out, pattern: fat_tree, tiers: 1, ends: nic.eth, leaves: 1, switch: leaf}}
links:
"""  # noqa: E501
TOGETHER = "  oob: {network: management, pattern: HOW, a: [bmc.oob, net/leaf.mgmt], b: sw.acc}\n"
TURNED = "  oob: {network: management, pattern: HOW, a: [net/leaf.mgmt, bmc.oob], b: sw.acc}\n"
APART = """
  oob: {network: management, pattern: HOW, a: bmc.oob, b: sw.acc}
  leaves: {network: management, pattern: HOW, a: net/leaf.mgmt, b: sw.acc}
"""


def management(nodes: int, links: str, pins: str | None = None) -> Fabric:
    """Return nodes and a leaf with ports on one management switch, the whole pinned with a table."""
    return read(LEAF_AND_BMC.replace("NODES", str(nodes)) + links, pins)


@pytest.mark.parametrize("how", ["spread", "planes"])
@pytest.mark.parametrize("links", [TOGETHER, TURNED, APART])
@pytest.mark.parametrize("by_hand", [False, True])
def test_switches_of_a_fabric_stay_in_their_management_ports(how: str, links: str, by_hand: bool) -> None:  # noqa: FBT001
    links = links.replace("HOW", how)
    old = management(3, links)
    table = schedule(old)
    if by_hand:  # without the column of link groups
        table = "a_device,a_port,b_device,b_port\n" + "".join(",".join(ends) + "\n" for ends in rows(old))
    new = management(4, links, table)
    assert rows(old).items() <= rows(new).items()
    assert works(old, new) == {"pull": 2}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("node0/bmc0,oob0,sw0,acc99", "E724"),
        ("net/leaf0,mgmt0,sw0,acc99", "E724"),
        ("net/leaf9,mgmt0,sw0,acc1", "E723"),
        ("net/leaf9,mgmt0,sw9,acc1", "E723"),
        ("net/leaf0,mgmt7,sw0,acc1", "E724"),
    ],
)
def test_a_pin_of_what_is_not_there_is_refused_whoever_makes_the_device(line: str, code: str) -> None:
    for links in (TOGETHER, APART):
        with pytest.raises(InputError) as refused:
            management(3, links.replace("HOW", "spread"), f"a_device,a_port,b_device,b_port\n{line}\n")
        assert {one.code for one in refused.value.problems} == {code}


def test_lines_of_other_groups_are_passed_over() -> None:
    lines = "net/leaf0,down7,node9/nic0,eth0,net\nnode9/nic0,eth0,net/leaf9,down0,net\n"
    table = f"a_device,a_port,b_device,b_port,link_group\n{lines}"
    links = TOGETHER.replace("HOW", "spread").replace("{network", "{ports_from: ids.csv, network")
    text = (LEAF_AND_BMC + links).replace("NODES", "3")
    with_table = fabric_of(text, shipped=True, tables={"ids.csv": table})
    assert rows(with_table) == rows(management(3, TOGETHER.replace("HOW", "spread")))
    no_column = "\n".join(line.rpartition(",")[0] for line in table.splitlines()) + "\n"
    assert rows(fabric_of(text, shipped=True, tables={"ids.csv": no_column})) == rows(with_table)


def test_more_pins_than_links_name_the_device() -> None:
    text = LEAF_AND_BMC.replace("oob: {count: 1", "oob: {count: 2").replace("sw: 1", "sw: 2")
    text += "  oob: {ports_from: ids.csv, network: management, pattern: spread, a: 'bmc.oob[0]', b: sw.acc}\n"
    table = "a_device,a_port,b_device,b_port\nnode1/bmc0,oob0,sw0,acc5\nnode1/bmc0,oob1,sw1,acc6\n"
    with pytest.raises(InputError) as refused:
        fabric_of(text.replace("NODES", "3"), tables={"ids.csv": table}, shipped=True)
    (one,) = refused.value.problems
    assert one.code == "E727"
    assert one.message == "node1/bmc0 has 1 link of oob, 2 are pinned"


@pytest.mark.parametrize("nodes", [9, 10])
def test_links_of_others_take_what_pinned_links_leave(nodes: int) -> None:
    """Hosts that a larger fabric would plug where storage is go behind it, though few ports are free."""
    text = """
devices:
  nic:
    role: nic
    ports: {eth: {count: 2, lanes: 4, lane_rate: 100 Gb/s}, sto: {count: 4, lanes: 4, lane_rate: 100 Gb/s}}
  box: {role: switch, ports: {net: {count: 64, lanes: 4, lane_rate: 100 Gb/s}}}
templates: {node: {level: node, contains: {nic: 1}}}
instances: {node: NODES}
fabrics: {net: {network: scale_out, pattern: fat_tree, tiers: 1, ends: nic.eth, leaves: 1, switch: box}}
links:
  sto: {network: storage, pattern: spread, a: nic.sto, b: net/leaf}
"""
    old = read(text.replace("NODES", "7"))
    new = read(text.replace("NODES", str(nodes)), schedule(old))
    assert rows(old).items() <= rows(new).items()
    assert works(old, new) == {"pull": 6 * (nodes - 7)}


SPLITTERS = """
devices:
  nic: {role: nic, part: connectx7, ports: {eth: {cages: 1, mode: 1 x 400G}}}
  leaf: {role: switch, part: sn5600, ports: {down: {cages: 1-8, mode: 2 x 400G}}}
templates: {node: {level: node, contains: {nic: 1}}}
instances: {node: NODES}
fabrics:
  net:
    {network: scale_out, pattern: fat_tree, tiers: 1, ends: nic.eth, leaves: 1, switch: leaf,
    links_per_cable: 2, medium: dac_splitter, length: 2 m}
"""


@pytest.mark.parametrize("nodes", [1, 2, 3, 5])
def test_a_node_on_the_free_leg_of_a_splitter_renames_nothing(nodes: int) -> None:
    old = read(SPLITTERS.replace("NODES", str(nodes)))
    new = read(SPLITTERS.replace("NODES", str(nodes + 1)), schedule(old))
    assert rows(old).items() <= rows(new).items()
    assert works(old, new) == {"re-terminate" if nodes % 2 else "pull": 1}
    assert [one.change for one in cables_diff(new, old)] == ["leg_removed" if nodes % 2 else "removed"]


def test_devices_that_growth_moves_are_named() -> None:
    text = """
devices:
  nic: {role: nic, ports: {eth: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  leaf: {role: switch, ports: {down: {count: 8, lanes: 4, lane_rate: 100 Gb/s}}}
templates:
  node: {level: node, height_u: 2, contains: {nic: 1}}
  cab: {level: rack, slots: {SLOTS}}
instances: {cab: 1}
fabrics: {net: {network: storage, pattern: fat_tree, tiers: 1, ends: nic.eth, leaves: 1, switch: leaf}}
layout: {rows: {A: cab}, place: {net/leaf: cab}}
"""
    old, new = (read(text.replace("SLOTS", slots)) for slots in ("U1-4: {node: 2}", "U1-6: {node: 3}"))
    assert [str(one) for one in moved_devices(old, new)] == ["net/leaf0 in cab0 from U5 to U7"]
    assert not moved_devices(old, old)
