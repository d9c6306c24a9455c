"""Shuffle cords: worked by hand, odd tails, both orders of the ends, counts against a search link by link."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from fractions import Fraction
from math import ceil
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.helpers_fabric import fabric_of
from topogen.errors import InputError
from topogen.export import export_bytes
from topogen.export.options import Options
from topogen.model.expand import expand
from topogen.page.sheets import to_sheets
from topogen.structure.light import loss_of
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

LANE = "lanes: 1, lane_rate: 100 Gb/s"
MEDIA = """
catalog:
  parts:
    wide: {is: a module of two MPO-12, sockets: 2 x mpo12}
  media:
    light:
      like: dr
      loss: {budget_db: 3.0, fibre_db_per_km: 0.4, connector_db: 0.35, connectors: 2}
      recipe:
        module: {part: {4 x 1 x 100 Gb/s: osfp_400g_dr4, 8 x 1 x 100 Gb/s: osfp_800g_dr8}}
        cord: {part: {1 x 1 x 100 Gb/s: mpo12_cord, 8 x 1 x 100 Gb/s: mpo16_cord}}
    twin: {like: light, recipe: {module: {part: {8 x 1 x 100 Gb/s: wide}}, cord: {part: mpo12_cord}}}
"""

LINKS = """
devices:
  nic: {{role: nic, ports: {{net: {{count: {links}, {lane}, cage: {{links: {links}}}}}}}}}
  box: {{role: switch, ports: {{net: {{count: {ports}, {lane}, cage: {{links: {links}}}}}}}}}
templates: {{rk: {{level: rack, slots: {{U1-24: {{nic: {nics}}}, U25-40: {{box: {boxes}}}}}}}}}
instances: {{r1: rk}}
links:
  h: {{network: scale_out, pattern: planes, a: {a}, b: {b}, medium: {medium}, shuffle: {n} x {n}}}
