"""Splitters hold over patterns, both orders of a and b, copper and light, whole and part-filled cages."""

from __future__ import annotations

import csv
import io
from collections import Counter
from itertools import product
from math import ceil
from typing import TYPE_CHECKING

import pytest

from tests.helpers_fabric import fabric_of
from tests.test_plugs import bought
from topogen.cabling.cages import cage_uses
from topogen.errors import InputError
from topogen.export.options import Options
from topogen.export.to_cable_schedule import to_cable_schedule
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

RATE = "lane_rate: 100 Gb/s"
PATTERNS = ("spread", "planes", "one_to_one")
KNOWN = {2: ("dac_800g_splitter", "osfp_800g_2xdr4", "osfp_400g_dr4"), 4: ("dac_800g_4x200g", "", "")}


def all_of(*values: tuple[object, ...]) -> list[tuple[object, ...]]:
    """Return every combination of some values."""
    return list(product(*values))


LINKS = """
devices:
  nic: {{role: nic, ports: {{p: {{count: 1, lanes: {lanes}, lane_rate: 100 Gb/s}}}}}}
  sw: {{role: switch, ports: {{p: {{count: {ports}, lanes: {lanes}, {rate}, cage: {{links: {legs}}}}}}}}}
templates:
  node: {{level: node, contains: {{nic: {nics}}}}}
  r: {{level: rack, slots: {{U1: node, U9: {{sw: {switches}}}}}}}
instances: {{r1: r}}
links:
  h:
    {{network: scale_out, pattern: {pattern}, a: {a}, b: {b}, within: rack, links_per_cable: {legs},
      medium: {medium}{more}}}
"""

TREE = """
devices:
  nic: {{role: nic, ports: {{p: {{count: 1, lanes: {lanes}, lane_rate: 100 Gb/s}}}}}}
  leaf: {{role: switch, ports: {{p: {{count: 32, lanes: {lanes}, {rate}, cage: {{links: {leaf}}}}}}}}}
  spine: {{role: switch, ports: {{p: {{count: 32, lanes: {lanes}, {rate}, cage: {{links: {legs}}}}}}}}}
templates: {{node: {{level: node, contains: {{nic: {nics}}}}}}}
instances: {{node: 8}}
fabrics:
  net:
    {{network: scale_out, pattern: fat_tree, tiers: 2, ends: nic.p, switch: {{leaf: leaf, spine: spine}},
      links_per_cable: {{{at}: {legs}}}, medium: {{hosts: {hosts}, leaf_spine: {between}}}}}
"""


