"""The cable schedule equals the one written link by link, byte for byte, and agrees with the BOM."""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from fractions import Fraction
from io import StringIO
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from tests.export.plain_schedule import plain_schedule
from tests.export.systems import ODD, SYSTEMS, System, built
from tests.helpers_fabric import fabric_of
from tests.properties.odd_fabrics import odd_fabrics, quick
from topogen.columns.cables import CABLE_SCHEDULE, CABLE_SCHEDULE_DEFAULT
from topogen.columns.column import names_of
from topogen.errors import InputError
from topogen.export.options import DEFAULT, Options
from topogen.export.to_cable_schedule import schedule_lines, schedule_pieces, to_cable_schedule
from topogen.media.medium import is_installed
from topogen.model import name_texts
from topogen.model.fabric import device_name
from topogen.model.name_texts import NameWindow, Numbering, PathTexts
from topogen.model.text_buffer import Page, Piece, table_of, texts_of
from topogen.schedule import cable_lines
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from tests.properties.odd_fabrics import Odd
    from topogen.model.fabric import Fabric


def schedule(system: System, options: Options = DEFAULT) -> str:
    """Return the whole schedule of a system."""
    return b"".join(to_cable_schedule(*built(system), options)).decode()


def rows_of(text: str) -> list[dict[str, str]]:
    """Return the lines of a schedule by column."""
    return list(csv.DictReader(StringIO(text)))


@pytest.mark.parametrize("all_links", [False, True])
@pytest.mark.parametrize("system", SYSTEMS, ids=str)
def test_it_is_what_a_plain_writer_writes(system: System, all_links: bool) -> None:  # noqa: FBT001
    fabric, _ = built(system)
    assert schedule(system, Options(all_links=all_links)) == plain_schedule(fabric, all_links=all_links)


@quick
@given(odd=odd_fabrics())
def test_it_is_what_a_plain_writer_writes_for_odd_fabrics(odd: Odd) -> None:
    written = b"".join(to_cable_schedule(odd.fabric, roll_up(odd.fabric), Options(all_links=True)))
    assert written.decode() == plain_schedule(odd.fabric, all_links=True)


overrides = st.sampled_from(["medium: slow", "medium: cu", "medium: other", "length: 4.2 m"])
places = st.sampled_from(["at: 'r[1]'", "at: 'tray[0]'", "at: gpu", "between: ['r[1]', chip]"])


@st.composite
def exceptions(draw: st.DrawFn) -> Fabric:
    """Return an odd fabric with measured ways between racks, and with links that an override names."""
    odd = draw(odd_fabrics())
    names = [rack.name for rack in odd.fabric.sites.racks]
    ways = draw(st.dictionaries(st.tuples(*[st.sampled_from(names)] * 2), st.integers(1, 9), max_size=3))
    lines = [f"{a},{b},{metres}.5" for (a, b), metres in ways.items() if a < b]
    text = odd.text.replace("layout:\n", "layout:\n  distances: ways.csv\n")
    text += f"overrides: [{{links: x, {draw(places)}, {draw(overrides)}, reason: pilot}}]\n"
    table = "\n".join(["rack_a,rack_b,length_m", *lines, ""])
    try:
        return fabric_of(text, tables={"ways.csv": table})
    except InputError:  # another medium may not meet the far end, or a cage would hold two
        reject()


@quick
@given(fabric=exceptions())
def test_it_is_what_a_plain_writer_writes_where_there_are_exceptions(fabric: Fabric) -> None:
    written = b"".join(to_cable_schedule(fabric, roll_up(fabric), Options(all_links=True)))
    assert written.decode() == plain_schedule(fabric, all_links=True)


def whole_pieces(fabric: Fabric, options: Options) -> list[tuple[bytes, int]]:
    """Return the pieces of the schedule, each copied before the next one is asked for."""
    return [(bytes(piece), lines) for piece, lines in schedule_pieces(fabric, options)]


to_csv = sys.modules[to_cable_schedule.__module__]
SIZES = {
    "PART": (to_csv, st.integers(1, 40)),
    "MEASURED": (cable_lines, st.integers(1, 60)),
    "WINDOW": (name_texts, st.integers(1, 9)),
    "SHARED": (name_texts, st.integers(1, 9)),
}
"""How much is done at a time: the file does not depend on it."""


@quick
@given(odd=odd_fabrics(), sizes=st.fixed_dictionaries({name: size for name, (_, size) in SIZES.items()}))
def test_parts_of_any_size_make_the_same_file_and_their_lines_are_told(
    odd: Odd, sizes: dict[str, int]
) -> None:
    options = Options(all_links=True, columns="full")
    whole = whole_pieces(odd.fabric, options)
    with pytest.MonkeyPatch.context() as patched:
        for name, size in sizes.items():
            patched.setattr(SIZES[name][0], name, size)
        parts = whole_pieces(odd.fabric, options)
    assert b"".join(piece for piece, _ in parts) == b"".join(piece for piece, _ in whole)
    for piece, lines in parts[1:]:
        assert piece.count(b"\n") == lines
    assert sum(lines for _, lines in parts) == schedule_lines(odd.fabric, options)