"""


def planes(
    nics: int, n: int, *, links: int = 0, medium: str = "light", turned: bool = False, more: str = ""
) -> str:
    """Return NICs of so many links, each spread over n switches."""
    links = links or n
    each = ceil(nics * links / n / links) * links
    a, b = ("box.net", "nic.net") if turned else ("nic.net", "box.net")
    keys = {
        "nics": nics,
        "boxes": n,
        "ports": each,
        "links": links,
        "n": n,
        "a": a,
        "b": b,
        "medium": medium,
        "lane": LANE,
    }
    return LINKS.format(**keys) + more + MEDIA


def pairs(text: str, listed: list[tuple[str, str]]) -> str:
    """Return a text with listed pairs in place of its pattern."""
    written = ", ".join(f'["{a}", "{b}"]' for a, b in listed)
    return text.replace("pattern: planes, a: nic.net, b: box.net", f"pattern: explicit, pairs: [{written}]")


def parts(fabric: Fabric) -> dict[str, int]:
    """Return the pieces of each part that links own."""
    found: Counter[str] = Counter()
    for row in roll_up(fabric).quantities:
        if row.per == "link":
            found[row.part or row.gap] += row.qty
    return dict(found)


def lines(fabric: Fabric, table: str = "cable_schedule.csv") -> list[dict[str, str]]:
    """Return the lines of a table with all its columns."""
    text = b"".join(export_bytes(table, fabric, roll_up(fabric), Options(columns="full"))).decode()
    return list(csv.DictReader(io.StringIO(text)))


# By hand


def test_two_cords_of_four_by_four_by_hand() -> None:
    """NIC k has link p to port k of switch p: one cord for NICs 0-3, another for 4-7."""
    fabric = fabric_of(planes(8, 4), shipped=True)
    assert parts(fabric) == {"mpo12_shuffle_4x4": 2}
    assert fabric.warnings == ()
    found = lines(fabric)
    assert len({line["cable_id"] for line in found}) == 2
    ends = {(one["a_device"], one["a_leg"], one["b_device"], one["b_port"], one["b_leg"]) for one in found}
    assert ends == {
        (f"r1/nic{nic}", str(plane + 1), f"r1/box{plane}", f"net{nic}", str(nic % 4 + 1))
        for nic in range(8)
        for plane in range(4)
    }
    assert all(line["a_breakout"] == line["a_leg"] for line in found)  # lane group j goes to connector j


def test_the_order_of_the_ends_does_not_matter() -> None:
    assert parts(fabric_of(planes(8, 4, turned=True), shipped=True)) == {"mpo12_shuffle_4x4": 2}


@pytest.mark.parametrize(("nics", "cords"), [(4, 1), (5, 2), (6, 2), (7, 2), (8, 2), (9, 3)])
def test_an_odd_tail_takes_a_whole_cord_and_is_noted(nics: int, cords: int) -> None:
    fabric = fabric_of(planes(nics, 4), shipped=True)
    assert parts(fabric) == {"mpo12_shuffle_4x4": cords}
    said = [one.message for one in fabric.warnings if one.code == "W308"]
    free = 4 * (-nics % 4)
    odd = [f"1 of {cords} shuffle cords of 4 x 4 has an unused connector; unused: {free} ports of box.net"]
    assert said == (odd if nics % 4 else [])


def test_a_tail_that_the_file_states_is_not_noted() -> None:
    free = "expect: {free_ports: {box: 8}}\n"
    assert fabric_of(planes(6, 4, more=free), shipped=True).warnings == ()


def test_a_twin_module_is_two_connectors() -> None:
    """Eight links on two MPO-12 are two connectors of four: each NIC is two of the four at its end."""
    listed = [(f"nic{k // 2}.net[{4 * (k % 2) + p}]", f"box{p}.net[{k}]") for k in range(8) for p in range(4)]
    text = pairs(planes(4, 4, links=8, medium="twin"), listed)
    fabric = fabric_of(text, shipped=True)
    assert parts(fabric) == {"mpo12_shuffle_4x4": 2}
    assert len(lines(fabric)) == len(listed)  # no line joins links of two connectors


@pytest.mark.parametrize("crossed", [False, True])
def test_lane_groups_keep_the_order_of_their_lanes(*, crossed: bool) -> None:
    """Two connectors an end, of four links each: links 0 and 1 go to the first, 2 and 3 to the second."""
    listed = [
        (f"nic{nic}.net[{link}]", f"box{link // 2}.net[{2 * nic + (link % 2 ^ crossed)}]")
        for nic in range(2)
        for link in range(4)
    ]
    text = pairs(planes(2, 2, links=4), listed)
    if crossed:
        with pytest.raises(InputError, match="E844"):
            fabric_of(text, shipped=True)
    else:
        assert parts(fabric_of(text, shipped=True)) == {"mpo12_shuffle_2x2": 1}


def test_a_cord_with_fewer_fibres_than_its_links_take_is_a_gap() -> None:
    text = planes(8, 4).replace("  parts:", "  parts:\n    mpo12_shuffle_4x4: {fibres: 6}")
    assert parts(fabric_of(text, shipped=True)) == {"a connector takes 8 fibres, mpo12_shuffle_4x4 has 6": 2}


def test_cords_that_the_catalog_lacks_are_counted_all_the_same() -> None:
    text = planes(16, 8).replace("osfp_800g_dr8", "wide").replace("sockets: 2 x mpo12", "sockets: mpo24")
    gap = "no os2 shuffle cords from 8 x mpo24 to 8 x mpo24 in the catalog"
    assert parts(fabric_of(text, shipped=True)) == {gap: 2}


def test_the_loss_of_a_pass_is_part_of_the_estimate_where_it_is_known() -> None:
    fabric = fabric_of(planes(8, 4), shipped=True)
    row = loss_of(fabric, fabric.links[0], 1_000)
    assert row
    assert row.shuffle_db is None
    assert row.estimate_db is None
    fabric = fabric_of(
        planes(8, 4).replace("  parts:", "  parts:\n    mpo12_shuffle_4x4: {loss_db: 0.6}"), shipped=True
    )
    row = loss_of(fabric, fabric.links[0], 1_000)
    assert row
    assert row.estimate_db == Fraction("0.0004") + 2 * Fraction("0.35") + Fraction("0.6")
    assert row.margin_db == 3 - row.estimate_db
    assert row.most_connectors == 6  # (3 - 0.0004 - 0.6) / 0.35


# Against a search link by link

FABRIC = """
devices:
  nic: {{role: nic, ports: {{net: {{count: {n}, {lane}, cage: {{links: {n}}}}}}}}}
  box: {{role: switch, ports: {{net: {{count: {radix}, {lane}, cage: {{links: {n}}}}}}}}}
