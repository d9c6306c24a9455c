"""Every dollar of procurement is somebody's: content + margin + unassigned, at all three ends."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers_fabric import fabric_of
from topogen.catalog.earnings import MARGIN
from topogen.catalog.pricing import NO_MAKER, NOT_PRICED, UNASSIGNED, contents, high, low, unpriced_contents
from topogen.takeoff.roll_up import RollUp, roll_up
from topogen.takeoff.value_layers import unassigned_value, value_by_layer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from topogen.catalog.model import Catalog
    from topogen.units import Triple

Ends = tuple[int, int, int]
quick = settings(max_examples=60)
ranges = st.tuples(st.integers(1, 30), st.integers(0, 30), st.integers(0, 30)).map(
    lambda n: (n[0], n[0] + n[1], sum(n))
)
shares = st.sampled_from([(), (100,), (25, 75), (20, 30), (60,)])
WIRED = """
devices:
  gpu: {{role: gpu, part: p5, ports: {{n: {{count: 3, lanes: 2, lane_rate: 100 Gb/s}}}}}}
  box: {{role: switch, part: p0, ports: {{n: {{count: 5, lanes: 2, lane_rate: 100 Gb/s}}}}}}
instances: {{gpu: {n}, box: 2}}
links:
  x: {{network: scale_up, pattern: external, a: gpu.n, to: out, medium: m}}
  y: {{network: scale_out, pattern: external, a: box.n, to: out, medium: m, length: 3 m}}