@pytest.mark.parametrize("size", [1, 7, 55, 56])
def test_pieces_of_any_size_make_the_same_file(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    whole = schedule(ODD)
    monkeypatch.setattr(to_csv, "PART", size)
    assert schedule(ODD) == whole


@pytest.mark.parametrize("system", SYSTEMS, ids=str)
def test_full_columns_say_the_same_and_more(system: System) -> None:
    full = rows_of(schedule(system, Options(columns="full", all_links=True)))
    few = rows_of(schedule(system, Options(all_links=True)))
    assert [{name: row[name] for name in CABLE_SCHEDULE_DEFAULT} for row in full] == few
    assert tuple(full[0]) == names_of(CABLE_SCHEDULE)


@pytest.mark.parametrize("system", SYSTEMS, ids=str)
def test_cables_and_their_rates_are_those_of_the_model(system: System) -> None:
    fabric, rollup = built(system)
    rows = rows_of(schedule(system, Options(all_links=True)))
    rates: Counter[str] = Counter()
    for row in rows:
        rates[row["link_group"]] += Fraction(row["rate_gbps"])  # type: ignore[assignment]
    assert rates == {group.name: Fraction(group.rate * group.count, 1000) for group in fabric.links}
    cables = Counter(part for _, part in {(row["cable_id"], row["cable_part_id"]) for row in rows} if part)
    bought = Counter[str]()
    for one in rollup.quantities:
        if one.per == "link" and one.part:
            bought[one.part] += one.qty
    assert cables == bought


@pytest.mark.parametrize("system", SYSTEMS, ids=str)
def test_ordered_lengths_are_those_of_the_bom(system: System) -> None:
    _, rollup = built(system)
    rows = rows_of(schedule(system))
    cables = {(row["cable_id"], row["cable_part_id"], row["length_order_m"]) for row in rows}
    bought = Counter[tuple[str, str]]()
    for one in rollup.quantities:
        if one.per == "link" and one.part:
            length = "" if one.length_mm is None else str(Fraction(one.length_mm, 1000))
            bought[one.part, length] += one.qty
    assert Counter((part, length) for _, part, length in cables if part) == bought


def test_what_comes_with_the_rack_is_left_out_unless_asked_for() -> None:
    fabric, _ = built(("gb300-nvl72-row", None))
    assert [group.name for group in fabric.links if is_installed(fabric, group)] == [
        "compute/hosts",
        "compute/leaf_spine",
    ]
    assert len(rows_of(schedule(("gb200-nvl72", None)))) == 0


def test_every_cable_has_an_id_of_its_own() -> None:
    names = [row["cable_id"] for row in rows_of(schedule(("gb200-nvl72", None), Options(all_links=True)))]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("c[0-9a-hjkmnp-tv-z]{12}", name) for name in names)


def test_two_cables_with_one_id_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cable_lines, "ids_of", lambda codes: codes >> np.uint64(58))
    with pytest.raises(InputError) as refused:
        schedule(("gb200-nvl72", None), Options(all_links=True))
    (problem,) = refused.value.problems
    assert problem.code == "E722"
    assert re.search(
        r"cable_id c0000000000\w\w: r1/\S+:\S+ to r1/\S+, and r1/\S+:\S+ to r1/", problem.message
    )


def cable_of(rows: list[dict[str, str]], rack: str, group: str) -> str:
    """Return the id of the first cable of a link group in a rack."""
    return next(row["cable_id"] for row in rows if row["link_group"] == group and row["a_rack"] == rack)


def test_a_breakout_has_one_line_a_leg() -> None:
    rows = rows_of(schedule(ODD, Options(columns="full")))
    legs = [row for row in rows if row["cable_id"] == cable_of(rows, "b1", "up")]
    assert [(row["a_breakout"], row["a_port"], row["b_device"], row["b_port"]) for row in legs] == [
        ("1", "up0+2", "b1/chips0/chip0", "down0-1"),
        ("2", "up1+3", "b1/chips0/chip1", "down0-1"),
    ]
    assert {row["a_optic_part"] for row in legs} == {"mod"}
    assert {row["b_optic_part"] for row in legs} == {"engine"}


SPLITTERS = """
devices:
  gpu: {role: gpu, ports: {net: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  leaf: {role: switch, height_u: 2, ports: {net: {count: 8, lanes: 4, lane_rate: 100 Gb/s, cage: {links: 2}}}}
templates: {shelf: {level: rack, slots: {U10-17: gpu, U20-21: leaf}}}
instances: {r1: shelf}
links:
  down:
    network: scale_out
    a: leaf.net
    b: gpu.net
    pattern: one_to_one
    links_per_cable: 2
    medium: dac_splitter
"""


