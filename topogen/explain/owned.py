"""Parts that links, lanes, ends and devices own: one piece each, no rounding between them."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cables import cable_of_link
from topogen.explain.ends import end_rows, networks_at
from topogen.explain.lengths import metres
from topogen.explain.links import fibre_formula, link_named, link_steps, pair_count_formula
from topogen.explain.paths import path_term
from topogen.explain.pooled import named, pool_section
from topogen.explain.steps import Section, Step, count_of, exact, source_location, sum_equation, unique
from topogen.explain.trees import group_steps, group_term, place_steps
from topogen.model.expand import expand
from topogen.records import dataclass
from topogen.takeoff.take_off import EndQuantity, LinkQuantity, PoolQuantity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.explain.ends import SideIndex
    from topogen.explain.steps import Origin
    from topogen.model.fabric import Fabric, LinkGroup
    from topogen.takeoff.take_off import Quantity


def sections_of(fabric: Fabric, everything: Sequence[Quantity], rows: Sequence[Quantity]) -> list[Section]:
    """Return how quantities come about, those of one recipe line and owner together."""
    found: dict[tuple[str, ...], list[Quantity]] = {}
    for row in rows:
        found.setdefault(_key(row), []).append(row)
    return [_section(fabric, everything, together) for together in found.values()]


def _key(row: Quantity) -> tuple[str, ...]:
    groups = row.groups if row.per in ("link", "lane") else ()
    return (row.per, row.medium, row.network if row.medium else "", row.line, row.part or "", *groups)


def _section(fabric: Fabric, everything: Sequence[Quantity], rows: Sequence[Quantity]) -> Section:
    if isinstance(rows[0], PoolQuantity):
        return pool_section(fabric, everything, rows[0])
    if not rows[0].medium:
        return _device_section(fabric, rows)
    bodies = {"link": _link_body, "lane": _lane_body, "end": _end_body, "device": _media_device_body}
    steps, equation = bodies[rows[0].per](fabric, rows)
    first, qty = rows[0], sum(row.qty for row in rows)
    owned = first.groups[0] if first.per in ("link", "lane") else ""
    where = f"{first.network}, {owned}" if owned else first.network
    of = f'{where}: line "{first.line}" of medium {first.medium}'
    head = Step(f"{exact(qty)} {named(first)}", of, "", 0)
    bases = tuple((Fraction(row.qty), row.basis) for row in rows)
    names = tuple(dict.fromkeys(name for row in rows for name in row.groups))
    words = f"{equation} ({owned or first.network})"
    return Section((head, *steps), words, Fraction(qty), bases, _origins(fabric, first), names)


def _origins(fabric: Fabric, row: Quantity) -> tuple[Origin, ...]:
    path = ("catalog", "media", row.medium, "recipe", row.line)
    words = {"link": "cable", "lane": "strand or pair", "end": "cage in use", "device": "device"}
    return (source_location(fabric, path, f"per: {row.per}, one a {words[row.per]}"),)


Body = tuple[list[Step], str]


# Links: what is pulled is a cable


def _link_body(fabric: Fabric, rows: Sequence[Quantity]) -> Body:
    link = link_named(fabric, rows[0].groups[0])
    cables = sum(one.scopes for row in rows for one in row.classes)
    each = rows[0].classes[0].pieces
    steps = [*link_steps(fabric, [link.name]), Step("owner", _cable_words(link))]
    formula = _cable_formula(fabric, link, cables, "cable" if each > 1 else named(rows[0]))
    steps.append(Step("count", "", formula))
    if cables * link.links_per_cable != link.count:
        sizes = sorted(_cable_sizes(fabric, link).items())
        words = ", ".join(f"{exact(count)} with {count_of(size, 'link')}" for size, count in sizes)
        steps.append(Step("", f"a cage does not hold a whole number of them: {words}"))
    if each > 1:
        formula = f"{count_of(cables, 'cable')} x {each} = {exact(cables * each)} {named(rows[0])}"
        steps.append(Step("", "", formula))
    steps += _order_steps(rows, link)
    return steps, formula


def _cable_words(link: LinkGroup) -> str:
    if link.links_per_cable == 1:
        return "the link: one cable each, both its ends with it"
    return f"the cable: {link.links_per_cable} consecutive links of one a cage (links_per_cable)"


def _cable_formula(fabric: Fabric, link: LinkGroup, cables: int, what: str) -> str:
    unit = f"{'s' if what == 'cable' else ''}"
    if cables * link.links_per_cable == link.count:
        per = f"{count_of(link.links_per_cable, 'link')} per {what}"
        return f"{count_of(link.count, 'link')} / {per} = {exact(cables)} {what}{unit}"
    sizes = _cable_sizes(fabric, link)
    terms = " + ".join(exact(sizes[size]) for size in sorted(sizes))
    return f"{terms} = {exact(cables)} {what}{unit}"


def _cable_sizes(fabric: Fabric, link: LinkGroup) -> Counter[int]:
    """Return how many cables hold how many links, where a cage is not full."""
    return Counter(np.bincount(cable_of_link(fabric, link, expand(fabric, link))).tolist())


def _order_steps(rows: Sequence[Quantity], link: LinkGroup) -> Iterator[Step]:
    known = link.lengths.span_mm
    if not known:
        yield Step("length", "not known: the far end is outside and the group states no length")
        return
    span = metres(known[0]) if known[0] == known[1] else f"{metres(known[0])} to {metres(known[1])}"
    yield Step("length", f"{span} with slack, then up to the next length that is sold")
    for row in rows:
        if row.length_mm is not None:
            yield Step("", f"{exact(row.qty)} of {metres(row.length_mm)}")
        elif isinstance(row, LinkQuantity) and row.route_mm is not None:
            yield Step("", f"{exact(row.qty)} of up to {metres(row.route_mm)}: longer than any that is sold")
    formula = sum_equation([row.qty for row in rows], sum(row.qty for row in rows), named(rows[0]))
    if formula:
        yield Step("", "", formula)


def _lane_body(fabric: Fabric, rows: Sequence[Quantity]) -> Body:
    link = link_named(fabric, rows[0].groups[0])
    strands = fibre_formula(fabric, link) or pair_count_formula(fabric, link)
    one = rows[0].classes[0]
    each = one.pieces // one.demand
    formula = (
        f"{count_of(one.scopes * one.demand, rows[0].unit)} x {each} = {exact(rows[0].qty)} {named(rows[0])}"
    )
    steps = [*link_steps(fabric, [link.name]), Step("lanes", "", strands), Step("count", "", formula)]
    return steps, formula


# Ends: one module a cage in use


def _end_body(fabric: Fabric, rows: Sequence[Quantity]) -> Body:
    steps = list(link_steps(fabric, (row.groups[0] for row in rows)))
    steps.append(Step("owner", "the end: one piece a cage in use; a part-filled cage counts whole"))
    ends: dict[tuple[str, str, str], list[Quantity]] = {}
    for row in rows:
        side = row.side if isinstance(row, EndQuantity) else "a"
        ends.setdefault((row.groups[0], side, row.classes[0].host), []).append(row)
    found = [_cages(fabric, link_named(fabric, at[0]), at, together) for at, together in ends.items()]
    label = "count"
    for cages in found:
        steps.append(Step(label, cages.words, f"{cages.term} = {exact(cages.pieces)}"))
        label = ""
    qty, part = sum(cages.pieces for cages in found), named(rows[0])
    sums = sum_equation([cages.pieces for cages in found], qty, part)
    if sums:
        steps.append(Step("", "together", sums))
    middle = f" = {sums.partition(' = ')[0]}" if sums else ""
    return steps, f"{' + '.join(cages.term for cages in found)}{middle} = {exact(qty)} {part}"


@dataclass(frozen=True)
class _Cages:
    """The modules of one end of a link group, in words, as a product and as a number."""

    words: str
    term: str
    pieces: int


def _cages(fabric: Fabric, link: LinkGroup, at: tuple[str, str, str], rows: Sequence[Quantity]) -> _Cages:
    one = rows[0].classes[0]
    cages = sum(row.classes[0].scopes for row in rows)
    sides: tuple[SideIndex, ...] = (0, 1) if link.joins_alike else (1,) if at[1] == "b" else (0,)
    links = sum(end.total for end in end_rows(fabric, link, sides) if end.device == one.host)
    times = f" x {one.pieces}" if one.pieces > 1 else ""
    words = f"{link.name}, at {one.host}"
    if links == cages * one.demand:
        per = f"{count_of(one.demand, 'link')} a cage"
        return _Cages(words, f"{count_of(links, 'link end')} / {per}{times}", cages * one.pieces)
    words += f", {count_of(links, 'link end')} in cages of {one.demand}"
    return _Cages(words, f"{count_of(cages, 'cage')}{times}", cages * one.pieces)


# Devices


def _media_device_body(fabric: Fabric, rows: Sequence[Quantity]) -> Body:
    steps = list(link_steps(fabric, (name for row in rows for name in row.groups)))
    steps.append(Step("owner", "the device: so many for each that ends such a link"))
    terms = [one for row in rows for one in row.classes]
    lhs = " + ".join(f"{exact(one.scopes)} {one.host} x {exact(one.pieces)}" for one in terms)
    formula = f"{lhs} = {exact(sum(row.qty for row in rows))} {named(rows[0])}"
    return [*steps, Step("count", "", formula)], formula


def _device_section(fabric: Fabric, rows: Sequence[Quantity]) -> Section:
    hosts = {row.classes[0].host for row in rows}
    part, qty = named(rows[0]), sum(row.qty for row in rows)
    wanted = {(row.classes[0].host, row.network) for row in rows}
    groups = [
        group
        for index, group in enumerate(fabric.groups)
        if group.type.part == part and (group.label, "+".join(networks_at(fabric, index))) in wanted
    ]
    places = [place for place in fabric.places if place.template in hosts and place.part == part]
    head = f"{rows[0].cost_scope}: one for each {' and '.join(sorted(hosts))}"
    steps = [Step(f"{exact(qty)} {part}", head, "", 0)]
    steps += [step for group in groups for step in group_steps(fabric, group)]
    steps += [step for place in places for step in place_steps(place)]
    terms = [group_term(group) for group in groups] + [path_term(place.path) for place in places]
    equation = f"{' + '.join(terms)} = {exact(qty)} {part}"
    if len(terms) > 1:
        steps.append(Step("together", "", equation))
    paths = [("devices", group.type.name, "part") for group in groups]
    paths += [("templates", place.template, "part") for place in places]
    origins = [source_location(fabric, path, f"part: {part}") for path in paths]
    return Section(tuple(steps), equation, Fraction(qty), (), unique(origins))
