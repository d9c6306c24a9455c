"""Chips of a box on the panel of its part: each has a share of the cages, and ports of its own."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.export.test_recount import lines_of
from tests.helpers_fabric import fabric_of
from topogen.catalog.panel import port_names
from topogen.errors import InputError
from topogen.explain import explain, to_text
from topogen.handoff.boxes import Boxes
from topogen.language.cages import Mode
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

FILE = """
devices:
  nic: {{role: nic, ports: {{net: {{count: {chips}, lanes: {lanes}, lane_rate: 200 Gb/s}}}}}}
  chip: {{role: switch, ports: {{{ports}}}}}
templates:
  node: {{level: node, contains: {{nic: 2}}}}
  box: {{level: {level}, part: {part}, height_u: 4, contains: {{chip: {chips}}}}}
  {more}
instances: {{node: {nodes}{alone}}}
fabrics:
  net: {{network: storage, pattern: fat_tree, ends: nic.net, switch: {switch}, planes: {chips}, {keys}}}
"""
HALVES = "down: {cages: 1-36, mode: 2 x 800G}, up: {cages: 37-72, mode: 2 x 800G}"
BOTH = "switch_ports: {leaf: {down: down, up: up}, spine: {down: down, up: up}}"


def text_of(ports: str = HALVES, keys: str = BOTH, **changed: object) -> str:
    values = {
        "chips": 4,
        "level": "box",
        "part": "q3400_ra",
        "nodes": 18,
        "lanes": 4,
        "switch": "box",
    } | changed
    return FILE.format(**{"more": "", "alone": "", **values}, ports=ports, keys=f"tiers: 2, {keys}")


def codes(text: str) -> list[str]:
    with pytest.raises(InputError) as refused:
        fabric_of(text, shipped=True)
    return [problem.code for problem in refused.value.problems]


def ends_of(fabric: Fabric) -> list[dict[str, str]]:
    """Return every end of the schedule at a chip: its box, chip, port, and what an installer sees."""
    ends = []
    for line in lines_of(fabric):
        for side in ("a", "b"):
            if line[f"{side}_device"].startswith("net/"):
                *box, chip = line[f"{side}_device"].split("/")
                end = {
                    key: line[f"{side}_{key}"]
                    for key in ("port", "cage", "leg", "plug", "port_name", "form_factor")
                }
                ends.append({**end, "box": "/".join(box), "chip": chip.removeprefix("chip")})
    return ends


def test_ports_of_four_chips_by_hand() -> None:
    """36 cages down are nine for each chip: chip 2 has 19 to 27, its port 5 is the second of cage 21."""
    ends = ends_of(fabric_of(text_of(), shipped=True))
    seen = {(one["box"], one["chip"], one["port"]): one for one in ends}
    by_hand = [
        (0, "down0", 1, 1), (0, "down17", 9, 2), (1, "down0", 10, 1), (2, "down5", 21, 2),
        (3, "down17", 36, 2), (0, "up0", 37, 1), (1, "up0", 46, 1), (3, "up17", 72, 2),
    ]  # fmt: skip
    for chip, port, cage, plug in by_hand:
        assert seen["net/leaf0", str(chip), port] == {
            "box": "net/leaf0", "chip": str(chip), "port": port, "cage": str(cage), "leg": str(plug),
            "plug": str(plug), "port_name": f"sw{cage}p{plug}", "form_factor": "osfp",
        }  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(
    chips=st.sampled_from([1, 2, 3, 4]),
    each=st.integers(1, 9),
    first=st.integers(1, 36),
    nodes=st.integers(1, 9),
)
def test_ports_of_a_box_are_all_different_and_on_its_panel(
    chips: int, each: int, first: int, nodes: int
) -> None:
    last = first + chips * each - 1
    text = text_of(f"net: {{cages: {first}-{last}, mode: 2 x 800G}}", "", chips=chips, nodes=nodes)
    try:
        fabric = fabric_of(text, shipped=True)
    except InputError as error:
        assert {problem.code for problem in error.problems} <= {"E204"}  # noqa: PT017 - too many ends for two tiers
        return
    ends = ends_of(fabric)
    assert ends
    for name in ("port_name", "cage"):
        keys = [(one["box"], one[name], one["plug"] if name == "cage" else "") for one in ends]
        assert max(Counter(keys).values()) == 1
    assert {int(one["cage"]) for one in ends} <= set(range(first, last + 1))
    assert all((int(one["cage"]) - first) // each == int(one["chip"]) for one in ends)


def test_a_box_of_an_inventory_has_the_ports_of_its_panel() -> None:
    fabric = fabric_of(text_of(), shipped=True)
    boxes = Boxes(fabric)
    group = next(one for one in boxes.groups if one.type == "box")
    panel = fabric.catalog.parts["q3400_ra"].panel
    assert panel
    names = [one.nos for one in port_names(panel, range(1, 73), Mode(2, 4, 200_000))]
    assert sorted(boxes.ports[number] for number in boxes.stretch(group)) == sorted(names)


def test_chips_of_declared_boxes_share_the_panel_too() -> None:
    text = """
