"""Two revisions side by side: published growth of a SuperPOD, effects that add up, cables and their work."""

from __future__ import annotations

import csv
import json
from collections import Counter
from fractions import Fraction
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers_fabric import ROOT, fabric_of, shipped_fabric
from tests.properties.odd_fabrics import Odd, odd_fabrics, quick
from topogen.cli import group
from topogen.diff import Difference, difference
from topogen.diff.cables import Cable, cables_diff
from topogen.diff.ordered import Ordered, read_ordered
from topogen.diff.parts import PRICED, parts_diff
from topogen.errors import InputError
from topogen.export.to_cable_schedule import to_cable_schedule
from topogen.language.tree_changes import TreeChange, tree_changes
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from topogen.diff.parts import PartChange
    from topogen.language.yaml_tree import Plain
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp


def superpod(nodes: int, extra: str = "") -> str:
    """Return an H100 SuperPOD whose last unit holds fewer nodes, 96 of them in the other three."""
    text = (ROOT / "topologies" / "h100-superpod.yaml").read_text(encoding="utf-8").split("scenarios:")[0]
    found = text.replace("contains: {dgx: 31, ufm: 2}", f"contains: {{dgx: {nodes - 96}, ufm: 2}}")
    return found.split("expect:")[0] + extra


def of(old: Fabric, new: Fabric) -> Difference:
    return difference((old, roll_up(old)), (new, roll_up(new)))


def body(text: str) -> str:
    """Return a file without the head that ``fabric_of`` adds."""
    lines = text.splitlines(keepends=True)
    return "".join(one for one in lines if not one.startswith(("topogen:", "name:")))


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(group, ["diff", *map(str, words)])


@pytest.fixture
def revisions(tmp_path: Path) -> tuple[Path, Path]:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(superpod(125), encoding="utf-8")
    new.write_text(superpod(127), encoding="utf-8")
    return old, new


def test_two_more_nodes_in_a_superpod() -> None:
    old, new = (fabric_of(body(superpod(nodes)), shipped=True) for nodes in (125, 127))
    found = of(old, new)
    assert Counter(one.work for one in found.cables) == {"pull": 16, "re-terminate": 4}
    pieces = {one.part: one.qty_new - one.qty_old for one in found.parts if one.change != "unchanged"}
    assert pieces == {"connectx7": 16, "mpo12_cord": 16, "osfp_800g_2xdr4": 15}
    cost = {
        scope: sum(one.cost_delta or 0 for one in found.parts if one.cost_scope == scope) for scope in PRICED
    }
    unit = {one.part: one.unit_new or Fraction(0) for one in found.parts}
    assert cost["network_device"] == 25_600
    assert cost["interconnect"] == 16 * unit["mpo12_cord"] + 15 * unit["osfp_800g_2xdr4"]


@pytest.mark.parametrize("name", ["gb300-nvl72-row", "slingshot-dragonfly", "rubin-ultra-cpo-648"])
def test_a_fabric_does_not_differ_from_itself(name: str) -> None:
    fabric = shipped_fabric(name)
    assert of(fabric, fabric).is_empty


@given(odd_fabrics(), odd_fabrics())
@quick
def test_effects_add_up_and_cables_account_for_every_line(one: Odd, other: Odd) -> None:
    found = of(one.fabric, other.fabric)
    for part in found.parts:
        if part.cost_delta is not None and part.from_quantity is not None:
            effects = (part.from_quantity, part.from_mix, part.from_price)
            assert sum(effect or 0 for effect in effects) == part.cost_delta
    old, new = (all_cables(fabric) for fabric in (one.fabric, other.fabric))
    gone = Counter(ends(change.old) for change in found.cables if change.old)
    come = Counter(ends(change.new) for change in found.cables if change.new)
    assert new - come == old - gone
    assert gone <= old
    assert come <= new


def all_cables(fabric: Fabric) -> Counter[frozenset[str]]:
    nothing = fabric_of("devices: {gpu: {role: gpu}}\ninstances: {gpu: 1}\n")
    return Counter(ends(change.new) for change in cables_diff(nothing, fabric) if change.new)


