"""What is ordered can be plugged: plugs fill cages, connectors meet, links of one plug end together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of, shipped_fabric
from topogen.cabling.cables import cable_of_link
from topogen.cabling.cages import cage_uses, side_of
from topogen.errors import InputError
from topogen.model.expand import expand
from topogen.takeoff.quantities import EndQuantity
from topogen.takeoff.take_off import take_off

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

RACK = """
devices:
  nic: {{role: nic, ports: {{p: {{count: {nic_ports}, {lanes}, cage: {{links: {nic_cage}}}}}}}}}
  sw:  {{role: switch, ports: {{p: {{count: {sw_ports}, {lanes}, cage: {{links: {sw_cage}}}}}}}}}
templates: {{rk: {{level: rack, slots: {{U1-8: {{nic: 8}}, U9: {{sw: 1}}}}}}}}
instances: {{r1: rk}}
links:
  h:
    {{network: scale_out, pattern: spread, a: {a}.p, b: {b}.p, within: rack, links_per_cable: {per_cable},
      {medium}}}
"""
LANES = "lanes: 4, lane_rate: 100 Gb/s"


def rack_text(medium: str, a: str, per_cable: int, **ports: int | str) -> str:
    """Return the text of eight NICs below one switch in a rack."""
    keys: dict[str, int | str] = {"nic_ports": 1, "nic_cage": 1, "sw_ports": 16, "sw_cage": 2, "lanes": LANES}
    b = "sw" if a == "nic" else "nic"
    return RACK.format(medium=f"medium: {medium}", a=a, b=b, per_cable=per_cable, **(keys | ports))


def rack(medium: str, *, a: str = "nic", per_cable: int = 1, **ports: int | str) -> Fabric:
    """Return the fabric of eight NICs below one switch in a rack."""
    return fabric_of(rack_text(medium, a, per_cable, **ports), shipped=True)


def bought(fabric: Fabric) -> dict[str, int]:
    """Return the pieces of each part of the interconnect, of a gap by what it says."""
    pieces: dict[str, int] = {}
    for row in (row for row in take_off(fabric) if row.cost_scope == "interconnect"):
        pieces[row.part or row.gap] = pieces.get(row.part or row.gap, 0) + row.qty
    return pieces


def test_a_dac_with_one_plug_is_not_sold_into_twin_cages_and_the_hint_works() -> None:
    with pytest.raises(InputError, match=r"E307 .* a cage of sw.p holds 2 links") as refused:
        rack("dac", sw_ports=8)
    hint = refused.value.problems[0].hint
    assert re.search("links_per_cable: 2, medium: dac_splitter; or medium: dr or sr", hint)
    assert bought(rack("dac_splitter", per_cable=2, sw_ports=8)) == {"dac_800g_splitter": 4}
    assert bought(rack("dr", sw_ports=8))["osfp_800g_2xdr4"] == 4


def test_the_plug_of_a_splitter_is_where_its_cage_is_whatever_a_and_b_are() -> None:
    one, other = (rack("dac_splitter", a=a, per_cable=2, sw_ports=8) for a in ("nic", "sw"))
    assert bought(one) == bought(other) == {"dac_800g_splitter": 4}
    assert {block.a.group for block in one.links[0].blocks} == {
        block.a.group for block in other.links[0].blocks
    }


def test_hosts_of_a_fabric_are_split_at_the_leaf() -> None:
    text = """
devices:
  nic: {role: nic, ports: {eth: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  leaf: {role: switch, ports: {eth: {count: 64, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 2}}}}
templates: {node: {level: node, contains: {nic: 8}}}
instances: {node: 8}
fabrics:
  net:
    {network: scale_out, pattern: fat_tree, tiers: 1, ends: nic.eth, rails_by: node, switch: leaf,
      medium: dac_splitter, links_per_cable: 2}
"""
    assert bought(fabric_of(text, shipped=True)) == {"dac_800g_splitter": 32}


def test_an_odd_splitter_leaves_one_tail_unused() -> None:
    fabric = rack("dac_splitter", a="sw", per_cable=2, sw_ports=7)
    assert bought(fabric) == {"dac_800g_splitter": 4}


def test_two_part_filled_plugs_never_meet_in_one_cage() -> None:
    with pytest.raises(InputError, match=r"E308 .* two plugs would meet in one cage of r1/sw0"):
        rack("dac", nic_cage=2, per_cable=2, sw_ports=8)


def test_plugs_of_two_link_groups_never_meet_in_one_cage() -> None:
    text = """
devices:
  one: {role: nic, ports: {p: {count: 1, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 2}}}}
  two: {role: nic, ports: {p: {count: 3, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 2}}}}
  sw:  {role: switch, ports: {p: {count: 4, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 2}}}}