templates: {{node: {{level: node, contains: {{nic: {nics}}}}}}}
instances: {{node: {nodes}}}
fabrics:
  net:
    network: scale_out
    pattern: fat_tree
    tiers: {tiers}
    planes: {planes}
    ends: nic.net
    switch: box
    medium: light
    even: false
    shuffle: {{{group}: {n} x {n}}}
"""


def test_leaves_and_spines_of_each_plane_have_cords_of_their_own() -> None:
    """32 NICs: 8 leaves and 4 spines a plane; 4 + 4 of them have a cord, 2 a plane, 8 in all."""
    keys = {"n": 4, "radix": 8, "nics": 4, "nodes": 8, "tiers": 2, "planes": 4, "group": "leaf_spine"}
    fabric = fabric_of(FABRIC.format(lane=LANE, **keys) + MEDIA, shipped=True)
    assert parts(fabric)["mpo12_shuffle_4x4"] == 8 == cords_by_search(fabric, "net/leaf_spine", 4)


def cords_by_search(fabric: Fabric, name: str, n: int) -> int | None:
    """Return the cords of n x n connectors of n links, link by link; None if one does not fit."""
    group = next(group for group in fabric.links if group.name == name)
    columns = expand(fabric, group)
    every = zip(
        columns.a.tolist(), columns.a_port.tolist(), columns.b.tolist(), columns.b_port.tolist(), strict=True
    )
    at: dict[tuple[int, int], list[tuple[int, int, int, int]]] = {}
    for link in every:
        for end in ((link[0], link[1] // n), (link[2], link[3] // n)):
            at.setdefault(end, []).append(link)
    left, cords = set(at), 0
    while left:
        todo, places = [left.pop()], dict[tuple[int, int], set[tuple[str, int]]]()
        while todo:
            for a, p, b, q in at[todo.pop()]:
                places.setdefault((a, p // n), set()).add(("a", q % n))
                places.setdefault((b, q // n), set()).add(("b", p % n))
                todo += [end for end in ((a, p // n), (b, q // n)) if end in left]
                left -= {*todo}
        taken = [place for one in places.values() for place in one]
        if len(taken) != len(places) or len(set(taken)) != len(taken):
            return None
        cords += 1
    return cords


@pytest.mark.parametrize("seed", range(40))
def test_cords_are_those_of_a_search(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - reproducible fabrics
    n = random.choice([4, 8])
    keys: dict[str, object] = {
        "n": n,
        "radix": n * random.choice([2, 4, 6]),
        "nics": random.randint(1, 5),
        "nodes": random.randint(1, 7),
        "tiers": random.choice([1, 2]),
        "planes": random.choice([one for one in (2, 4, 8) if one <= n]),
    }
    keys["group"] = "hosts" if keys["tiers"] == 1 else random.choice(["hosts", "leaf_spine"])
    text = FABRIC.format(lane=LANE, **keys) + MEDIA
    try:
        plain = fabric_of(text.replace("shuffle: {", "fibre_shuffle: text #"), shipped=True)
    except InputError:
        return  # more ends than the switches serve
    name = f"net/{keys['group']}"
    expected = cords_by_search(plain, name, n)
    if expected is None:
        with pytest.raises(InputError, match="E844"):
            fabric_of(text, shipped=True)
        return
    fabric = fabric_of(text, shipped=True)
    part = "mpo12_shuffle_4x4" if n == 4 else "mpo16_shuffle_8x8"
    assert parts(fabric)[part] == expected
    own = [line for line in lines(fabric) if line["link_group"] == name]
    assert len({line["cable_id"] for line in own}) == expected
    assert len(own) == next(group.count for group in fabric.links if group.name == name)
    assert all(line["a_breakout"] == line["a_leg"] for line in own)
    refuse_wrong_labels(fabric, name, n)


def refuse_wrong_labels(fabric: Fabric, name: str, n: int) -> None:
    """Each connector of n links has one label, that of its lines in the schedule, and no other has it."""
    group = next(group for group in fabric.links if group.name == name)
    columns = expand(fabric, group)
    connectors = {
        (one, port // n) for one, port in zip(columns.a.tolist(), columns.a_port.tolist(), strict=True)
    }
    connectors |= {
        (one, port // n) for one, port in zip(columns.b.tolist(), columns.b_port.tolist(), strict=True)
    }
    own = [row["label"] for row in lines(fabric, "labels.csv") if row["link_group"] == name]
    assert len(own) == len(set(own)) == len(connectors)
    scheduled = [line for line in lines(fabric) if line["link_group"] == name]
    assert {line[f"label_{side}"] for line in scheduled for side in "ab"} == set(own)


ROW = """
devices:
  nic: {{role: nic, ports: {{net: {{count: 4, {lane}, cage: {{links: 4}}}}}}}}
  box: {{role: switch, ports: {{net: {{count: 16, {lane}, cage: {{links: 4}}}}}}}}