def ends(cable: Cable) -> frozenset[str]:
    return frozenset((cable.a, cable.b))


@given(odd_fabrics(), odd_fabrics())
@quick
def test_the_difference_of_the_bills_is_the_difference_of_their_totals(one: Odd, other: Odd) -> None:
    old, new = roll_up(one.fabric), roll_up(other.fabric)
    parts = parts_diff(old, new)
    for scope, totals in (("interconnect", "cost_usd"), ("network_device", "network_device_usd")):
        known = [part for part in parts if part.cost_scope == scope]
        assert sum(part.cost_new or 0 for part in known) == getattr(new.totals, totals).base
        assert sum(part.cost_old or 0 for part in known) == getattr(old.totals, totals).base


def test_a_price_alone_has_its_path_as_the_reason(tmp_path: Path, revisions: tuple[Path, Path]) -> None:
    dear = tmp_path / "dear.yaml"
    price = "{value: 40, source: us, as_of: 2026-11, confidence: list}"
    prices = f"catalog: {{parts: {{mpo12_cord: {{price_usd: {price}}}}}}}\n"
    dear.write_text(superpod(125, prices), encoding="utf-8")
    data = json.loads(run(revisions[0], dear, "--format", "json").output)
    (row,) = [one for one in data["parts"] if one["change"] == "price"]
    assert row["part_id"] == "mpo12_cord"
    assert row["delta_from_price"] == row["cost_delta"]
    assert "catalog.parts.mpo12_cord.price_usd" in row["reason"]
    assert data["cables"] == []


def test_another_medium_replaces_cables_and_substitutes_their_parts() -> None:
    text = (
        "devices: {gpu: {role: gpu, ports: {n: {count: 1, lanes: 1, lane_rate: 200 Gb/s}}}}\n"
        "instances: {gpu: 4}\n"
        "links: {up: {network: scale_out, a: gpu.n, pattern: external, to: leaf, medium: MEDIUM}}\n"
        "catalog:\n"
        "  parts: {one: {is: cable}, other: {is: cable}}\n"
        "  media:\n"
        "    m: {kind: copper, recipe: {cable: {part: one, per: link}}}\n"
        "    n: {kind: copper, recipe: {cable: {part: other, per: link}}}\n"
    )
    old, new = (fabric_of(text.replace("MEDIUM", one)) for one in "mn")
    found = of(old, new)
    assert Counter((one.change, one.work) for one in found.cables) == {("medium", "replace"): 4}
    (gone,) = [one for one in found.parts if one.change == "substituted"]
    assert gone.replaced_by in {one.part for one in found.parts if one.change == "added"}


def test_a_cable_out_of_the_model_is_known_by_its_end_inside() -> None:
    text = """
devices: {gpu: {role: nic, ports: {n: {count: 2, lanes: 1, lane_rate: 200 Gb/s}}}}
instances: {gpu: 3}
links: {up: {network: scale_out, a: gpu.n, pattern: external, to: leaf, medium: copper}}
catalog: {parts: {dac: {is: cable}}, media: {copper: {kind: copper, recipe: {cable: {part: dac, per: link}}}}}
"""
    old, more, others = (
        fabric_of(text.replace(*words)) for words in (("", ""), ("gpu: 3", "gpu: 4"), ("gpu", "card"))
    )
    pulled = cables_diff(old, more)
    assert [(one.change, one.new.a, one.new.b) for one in pulled if one.new] == [
        ("added", "gpu3:n0", "leaf"),
        ("added", "gpu3:n1", "leaf"),
    ]
    assert Counter(one.change for one in cables_diff(old, others)) == {"removed": 6, "added": 6}