templates: {r: {level: rack, slots: {U1: {one: 1}, U2: {two: 1}, U3: {sw: 1}}}}
instances: {r1: r}
links:
  x: {network: scale_out, a: one.p, b: "sw.p[0]", pattern: one_to_one, links_per_cable: 2, medium: dac}
  y: {network: scale_out, a: two.p, b: "sw.p[1-3]", pattern: one_to_one, links_per_cable: 2, medium: dac}
"""
    with pytest.raises(InputError, match=r"E308 .*a cage of sw.p would take plugs of x and of y"):
        fabric_of(text, shipped=True)


def test_a_cord_carries_no_more_fibres_than_it_has() -> None:
    fabric = rack("dr", nic_ports=2, nic_cage=2, per_cable=2)
    assert bought(fabric) == {"mpo12_cord": 16, "osfp_800g_2xdr4": 16}
    assert fabric.links[0].links_per_cable == 1


def test_a_link_with_more_fibres_than_any_connector_has_no_cord() -> None:
    found = bought(rack("dr", sw_cage=1, lanes="lanes: 8, lane_rate: 100 Gb/s"))
    assert found["a link takes 16 fibres, mpo12_cord has 12; dr8 has modules for 8 x 100 Gb/s"] == 8
    assert "mpo12_cord" not in found


def test_two_links_that_share_a_connector_share_a_cord() -> None:
    alone = "a connector takes 2 links, a cord 1 link: links_per_cable: 2"
    lanes = "lanes: 2, lane_rate: 200 Gb/s"
    keys: dict[str, Any] = {"nic_ports": 4, "nic_cage": 4, "sw_ports": 32, "sw_cage": 4, "lanes": lanes}
    assert bought(rack("dr", **keys)) == {alone: 32, "osfp_1t6_2xdr4": 16}
    assert bought(rack("dr", per_cable=2, **keys)) == {"mpo12_cord": 16, "osfp_1t6_2xdr4": 16}


def test_a_connector_of_two_links_meets_two_of_one_by_a_splitter_cord() -> None:
    catalog = """
catalog:
  parts: {one: {is: one link, sockets: mpo12}}
  media: {half: {like: dr, recipe: {module: {part: {1 x 2 x 100 Gb/s: one, 2 x 2 x 100 Gb/s: one}}}}}
