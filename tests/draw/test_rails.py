"""The rails diagram: its dots are the links of hosts and leaves, only what breaks the rule is red."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of, shipped_fabric
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from topogen.draw import draw
from topogen.draw.furniture import furniture
from topogen.draw.rails.grid import grid_of
from topogen.draw.rails.matrix import matrix_of
from topogen.draw.sheet import Box, Disc, Label, Sheet, Stroke
from topogen.draw.shown.tiered import tower_names
from topogen.errors import InputError
from topogen.load.files import shipped_names
from topogen.model.fabric import Fabric, device_name
from topogen.takeoff.roll_up import roll_up

TOWERS = [name for name in shipped_names() if tower_names(shipped_fabric(name))]
UNIT = "8 rails, no violation: NIC k of every node of a unit meets on one leaf"
KEPT = {
    "h100-superpod": UNIT,
    "b300-xdr-superpod": UNIT,
    "b300-ethernet-superpod": f"{UNIT} a plane",
    "gb300-nvl72-row": "4 rails, no violation: NIC k of every tray meets on one leaf",
    "scaleout-10368": "4 rails, no violation: NIC k of every tray of a unit meets on one leaf",
    "alibaba-hpn-segment": f"{UNIT} a plane",
    "scale-up-domain": "Every one of 144 GPUs reaches all 72 leaves: no rails",
    "meta-roce-pod": "3,072 NICs on 192 leaves, no rails: all of a unit meet on one leaf",
}


def sheet_of(fabric: Fabric, *only: str) -> Sheet:
    sheet = draw(fabric, roll_up(fabric), "rails", only).picture
    assert isinstance(sheet, Sheet)
    return sheet


def drawn(sheet: Sheet, key: str) -> int:
    """Return the links of all dots and numbers of a kind: a dot is one, a number says how many."""
    found = 0
    for one in sheet.marks:
        if not isinstance(one, Disc | Box) or (key == "broken") != ("alert" in (one.fill, one.line)):
            continue
        said = re.match(r"([\d,]+) links? from ", one.tip)
        if said:
            found += 1 if isinstance(one, Disc) else int(said[1].replace(",", ""))
    return found


def host_links(fabric: Fabric, name: str) -> int:
    groups = [link for link in fabric.links if f"{name}/hosts" in (link.name, link.base)]
    return sum(link.count for link in groups)


@pytest.mark.parametrize("name", TOWERS)
def test_dots_and_what_is_not_drawn_are_the_host_links(name: str) -> None:
    fabric = shipped_fabric(name)
    matrix, _ = matrix_of(fabric, None)
    assert matrix is not None
    assert len(matrix) == host_links(fabric, matrix.rule.name)
    grid = grid_of(fabric, matrix)
    assert drawn(sheet_of(fabric), "link") + grid.hidden == len(matrix)
    assert not matrix.wrong.any()


@pytest.mark.parametrize("name", KEPT)
def test_the_title_is_the_rule_that_is_kept(name: str) -> None:
    assert sheet_of(shipped_fabric(name)).title == KEPT[name]


def test_the_legend_says_what_a_bar_without_a_number_stands_for() -> None:
    keys = [key.text for key in sheet_of(shipped_fabric("scale-up-domain")).legend]
    assert keys == ["link", "bar: 128 links"]


def test_equal_units_are_drawn_once() -> None:
    assert sheet_of(shipped_fabric("scaleout-131072")).subtitle.startswith("1 of 64 equal units drawn")
    fabric = shipped_fabric("scaleout-10368")
    matrix, _ = matrix_of(fabric, None)
    assert matrix is not None
    grid = grid_of(fabric, matrix)
    assert (grid.shown, grid.equal, len(grid.leaves), len(grid.rows)) == (4, 36, 16, 16)


@quick
@given(odd_fabrics())
def test_dots_of_odd_fabrics_are_their_host_links(odd: Odd) -> None:
    matrix, _ = matrix_of(odd.fabric, None)
    if matrix is None:
        with pytest.raises(InputError, match="E696"):
            sheet_of(odd.fabric)
        return
    grid, sheet = grid_of(odd.fabric, matrix), sheet_of(odd.fabric)
    if matrix.rule.name in odd.fabric.spec.fabrics:
        assert len(matrix) == host_links(odd.fabric, matrix.rule.name)
        assert not matrix.wrong.any()
    assert drawn(sheet, "link") + grid.hidden == len(matrix)
    assert drawn(sheet, "broken") == 0


WIRED = """
devices:
  nic: {role: nic, ports: {net: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  leaf: {role: switch, ports: {down: {count: 64, lanes: 4, lane_rate: 100 Gb/s}}}
templates:
  dgx: {level: node, contains: {nic: RAILS}}
  odd: {level: node, contains: {nic: RAILS}}
instances: {dgx: NODES, odd: 1, leaf: RAILS}
links:
  main: {network: scale_out, pattern: rails, a: dgx/nic.net, b: 'leaf.down[0-NODES]', rails_by: node}
  hand: {network: scale_out, pattern: explicit, pairs: [PAIRS]}
"""


def wired(nodes: int, rails: int, leaves: list[int]) -> Fabric:
    """Return nodes wired in rails, and one wired by hand: its NIC k to the leaf given for k."""
    pairs = [f"['odd[0]/nic[{nic}].net', 'leaf[{leaf}].down[63]']" for nic, leaf in enumerate(leaves)]
    text = WIRED.replace("NODES", str(nodes)).replace("RAILS", str(rails)).replace("PAIRS", ", ".join(pairs))
    return fabric_of(text)


def broken(fabric: Fabric) -> list[tuple[str, str]]:
    """Return host and leaf of the links that break the rule, sorted by name."""
    matrix, _ = matrix_of(fabric, None)
    assert matrix is not None
    ends = zip(matrix.host[matrix.wrong], matrix.leaf[matrix.wrong], strict=True)
    return sorted((device_name(fabric, host), device_name(fabric, leaf)) for host, leaf in ends)


@settings(max_examples=25)
@given(st.integers(2, 40), st.integers(2, 12), st.data())
def test_one_swapped_pair_is_two_violations(nodes: int, rails: int, data: st.DataObject) -> None:
    one = data.draw(st.integers(0, rails - 2))
    other = data.draw(st.integers(one + 1, rails - 1))
    leaves = list(range(rails))
    assert not broken(wired(nodes, rails, leaves))
    leaves[one], leaves[other] = other, one
    fabric = wired(nodes, rails, leaves)
    swapped = ((one, other), (other, one))
    assert broken(fabric) == sorted((f"odd0/nic{nic}", f"leaf{leaf}") for nic, leaf in swapped)
    sheet = sheet_of(fabric)
    assert sheet.title == f"2 of {(nodes + 1) * rails} links break the rail rule"
    assert drawn(sheet, "broken") == 2
    assert drawn(sheet, "link") == (nodes + 1) * rails - 2


def crosses(sheet: Sheet) -> list[Stroke]:
    return [one for one in sheet.marks if isinstance(one, Stroke) and one.colour == "alert"]


def test_links_that_break_the_rule_have_a_shape_of_their_own() -> None:
    """A grey print has no red."""
    kept, swapped = sheet_of(wired(4, 4, [0, 1, 2, 3])), sheet_of(wired(4, 4, [0, 2, 1, 3]))
    assert not crosses(kept)
    assert "wrong" not in {key.sample for key in kept.legend}
    wrong = [one for one in swapped.marks if isinstance(one, Disc) and one.line == "alert"]
    assert len(wrong) == 2
    assert len(crosses(swapped)) == 2 * len(wrong)
    middles = {(one.x, one.y) for one in wrong}
    for one in crosses(swapped):
        (x, y), (u, v) = one.points
        assert any(abs(x + u - 2 * a) < 0.01 and abs(y + v - 2 * b) < 0.01 for a, b in middles)
    assert [key.text for key in swapped.legend if key.sample == "wrong"] == ["breaks the rail rule"]


def test_several_links_of_a_cell_that_break_the_rule_have_a_cross_beside_their_number() -> None:
    odd = 20
    pairs = [
        f"['odd[{node}]/nic[{nic}].net', 'leaf[{1 - nic}].down[{31 + node}]']"
        for node in range(odd)
        for nic in range(2)
    ]
    text = WIRED.replace("odd: 1", f"odd: {odd}").replace("NODES", "30").replace("RAILS", "2")
    fabric = fabric_of(text.replace("PAIRS", ", ".join(pairs)))
    sheet = sheet_of(fabric)
    assert sheet.title == f"{2 * odd} of {2 * odd + 60} links break the rail rule"
    matrix, _ = matrix_of(fabric, None)
    assert matrix is not None
    wrong = [cell for cell in grid_of(fabric, matrix).cells if cell.wrong]
    assert max(cell.links for cell in wrong) > 1
    rings = [one for one in sheet.marks if isinstance(one, Disc) and one.line == "alert"]
    assert len(crosses(sheet)) == 2 * len(rings)
    assert len(rings) >= len(wrong)
    for one in (one for one in sheet.marks if isinstance(one, Label)):
        for ring in rings:
            beside = ring.x - ring.radius > one.left + one.width or ring.x + ring.radius < one.left
            assert beside or ring.y - ring.radius > one.y or ring.y + ring.radius < one.y - one.size


def test_the_words_of_a_rail_picture_are_plain() -> None:
    sheet = sheet_of(shipped_fabric("rail-only-32768"))
    assert "rails 1, 3, 5 and so on" in [key.text for key in sheet.legend]
    texts = [one.text for one in sheet.marks if isinstance(one, Label)]
    assert "each column is a leaf switch, 0 is rails/leaf0" in texts
    notes = [(one.value, one.note) for one in sheet.figures]
    assert ("256", "rails, numbered within each domain") in notes
    assert ("256", "leaf switches of device type box") in notes


@pytest.mark.parametrize("name", TOWERS)
def test_words_of_the_legend_and_the_heading_of_columns_fit(name: str) -> None:
    sheet = sheet_of(shipped_fabric(name))
    words = [one for one in (*sheet.marks, *furniture(sheet)) if isinstance(one, Label)]
    assert all(0 <= one.left <= one.left + one.width <= 1200 for one in words)
    assert not any(one.text.endswith("...") for one in words if one.text.startswith("each column"))


def test_a_selection_has_only_its_links() -> None:
    fabric = shipped_fabric("h100-superpod")
    sheet = sheet_of(fabric, "su[1]/dgx[0-2]")
    assert drawn(sheet, "link") == 24
    assert sheet.subtitle.startswith("only su[1]/dgx[0-2]")
    swapped = wired(4, 2, [1, 0])
    assert sheet_of(swapped, "odd").title == "2 of 2 links break the rail rule"
    assert drawn(sheet_of(swapped, "dgx"), "broken") == 0


@pytest.mark.parametrize(
    ("name", "hint"),
    [("slingshot-dragonfly", "shape"), ("gb200-nvl72", "elevation"), ("tpu-v4-ocs", "shape")],
)
def test_what_has_no_leaves_is_refused(name: str, hint: str) -> None:
    with pytest.raises(InputError) as refused:
        sheet_of(shipped_fabric(name))
    (problem,) = refused.value.problems
    assert (problem.code, problem.hint) == ("E696", f"use --diagram {hint}")


def test_a_selection_without_host_links_is_refused() -> None:
    with pytest.raises(InputError, match="E696: --only compute/spine picks no link"):
        sheet_of(shipped_fabric("h100-superpod"), "compute/spine")


NAMED = """
devices:
  nic: {role: nic, ports: {net: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  box: {role: switch, ports: {net: {count: 16, lanes: 4, lane_rate: 100 Gb/s}}}
templates: {dgx: {level: node, contains: {nic: 2}}}
instances: {dgx: 8}
fabrics:
  net:
    {network: scale_out, pattern: fat_tree, tiers: 2, ends: nic.net, switch: box, rails_by: node, medium: dr}
NAMES
"""
SITE_NAMES = """
names:
  places: {dgx: "MDC1-22-OCP-{N:03}"}
  devices: {net/leaf: "MDC1-22-ACCESS-{n:02}"}
"""


def test_rows_and_columns_have_the_names_of_the_site() -> None:
    sheets = [sheet_of(fabric_of(NAMED.replace("NAMES", names), shipped=True)) for names in (SITE_NAMES, "")]
    named, plain = ([one.text for one in sheet.marks if isinstance(one, Label)] for sheet in sheets)
    assert [f"MDC1-22-OCP-{number:03}" in named for number in range(1, 9)] == [True] * 8
    assert {"MDC1-22-ACCESS-01", "MDC1-22-ACCESS-02"} <= set(named)
    assert {"dgx0", "leaf0"} <= set(plain)
    assert not {"dgx0", "leaf0"} & set(named)
    tips = [one.tip for one in sheets[0].marks if isinstance(one, Disc)]
    assert "1 link from MDC1-22-OCP-001 to MDC1-22-ACCESS-01" in [tip.partition("\n")[0] for tip in tips]


def test_a_click_looks_for_the_design_name() -> None:
    """The tables of a page have design names."""
    sheets = [sheet_of(fabric_of(NAMED.replace("NAMES", names), shipped=True)) for names in (SITE_NAMES, "")]
    keys = [[one.key for one in sheet.marks if isinstance(one, Box | Disc)] for sheet in sheets]
    assert keys[0] == keys[1]
    assert any(key.startswith("net/leaf0; ") for key in keys[0])
