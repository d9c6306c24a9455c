"""Pooled parts: lanes of a medium, shared inside a place and rounded up there; what can really be fitted."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.explain.links import link_steps
from topogen.explain.steps import Origin, Section, Step, count_of, exact, source_location, unique
from topogen.takeoff.derivation import Leaf, Sum, abridged, equation, evaluate, formula, sum_of, worked_out
from topogen.takeoff.derive import buildable_value, counts_all_ports, derive, lanes_of, name_of, pool_value
from topogen.takeoff.link_ends import FREE_PORTS
from topogen.takeoff.quantities import PoolQuantity
from topogen.units import MBPS_PER_TBPS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.catalog.model import Line, Medium
    from topogen.model.fabric import Fabric
    from topogen.takeoff.derivation import Value
    from topogen.takeoff.pools import DemandClass
    from topogen.takeoff.quantities import Quantity

MOST_CLASSES = 8
"""Kinds of places written out one by one; the rest are added up."""


def pool_section(fabric: Fabric, quantities: Sequence[Quantity], row: PoolQuantity) -> Section:
    """Return how a pooled quantity comes about; ``quantities`` hold the line that it may serve."""
    medium = fabric.catalog.media[row.medium]
    line = medium.recipe[row.line]
    words = _count_words(derive(fabric, [row]), row)
    steps = (
        Step(
            f"{exact(row.qty)} {name_of(row)}",
            f'{row.network}: line "{row.line}" of medium {row.medium}',
            "",
            0,
        ),
        *link_steps(fabric, row.groups),
        *_lane_steps(fabric, medium, line, row),
        *_served_steps(fabric, quantities, line, row),
        *_rule_steps(line, row),
        Step("count", "", words),
        *_buildable_steps(fabric, quantities, line, row),
    )
    bases = ((Fraction(row.qty), row.basis),)
    return Section(
        steps, f"{words} ({row.network})", Fraction(row.qty), bases, _rules(fabric, line, row), row.groups
    )


def _count_words(value: Value, row: Quantity) -> str:
    """Return the equation of a pool: its formula, what each class comes to, and the total."""
    terms = value.terms if isinstance(value, Sum) else (value,)
    places = [one for one in terms if not isinstance(one, Leaf)]
    spare = [one for one in terms if isinstance(one, Leaf)]
    shown = sum_of([*abridged(places, MOST_CLASSES, "in further places"), *spare])
    middle = worked_out(shown)
    return equation(shown, name_of(row), middle if middle != exact(evaluate(value)) else "")


def _lane_steps(fabric: Fabric, medium: Medium, line: Line, row: PoolQuantity) -> Iterator[Step]:
    rows = lanes_of(fabric, row)
    label = "lanes"
    for one in rows:
        words = f"{formula(one.value)} = {count_of(evaluate(one.value), 'lane')}"
        yield Step(label, f"{one.name}, at {' and '.join(one.where)}", words)
        label = ""
    if counts_all_ports(medium, line) and all(one.name != FREE_PORTS for one in rows):
        yield Step("", "ports without a link would count too (demand: all_ports); none is free here")
    terms = [evaluate(one.value) for one in rows]
    if len(terms) > 1:
        added = " + ".join(exact(term) for term in terms)
        yield Step("", "together", f"{added} = {count_of(sum(terms), 'lane')}")
    if medium.kind == "optical":
        yield from _rate_step(fabric, medium, row, int(sum(terms)))
    if row.unit == "lane":
        yield from _scope_step(row.classes)


def _rate_step(fabric: Fabric, medium: Medium, row: Quantity, lanes: int) -> Iterator[Step]:
    """Yield the bandwidth of the lanes, by which analysts count engines."""
    rates = {medium.lane_rate or link.lane_rate for link in fabric.links if link.name in row.groups}
    rate = next(iter(rates))
    if len(rates) == 1 and rate:
        each, total = Fraction(rate, MBPS_PER_TBPS), Fraction(rate * lanes, MBPS_PER_TBPS)
        formula = f"{count_of(lanes, 'lane')} x {exact(each)} Tb/s = {exact(total)} Tb/s"
        yield Step("", "each way", formula)


def _scope_step(classes: Sequence[DemandClass]) -> Iterator[Step]:
    """Yield how the lanes fall to the places they are rounded up in."""
    total = sum(one.scopes * one.demand for one in classes)
    if 1 < len(classes) <= MOST_CLASSES or (len(classes) == 1 and classes[0].scopes > 1):
        terms = " + ".join(
            f"{exact(one.scopes)} {one.host} x {count_of(one.demand, 'lane')}" for one in classes
        )
        yield Step("scopes", "", f"{terms} = {count_of(total, 'lane')}")


def _served_steps(
    fabric: Fabric, quantities: Sequence[Quantity], line: Line, row: Quantity
) -> Iterator[Step]:
    if served := served_row(quantities, line, row):
        yield Step(served.line, "", _count_words(pool_value(fabric, served, spare=False), served))


def served_row(quantities: Sequence[Quantity], line: Line, row: Quantity) -> PoolQuantity | None:
    """Return the quantity whose pieces a line serves, None where it serves lanes."""
    unit = line.serves[1] if line.serves else "lanes"
    where = (row.medium, row.network, unit)
    pools = (one for one in quantities if isinstance(one, PoolQuantity))
    return next((one for one in pools if (one.medium, one.network, one.line) == where), None)


def _rule_steps(line: Line, row: Quantity) -> Iterator[Step]:
    each, unit = line.serves or (1, "lanes")
    what = count_of(each, "lane") if unit == "lanes" else f"{each} {unit}"
    if line.pairs:
        what = f"{count_of(line.pairs, 'pair')}, which are {what} counted at both ends"
    pieces = f"{line.qty} {name_of(row)}" if line.qty > 1 else f"one {name_of(row)}"
    place = line.round_per
    shared = "over the whole fabric" if place == "fabric" else f"inside a {place}"
    yield Step("rule", f"{pieces} to {what}, shared {shared} and rounded up there")
    if line.spare:
        yield Step("", f"and {count_of(line.spare, 'spare')} fitted in each {place}")


# What can be fitted


def _buildable_steps(
    fabric: Fabric, quantities: Sequence[Quantity], line: Line, row: PoolQuantity
) -> Iterator[Step]:
    if row.buildable == row.qty:
        return
    served = served_row(quantities, line, row)
    if served:
        words = _count_words(buildable_value(fabric, served, spare=False), served)
        yield Step("buildable", "", words)
    words = _count_words(buildable_value(fabric, row), row)
    yield Step("" if served else "buildable", "", words)
    yield Step("", f"{exact(row.buildable - row.qty)} more: {_why_buildable(line, row)}")


def _why_buildable(line: Line, row: PoolQuantity) -> str:
    wanted, place = line.buildable_per or line.round_per, row.buildable_scope
    lost = f", and stands in no {wanted}" if wanted != place else ""
    if place == line.round_per:
        return "what it serves is more where pieces are not shared"
    return f"fitted in one {place}, a piece serves no other (buildable_per: {wanted}{lost})"


def _rules(fabric: Fabric, line: Line, row: Quantity) -> tuple[Origin, ...]:
    """Return where the rules of a line stand, those of one place in one origin."""
    path = ("catalog", "media", row.medium, "recipe", line.name)
    serves = " ".join(str(word) for word in line.serves or ())
    values = {
        "serves": serves,
        "round_per": line.round_per,
        "buildable_per": line.buildable_per,
        "demand": line.demand if line.demand != "linked" else None,
        "spare": str(line.spare) if line.spare else None,
        "qty": str(line.qty) if line.qty > 1 else None,
    }
    at: dict[str, list[str]] = {}
    places = {key: source_location(fabric, (*path, key), "") for key, value in values.items() if value}
    for key, place in places.items():
        at.setdefault(place.at, []).append(key)
    found = []
    for keys in at.values():
        words = ", ".join(f"{key}: {values[key]}" for key in keys)
        target = (*path, keys[0]) if len(keys) == 1 and len(at) > 1 else path
        place = source_location(fabric, target, words)
        found.append(Origin(place.path, places[keys[0]].at, words))
    return unique(found)