catalog:
  media:
    m:
      kind: optical
      fibres_per_lane: 1
      recipe:
        cord: {{part: p1, per: link}}
        module: {{part: p2, per: end}}
        engine: {{part: p3, per: pool, serves: 4 lanes}}
  parts:
{parts}
"""


@st.composite
def parts(draw: st.DrawFn) -> str:
    """Return six parts that contain or stand for later ones, none sold below what is inside it."""
    prices: dict[int, Ends | None] = {}
    lines = []
    for number in reversed(range(6)):
        later = [other for other in range(number + 1, 6) if draw(st.booleans())]
        split = draw(shares) if later else ()
        if len(split) > 1 and len(later) > 1:
            lines.append(_alternates(number, later, split, prices))
        else:
            lines.append(_assembly(draw, number, later, prices))
    return "\n".join(reversed(lines))


def _alternates(number: int, later: list[int], split: tuple[int, ...], prices: dict[int, Ends | None]) -> str:
    """Return a part that is one of others; its price is their mean, which later contents round up."""
    chosen = dict(zip(later, split, strict=False))
    own = [prices[other] for other in chosen]
    prices[number] = _highest(own)
    listed = ", ".join(f"p{other}: {share}%" for other, share in chosen.items())
    return f"    p{number}: {{is: part, layer: l{number}, alternates: {{{listed}}}}}"


def _highest(prices: Sequence[Ends | None]) -> Ends | None:
    known = [price for price in prices if price is not None]
    if not known or len(known) < len(prices):
        return None
    return max(p[0] for p in known), max(p[1] for p in known), max(p[2] for p in known)


def _assembly(draw: st.DrawFn, number: int, later: list[int], prices: dict[int, Ends | None]) -> str:
    counts = {other: draw(st.integers(1, 4)) for other in later}
    margin, plus = draw(st.sampled_from([0, 20, 60])), draw(ranges)
    inside = [sum((prices[o] or (0, 0, 0))[end] * count for o, count in counts.items()) for end in range(3)]
    low, base, high = (ceil(Fraction(100 * value, 100 - margin)) for value in inside)
    price = (low + plus[0], base + plus[1], high + plus[2])
    prices[number] = price if draw(st.integers(0, 4)) else None
    keys = [f"is: part, layer: l{number}"]
    keys += [f"price_usd: [{', '.join(map(str, price))}]"] if prices[number] else []
    keys += [f"margin: {margin}%"] if margin else []
    keys += (
        [f"contains: {{{', '.join(f'p{other}: {count}' for other, count in counts.items())}}}"]
        if counts
        else []
    )
    makers = draw(shares)
    keys += (
        [f"made_by: {{{', '.join(f'maker{i}: {share}%' for i, share in enumerate(makers))}}}"]
        if makers
        else []
    )
    return f"    p{number}: {{{', '.join(keys)}}}"


@st.composite
def rolled(draw: st.DrawFn) -> tuple[str, Catalog, RollUp]:
    """Return a text with its catalog and roll-up."""
    text = WIRED.format(n=draw(st.integers(1, 5)), parts=draw(parts()))
    fabric = fabric_of(text)
    return text, fabric.catalog, roll_up(fabric)


def total(values: Iterable[Triple | None]) -> tuple[Fraction, Fraction, Fraction]:
    """Return the sum at the low, base and high end; what is not known is nothing."""
    known = [value for value in values if value is not None]
    ends = (
        [low(value) for value in known],
        [value.base for value in known],
        [high(value) for value in known],
    )
    return sum(ends[0], Fraction(0)), sum(ends[1], Fraction(0)), sum(ends[2], Fraction(0))


@quick
@given(rolled())
def test_content_margin_and_unassigned_are_procurement_exactly(made: tuple[str, Catalog, RollUp]) -> None:
    rollup = made[2]
    for scope in ("interconnect", "network_device"):
        bought = total(line.extended for line in rollup.lines if line.cost_scope == scope)
        for view in ("content", "procurement"):
            rows = [row for row in rollup.vendors if row.view == view and row.cost_scope == scope]
            assert total(row.value for row in rows) == bought


@quick
@given(rolled())
def test_nobody_earns_less_than_nothing(made: tuple[str, Catalog, RollUp]) -> None:
    for row in made[2].vendors:
        assert row.value is None or min(low(row.value), row.value.base, high(row.value)) >= 0


@quick
@given(rolled())
def test_margins_and_what_nobody_claims_are_named(made: tuple[str, Catalog, RollUp]) -> None:
    _, catalog, rollup = made
    for row in rollup.vendors:
        part = catalog.parts[row.part]
        assert row.layer != MARGIN or part.margin
        assert row.vendor == UNASSIGNED or row.vendor in part.made_by


@quick
@given(rolled())
def test_layers_add_up_to_what_is_paid(made: tuple[str, Catalog, RollUp]) -> None:
    _, _, rollup = made
    for scope in ("interconnect", "network_device"):
        bought = total(line.extended for line in rollup.lines if line.cost_scope == scope)
        assert total(value_by_layer(rollup.vendors, (scope,)).values()) == bought


@quick
@given(rolled())
def test_unassigned_value_is_split_by_reason(made: tuple[str, Catalog, RollUp]) -> None:
    _, catalog, rollup = made
    found = unassigned_value(catalog, rollup.vendors)
    rows = [row for row in rollup.vendors if (row.view, row.vendor) == ("content", UNASSIGNED)]
    assert total(one.value for one in found) == total(row.value for row in rows)
    for one in found:
        open_inside = unpriced_contents(catalog, one.part)
        assert one.reason == (NOT_PRICED if open_inside else NO_MAKER)


def inside(catalog: Catalog, part: str, times: Fraction) -> Iterator[tuple[str, Fraction]]:
    """Yield everything inside some pieces of a part, one level after the other."""
    for name, count in catalog.parts[part].contains.items():
        yield name, count * times
        yield from inside(catalog, name, count * times)
    for name, share in catalog.parts[part].alternates.items():
        yield from inside(catalog, name, share * times)


@quick
@given(rolled())
def test_content_counts_what_is_inside_at_any_depth(made: tuple[str, Catalog, RollUp]) -> None:
    _, catalog, rollup = made
    expected: defaultdict[str, Fraction] = defaultdict(Fraction)
    for line in rollup.lines:
        for name, count in inside(catalog, line.part, Fraction(line.qty)):
            expected[name] += count
    assert rollup.content == expected
    assert all(contents(catalog, line.part).keys() <= rollup.content.keys() for line in rollup.lines)


@quick
@given(rolled())
def test_the_bill_is_quantity_times_price(made: tuple[str, Catalog, RollUp]) -> None:
    _, _, rollup = made
    for scope, shown in (
        ("interconnect", rollup.totals.cost_usd),
        ("network_device", rollup.totals.network_device_usd),
    ):
        lines = [line for line in rollup.lines if line.cost_scope == scope and line.unit]
        assert shown.base == sum(line.qty * line.unit.base for line in lines if line.unit)


@quick
@given(rolled())
def test_hosts_are_shown_and_never_summed(made: tuple[str, Catalog, RollUp]) -> None:
    hosts = [line for line in made[2].lines if line.cost_scope == "host"]
    assert [(line.part, line.extended) for line in hosts] == [("p5", None)]
    assert all(row.cost_scope != "host" for row in made[2].vendors)
