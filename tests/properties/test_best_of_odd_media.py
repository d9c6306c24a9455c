"""The medium that ``cheapest`` takes is the cheapest fabric, counted whole with each medium alone.

Sizes are drawn so that cages, cables and pools come out even: then the share of a link is exact, and links
times share must be what take-off and roll-up make of the whole fabric.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of
from topogen.errors import InputError
from topogen.takeoff.roll_up import roll_up
from topogen.units import format_decimal

if TYPE_CHECKING:
    from fractions import Fraction

prices = st.integers(1, 2_000)
powers_of_two = st.sampled_from([1, 2, 4, 8])


@st.composite
def recipes(draw: st.DrawFn, name: str) -> str:
    """Return a medium with parts of random owners and prices."""
    ladder = draw(st.sampled_from(["", ", lengths_m: [1, 2, 4, 8, 16]"]))
    metre = draw(st.sampled_from(["", f", price_per_m_usd: {draw(prices)}"]))
    lines = {
        "cable": ("per: link", f"{ladder}{metre}"),
        "strand": ("per: lane", ""),
        "module": ("per: end", ""),
        "box": ("per: device", ""),
        "engine": (f"per: pool, serves: {draw(powers_of_two)} lanes", ""),
        "els": (f"per: pool, serves: {draw(st.sampled_from([1, 2]))} engine", ""),
    }
    kept = draw(st.sets(st.sampled_from(sorted(lines)), min_size=1))
    if "els" in kept:
        kept.add("engine")
    names = [line for line in lines if line in kept]
    parts = [f"  {name}_{line}: {{is: x, price_usd: {draw(prices)}{lines[line][1]}}}" for line in names]
    recipe = ", ".join(
        f"{line}: {{part: {name}_{line}, {lines[line][0]}, qty: {draw(st.integers(1, 2))}}}"
        if line in ("cable", "module", "strand", "box")
        else f"{line}: {{part: {name}_{line}, {lines[line][0]}}}"
        for line in names
    )
    reach = draw(st.integers(1, 9))
    kind = draw(st.sampled_from(["copper", "optical"]))
    fibres = ", fibres_per_lane: 1" if kind == "optical" else ""
    medium = f"  {name}: {{kind: {kind}, reach_m: {{100 Gb/s: {reach}}}{fibres}, recipe: {{{recipe}}}}}"
    return "\n".join(parts) + "|" + medium


def text_of(medium: str, length: int, cage: int, carried: int, policy: str) -> str:
    port = f"lanes: 4, lane_rate: 100 Gb/s, cage: {{links: {cage}}}"
    return f"""
devices:
  gpu: {{role: gpu, ports: {{n: {{count: 4, {port}}}}}}}
  sw: {{role: switch, ports: {{n: {{count: 4, {port}}}}}}}
instances: {{gpu: 3, sw: 3}}
links:
  x:
    network: scale_up
    a: gpu.n
    b: sw.n
    pattern: one_to_one
    medium: {medium}
    length: {length} m
    links_per_cable: {carried}
{policy}
"""


@settings(max_examples=40)
@given(
    st.tuples(recipes("one"), recipes("two"), recipes("three")),
    st.integers(1, 8),
    st.sampled_from([(1, 1), (2, 1), (2, 2), (4, 2), (4, 4)]),
)
def test_cheapest_is_the_least_of_whole_fabrics(
    media: tuple[str, ...], length: int, cages: tuple[int, int]
) -> None:
    parts, recipes_of = zip(*(one.split("|") for one in media), strict=True)
    catalog = "parts:\n" + "\n".join(parts) + "\nmedia:\n" + "\n".join(recipes_of) + "\n"
    cost: dict[str, Fraction] = {}
    for name in ("one", "two", "three"):
        try:
            fabric = fabric_of(text_of(name, length, *cages, ""), catalog=catalog)
        except InputError:
            continue
        cost[name] = roll_up(fabric).totals.cost_usd.base
    policy = "policies: {best: {choose: cheapest, among: [one, two, three]}}"
    text = text_of("best", length, *cages, policy)
    if not cost:
        with pytest.raises(InputError, match="E304"):
            fabric_of(text, catalog=catalog)
        return
    fabric = fabric_of(text, catalog=catalog)
    (group,) = fabric.links
    assert group.media
    assert cost[group.media[0]] == min(cost.values())
    share = cost[group.media[0]] / group.count
    assert {choice.rule for choice in group.choices} == {
        f"best, cheapest: {format_decimal(share)} USD per link"
    }
