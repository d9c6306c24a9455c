"""Links through patch panels: lengths on three floors worked by hand, whole trunks, polarity, loss, files."""

from __future__ import annotations

import csv
import os
from fractions import Fraction
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.docs.console import run_again
from tests.helpers_fabric import ROOT, fabric_of
from topogen.errors import InputError
from topogen.export import export_bytes
from topogen.media.patching import trunk_routes
from topogen.structure.light import loss_of
from topogen.takeoff.derivation import evaluate
from topogen.takeoff.derive import derive, together
from topogen.takeoff.roll_up import roll_up
from topogen.takeoff.take_off import take_off

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

TWO_HALLS = """
devices:
  leaf: {role: switch, ports: {up: {count: 6, lanes: 4, lane_rate: 100 Gb/s}}}
  spine: {role: switch, ports: {down: {count: 8, lanes: 4, lane_rate: 100 Gb/s}}}
templates:
  rack_a: {level: rack, slots: {U10: leaf, U20: leaf}}
  rack_b: {level: rack, slots: {U40: spine}}
  meet: {level: rack, contains: {}}
instances: {"a[1-2]": rack_a, "b[1-3]": rack_b, mda: meet, mdb: meet}
patch_panels:
  hall_a: {at: mda, unit: 40, connector: mpo12, positions: 12, panels: 2, trunk: mpo12_trunk_144}
  hall_b: {at: mdb, unit: 38, connector: mpo12, positions: 24, trunk: mpo12_trunk_144}
links:
  up: {network: scale_out, a: leaf.up, b: spine.down, pattern: planes, medium: dr, through: [hall_a, hall_b]}
layout:
  rows: {A: [mda, a1, a2], B: [mdb, b1, b2, b3]}
  rack_pitch: 600 mm
  row_pitch: 3 m
  tray: {where: overhead, height: 2.6 m}
  slack: {per_end: 500 mm}
"""
"""U10, U20, U38, U40 stand 445, 889, 1,690, 1,778 mm high: ceil(44.45 u)."""

CASSETTES = """
devices:
  leaf: {role: switch, ports: {up: {count: 4, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 2}}}}
  spine: {role: switch, ports: {down: {count: 4, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 2}}}}
templates:
  rack_a: {level: rack, slots: {U1: leaf}}
  rack_b: {level: rack, slots: {U1: spine}}
  meet: {level: rack, contains: {}}
instances: {a: rack_a, b: rack_b, mda: meet, mdb: meet}
patch_panels:
  hall_a: {at: mda, unit: 42, connector: lc_duplex, positions: 72, part: cassette_12, trunk: mpo12_trunk_144}
  hall_b: {at: mdb, unit: 42, connector: lc_duplex, positions: 72, part: cassette_12, trunk: mpo12_trunk_144}
links:
  up: {network: scale_out, a: leaf.up, b: spine.down, pattern: planes, medium: fr, through: [hall_a, hall_b]}
layout:
  rows: {A: [a, mda, mdb, b]}
  rack_pitch: 700 mm
  row_pitch: 3 m
  tray: {where: underfloor, height: 400 mm}
  slack: {per_end: 250 mm, percent: 10}
"""

MEASURED = """
devices:
  leaf: {role: switch, ports: {up: {count: 4, lanes: 4, lane_rate: 100 Gb/s}}}
  spine: {role: switch, ports: {down: {count: 4, lanes: 4, lane_rate: 100 Gb/s}}}
templates:
  rack_a: {level: rack, slots: {U10: leaf}}
  rack_b: {level: rack, slots: {U20: spine}}
instances: {a: rack_a, b: rack_b}
patch_panels:
  hall_a: {at: a, unit: 40, connector: mpo12, positions: 12, trunk: mpo12_trunk_144}
  hall_b: {at: b, unit: 30, connector: mpo12, positions: 12, trunk: mpo12_trunk_144}
links:
  up: {network: scale_out, a: leaf.up, b: spine.down, pattern: planes, medium: dr, through: [hall_a, hall_b]}
layout: {distances: ways.csv, slack: {per_end: 1 m}}
"""
WAYS = {"ways.csv": "rack_a,rack_b,length_m\na,b,40\n"}


def rows_of(fabric: Fabric, name: str = "patching.csv") -> list[dict[str, str]]:
    """Return the rows of a file of a build."""
    text = b"".join(export_bytes(name, fabric, roll_up(fabric))).decode()
    return list(csv.DictReader(StringIO(text)))


