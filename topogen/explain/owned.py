"""Parts that links, lanes, ends and devices own: one piece each, no rounding between them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.explain.lengths import metres
from topogen.explain.links import link_named, link_steps
from topogen.explain.pooled import pool_section
from topogen.explain.steps import Section, Step, count_of, exact, source_location, sum_equation, unique
from topogen.explain.trees import group_steps, place_steps
from topogen.takeoff.derivation import Leaf, Product, Sum, equation, evaluate, formula
from topogen.takeoff.derive import (
    as_number,
    bought_as,
    bought_value,
    cable_sizes,
    cables_value,
    cages_of,
    derive,
    name_of,
    strands_value,
    times,
    together,
)
from topogen.takeoff.patched import PatchQuantity
from topogen.takeoff.quantities import LinkQuantity, PoolQuantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.explain.steps import Origin
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.takeoff.derive import Cages
    from topogen.takeoff.quantities import Quantity


def sections_of(fabric: Fabric, everything: Sequence[Quantity], rows: Sequence[Quantity]) -> list[Section]:
    """Return how quantities come about, those of one recipe line and owner together."""
    return [_section(fabric, everything, here) for here in together(rows)]


def _section(fabric: Fabric, everything: Sequence[Quantity], rows: Sequence[Quantity]) -> Section:
    if isinstance(rows[0], PoolQuantity):
        return pool_section(fabric, everything, rows[0])
    if isinstance(rows[0], PatchQuantity):
        return _patched_section(fabric, rows)
    if not rows[0].medium:
        return _device_section(fabric, rows)
    bodies = {"link": _link_body, "lane": _lane_body, "end": _end_body, "device": _media_device_body}
    steps, words = bodies[rows[0].per](fabric, rows)
    first, qty = rows[0], sum(row.qty for row in rows)
    owned = first.groups[0] if first.per in ("link", "lane") else ""
    where = f"{first.network}, {owned}" if owned else first.network
    of = f'{where}: line "{first.line}" of medium {first.medium}'
    head = Step(f"{exact(qty)} {name_of(first)}", of, "", 0)
    bases = tuple((Fraction(row.qty), row.basis) for row in rows)
    names = tuple(dict.fromkeys(name for row in rows for name in row.groups))
    return Section(
        (head, *steps),
        f"{words} ({owned or first.network})",
        Fraction(qty),
        bases,
        _origins(fabric, first),
        names,
    )


def _patched_section(fabric: Fabric, rows: Sequence[Quantity]) -> Section:
    """Return how cords, trunks or panels of links through patch panels come about."""
    first, qty = rows[0], sum(row.qty for row in rows)
    names = tuple(dict.fromkeys(name for row in rows for name in row.groups))
    words = equation(derive(fabric, rows), name_of(first))
    head = Step(f"{exact(qty)} {name_of(first)}", f"{first.line} of links through patch panels", "", 0)
    strands = [
        Step("", f"{count_of(row.strands, 'strand')}, {exact(row.spare_strands)} of them spare")
        for row in rows
        if isinstance(row, PatchQuantity) and row.strands
    ]
    steps = (head, *link_steps(fabric, names), Step("count", "", words), *strands)
    panels = [panel.name for group in fabric.links if group.name in names for panel in group.through]
    origins = tuple(source_location(fabric, ("patch_panels", name), "") for name in dict.fromkeys(panels))
    bases = tuple((Fraction(row.qty), row.basis) for row in rows)
    return Section(steps, f"{words} ({', '.join(names)})", Fraction(qty), bases, origins, names)


def _origins(fabric: Fabric, row: Quantity) -> tuple[Origin, ...]:
    path = ("catalog", "media", row.medium, "recipe", row.line)
    words = {"link": "cable", "lane": "strand or pair", "end": "cage in use", "device": "device"}
    return (source_location(fabric, path, f"per: {row.per}, one a {words[row.per]}"),)


Body = tuple[list[Step], str]


# Links: what is pulled is a cable


def _link_body(fabric: Fabric, rows: Sequence[Quantity]) -> Body:
    link = link_named(fabric, rows[0].groups[0])
    value, each, part = cables_value(fabric, rows), rows[0].classes[0].pieces, name_of(rows[0])
    cables = evaluate(value)
    words = equation(value, part if each == 1 else "cable" if cables == 1 else "cables")
    steps = [*link_steps(fabric, [link.name]), Step("owner", _cable_words(link)), Step("count", "", words)]
    if isinstance(value, Sum):
        sizes = ", ".join(
            f"{exact(count)} with {count_of(size, 'link')}" for size, count in cable_sizes(fabric, link)
        )
        steps.append(Step("", f"a cage does not hold a whole number of them: {sizes}"))
    if each > 1:
        words = equation(times(as_number(value, "cable"), each), part)
        steps.append(Step("", "", words))
    steps += _order_steps(rows, link)
    return steps, words


def _cable_words(link: LinkGroup) -> str:
    if link.links_per_cable == 1:
        return "the link: one cable each, both its ends with it"
    return f"the cable: {link.links_per_cable} consecutive links of one a cage (links_per_cable)"


def _order_steps(rows: Sequence[Quantity], link: LinkGroup) -> Iterator[Step]:
    known = link.lengths.span_mm
    if not known:
        yield Step(
            "length", "unknown: an end is outside the model or has no place, and the group states no length"
        )
        return
    span = metres(known[0]) if known[0] == known[1] else f"{metres(known[0])} to {metres(known[1])}"
    yield Step("length", f"{span} with slack, then up to the next length that is sold")
    for row in rows:
        if row.length_mm is not None:
            yield Step("", f"{exact(row.qty)} of {metres(row.length_mm)}")
        elif isinstance(row, LinkQuantity) and row.route_mm is not None:
            yield Step("", f"{exact(row.qty)} of up to {metres(row.route_mm)}: longer than any that is sold")
    formula = sum_equation([row.qty for row in rows], sum(row.qty for row in rows), name_of(rows[0]))
    if formula:
        yield Step("", "", formula)


def _lane_body(fabric: Fabric, rows: Sequence[Quantity]) -> Body:
    row, one = rows[0], rows[0].classes[0]
    strands = strands_value(fabric, row)
    unit = "fibre" if row.unit == "strand" else row.unit
    lanes = f"{formula(strands)} = {count_of(evaluate(strands), unit)}"
    whole = Product((as_number(strands, row.unit), Leaf(one.pieces // one.demand)))
    words = equation(whole, name_of(row))
    steps = [*link_steps(fabric, row.groups), Step("lanes", "", lanes), Step("count", "", words)]
    return steps, words


# Ends: one module a cage in use


def _end_body(fabric: Fabric, rows: Sequence[Quantity]) -> Body:
    steps = list(link_steps(fabric, (row.groups[0] for row in rows)))
    steps.append(Step("owner", "the end: one piece a cage in use; a part-filled cage counts whole"))
    found = cages_of(fabric, rows)
    label = "count"
    for cages in found:
        steps.append(Step(label, _cage_words(cages), equation(cages.value, "")))
        label = ""
    pieces = [evaluate(cages.value) for cages in found]
    sums = sum_equation(pieces, sum(pieces), name_of(rows[0]))
    if sums:
        steps.append(Step("", "together", sums))
    return steps, equation(derive(fabric, rows), name_of(rows[0]), sums.partition(" = ")[0])


def _cage_words(cages: Cages) -> str:
    words = f"{cages.link}, at {cages.host}"
    if cages.filled:
        return words
    return f"{words}, {count_of(cages.links, 'link end')} in cages of {cages.per_cage}"


# Devices


def _media_device_body(fabric: Fabric, rows: Sequence[Quantity]) -> Body:
    steps = list(link_steps(fabric, (name for row in rows for name in row.groups)))
    steps.append(Step("owner", "the device: so many for each that ends such a link"))
    words = equation(derive(fabric, rows), name_of(rows[0]))
    return [*steps, Step("count", "", words)], words


def _device_section(fabric: Fabric, rows: Sequence[Quantity]) -> Section:
    hosts = {row.classes[0].host for row in rows}
    part, qty = name_of(rows[0]), sum(row.qty for row in rows)
    groups, places = bought_as(fabric, rows)
    head = f"{rows[0].cost_scope}: one for each {' and '.join(sorted(hosts))}"
    steps = [Step(f"{exact(qty)} {part}", head, "", 0)]
    steps += [step for group in groups for step in group_steps(fabric, group)]
    steps += [step for place in places for step in place_steps(place)]
    words = equation(bought_value(fabric, rows), part)
    if len(groups) + len(places) > 1:
        steps.append(Step("together", "", words))
    paths = [("devices", group.type.name, "part") for group in groups]
    paths += [("templates", place.template, "part") for place in places]
    origins = [source_location(fabric, path, f"part: {part}") for path in paths]
    return Section(tuple(steps), words, Fraction(qty), (), unique(origins))
