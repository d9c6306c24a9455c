"""Cables in the segments of trays: three floors worked out by hand, any floor against one link at a time."""

from __future__ import annotations

import csv
from collections import Counter
from fractions import Fraction
from io import StringIO
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of
from tests.properties.odd_fabrics import odd_fabrics, quick
from topogen.cable_trays.load import PI, load_of
from topogen.cable_trays.runs import cable_runs
from topogen.cable_trays.segments import tray_segments
from topogen.errors import InputError
from topogen.export.options import Options
from topogen.export.to_cable_schedule import to_cable_schedule
from topogen.export.to_trays import to_trays
from topogen.model.expand import expand
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from tests.properties.odd_fabrics import Odd
    from topogen.model.fabric import Fabric

HEAD = """
devices:
  gpu: {role: gpu, ports: {p: {count: 12, lanes: 4, lane_rate: 100 Gb/s}}}
  chip: {role: switch, height_u: 2, ports: {p: {count: 12, lanes: 4, lane_rate: 100 Gb/s}}}
templates: {rack: {level: rack, slots: {U10: gpu, U30-31: chip}}}
instances: {"r[1-6]": rack}
catalog: {parts: {mpo12_cord: {diameter_mm: 3, weight_kg_per_m: 0.009}}}
"""
TRAY = "tray: {where: overhead, height: 2.6 m, width: 300 mm, depth: 100 mm"
ACROSS = "a: 'r[1-2]/gpu.p', b: 'r[5-6]/chip.p', pattern: planes"


def fabric(rows: str, more: str = "", links: str = ACROSS) -> Fabric:
    """Return racks r1 to r6 in some rows, with links of MPO-12 cords of 3 mm."""
    return fabric_of(
        f"{HEAD}links: {{x: {{network: scale_out, medium: dr, {links}}}}}\n"
        f"layout: {{rows: {{{rows}}}, rack_pitch: 600 mm, row_pitch: 3 m, {TRAY}{more}}}\n",
        shipped=True,
    )


def table(made: Fabric) -> dict[str, dict[str, str]]:
    """Return the rows of trays.csv by segment."""
    return {
        row["segment"].lstrip("'"): row for row in csv.DictReader(StringIO(to_trays(made, roll_up(made))))
    }


def cables(made: Fabric) -> dict[str, int]:
    return {segment: int(row["cables"]) for segment, row in table(made).items()}


def test_one_row() -> None:
    """Each of r1 and r2 has 6 cables to r5 and 6 to r6: 12 leave r1, 12 more r2, 12 end at r5."""
    assert cables(fabric("A: ['r[1-6]']", "}")) == {
        "A 0 m to 0.6 m": 12,
        "A 0.6 m to 1.2 m": 24,
        "A 1.2 m to 1.8 m": 24,
        "A 1.8 m to 2.4 m": 24,
        "A 2.4 m to 3 m": 12,
    }


def test_two_rows_and_a_cross_aisle_behind_them() -> None:
    """r1 r2 r3 | and r4 r5 r6 |: all 24 go on to 1.8 m, across, and back to r6 (12) and r5 (12)."""
    assert cables(fabric("A: ['r[1-3]'], B: ['r[4-6]']", "}, cross_aisles: [1.8 m]")) == {
        "A 0 m to 0.6 m": 12,
        "A 0.6 m to 1.2 m": 24,
        "A 1.2 m to 1.8 m": 24,
        "B 0 m to 0.6 m": 0,  # from r4 to r5, where nothing goes
        "B 0.6 m to 1.2 m": 12,
        "B 1.2 m to 1.8 m": 24,
        "A to B at 1.8 m": 24,
    }