def lengths(fabric: Fabric, piece: str) -> list[tuple[str, int]]:
    """Return the lengths in m of one kind of piece, and how many have each."""
    found = [row["length_m"] for row in rows_of(fabric) if row["piece"] == piece]
    return sorted((length, found.count(length)) for length in set(found))


# Three floors


def test_two_rows_under_an_overhead_tray() -> None:
    fabric = fabric_of(TWO_HALLS, shipped=True)
    # leaf to hall_a: (2600 - 445) + (2600 - 1778) + 600 + 2 x 500; from U20 444 mm less; from a2 600 mm more
    assert lengths(fabric, "cord_a") == [("4.133", 6), ("4.577", 6), ("4.733", 6), ("5.177", 6)]
    # hall_a to hall_b: (2600 - 1778) + (2600 - 1690) + 3000 + 2 x 500
    assert lengths(fabric, "trunk") == [("5.732", 2)]
    # hall_b to spine: (2600 - 1690) + (2600 - 1778) + 600 + 2 x 500; 600 mm more for each rack
    assert lengths(fabric, "cord_b") == [("3.332", 8), ("3.932", 8), ("4.532", 8)]
    assert fabric.links[0].lengths.span_mm == (4133 + 5732 + 3332, 5177 + 5732 + 4532)
    ordered = {(line.part, line.length_mm): line.qty for line in roll_up(fabric).lines}
    assert ordered["mpo12_cord", 5000] == 42
    assert ordered["mpo12_cord", 7000] == 6
    assert ordered["mpo12_trunk_144", 5732] == 2


def test_cassettes_over_an_underfloor_tray_with_slack_by_percent() -> None:
    fabric = fabric_of(CASSETTES, shipped=True)
    # U1 is 45 mm high, U42 1,867 mm: ceil((2 x 400 + 45 + 1867 + 700) x 1.1) + 2 x 250
    assert lengths(fabric, "cord_a") == lengths(fabric, "cord_b") == [("4.254", 4)]
    # ceil((2 x 400 + 2 x 1867 + 700) x 1.1) + 2 x 250
    assert lengths(fabric, "trunk") == [("6.258", 1)]
    assert fabric.links[0].lengths.span_mm == (4254 + 6258 + 4254,) * 2
    (route,) = trunk_routes(fabric)
    assert (route.positions, route.strands, route.used, route.spare) == (72, 144, 8, 136)


def test_panels_in_the_racks_of_the_devices_and_a_measured_trunk() -> None:
    fabric = fabric_of(MEASURED, shipped=True, tables=WAYS)
    assert lengths(fabric, "cord_a") == [("3.333", 4)]  # 1778 - 445 + 2 x 1000
    assert lengths(fabric, "trunk") == [("42", 1)]  # 40 m + 2 x 1000 mm
    assert lengths(fabric, "cord_b") == [("2.445", 4)]  # 1334 - 889 + 2 x 1000
    assert [(one.length_mm, one.basis) for one in fabric.links[0].lengths] == [(47_778, "measured")]


# Trunks, polarity, loss


def test_trunks_are_whole_and_shared_by_link_groups() -> None:
    text = TWO_HALLS.replace("up: {network", "one: {network").replace("a: leaf.up,", "a: 'leaf.up[0-2]',")
    more = text.replace("layout:", "  two: {network: storage, a: 'leaf.up[3-4]', b: spine.down, "
                        "pattern: spread, medium: dr, through: [hall_a, hall_b]}\nlayout:")  # fmt: skip
    fabric = fabric_of(more, shipped=True)
    (route,) = trunk_routes(fabric)
    assert route.cables == {"one": 12, "two": 8}
    assert (route.trunks, route.used, route.spare) == (2, 20 * 8, 2 * 144 - 160)
    trunks = [row for row in take_off(fabric) if row.unit == "trunk"]
    assert [(row.qty, row.network, row.groups) for row in trunks] == [
        (2, "scale_out+storage", ("one", "two"))
    ]
    used = [int(row["strands_used"]) for row in rows_of(fabric) if row["piece"] == "trunk"]
    assert used == [12 * 8, 8 * 8]