templates:
  gpus: {{level: rack, slots: {{U1-8: {{nic: {nics}}}}}}}
  top: {{level: rack, slots: {{U1-4: {{box: 4}}}}}}
instances: {{"r[1-2]": gpus, net: top}}
links:
  h: {{network: scale_out, pattern: planes, a: nic.net, b: box.net, medium: light, shuffle: 4 x 4}}
layout: {{rows: {{A: [r1, net, r2]}}, rack_pitch: 600 mm, tray: {{where: overhead, height: 2.6 m}}}}
expect: {{free_ports: {{box: {free}}}}}
"""


@pytest.mark.parametrize(("nics", "cords"), [(8, 4), (7, 4), (6, 3)])
def test_a_cord_is_pulled_once_in_each_bundle_and_has_a_row_a_connector(nics: int, cords: int) -> None:
    """Seven NICs a rack: the second cord joins three of one rack and one of the other."""
    text = ROW.format(lane=LANE, nics=nics, free=4 * (16 - 2 * nics)) + MEDIA
    fabric = fabric_of(text, shipped=True)
    said = [one.message for one in fabric.warnings if one.code == "W856"]
    what = f"1 of {cords} shuffle cords of 4 x 4 has connectors of one end in several racks"
    assert said == ([f"{what}, such as r1/nic4 in r1 and r2/nic0 in r2"] if nics % 4 else [])
    placed = {(line["bundle"], line["install_order"], line["cable_id"]) for line in lines(fabric)}
    expected = cords + bool(nics % 4)  # one is in both bundles
    assert len(placed) == len({place[:2] for place in placed}) == expected
    assert len({cable for *_, cable in placed}) == cords
    page = to_sheets(fabric, roll_up(fabric), Options())
    kinds = {
        kind: re.findall(rf'<section class="{kind}">.*?</section>', page, re.DOTALL)
        for kind in ("bundle", "rack")
    }
    rows = {kind: len(re.findall(r"<td>c\w{12}</td>", "".join(some))) for kind, some in kinds.items()}
    assert rows == {"bundle": expected, "rack": len(lines(fabric, "labels.csv"))}


def test_the_example_of_the_reference_takes_two_cords() -> None:
    page = (Path(__file__).parents[1] / "docs/topology-language.md").read_text(encoding="utf-8")
    text = page.partition("## Shuffle cords")[2].partition("```yaml\n")[2].partition("```")[0]
    fabric = fabric_of(text, shipped=True)
    bill = {line.part: line.qty for line in roll_up(fabric).lines}
    assert bill == {"mpo12_shuffle_4x4": 2, "osfp_400g_dr4": 16}
