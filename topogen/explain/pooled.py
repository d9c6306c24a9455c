"""Pooled parts: lanes of a medium, shared inside a place and rounded up there; what can really be fitted."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.explain.ends import free_rows, lane_rows
from topogen.explain.links import link_steps
from topogen.explain.steps import Origin, Section, Step, count_of, exact, source_location, unique
from topogen.takeoff.take_off import PoolQuantity
from topogen.units import MBPS_PER_TBPS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from topogen.catalog.model import Line, Medium
    from topogen.model.fabric import Fabric
    from topogen.takeoff.pools import DemandClass
    from topogen.takeoff.take_off import Quantity

MOST_CLASSES = 8
"""Kinds of places written out one by one; the rest are added up."""


def pool_section(fabric: Fabric, quantities: Sequence[Quantity], row: PoolQuantity) -> Section:
    """Return how a pooled quantity comes about; ``quantities`` hold the line that it may serve."""
    medium = fabric.catalog.media[row.medium]
    line = medium.recipe[row.line]
    formula = count_formula(row.classes, line, row, row.qty, row.spare)
    steps = (
        Step(
            f"{exact(row.qty)} {named(row)}",
            f'{row.network}: line "{row.line}" of medium {row.medium}',
            "",
            0,
        ),
        *link_steps(fabric, row.groups),
        *_lane_steps(fabric, medium, line, row),
        *_served_steps(fabric, quantities, line, row),
        *_rule_steps(line, row),
        Step("count", "", formula),
        *_buildable_steps(fabric, quantities, line, row),
    )
    bases = ((Fraction(row.qty), row.basis),)
    return Section(
        steps, f"{formula} ({row.network})", Fraction(row.qty), bases, _rules(fabric, line, row), row.groups
    )


def named(row: Quantity) -> str:
    """Return the part of a quantity, or the recipe line where no part is named."""
    return row.part or row.line


def count_formula(classes: Sequence[DemandClass], line: Line, row: Quantity, total: int, spare: int) -> str:
    """Return the sum over classes of places x ceil(demand / capacity), and what each class comes to."""
    each, unit = line.serves or (1, "lanes")
    serves = (
        f"{count_of(each, 'lane')} per {named(row)}" if unit == "lanes" else f"{each} {unit} per {named(row)}"
    )
    shown = classes if len(classes) <= MOST_CLASSES else classes[:MOST_CLASSES]
    terms, middle = [], []
    for one in shown:
        demand = count_of(one.demand, "lane") if unit == "lanes" else f"{exact(one.demand)} {unit}"
        times = f" x {line.qty}" if line.qty > 1 else ""
        terms.append(f"{exact(one.scopes)} {one.host} x ceil({demand} / {serves}){times}")
        middle.append(f"{exact(one.scopes)} x {exact(one.pieces)}" if one.scopes > 1 else exact(one.pieces))
    rest = sum(one.scopes * one.pieces for one in classes[len(shown) :])
    for count, words in ((rest, "in further places"), (spare, "spare")):
        if count:
            middle.append(exact(count))
            terms.append(f"{exact(count)} {words}")
    result = f"{exact(total)} {named(row)}"
    inner = " + ".join(middle)
    return " = ".join([" + ".join(terms), *([inner] if inner != exact(total) else []), result])


def _lane_steps(fabric: Fabric, medium: Medium, line: Line, row: Quantity) -> Iterator[Step]:
    rows = lane_rows(fabric, medium, row.network)
    base = _line_on_lanes(medium, line)
    free = free_rows(fabric, medium, row.network) if base.demand == "all_ports" else []
    label = "lanes"
    for one in rows:
        yield Step(label, f"{one.group}, at {' and '.join(one.where)}", one.formula)
        label = ""
    total = sum(one.total for one in rows)
    for where, ports, lanes in free:
        if ports:
            total += ports * lanes
            formula = (
                f"{count_of(ports, 'port')} x {count_of(lanes, 'lane')} = {count_of(ports * lanes, 'lane')}"
            )
            yield Step("", f"free, at {where}", formula)
    if base.demand == "all_ports" and not any(ports for _, ports, _ in free):
        yield Step("", "ports without a link would count too (demand: all_ports); none is free here")
    yield from _sum_of_lanes([one.total for one in rows] + [ports * lanes for _, ports, lanes in free], total)
    if medium.kind == "optical":
        yield from _rate_step(fabric, medium, row, total)
    if line.serves is None or line.serves[1] == "lanes":
        yield from _scope_step(row.classes)


def _line_on_lanes(medium: Medium, line: Line) -> Line:
    """Return the line whose demand are lanes: the one itself, or what it serves, and so on."""
    while line.serves and line.serves[1] in medium.recipe:
        line = medium.recipe[line.serves[1]]
    return line


def _sum_of_lanes(terms: Iterable[int], total: int) -> Iterator[Step]:
    kept = [exact(term) for term in terms if term]
    if len(kept) > 1:
        yield Step("", "together", f"{' + '.join(kept)} = {count_of(total, 'lane')}")


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
    fabric: Fabric, quantities: Sequence[Quantity], line: Line, row: PoolQuantity
) -> Iterator[Step]:
    served = served_row(quantities, line, row)
    if served:
        above = fabric.catalog.media[served.medium].recipe[served.line]
        pieces = served.qty - served.spare
        yield Step(served.line, "", count_formula(served.classes, above, served, pieces, 0))


def served_row(quantities: Sequence[Quantity], line: Line, row: Quantity) -> Quantity | None:
    """Return the quantity whose pieces a line serves, None where it serves lanes."""
    unit = line.serves[1] if line.serves else "lanes"
    where = (row.medium, row.network, unit)
    return next((one for one in quantities if (one.medium, one.network, one.line) == where), None)


def _rule_steps(line: Line, row: Quantity) -> Iterator[Step]:
    each, unit = line.serves or (1, "lanes")
    what = count_of(each, "lane") if unit == "lanes" else f"{each} {unit}"
    pieces = f"{line.qty} {named(row)}" if line.qty > 1 else f"one {named(row)}"
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
    if isinstance(served, PoolQuantity):
        above = fabric.catalog.media[served.medium].recipe[served.line]
        pieces = sum(one.scopes * one.pieces for one in served.buildable_classes)
        yield Step("buildable", "", count_formula(served.buildable_classes, above, served, pieces, 0))
    spare = row.buildable - sum(one.scopes * one.pieces for one in row.buildable_classes)
    formula = count_formula(row.buildable_classes, line, row, row.buildable, spare)
    yield Step("" if served else "buildable", "", formula)
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