def of_two_cables(ones: int, others: int, *, price: int = 7) -> RollUp:
    """Return a bill of two kinds of cable for one network, at ``price`` and at 10 USD."""
    return roll_up(
        fabric_of(
            "devices:\n"
            "  one: {role: nic, ports: {x: {count: 1, lanes: 1, lane_rate: 200 Gb/s}}}\n"
            "  other: {role: nic, ports: {x: {count: 1, lanes: 1, lane_rate: 200 Gb/s}}}\n"
            f"instances: {{one: {ones}, other: {others}}}\n"
            "links:\n"
            "  ones: {network: scale_out, a: one.x, pattern: external, to: leaf, medium: m}\n"
            "  others: {network: scale_out, a: other.x, pattern: external, to: leaf, medium: n}\n"
            "catalog:\n"
            f"  parts: {{m: {{is: cable, price_usd: {price}}}, n: {{is: cable, price_usd: 10}}}}\n"
            "  media:\n"
            "    m: {kind: copper, recipe: {cable: {part: m, per: link}}}\n"
            "    n: {kind: copper, recipe: {cable: {part: n, per: link}}}\n"
        )
    )


def effects(found: list[PartChange]) -> dict[str, list[Fraction | None]]:
    """Return the effects of quantity, mix and price on the cost of each kind of cable."""
    return {one.part: [one.from_quantity, one.from_mix, one.from_price] for one in found if one.part in "mn"}


@given(ones=st.integers(1, 9), others=st.integers(1, 9), times=st.integers(1, 4))
def test_a_design_that_grows_as_a_whole_changes_by_quantity_alone(ones: int, others: int, times: int) -> None:
    found = parts_diff(of_two_cables(ones, others), of_two_cables(ones * times, others * times))
    assert effects(found) == {"m": [(times - 1) * ones * 7, 0, 0], "n": [(times - 1) * others * 10, 0, 0]}


@given(ones=st.integers(1, 9), others=st.integers(1, 9), moved=st.integers(0, 8))
def test_cables_of_another_kind_in_equal_number_change_by_mix_alone(
    ones: int, others: int, moved: int
) -> None:
    moved = min(moved, ones - 1)
    found = parts_diff(of_two_cables(ones, others), of_two_cables(ones - moved, others + moved))
    assert effects(found) == {"m": [0, -7 * moved, 0], "n": [0, 10 * moved, 0]}


@given(ones=st.integers(1, 9), price=st.integers(1, 20))
def test_another_price_is_that_of_what_is_bought_now(ones: int, price: int) -> None:
    found = parts_diff(of_two_cables(ones, 3), of_two_cables(2 * ones, 6, price=price))
    assert effects(found)["m"] == [7 * ones, 0, 2 * ones * (price - 7)]
    (one,) = (one for one in found if one.part == "m")
    assert one.change == ("qty" if price == 7 else "qty+price")


def test_orders_that_were_placed_leave_what_is_to_order(tmp_path: Path, revisions: tuple[Path, Path]) -> None:
    orders = tmp_path / "po.csv"
    orders.write_text(
        "part_id,length_m,qty_ordered,qty_received\nconnectx7,,1000,600\nmpo12_cord,,2100,0\n",
        encoding="utf-8",
    )
    done = run(*revisions, "--ordered", orders, "--format", "csv")
    rows = {row["part_id"]: row for row in csv.DictReader(StringIO(done.output))}
    assert rows["connectx7"]["delta_to_order"] == "16"
    assert rows["mpo12_cord"]["cancel_qty"] == "56"
    assert rows["osfp_800g_2xdr4"]["delta_to_order"] == "2044"


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("part,qty\n", "E720", "no column part_id, length_m, qty_ordered, qty_received"),
        ("part_id,length_m,qty_ordered,qty_received\nconnectx,,1,0\n", "E721", "connectx7"),
        ("part_id,length_m,qty_ordered,qty_received\nconnectx7,,1.000,0\n", "E721", "not a whole number"),
        ("part_id,length_m,qty_ordered,qty_received\nconnectx7,,5,6\n", "E721", "6 connectx7 received of 5"),
        ("part_id,length_m,qty_ordered,qty_received\nconnectx7,2m,5,0\n", "E721", "not a length in metres"),
    ],
)
def test_a_table_of_orders_that_cannot_be_read_is_refused_by_row(text: str, code: str, words: str) -> None:
    with pytest.raises(InputError) as error:
        read_ordered(text, "po.csv", ["connectx7", "mpo12_cord"])
    (problem,) = error.value.problems
    assert problem.code == code
    assert words in str(problem)
    assert str(problem.mark).startswith("po.csv:")