def test_three_rows_and_two_cross_aisles() -> None:
    """| r1 r2 |, r3 r4, r5 r6, at 0 and 0.6 m, cross-aisles at -0.6 m and 0.9 m; 6 cables each way.

    r1 to r5 goes by -0.6 m: 0.6 + 0.6 against 0.9 + 0.9. The others go by 0.9 m: r1 to r6 is 0.9 + 0.3
    against 0.6 + 1.2, r2 to r5 the same, r2 to r6 is 0.3 + 0.3 against 1.2 + 1.2.
    """
    found = cables(fabric("A: ['r[1-2]'], B: ['r[3-4]'], C: ['r[5-6]']", "}, cross_aisles: [-0.6 m, 0.9 m]"))
    assert found == {
        "A -0.6 m to 0 m": 6,
        "A 0 m to 0.6 m": 6,  # r1 to r6
        "A 0.6 m to 0.9 m": 18,
        "B 0 m to 0.6 m": 0,
        "C -0.6 m to 0 m": 6,
        "C 0 m to 0.6 m": 6,  # r2 to r5
        "C 0.6 m to 0.9 m": 18,
        "A to B at -0.6 m": 6,
        "B to C at -0.6 m": 6,
        "A to B at 0.9 m": 18,
        "B to C at 0.9 m": 18,
    }


def test_fill_and_weight_of_a_segment() -> None:
    """24 cables of 3 mm: 24 x pi / 4 x 9 = 169.646003 mm2, of 300 x 100 mm 0.565487 %; 24 x 9 g a metre."""
    row = table(fabric("A: ['r[1-6]']", "}"))["A 0.6 m to 1.2 m"]
    assert (row["area_mm2"], row["fill_percent"], row["fill_at_least"]) == ("169.646003", "0.565487", "false")
    assert (row["kg_per_metre"], row["cables_no_weight"], row["cables_no_diameter"]) == ("0.216", "0", "0")
    assert (row["from_rack"], row["to_rack"], row["length_m"]) == ("r2", "r3", "0.6")


def test_what_is_not_known_is_counted_and_left_out() -> None:
    catalog = fabric("A: ['r[1-6]']", "}").catalog
    load = load_of(catalog, ("mpo12_cord", None), (2, 5))
    assert load.area_mm2 == 2 * PI / 4 * 9
    assert (load.cables, load.without_diameter, load.without_weight, load.kg_per_m) == (
        7,
        5,
        5,
        Fraction(18, 1000),
    )


def test_the_width_in_the_hint_is_the_least_that_is_enough() -> None:
    with pytest.raises(InputError, match="E792") as refused:
        fabric("A: ['r[1-6]']", ", max_fill: 0.5%}")
    assert "width: 340 mm" in str(refused.value)  # 169.646 / (0.005 x 100) = 339.3
    assert "max_fill: 1% or more" in str(refused.value)  # 0.565487 %
    assert "cross-aisle" not in str(refused.value)
    fabric("A: ['r[1-6]']", ", max_fill: 1%}")
    enough = TRAY.replace("300", "340"), TRAY.replace("300", "339")
    for tray, full in zip(enough, (False, True), strict=True):
        text = f"{HEAD}links: {{x: {{network: scale_out, medium: dr, {ACROSS}}}}}\n"
        text += f"layout: {{rows: {{A: ['r[1-6]']}}, rack_pitch: 600 mm, {tray}, max_fill: 0.5%}}}}\n"
        if full:
            with pytest.raises(InputError, match="E792"):
                fabric_of(text, shipped=True)
        else:
            fabric_of(text, shipped=True)


def test_a_tray_that_is_just_full_is_accepted() -> None:
    """4 x 25 cables of 2 mm fill pi / 4 of 20 x 20 mm: more than 78.5 %, less than 78.6 %."""
    load = load_of(fabric("A: ['r[1-6]']", "}").catalog, ("mpo12_cord",), (100,))
    assert Fraction(785, 1000) < load.fill(30 * 30) < Fraction(786, 1000)


