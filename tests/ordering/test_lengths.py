"""Fewer lengths of a cable: no choice is cheaper, cables are long enough, stock serves the most it can."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING, Any

import networkx as nx
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers_fabric import shipped_fabric
from topogen.cli import group
from topogen.language.yaml_tree import Source
from topogen.load.parse import parse_catalog
from topogen.ordering.lengths import choices, from_stock, kept, pieces_by_length
from topogen.ordering.orders import order_lines
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.catalog.model import Catalog

CORD = """
parts:
  cord: {is: cord, price_usd: 10, price_per_m_usd: 2, source: x, as_of: 2026-01, confidence: list, MORE}
sources: {x: a price list}
"""
PIECES = st.dictionaries(
    st.integers(1, 30).map(lambda m: 1000 * m), st.integers(1, 40), min_size=1, max_size=6
)


@cache
def catalog(more: str = "pack_qty: 12") -> Catalog:
    return parse_catalog([[Source("c.yaml", CORD.replace("MORE", more))]])


@given(PIECES)
def test_no_choice_of_lengths_is_cheaper(pieces: dict[int, int]) -> None:
    for one in choices(catalog(), "cord", pieces):
        longest = max(pieces)
        others = [
            kept(catalog(), "cord", pieces, (*some, longest))
            for some in combinations(sorted(set(pieces) - {longest}), len(one.order) - 1)
        ]
        assert one.cost == min(other.cost for other in others if other.cost is not None)


@given(PIECES)
def test_every_cable_is_long_enough_and_pieces_come_in_packs(pieces: dict[int, int]) -> None:
    found = choices(catalog(), "cord", pieces)
    assert [len(one.order) for one in found] == list(range(len(pieces), 0, -1))
    for one in found:
        assert all(count % 12 == 0 for count in one.order.values())
        for length in pieces:
            needed = sum(count for mm, count in pieces.items() if mm >= length)
            assert sum(count for mm, count in one.order.items() if mm >= length) >= needed


def test_one_length_costs_what_its_metres_cost() -> None:
    every, one = choices(catalog(), "cord", {2000: 12, 5000: 24})
    assert every.cost == 12 * 14 + 24 * 20
    assert every.extra_mm == 0
    assert one.order == {5000: 36}
    assert one.cost == 36 * 20
    assert one.extra_mm == 12 * 3000


def test_a_minimum_can_make_fewer_lengths_cheaper() -> None:
    every, one = choices(catalog("moq: 100"), "cord", {2000: 12, 5000: 24})
    assert one.cost == 100 * 20
    assert every.cost == 100 * 14 + 100 * 20


def test_what_is_longer_than_every_length_kept_stays() -> None:
    assert kept(catalog(), "cord", {2000: 12, 5000: 12}, [3000]).order == {3000: 12, 5000: 12}


@given(PIECES, PIECES)
def test_stock_serves_as_many_pieces_as_a_largest_matching(
    needs: dict[int, int], stock: dict[int, int]
) -> None:
    taken, left = from_stock({"cord": needs}, {("cord", mm): count for mm, count in stock.items()})
    flow: nx.DiGraph[Any] = nx.DiGraph()
    for mm, count in needs.items():
        flow.add_edge(("need", mm), "sink", capacity=count)
    for mm, count in stock.items():
        flow.add_edge("source", ("stock", mm), capacity=count)
        flow.add_edges_from((("stock", mm), ("need", need)) for need in needs if need <= mm)
    flow.add_nodes_from(["source", "sink"])
    assert sum(one.pieces for one in taken) == nx.maximum_flow_value(flow, "source", "sink")
    used: Counter[int] = Counter()
    for one in taken:
        assert one.used_mm >= one.needed_mm
        used[one.used_mm] += one.pieces
    assert all(used[mm] <= stock[mm] for mm in used)
    assert sum(left["cord"].values()) + sum(used.values()) == sum(needs.values())


@pytest.mark.parametrize("name", ["gb300-nvl72-row", "meta-roce-pod"])
def test_every_length_costs_what_the_order_costs(name: str) -> None:
    fabric = shipped_fabric(name)
    lines = order_lines(fabric, roll_up(fabric))
    for part, pieces in pieces_by_length(lines).items():
        ordered = [one.cost.base if one.cost else None for one in lines if one.part == part and one.order]
        whole = None if None in ordered else sum((cost for cost in ordered if cost is not None), Fraction(0))
        assert choices(fabric.catalog, part, pieces)[0].cost == whole


def test_the_command_takes_lengths_and_says_where_none_is_known() -> None:
    unknown = CliRunner().invoke(group, ["lengths", "h100-superpod"])
    assert "No cable to be bought has a known length" in unknown.output
    one = CliRunner().invoke(group, ["lengths", "gb300-nvl72-row", "--keep", "5,10", "--format", "csv"])
    assert one.exit_code == 0, one.output
    assert one.output.splitlines()[-1].split(",")[:2] == ["mpo12_cord", "2"]