def test_a_splitter_has_one_plug_at_the_switch_and_a_tail_at_each_nic() -> None:
    fabric = fabric_of(SPLITTERS, shipped=True)
    rollup = roll_up(fabric)
    rows = rows_of(b"".join(to_cable_schedule(fabric, rollup, Options(columns="full"))).decode())
    assert [(row["a_port"], row["a_breakout"], row["b_device"]) for row in rows[:2]] == [
        ("net0", "1", "r1/gpu0"),
        ("net1", "2", "r1/gpu1"),
    ]
    assert set(Counter(row["cable_id"] for row in rows).values()) == {2}
    assert {line.part: line.qty for line in rollup.lines} == {"dac_800g_splitter": 4}


def test_a_shared_cage_is_no_breakout() -> None:
    rows = rows_of(schedule(ODD, Options(columns="full")))
    both = [row for row in rows if row["cable_id"] == cable_of(rows, "s7", "side")]
    assert [(row["a_breakout"], row["b_device"]) for row in both] == [
        ("", "s7/tray0/sled0/nic0"),
        ("", "s7/tray0/sled0/nic1"),
    ]


def test_lengths_split_into_way_and_slack() -> None:
    row = rows_of(schedule(ODD, Options(columns="full")))[0]
    # U1 to U10: 445 - 45 = 400 mm, 7% of it rounded up and 0.1 m at each end; the cord is sold from 1 m
    assert (row["length_route_m"], row["length_slack_m"], row["length_order_m"]) == ("0.4", "0.228", "1")
    assert (row["reach_m"], row["margin_m"], row["a_row"], row["mpn"]) == ("", "", 'A, "1"', "")


def test_free_text_is_quoted_and_what_is_not_known_is_empty() -> None:
    text = schedule(ODD)
    assert ',,,"far ""side"", left",,packaged,,100,,unknown\n' in text
    assert not any(line.endswith("nan") for line in text.splitlines())


def texts_in(piece: Piece) -> list[str]:
    """Return the text of each line of a piece."""
    cells, widths = piece.table.cells[piece.rows], piece.table.widths[piece.rows]
    return [row[:width].tobytes().decode() for row, width in zip(cells, widths.tolist(), strict=True)]


@pytest.mark.parametrize("window", [1, 5, 65_536])
@pytest.mark.parametrize("system", SYSTEMS, ids=str)
def test_names_are_those_of_the_devices(monkeypatch: pytest.MonkeyPatch, system: System, window: int) -> None:
    monkeypatch.setattr(name_texts, "WINDOW", window)
    fabric, _ = built(system)
    positions = Numbering(fabric.groups)
    names = NameWindow(positions, PathTexts(fabric.groups, positions).pieces)
    for numbers in np.array_split(np.arange(fabric.n_devices), 3):
        if len(numbers):
            halves = zip(*map(texts_in, names.pieces(numbers)), strict=True)
            assert ["".join(half) for half in halves] == [
                device_name(fabric, one) for one in numbers.tolist()
            ]


words = st.lists(st.text("ab", max_size=3), min_size=1, max_size=4)


@given(data=st.data())
def test_pages_are_what_is_picked_side_by_side(data: st.DataObject) -> None:
    tables = [texts_of(data.draw(words)) for _ in range(data.draw(st.integers(1, 3)))]
    page = Page()
    lines = data.draw(st.integers(1, 3))
    for _ in range(3):
        picks = [
            np.array(data.draw(st.lists(st.integers(0, len(table) - 1), min_size=lines, max_size=lines)))
            for table in tables
        ]
        pieces = [Piece(table, rows) for table, rows in zip(tables, picks, strict=True)]
        expected = "".join("".join(line) for line in zip(*map(texts_in, pieces), strict=True))
        assert bytes(page.write(pieces)).decode() == expected
        together = table_of(pieces)
        assert "".join(texts_in(Piece(together, np.arange(lines)))) == expected


RACK_CAGES = """
devices:
  gpu: {role: gpu, ports: {mesh: {count: 3, lanes: 1, lane_rate: 100 Gb/s, cage: {links: 3, on: rack}}}}
templates:
  tray: {level: tray, contains: {gpu: 2}}
  shelf: {level: rack, slots: {U5-6: tray}}
instances: {r1: shelf}
links:
  x: {network: scale_up, pattern: full_mesh, a: gpu.mesh, b: gpu.mesh, within: tray, links_per_cable: 2}
"""


def test_a_cable_of_a_cage_that_spans_two_trays_has_one_id() -> None:
    fabric = fabric_of(RACK_CAGES)
    rows = rows_of(b"".join(to_cable_schedule(fabric, roll_up(fabric), Options(all_links=True))).decode())
    assert [row["a_device"] for row in rows] == ["r1/tray0/gpu0", "r1/tray1/gpu0"]
    assert len({row["cable_id"] for row in rows}) == 1