devices: {chip: {role: switch, ports: {net: {cages: 1-36, mode: 2 x 800G}}}}
templates: {box: {level: box, part: q3200_ra, contains: {chip: 2}}}
instances: {box: 3}
links: {up: {network: storage, a: chip.net, pattern: external, to: core}}
"""
    fabric = fabric_of(text, shipped=True)
    lines = {(line["a_device"], line["a_port"]): line for line in lines_of(fabric)}
    assert lines["box2/chip0", "net35"]["a_port_name"] == "swA18p2"
    assert lines["box2/chip1", "net0"]["a_port_name"] == "swB1p1"
    assert lines["box2/chip1", "net0"]["a_cage"] == "19"
    boxes = Boxes(fabric)
    assert [boxes.ports[number] for number in boxes.stretch(boxes.groups[0])][::35] == [
        "swA1p1",
        "swA18p2",
        "swB18p1",
    ]


def test_names_of_the_site_use_the_panel_of_the_box() -> None:
    names = "names: {ports: {chip.down: '{printed}-{leg}', chip.up: '{nos}'}}\n"
    ends = ends_of(fabric_of(text_of() + names, shipped=True))
    assert {one["port_name"] for one in ends if one["chip"] == "1" and one["port"] == "down3"} == {"11-2"}
    assert {one["port_name"] for one in ends if one["chip"] == "3" and one["port"] == "up17"} == {"sw72p2"}


def test_explain_says_how_many_cages_a_chip_has() -> None:
    fabric = fabric_of(text_of(), shipped=True)
    said = to_text(explain(fabric, roll_up(fabric), "net/leaf"))
    assert "36 cages / 4 chips x 2 = 18 ports" in said
    assert "sw1p1 to sw36p2" in said


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (text_of("net: {cages: 1-70, mode: 2 x 800G}", ""), "E829"),
        (text_of("net: {cages: 1-3, mode: 2 x 800G}", ""), "E829"),
        (text_of("net: {count: 38, lanes: 4, lane_rate: 200 Gb/s, cage: {links: 2}}", ""), "E710"),
        (text_of("net: {count: 145, lanes: 1, lane_rate: 200 Gb/s, cage: {links: 8, on: box}}", ""), "E710"),
        (text_of("net: {cages: 1-80, mode: 2 x 800G}", ""), "E712"),
        (text_of("net: {count: 4, lanes: 3, lane_rate: 200 Gb/s, cage: {links: 3}}", ""), "E743"),
        (text_of(HALVES.replace("37-72", "36-71")), "E711"),
        (text_of(alone=", chip: 1"), "E833"),
        (text_of(switch="{leaf: box, spine: chip}"), "E833"),
        (text_of(more="two: {level: box, part: q3200_ra, contains: {chip: 2}}"), "E833"),
        (text_of(part="sn2201"), "E713"),
    ],
)  # fmt: skip
def test_what_the_panel_of_a_box_lacks_is_refused(text: str, code: str) -> None:
    assert code in codes(text)


@pytest.mark.parametrize(
    ("ports", "lanes"), [("count: 36, cage: {links: 2}", 4), ("count: 144, cage: {links: 8, on: box}", 1)]
)
def test_a_full_panel_is_accepted(ports: str, lanes: int) -> None:
    text = text_of(f"net: {{{ports}, lanes: {lanes}, lane_rate: 200 Gb/s}}", "", lanes=lanes)
    assert fabric_of(text, shipped=True).n_links