def hosts(pattern: str, medium: str, legs: int, nics: int, *, turned: bool) -> Fabric:
    """Return NICs of one port below a switch whose cages hold several links."""
    a, b = ("sw.p", "nic.p") if turned else ("nic.p", "sw.p")
    keys = {"pattern": pattern, "medium": medium, "legs": legs, "nics": nics, "a": a, "b": b}
    keys |= {"rate": RATE, "ports": ceil(nics / legs) * legs, "lanes": 8 // legs, "more": "", "switches": 1}
    return fabric_of(LINKS.format(**keys), shipped=True)


def expected(medium: str, legs: int, links: int, cages: int) -> dict[str, int]:
    """Return the parts of links with one module or tail at the NICs and shared cages at the switches."""
    splitter, shared, single = KNOWN[legs]
    if medium == "dac_splitter":
        return {splitter: cages}
    return {"mpo12_cord": links, shared: cages, single: links}


@pytest.mark.parametrize(
    ("pattern", "medium", "nics", "turned"),
    all_of(PATTERNS, ("dac_splitter", "dr"), (8, 7, 1), (False, True)),
)
def test_parts_follow_cages_and_not_the_order_of_the_ends(
    pattern: str, medium: str, nics: int, *, turned: bool
) -> None:
    fabric = hosts(pattern, medium, 2, nics, turned=turned)
    assert bought(fabric) == expected(medium, 2, nics, ceil(nics / 2))


@pytest.mark.parametrize(("pattern", "nics", "turned"), all_of(PATTERNS, (8, 7, 6, 5), (False, True)))
def test_copper_of_four_legs_takes_one_plug_of_each_cage(pattern: str, nics: int, *, turned: bool) -> None:
    assert bought(hosts(pattern, "dac_splitter", 4, nics, turned=turned)) == {"dac_800g_4x200g": 2}


@pytest.mark.parametrize(("pattern", "turned"), all_of(PATTERNS, (False, True)))
def test_the_end_with_the_one_plug_is_the_same_for_both_orders(pattern: str, *, turned: bool) -> None:
    (group,) = hosts(pattern, "dac_splitter", 2, 7, turned=turned).links
    fabric = hosts(pattern, "dac_splitter", 2, 7, turned=turned)
    assert {fabric.groups[block.a.group].type.name for block in group.blocks} == {"sw"}


@pytest.mark.parametrize(("pattern", "nics"), all_of(("spread", "planes", "one_to_one"), (6, 5)))
def test_a_whole_cage_is_never_left_free_in_silence(pattern: str, nics: int) -> None:
    """Legs of the last cable may stay free, further ports of a may not."""
    text = LINKS.format(
        pattern=pattern, medium="dac_splitter", legs=2, nics=nics, a="sw.p", b="nic.p", rate=RATE, ports=8,
        lanes=4, more="", switches=1,
    )  # fmt: skip
    with pytest.raises(InputError) as refused:
        fabric_of(text, shipped=True)
    assert refused.value.problems[0].code == ("E205" if pattern == "one_to_one" else "E201")


def test_listed_pairs_leave_no_leg_free() -> None:
    text = LINKS.replace("a: {a}, b: {b}", 'pairs: [["sw.p", "nic.p"]]').format(
        pattern="explicit", medium="dac_splitter", legs=2, nics=7, rate=RATE, ports=8, lanes=4, more="",
        switches=1,
    )  # fmt: skip
    text = text.replace("within: rack, ", "")
    with pytest.raises(InputError, match="E205"):
        fabric_of(text, shipped=True)


@pytest.mark.parametrize(("medium", "legs", "nics"), all_of(("dac_splitter", "dr"), (2, 4), (8, 7)))
def test_every_cage_in_use_has_one_plug(medium: str, legs: int, nics: int) -> None:
    fabric = hosts("spread", medium, legs, nics, turned=False)
    cages = sum(count for use in cage_uses(fabric) for count in use.cages.values())
    assert cages == nics + ceil(nics / legs)


@pytest.mark.parametrize(
    ("pattern", "nics", "turned"),
    [(p, n, t) for p in ("spread", "one_to_one") for n, t in ((8, False), (8, True), (7, False))],
)
def test_a_cord_never_joins_several_modules_of_unknown_connectors(
    pattern: str, nics: int, *, turned: bool
) -> None:
    """800G to 4 x 200G has no modules in the catalog: its cords are a gap, never too few straight ones."""
    pieces = bought(hosts(pattern, "dr", 4, nics, turned=turned))
    assert "mpo12_cord" not in pieces
    (gap,) = (words for words in pieces if "would end in several modules" in words)
    assert pieces[gap] == ceil(nics / 4)


@pytest.mark.parametrize(
    ("at", "medium", "nics"), all_of(("hosts", "leaf_spine"), ("dac_splitter", "dr"), (8, 7))
)
def test_fat_trees_split_at_hosts_and_between_tiers(at: str, medium: str, nics: int) -> None:
    other = "dr" if medium == "dac_splitter" else "dac"
    keys = {"hosts": medium, "between": other} if at == "hosts" else {"hosts": other, "between": medium}
    if at == "hosts":
        keys["between"] = "dr"
    links = 8 * nics if at == "hosts" else 64
    text = TREE.format(rate=RATE, lanes=4, legs=2, leaf=2 if at == "hosts" else 1, nics=nics, at=at, **keys)
    pieces = bought(fabric_of(text, shipped=True))
    if medium == "dac_splitter":
        assert pieces["dac_800g_splitter"] == links // 2
    else:
        assert "dac_800g_splitter" not in pieces
        assert pieces["mpo12_cord"] == links + (64 if at == "hosts" else 0)


BOTH = """
devices:
  nic: {{role: nic, ports: {{p: {{count: 2, lanes: 2, lane_rate: 100 Gb/s, cage: {{links: 2}}}}}}}}
  sw: {{role: switch, ports: {{p: {{count: 8, lanes: 2, lane_rate: 100 Gb/s, cage: {{links: 4}}}}}}}}
instances: {{nic: 4, sw: 1}}
links: {{h: {{network: scale_out, pattern: one_to_one, a: {a}, b: {b}, links_per_cable: 2, split: {split}}}}}
"""


@pytest.mark.parametrize(("split", "turned"), all_of(("upper", "lower"), (False, True)))
def test_split_says_which_end_has_the_one_plug(split: str, *, turned: bool) -> None:
    a, b = ("sw.p", "nic.p") if turned else ("nic.p", "sw.p")
    fabric = fabric_of(BOTH.format(a=a, b=b, split=split), shipped=True)
    (group,) = fabric.links
    begins = {fabric.groups[block.a.group].type.name for block in group.blocks}
    assert begins == {"sw" if split == "upper" else "nic"}


@pytest.mark.parametrize("split", ["upper", "lower"])
def test_split_of_a_fabric_counts_from_its_ends(split: str) -> None:
    text = TREE.format(rate=RATE, lanes=4, legs=2, leaf=2, nics=8, at="leaf_spine", hosts="dr", between="dac")
    fabric = fabric_of(text.replace("medium: {hosts", f"split: {split}, medium: {{hosts"), shipped=True)
    (group,) = (one for one in fabric.links if one.name.endswith("leaf_spine"))
    begins = {fabric.groups[block.a.group].label.split("/")[-1] for block in group.blocks}
    assert begins == {"spine" if split == "upper" else "leaf"}


def legs_unused(fabric: Fabric) -> list[str]:
    """Return what is said about unused legs."""
    said = (problem.message for problem in fabric.warnings if problem.code == "W308")
    return [message.partition("; unused: ")[0] for message in said]


@pytest.mark.parametrize(("pattern", "turned"), all_of(PATTERNS, (False, True)))
def test_an_unused_leg_is_reported(pattern: str, *, turned: bool) -> None:
    fabric = hosts(pattern, "dac_splitter", 2, 7, turned=turned)
    assert legs_unused(fabric) == ["1 of 4 dac_800g_splitter has an unused leg"]
    assert legs_unused(hosts(pattern, "dac_splitter", 2, 8, turned=turned)) == []
    four = hosts(pattern, "dac_splitter", 4, 5, turned=turned)
    assert legs_unused(four) == ["1 of 2 dac_800g_4x200g has an unused leg"]
    assert legs_unused(hosts(pattern, "dr", 2, 7, turned=turned)) == []


def test_an_unused_leg_is_accepted_with_its_port() -> None:
    keys = {"pattern": "spread", "medium": "dac_splitter", "legs": 2, "nics": 7, "a": "nic.p", "b": "sw.p"}
    keys |= {"rate": RATE, "ports": 8, "lanes": 4, "more": "", "switches": 1}
    text = LINKS.format(**keys) + "expect: {free_ports: {sw: 1}}\n"
    assert legs_unused(fabric_of(text, shipped=True)) == []


def test_legs_of_the_schedule_count_the_links_of_each_cage() -> None:
    fabric = hosts("spread", "dac_splitter", 2, 7, turned=False)
    pieces = to_cable_schedule(fabric, roll_up(fabric), Options(all_links=True, columns="full"))
    rows = list(csv.DictReader(io.StringIO(b"".join(pieces).decode())))
    seen = Counter((row["cable_id"], row["a_cage"], row["a_leg"], row["a_breakout"]) for row in rows)
    assert len(rows) == 7
    assert max(seen.values()) == 1
    assert Counter(row["a_leg"] for row in rows) == {"1": 4, "2": 3}
    assert {row["b_leg"] for row in rows} == {""}


SWITCHES = """
devices:
  one: {{role: switch, ports: {{p: {{count: 8, lanes: 4, {rate}, cage: {{links: {near}}}}}}}}}
  two: {{role: switch, ports: {{p: {{count: 8, lanes: 4, {rate}, cage: {{links: {far}}}}}}}}}
instances: {{one: 1, two: 1}}
links:
  h:
    {{network: scale_out, pattern: {pattern}, {ends}, links_per_cable: 2, split: {split}, medium: dac,
      length: 1 m}}
"""


@pytest.mark.parametrize(
    ("pattern", "split", "turned"), all_of(("spread", "planes", "one_to_one"), ("a", "b"), (False, True))
)
def test_either_end_of_links_between_switches_can_have_the_plug(
    pattern: str, split: str, *, turned: bool
) -> None:
    ends = "a: two.p, b: one.p" if turned else "a: one.p, b: two.p"
    keys = {"rate": RATE, "near": 2, "far": 2, "pattern": pattern, "ends": ends, "split": split}
    fabric = fabric_of(SWITCHES.format(**keys), shipped=True)
    begin = "one" if (split == "a") != turned else "two"
    (group,) = fabric.links
    assert {fabric.groups[block.a.group].type.name for block in group.blocks} == {begin}
    assert bought(fabric) == {"dac_800g": 4}


@pytest.mark.parametrize(
    ("split", "pattern", "ends", "code"),
    [
        ("b", "spread", "a: one.p, b: two.p", "E741.*(?s:.)*split: a, or leave"),
        ("upper", "spread", "a: one.p, b: two.p", "E742.*(?s:.)*split: a or b"),
        ("a", "external", "a: one.p, to: core", "E742.*outside the file"),
        ("a", "full_mesh", "a: one.p, b: one.p", "E742.*the same ports"),
    ],
)
def test_an_end_that_cannot_have_the_plug_is_refused(split: str, pattern: str, ends: str, code: str) -> None:
    text = SWITCHES.format(rate=RATE, near=2, far=1, pattern=pattern, ends=ends, split=split)
    with pytest.raises(InputError, match=code):
        fabric_of(text.replace("one: 1", "one: 2"), shipped=True)