def test_rows_of_one_part_and_length_are_added_up() -> None:
    text = "part_id,length_m,qty_ordered,qty_received\na,2,5,1\na,2.0,6,2\na,3,1,\n"
    assert read_ordered(text, "po.csv", ["a"]) == {("a", 2000): Ordered(11, 3), ("a", 3000): Ordered(1, 0)}


def test_the_exit_code_says_whether_anything_differs(revisions: tuple[Path, Path]) -> None:
    old, new = revisions
    assert run(old, new).exit_code == 0
    assert run(old, new, "--exit-code").exit_code == 1
    assert run(old, old, "--exit-code").exit_code == 0
    assert "Nothing differs" in run(old, old).output


def test_a_summary_is_short_markdown(revisions: tuple[Path, Path]) -> None:
    text = run(*revisions, "--summary").output
    assert len(text.splitlines()) <= 40
    assert "| pull | added | compute/hosts | dr | 16 |" in text


def test_csv_has_every_cable(revisions: tuple[Path, Path]) -> None:
    rows = list(csv.DictReader(StringIO(run(*revisions, "--of", "cables", "--format", "csv").output)))
    assert Counter(row["work"] for row in rows) == {"pull": 16, "re-terminate": 4}
    assert all(row["a_new"] and row["b_new"] for row in rows)


def test_changes_of_a_tree_name_their_paths() -> None:
    old: Plain = {"a": "1", "b": {"c": "2", "d": ["x"]}, "gone": {"e": "5"}}
    new: Plain = {"a": "1", "b": {"c": "3", "d": ["x", "y"]}, "new": {}}
    assert tree_changes(old, new) == [
        TreeChange("b.c", "2", "3"),
        TreeChange("b.d", "[x]", "[x, y]"),
        TreeChange("gone.e", "5", None),
        TreeChange("new", None, "{}"),
    ]


NAMED = """
devices:
  nic: {role: nic, ports: {eth: {count: 1, lanes: 4, lane_rate: 100 Gb/s}}}
  leaf: {role: switch, ports: {eth: {count: 16, lanes: 4, lane_rate: 100 Gb/s}}}
templates: {node: {level: node, contains: {nic: 2}}}
instances: {node: 4}
fabrics: {net: {network: scale_out, pattern: fat_tree, tiers: 1, ends: nic.eth, switch: leaf, medium: dr}}
"""


@pytest.mark.parametrize(
    ("old", "new", "renamed"),
    [
        ("", "", 0),
        ('places: {node: "n{n}"}', 'places: {node: "n{n}"}', 0),
        ('places: {node: "n{n}"}', 'places: {node: "n{n:02}"}', 8),
        ('ports: {nic.eth: "mlx5_{k}"}', 'ports: {nic.eth: "eth{k}"}', 8),
        ("", 'devices: {net/leaf: "tor-{n}"}', 8),
    ],
)
def test_a_cable_that_stays_gets_new_labels_where_an_end_is_renamed(old: str, new: str, renamed: int) -> None:
    texts = (f"{NAMED}names: {{{words}}}\n" if words else NAMED for words in (old, new))
    both = [fabric_of(text, shipped=True) for text in texts]
    found = cables_diff(*both)
    assert [one.work for one in found] == ["relabel"] * renamed
    for one in found:
        assert one.old
        assert one.new
        assert one.old.id == one.new.id
        assert one.old.site != one.new.site


def test_the_ids_of_a_diff_are_those_of_the_schedule() -> None:
    fabric = fabric_of(NAMED.replace("node: 4", "node: 5"), shipped=True)
    before = fabric_of(NAMED, shipped=True)
    text = b"".join(to_cable_schedule(fabric, roll_up(fabric))).decode()
    ids = {line.split(",", 1)[0] for line in text.splitlines()[1:]}
    pulled = {one.new.id for one in cables_diff(before, fabric) if one.new and one.work == "pull"}
    assert len(pulled) == 2
    assert pulled < ids