"""
    text = rack_text("half", "sw", 2, sw_ports=8, lanes="lanes: 2, lane_rate: 100 Gb/s")
    assert bought(fabric_of(text + catalog, shipped=True)) == {"mpo12_split_cord": 4, "one": 12}


GAPS = """
devices:
  nic: {role: nic, ports: {p: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  two: {role: nic, ports: {p: {count: 1, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 2}}}}
  sw: {role: switch, ports: {p: {count: 16, lanes: 4, lane_rate: 100 Gb/s}}}
templates: {rk: {level: rack, slots: {U1-4: {nic: 4}, U5-8: {two: 4}, U9: {sw: 1}}}}
instances: {r1: rk}
"""


@pytest.mark.parametrize(
    ("a", "rows", "gap", "cords"),
    [
        (
            "[nic.p, two.p]",
            "1 x 4 x 100 Gb/s: one, 2 x 4 x 100 Gb/s: other",
            "the ends have different connectors",
            8,
        ),
        ("nic.p", "1 x 4 x 100 Gb/s: many", "a link needs more lanes than one connector has", 4),
        ("nic.p", "1 x 4 x 100 Gb/s: other", "no os2 cords from lc to lc in the catalog", 4),
    ],
)
def test_what_no_cord_joins_is_a_gap_of_every_cable(a: str, rows: str, gap: str, cords: int) -> None:
    catalog = f"""
catalog:
  parts:
    one: {{is: one, sockets: mpo12}}
    other: {{is: other, sockets: lc}}
    many: {{is: many, sockets: 2 x mpo12}}
  media: {{own: {{like: dr, interface: own, recipe: {{module: {{part: {{{rows}}}}}}}}}}}
links: {{h: {{network: scale_out, a: {a}, b: sw.p, pattern: spread, within: rack, medium: own}}}}
"""
    pieces = bought(fabric_of(GAPS + catalog, shipped=True))
    assert {words.partition(":")[0]: count for words, count in pieces.items() if gap in words} == {gap: cords}
    assert "mpo12_cord" not in pieces


def test_links_that_do_not_divide_into_connectors_have_no_cord() -> None:
    keys = {"nic_ports": 2, "nic_cage": 2, "sw_ports": 18, "sw_cage": 3}
    catalog = """
catalog:
  parts: {one: {is: one, sockets: mpo12}}
  media:
    own: {like: dr, interface: own, recipe: {module: {part: {2 x 1 x 100 Gb/s: one, 3 x 1 x 100 Gb/s: one}}}}
"""
    text = rack_text("own", "nic", 2, lanes="lanes: 1, lane_rate: 100 Gb/s", **keys)
    (gap,) = (words for words in bought(fabric_of(text + catalog, shipped=True)) if "no cord" in words)
    assert gap == "no cord joins these connectors: a: mpo12 of 2 links, b: mpo12 of 3 links"


def test_a_module_and_a_panel_of_other_connectors_are_joined_by_a_cord_of_both() -> None:
    pieces = bought(shipped_fabric("scaleout-131072"))
    assert pieces["mpo12_mmc12_cord"] == pieces["mmc12_cord"] == 131072


@pytest.mark.parametrize(
    ("name", "part", "pieces"),
    [
        ("b300-ethernet-superpod", "mpo12_cord", 8192),
        ("nvl72-spread-2-racks", "mpo12_cord", 324),
        ("nvl72-spread-4-racks", "mpo12_cord", 540),
        ("nvl72-spread-row", "mpo12_cord", 576),
        ("nvl72-spread-hall", "mpo12_cord", 216),
        ("gb200-nvl72", "nvlink_cartridge", 4),
        ("vr-nvl72", "nvlink_cartridge", 4),
    ],
)
def test_shipped_systems_have_as_many_as_can_be_plugged(name: str, part: str, pieces: int) -> None:
    assert bought(shipped_fabric(name))[part] == pieces


def test_cartridges_follow_pairs() -> None:
    text = """
devices:
  gpu: {role: gpu, ports: {nvl: {count: 36, lanes: 2, lane_rate: 200 Gb/s, duplex: bidi}}}
  sw: {role: switch, ports: {nvl: {count: 72, lanes: 2, lane_rate: 200 Gb/s, duplex: bidi}}}
templates:
  t: {level: tray, contains: {gpu: 4}}
  s: {level: tray, contains: {sw: 4}}
  r: {level: rack, slots: {U11-18: t, U19-27: s, U28-37: t}}
instances: {r1: r}
links:
  nvl: {network: scale_up, a: gpu.nvl, b: sw.nvl, within: rack, pattern: planes, medium: nvlink_backplane}
"""
    assert bought(fabric_of(text, shipped=True)) == {"nvlink_cartridge": 4}


# Balance, for whatever can be built


def linked_cages(fabric: Fabric, side: int) -> int:
    """Return the cages in use at a side of the only link group."""
    return sum(
        cages for use in cage_uses(fabric) for user, cages in use.cages.items() if side_of(user)[1] == side
    )


@settings(deadline=None, max_examples=150)
@given(
    medium=st.sampled_from(["dac", "dac_splitter", "acc", "aec", "dr", "sr", "fr"]),
    a=st.sampled_from(["nic", "sw"]),
    per_cable=st.integers(1, 3),
    nic=st.tuples(st.integers(1, 4), st.integers(1, 3)),
    switch=st.tuples(st.integers(1, 33), st.integers(1, 3)),
)
def test_plugs_are_the_cages_in_use_and_cords_the_sockets(
    medium: str, a: str, per_cable: int, nic: tuple[int, int], switch: tuple[int, int]
) -> None:
    keys = {"nic_ports": nic[0], "nic_cage": nic[1], "sw_ports": switch[0], "sw_cage": switch[1]}
    try:
        fabric = rack(medium, a=a, per_cable=per_cable, **keys)
    except InputError as refused:
        codes = {one.code for one in refused.problems}
    else:
        _check_balance(fabric)
        return
    assert codes <= {"E201", "E205", "E209", "E214", "E307", "E308"}


def _check_balance(fabric: Fabric) -> None:
    """Assert that plugs and connectors of the cables are as many as the cages and sockets at both sides."""
    group, rows = fabric.links[0], [row for row in take_off(fabric) if row.part]
    cables = len(set(cable_of_link(fabric, group, expand(fabric, group)).tolist()))
    ordered = [row for row in rows if row.per == "link"]
    assert sum(row.qty for row in ordered) in (0, cables)
    for part in [fabric.catalog.parts[name] for name in {row.part or "" for row in ordered}]:
        if part.plugs:
            assert cables * part.plugs[0] == linked_cages(fabric, 0)
            unused = cables * part.plugs[1] - linked_cages(fabric, 1)
            assert 0 <= unused <= cables * (part.plugs[1] - 1), (
                "a cable has at least one plug in a cage of its own"
            )
    for side in "ab" if any(row.line == "module" for row in rows) and ordered else "":
        modules = [row for row in rows if isinstance(row, EndQuantity) and row.side == side]
        sockets = [(row.qty, fabric.catalog.parts[row.part or ""].sockets) for row in modules]
        if sockets:
            assert cables <= sum(qty * socket.count for qty, socket in sockets if socket)