def test_cords_of_other_fibre_counts_in_the_catalog_change_nothing() -> None:
    base_8 = "parts: {mpo12_cord_8: {like: mpo12_cord, fibres: 8, mpn: null}}"
    (alone,) = trunk_routes(fabric_of(TWO_HALLS, shipped=True))
    (beside,) = trunk_routes(fabric_of(TWO_HALLS, shipped=True, catalog=base_8))
    assert (beside.positions, beside.strands, beside.trunks) == (12, 144, 2)
    assert (beside.used, beside.spare) == (alone.used, alone.spare)


def test_a_generated_fabric_passes_its_uplinks_through_panels() -> None:
    text = """
devices:
  nic: {role: nic, ports: {net: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  box: {role: switch, ports: {net: {count: 8, lanes: 4, lane_rate: 100 Gb/s}}}
templates: {rack: {level: rack, contains: {nic: 4}}, meet: {level: rack, contains: {}}}
instances: {"r[1-4]": rack, mda: meet, mdb: meet}
fabrics:
  net: {network: scale_out, pattern: fat_tree, tiers: 2, ends: nic.net, switch: box, medium: dr,
        through: {leaf_spine: [hall_a, hall_b]}}
patch_panels:
  hall_a: {at: mda, unit: 40, connector: mpo12, positions: 24, trunk: mpo12_trunk_144}
  hall_b: {at: mdb, unit: 40, connector: mpo12, positions: 24, trunk: mpo12_trunk_144}
layout: {floor: none}
"""
    fabric = fabric_of(text, shipped=True)
    through = {group.name: len(group.through) for group in fabric.links}
    assert through == {"net/hosts": 0, "net/leaf_spine": 2}
    assert trunk_routes(fabric)[0].taken == 16


@pytest.mark.parametrize(
    ("cords", "trunk", "right"),
    [("b", "b", True), ("b", "a", False), ("a", "b", True), ("a", "a", False), ("b", "c", False)],
)
def test_parallel_links_are_reversed_as_a_whole(cords: str, trunk: str, right: bool) -> None:  # noqa: FBT001
    catalog = f"parts: {{mpo12_cord: {{polarity: {cords}}}, mpo12_trunk_144: {{polarity: {trunk}}}}}"
    assert is_built(TWO_HALLS, catalog) is right


@pytest.mark.parametrize(
    ("cords", "trunk", "right"),
    [("b", "b", True), ("b", "a", False), ("b", "c", True), ("a", "b", True), ("a", "a", False)],
)
def test_duplex_links_cross_an_odd_number_of_times(cords: str, trunk: str, right: bool) -> None:  # noqa: FBT001
    catalog = f"parts: {{lc_duplex_cord: {{polarity: {cords}}}, mpo12_trunk_144: {{polarity: {trunk}}}}}"
    assert is_built(CASSETTES, catalog) is right


def test_method_a_has_another_cord_at_one_end() -> None:
    catalog = "parts: {mpo12_trunk_144: {polarity: a}, straight: {like: lc_duplex_cord, polarity: a}}"
    method_a = CASSETTES.replace("part: cassette_12, trunk", "part: cassette_12, cord: straight, trunk", 1)
    assert is_built(method_a, catalog)


def is_built(text: str, catalog: str) -> bool:
    """Return whether a fabric is built; only a wrong polarity may refuse it."""
    try:
        fabric_of(text, shipped=True, catalog=catalog)
    except InputError as error:
        if any(one.is_error and one.code != "E790" for one in error.problems):
            raise
        return False
    return True


def test_loss_is_fibre_and_a_mated_pair_at_each_panel() -> None:
    fabric = fabric_of(TWO_HALLS, shipped=True)
    row = loss_of(fabric, fabric.links[0], 13_197)
    assert row
    assert row.connectors == 2
    assert row.estimate_db == Fraction("0.4") * Fraction(13_197, 1_000_000) + 2 * Fraction("0.35")


def test_a_cassette_is_two_mated_pairs() -> None:
    loss = "media: {fr: {loss: {budget_db: 4, fibre_db_per_km: 0.4, connector_db: 0.25}}}"
    fabric = fabric_of(CASSETTES, shipped=True, catalog=loss)
    row = loss_of(fabric, fabric.links[0], 1_000)
    assert row
    assert row.connectors == 4


# Files