def test_cords_and_trunks_lie_in_trays_by_themselves() -> None:
    """12 cords from each of r2 and r3 to r1, 2 trunks on to r4, 12 cords from there to each of r5 and r6."""
    links = "a: 'r[2-3]/gpu.p', b: 'r[5-6]/chip.p', pattern: planes, through: [west, east]"
    panels = "connector: mpo12, positions: 24, trunk: mpo12_trunk_144"
    text = (
        f"{HEAD}links: {{x: {{network: scale_out, medium: dr, {links}}}}}\n"
        f"patch_panels: {{west: {{at: r1, unit: 1, {panels}}}, east: {{at: r4, unit: 1, {panels}}}}}\n"
        f"layout: {{rows: {{A: ['r[1-3]'], B: ['r[4-6]']}}, rack_pitch: 600 mm, row_pitch: 3 m, {TRAY}}}, "
        f"cross_aisles: [0 m]}}\n"
    )
    assert cables(fabric_of(text, shipped=True)) == {
        "A 0 m to 0.6 m": 24,
        "A 0.6 m to 1.2 m": 12,
        "B 0 m to 0.6 m": 24,
        "B 0.6 m to 1.2 m": 12,
        "A to B at 0 m": 2,
    }


PATTERNS = (
    "a: gpu.p, b: chip.p, pattern: one_to_one",
    "a: 'r[1-3]/gpu.p', b: 'r[4-6]/chip.p', pattern: planes",
    "a: 'r[1,2]/gpu.p', b: 'r[3-5]/gpu.p', pattern: full_mesh",
    "a: gpu.p, b: chip.p, pattern: planes, within: rack",
    "a: gpu.p, pattern: external, to: elsewhere",
)


@settings(max_examples=60)
@given(
    st.permutations(range(1, 7)),
    st.lists(st.integers(0, 6), min_size=1, max_size=2),
    st.lists(st.integers(-10, 40), max_size=3, unique=True),
    st.sampled_from(PATTERNS),
    st.integers(5, 6),
)
def test_segments_hold_what_a_walk_along_every_link_counts(
    order: list[int], cuts: list[int], places: list[int], links: str, standing: int
) -> None:
    """Racks in any order in up to three rows, one maybe in none: each link walked in steps of 100 mm."""
    bounds = [0, *sorted(min(cut, standing) for cut in cuts), standing]
    groups = [order[low:high] for low, high in pairwise(bounds) if low < high]
    aisles = places if len(groups) > 1 else []
    rows = ", ".join(f"R{at}: [{', '.join(f'r{one}' for one in row)}]" for at, row in enumerate(groups))
    listed = ", ".join(f"{100 * one} mm" for one in aisles)
    made = fabric(rows, f"}}, cross_aisles: [{listed}]" if aisles else "}", links)
    spot = {f"r{one}": (6 * at, row) for row, some in enumerate(groups) for at, one in enumerate(some)}
    columns = expand(made, made.links[0])
    steps, lost, stuck = Counter[tuple[str, int, int]](), 0, 0
    for a, b in zip(columns.a.tolist(), columns.b.tolist(), strict=True):
        one, two = (made.sites.racks[made.sites.rack[end]].name if end >= 0 else "" for end in (a, b))
        if one == two:
            continue
        if one not in spot or two not in spot:
            lost += 1
            continue
        (x_a, row_a), (x_b, row_b) = sorted((spot[one], spot[two]), key=lambda at: at[1])
        if row_a != row_b and not aisles:
            stuck += 1
            continue
        turn = min(sorted(aisles), key=lambda c: abs(x_a - c) + abs(c - x_b)) if row_a != row_b else x_b
        for low, high, row in ((*sorted((x_a, turn)), row_a), (*sorted((x_b, turn)), row_b)):
            steps.update(("row", row, x) for x in range(low, high))
        steps.update(("aisle", turn, row) for row in range(row_a, row_b))
    found = tray_segments(made)
    assert (found.unplaced, found.uncrossed) == (lost, stuck)
    total, seen = found.cables.sum(axis=0).tolist(), Counter[tuple[str, int, int]]()
    ends = (side.tolist() for side in (found.row, found.to_row, found.start, found.end))
    for row, to_row, start, end, count in zip(*ends, total, strict=True):
        if row != to_row:
            assert steps[("aisle", start // 100, row)] == count
            seen[("aisle", start // 100, row)] += count
        for x in range(start // 100, end // 100):
            assert steps[("row", row, x)] == count
            seen[("row", row, x)] += count
    assert +seen == +steps


# Cables of several links


SPLITTERS = """
devices:
  nic: {role: nic, ports: {p: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  sw: {role: switch, ports: {p: {count: 8, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 2}}}}
templates: {box: {level: rack, slots: {U10: sw}}, host: {level: rack, slots: {U10-12: {nic: 3}}}}
instances: {r1: box, r2: host, r3: host}
links:
  x:
    {network: scale_out, pattern: explicit, pairs: PAIRS, links_per_cable: 2, medium: dac_splitter,
     length: 2 m}
layout: {rows: {A: [r1, r2, r3]}, rack_pitch: 600 mm, TRAY}}
"""
SHUFFLES = """
devices:
  nic: {role: nic, ports: {p: {count: 4, lanes: 1, lane_rate: 100 Gb/s, cage: {links: 4}}}}
  sw: {role: switch, ports: {p: {count: 8, lanes: 1, lane_rate: 100 Gb/s, cage: {links: 4}}}}
templates: {host: {level: rack, slots: {U10-17: {nic: 8}}}, box: {level: rack, slots: {U10-11: {sw: 2}}}}
instances: {r1: host, r2: box, r3: box}
links: {x: {network: scale_out, pattern: planes, a: nic.p, b: sw.p, medium: light, shuffle: 4 x 4}}
layout: {rows: {A: [r1, r2, r3]}, rack_pitch: 600 mm, TRAY}}
catalog:
  media:
    light:
      like: dr
      recipe: {module: {part: {4 x 1 x 100 Gb/s: osfp_400g_dr4}}, cord: {part: mpo12_cord}}
"""


def test_a_splitter_counts_once_for_each_two_racks() -> None:
    """Cage 0 goes to two NICs of r2, cage 1 to one of r2 and one of r3, cage 2 to one of r3 alone."""
    ends = "r2/nic0", "r2/nic1", "r2/nic2", "r3/nic0", "r3/nic1"
    pairs = ", ".join(f'["r1/sw.p[{port}]", "{nic}.p[0]"]' for port, nic in enumerate(ends))
    made = fabric_of(SPLITTERS.replace("PAIRS", f"[{pairs}]").replace("TRAY", TRAY), shipped=True)
    assert cables(made) == {"A 0 m to 0.6 m": 4, "A 0.6 m to 1.2 m": 2}
    assert_runs_are_in_the_schedule(made)


def test_a_shuffle_cord_counts_once_for_each_two_racks() -> None:
    """Each of 2 cords of 4 NICs has two of its four far connectors in r2 and two in r3."""
    made = fabric_of(SHUFFLES.replace("TRAY", TRAY), shipped=True)
    assert cables(made) == {"A 0 m to 0.6 m": 4, "A 0.6 m to 1.2 m": 2}
    assert_runs_are_in_the_schedule(made)


@quick
@given(odd=odd_fabrics())
def test_cables_between_racks_are_those_of_the_schedule(odd: Odd) -> None:
    assert_runs_are_in_the_schedule(odd.fabric)


def assert_runs_are_in_the_schedule(made: Fabric) -> None:
    """Compare the cables between racks with the schedule, where lines of one cable_id are one cable."""
    text = b"".join(to_cable_schedule(made, roll_up(made), Options(columns="full"))).decode()
    rows = list(csv.DictReader(StringIO(text)))
    racks = {(row["cable_id"], row["cable_part_id"], *sorted((row["a_rack"], row["b_rack"]))) for row in rows}
    expected = Counter((part, *ends) for _, part, *ends in racks)
    names = [*(rack.name for rack in made.sites.racks), ""]
    runs, found = cable_runs(made), Counter[tuple[str, ...]]()
    for a, b, part, count in zip(*map(list, (runs.a, runs.b, runs.part, runs.cables)), strict=True):
        found[runs.parts[part] or "", *sorted((names[a], names[b]))] += int(count)
    assert found == expected