def test_both_ends_of_every_piece_are_named_once() -> None:
    fabric = fabric_of(TWO_HALLS, shipped=True)
    rows = rows_of(fabric)
    ends = [(row["b_device"], row["b_port"]) for row in rows if row["piece"] == "cord_a"]
    assert ends == [(f"hall_a[{panel}]", str(position)) for panel in (0, 1) for position in range(1, 13)]
    trunks = [(row["a_device"], row["a_port"], row["b_port"]) for row in rows if row["piece"] == "trunk"]
    assert trunks == [("hall_a[0]", "1 to 12", "1 to 12"), ("hall_a[1]", "1 to 12", "13 to 24")]
    labels = [row[f"label_{side}"] for row in rows for side in "ab"]
    assert len(set(labels)) == len(labels) == 2 * (24 + 24 + 2)
    assert [row["label"] for row in rows_of(fabric, "labels.csv")] == [
        *(row["label_a"] for row in rows), *(row["label_b"] for row in rows)
    ]  # fmt: skip


def test_schedule_and_pull_sheet_order_no_cable_from_end_to_end() -> None:
    fabric = fabric_of(TWO_HALLS, shipped=True)
    schedule = rows_of(fabric, "cable_schedule.csv")
    assert {(row["cable_part_id"], row["length_order_m"]) for row in schedule} == {("", "")}
    pulls = rows_of(fabric, "pull_sheet.csv")
    assert sum(int(row["cables"]) for row in pulls) == 24 + 24 + 2
    assert {(row["a_rack"], row["b_rack"]) for row in pulls} == {
        ("a1", "mda"), ("a2", "mda"), ("b1", "mdb"), ("b2", "mdb"), ("b3", "mdb"), ("mda", "mdb")
    }  # fmt: skip


def test_the_example_of_the_page_prints_what_the_page_shows() -> None:
    page = ROOT / "docs" / "topology-language.md"
    text = page.read_text(encoding="utf-8")
    fresh = run_again(text)
    if os.environ.get("TOPOGEN_REWRITE"):
        page.write_text(fresh, encoding="utf-8")
        text = fresh
    assert text == fresh


# Any floor


@settings(max_examples=30, deadline=None)
@given(
    st.integers(1, 5), st.integers(1, 4), st.integers(1, 42), st.integers(0, 3000), st.integers(0, 25),
    st.sampled_from(["overhead", "underfloor"]),
)  # fmt: skip
def test_pieces_add_up_to_their_link(
    leaves: int, ports: int, unit: int, end: int, percent: int, tray: str
) -> None:
    text = f"""
devices:
  leaf: {{role: switch, ports: {{up: {{count: {ports}, lanes: 4, lane_rate: 100 Gb/s}}}}}}
  spine: {{role: switch, ports: {{down: {{count: {leaves * ports}, lanes: 4, lane_rate: 100 Gb/s}}}}}}
templates:
  rack: {{level: rack, slots: {{U7: leaf}}}}
  top: {{level: rack, slots: {{U9: spine}}}}
  meet: {{level: rack, contains: {{}}}}
instances: {{"a[1-{leaves}]": rack, b: top, "m[1-2]": meet}}
patch_panels:
  pa: {{at: m1, unit: {unit}, connector: mpo12, positions: 24, trunk: mpo12_trunk_144}}
  pb: {{at: m2, unit: {unit}, connector: mpo12, positions: 24, trunk: mpo12_trunk_144}}
links:
  up: {{network: scale_out, a: leaf.up, b: spine.down, pattern: planes, medium: dr, through: [pa, pb]}}
layout:
  rows: {{A: [m1, "a[1-{leaves}]"], B: [m2, b]}}
  rack_pitch: 617 mm
  row_pitch: 2113 mm
  tray: {{where: {tray}, height: 2.6 m}}
  slack: {{per_end: {end} mm, percent: {percent}}}
"""
    fabric = fabric_of(text, shipped=True)
    rows = rows_of(fabric)
    sums: dict[str, Fraction] = {}
    (trunk,) = {row["length_m"] for row in rows if row["piece"] == "trunk"}
    for row in rows:
        if row["cable_id"]:
            sums[row["cable_id"]] = sums.get(row["cable_id"], Fraction(trunk)) + Fraction(row["length_m"])
    links = sorted(one.length_mm or 0 for one in fabric.links[0].lengths for _ in range(one.links))
    assert sorted(int(one * 1000) for one in sums.values()) == links
    (route,) = trunk_routes(fabric)
    assert route.trunks == -(-leaves * ports // 12)
    assert route.used + route.spare == route.trunks * 144
    for owned in together([row for row in take_off(fabric) if row.qty]):
        assert evaluate(derive(fabric, owned)) == sum(row.qty for row in owned)
