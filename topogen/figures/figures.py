"""Figures of a fabric by the keys that ``expect`` and ``quoted`` use: one number for each key, exact."""

from __future__ import annotations

from fractions import Fraction
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cables import cable_of_link, cables_by_length
from topogen.catalog.pricing import contents
from topogen.errors import InputError, Problem, nearest
from topogen.language.scenario import SPLIT_AT_END
from topogen.media.medium import pairs, strands
from topogen.model.expand import expand
from topogen.model.fabric import FREE
from topogen.model.select import SelectionError, count_named, mark_devices, select_devices
from topogen.selector import parse_selector
from topogen.structure.bisection import bisection_bounds, end_bandwidth
from topogen.structure.direction import DOWN, SIDEWAYS, UP, Directions
from topogen.structure.domain import NoDomainError, domain
from topogen.structure.hops import hops
from topogen.structure.oversubscription import Traffic, joined_networks, traffic
from topogen.takeoff.power import watts_of
from topogen.takeoff.roll_up import COST_SCOPES, COUNTED, is_lower_bound, roll_up
from topogen.takeoff.take_off import SHARED, network_share
from topogen.units import MBPS_PER_GBPS, MM_PER_M, format_count, format_decimal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from topogen.model.arrays import Side
    from topogen.model.fabric import Fabric, LinkGroup
    from topogen.takeoff.roll_up import RollUp
    from topogen.takeoff.take_off import Quantity

A: Side = "a"
B: Side = "b"
NETWORKS = ("scale_up", "scale_out", "front_end", "storage", "management", "board")
COST_KEYS = (*COST_SCOPES, *NETWORKS, SHARED)
POWER_KEYS = ("total", *COST_SCOPES, *NETWORKS)


class NoFigureError(ValueError):
    """A key that matches nothing in this fabric."""


def split_key(key: str) -> tuple[str, str]:
    """Return a key and what it is narrowed to: ``GROUP at SEL``, ``PART in NETWORK``."""
    for word in (" at ", " in "):
        name, found, narrowed = key.partition(word)
        if found:
            return name, narrowed
    return key, ""


def read_key(text: str) -> tuple[str, str]:
    """Return the kind and the key of a figure as people write it: ``media.nvl.dac``, ``links.compute/hosts``.

    Raises ``InputError`` (E655) where there is no such kind.
    """
    if " / " in text:
        kind, key = "ratio", text
        for side in text.split(" / "):
            read_key(side.strip())
        return kind, key
    kind, _, key = text.partition(".")
    if kind not in FIGURES:
        raise InputError([Problem("E655", f'no figure "{text}"', hint=nearest(kind, FIGURES))])
    if kind in SPLIT_AT_END:
        name, _, last = key.rpartition(".")
        return kind, f"{name}|{last}"
    return kind, key


def figure(fabric: Fabric, rollup: RollUp, kind: str, key: str) -> Fraction:
    """Return the figure of a kind such as ``links`` for a key such as ``compute/hosts at r1``."""
    try:
        return Fraction(FIGURES[kind](fabric, rollup, key))
    except SelectionError as error:
        raise NoFigureError(f"{error.message}; {error.hint}") from error
    except NoDomainError as error:
        raise NoFigureError(str(error)) from error


def asked(fabric: Fabric, key: str, rollup: RollUp | None = None) -> Fraction:
    """Return a figure of a fabric, exact, by a key of ``expect`` or a ratio of two.

    Parameters
    ----------
    key
        Such as ``links.compute/hosts``, ``hops.compute``, ``bisection.compute`` (Gb/s per direction),
        ``content.lumentum`` (USD) or ``lasers / devices.role gpu``.
    rollup
        The roll-up of the fabric, if there is one already.

    Raises
    ------
    InputError
        E655 for an unknown kind of figure, and for a key that matches nothing in this fabric.
    """
    kind, name = read_key(key)
    try:
        return figure(fabric, rollup or roll_up(fabric), kind, name)
    except NoFigureError as error:
        raise InputError([Problem("E655", f"{key}: {error}")]) from error


# Devices and ports


def _devices(fabric: Fabric, _: RollUp, key: str) -> int:
    word, _of, role = key.partition(" ")
    if word == "role" and role:
        return sum(group.count for group in fabric.groups if group.type.role == role)
    return count_named(fabric.groups, fabric.places, parse_selector(key))


def _racks(fabric: Fabric, _: RollUp, key: str) -> int:
    if key:
        return count_named(fabric.groups, fabric.places, parse_selector(key))
    return sum(place.count for place in fabric.places if place.level == "rack")


def _free_ports(fabric: Fabric, _: RollUp, key: str) -> int:
    selector = parse_selector(key)
    total = 0
    for piece in select_devices(fabric.groups, selector):
        for port, kind in enumerate(fabric.groups[piece.group].type.ports):
            if selector.port in (None, kind.name):
                used = fabric.ports[piece.group, port]
                free = (used.rows == FREE).sum(axis=1)
                total += int(free[used.kind.at(piece.devices())].sum())
    return total


# Links


def links_named(fabric: Fabric, name: str) -> list[LinkGroup]:
    """Return the link groups of that name, or all of that network."""
    found = [group for group in fabric.links if name in (group.name, group.base, group.network)]
    if not found:
        known = [group.name for group in fabric.links]
        raise NoFigureError(f'no link group "{name}"; {nearest(name, known)}')
    return found


def _links_at(fabric: Fabric, group: LinkGroup, where: str) -> np.ndarray:
    """Return which links of a group have an end at the devices a selector names, shape (links,)."""
    if not where:
        return np.ones(group.count, bool)
    return _at_either_end(fabric, group, mark_devices(fabric.groups, parse_selector(where)))


def _at_either_end(fabric: Fabric, group: LinkGroup, marked: np.ndarray) -> np.ndarray:
    """Return which links of a group have an end among marked devices, shape (links,)."""
    columns = expand(fabric, group)
    return np.asarray(marked[columns.a] | marked[columns.b])


def _link_sum(each: Callable[[Fabric, LinkGroup], int | None]) -> Callable[[Fabric, RollUp, str], int]:
    """Return a figure that is so much for each link of the groups named."""

    def total(fabric: Fabric, _: RollUp, key: str) -> int:
        name, where = split_key(key)
        found = 0
        for group in links_named(fabric, name):
            links = int(_links_at(fabric, group, where).sum()) if where else group.count
            found += links * (each(fabric, group) or 0)
        return found

    return total


def _pairs(fabric: Fabric, group: LinkGroup) -> int | None:
    return pairs(group, fabric.catalog.media[group.media[0]]) if group.media else None


def _fibres(fabric: Fabric, group: LinkGroup) -> int | None:
    return strands(group, fabric.catalog.media[group.media[0]]) if group.media else None


def _cables(fabric: Fabric, _: RollUp, key: str) -> int:
    name, where = split_key(key)
    total = 0
    for group in links_named(fabric, name):
        if where:
            cable = cable_of_link(fabric, group, expand(fabric, group))
            total += len(np.unique(cable[_links_at(fabric, group, where)]))
        else:
            total += int(cables_by_length(fabric, group).cables.sum())
    return total


def _media(fabric: Fabric, _: RollUp, key: str) -> int:
    name, medium = key.split("|")
    if medium not in fabric.catalog.media:
        raise NoFigureError(f'no medium "{medium}"; {nearest(medium, fabric.catalog.media)}')
    return sum(group.count for group in links_named(fabric, name) if medium in (group.media or ()))


def _length(fabric: Fabric, _: RollUp, key: str) -> Fraction:
    """Return a statistic of the lengths of a group in metres, slack included, before the ladder."""
    name, statistic = key.split("|")
    classes = [
        (one.length_mm, one.links, _pairs(fabric, group) or 0)
        for group in links_named(fabric, name)
        for one in group.lengths
        if one.length_mm is not None
    ]
    if not classes:
        raise NoFigureError(f'no length known for the links of "{name}"')
    links = sum(count for _, count, _ in classes)
    total = sum(length * count for length, count, _ in classes)
    values: dict[str, Fraction] = {
        "min": Fraction(min(length for length, _, _ in classes)),
        "mean": Fraction(total, links),
        "max": Fraction(max(length for length, _, _ in classes)),
        "total": Fraction(total),
        "pair_total": Fraction(sum(length * count * each for length, count, each in classes)),
    }
    return values[statistic] / MM_PER_M


def _oversubscription(fabric: Fabric, _: RollUp, key: str) -> Fraction:
    """Return bandwidth down over bandwidth up of the switches named.

    That of the worst switch, unless the key asks for ``least`` or ``mean``; ``at SEL`` narrows what is below.
    """
    switches, where = split_key(key)
    name, statistic = [*switches.split(), ""][:2]
    mine = mark_devices(fabric.groups, parse_selector(name))
    below = mark_devices(fabric.groups, parse_selector(where)) if where else None
    directions = Directions(fabric)
    by_network = {
        network: _traffic(directions, network, mine, below)
        for network in dict.fromkeys(link.network for link in fabric.links)
    }
    both = [one for _, one in joined_networks(by_network) if one.down.any() and one.up.any()]
    if not both:
        raise NoFigureError(f'"{name}" has no links both down and up: nothing to compare')
    if stuck := sum(one.without_up for one in both):
        raise NoFigureError(f'{format_count(stuck)} switches of "{name}" have links down and none up')
    if statistic == "mean":
        return max(Fraction(int(one.down.sum()), int(one.up.sum())) for one in both)
    ratios = [ratio for one in both for ratio in one.ratios]
    return min(ratios) if statistic == "least" else max(ratios)


def _traffic(directions: Directions, network: str, mine: np.ndarray, below: np.ndarray | None) -> Traffic:
    """Return the traffic of a network at marked devices, of links down only those of devices ``below``."""
    fabric = directions.fabric
    links = [link for link in fabric.links if link.network == network]
    chosen = {
        index: mine[group.first : group.first + group.count]
        for index, group in enumerate(fabric.groups)
        if mine[group.first : group.first + group.count].any()
    }
    if below is None:
        parts = [traffic(directions, index, links) for index in chosen]
        marked = np.concatenate(list(chosen.values()))
        return Traffic(*(np.concatenate(column)[marked] for column in zip(*parts, strict=True)))
    return _narrowed_traffic(directions, links, mine, below)


def _narrowed_traffic(
    directions: Directions, links: Sequence[LinkGroup], mine: np.ndarray, below: np.ndarray
) -> Traffic:
    """Return the traffic of some links at marked devices, link by link."""
    fabric = directions.fabric
    sums = {direction: np.zeros(fabric.n_devices, np.int64) for direction in (DOWN, UP, SIDEWAYS)}
    for group in links:
        columns = expand(fabric, group)
        for block, rows in columns.blocks:
            ends = {A: columns.a[rows], B: columns.b[rows]} if block.b else {A: columns.a[rows]}
            narrowed = below[columns.a[rows]] | below[columns.b[rows]]
            for side, devices in ends.items():
                direction = directions.at(group, block, side)
                keep = mine[devices] & (narrowed | (direction != DOWN))
                sums[direction] += group.rate * np.bincount(devices[keep], minlength=fabric.n_devices)
    return Traffic(*(sums[direction][mine[: fabric.n_devices]] for direction in (DOWN, UP, SIDEWAYS)))


# Structure


def _hops(fabric: Fabric, _: RollUp, key: str) -> int:
    """Return the most links between two ends; ``at SEL`` narrows which ends."""
    name, where = split_key(key)
    among = np.flatnonzero(mark_devices(fabric.groups, parse_selector(where))) if where else None
    found = hops(domain(fabric, name), among)
    if found.no_path:
        raise NoFigureError(f"{format_count(found.no_path)} pairs of endpoints have no path")
    made = fabric.made.get(found.name)
    if not found.exact and (made is None or made.diameter != found.most):
        sample = f"{format_count(found.sources)} of {format_count(found.ends)} endpoints"
        raise NoFigureError(
            f"at least {found.most} from a sample of {sample}; a full search would take too long"
        )
    return found.most


def _bisection(fabric: Fabric, _: RollUp, key: str) -> Fraction:
    """Return the least bandwidth between two halves of the ends in Gb/s, where it is exact."""
    found = bisection_bounds(fabric, domain(fabric, key))
    low = [cut for cut in found if cut.bound == "at least"]
    high = min((cut for cut in found if cut.bound != "at least"), key=attrgetter("bandwidth"))
    if high.bound and high.bandwidth:
        bounds = (
            f"{cut.bound} {format_decimal(cut.bandwidth / MBPS_PER_GBPS)} Gb/s ({cut.basis})"
            for cut in (*low, high)
        )
        raise NoFigureError(f"not known exactly; {', '.join(bounds)}")
    return high.bandwidth / MBPS_PER_GBPS


def half_of_ends(fabric: Fabric, name: str) -> Fraction:
    """Return half of what the ends of a fabric or network bring, in Gb/s."""
    return end_bandwidth(domain(fabric, name)) / (2 * MBPS_PER_GBPS)


# Parts, money, power


def _parts(fabric: Fabric, rollup: RollUp, key: str) -> Fraction:
    """Return how many of a part are bought or contained, of one network where the key says so."""
    part, network = split_key(key)
    if part not in fabric.catalog.parts:
        raise NoFigureError(f'no part "{part}"; {nearest(part, fabric.catalog.parts)}')
    rows = [row for row in rollup.quantities if row.part and network in ("", *row.network.split("+"))]
    return sum((_of_part(fabric, row, part) for row in rows), Fraction(0))


def _of_part(fabric: Fabric, row: Quantity, part: str) -> Fraction:
    inside = contents(fabric.catalog, row.part or "").get(part, Fraction(0))
    return row.qty * (inside + int(row.part == part))


def _cost(_: Fabric, rollup: RollUp, key: str) -> Fraction:
    """Return the cost of what is summed, or of a scope or network; hosts are counted only if asked for."""
    _refuse_unknown_scope(key, COST_KEYS)
    scopes = (key,) if key in COST_SCOPES else COUNTED
    total = Fraction(0)
    for line in rollup.lines:
        if line.cost_scope not in scopes or line.unit is None:
            continue
        rows = [row for row in line.quantities if key in ("", *scopes) or network_share(row) == key]
        total += line.unit.base * sum(row.qty for row in rows)
    return total


def _power(fabric: Fabric, rollup: RollUp, key: str) -> Fraction:
    """Return the power of the interconnect, of another cost scope, of all of them, or of a network.

    That of a network is the power of its interconnect.
    """
    _refuse_unknown_scope(key, POWER_KEYS)
    if key == "total":
        return rollup.totals.total_power.watts.base
    scope = key if key in COST_SCOPES else "interconnect"
    rows = [row for row in rollup.quantities if row.cost_scope == scope and key in ("", scope, row.network)]
    return watts_of(fabric.catalog, rows).base


def lacks_something(rollup: RollUp, kind: str, key: str) -> bool:
    """Return whether a figure of money or power is a lower bound, because a price or watts are not known."""
    if kind == "power_w" and key == "total":
        return bool(rollup.totals.total_power.unknown)
    if kind == "power_w":
        scope = key if key in COST_SCOPES else "interconnect"
        return any(one.unknown for one in rollup.totals.power if one.cost_scope == scope)
    if kind == "cost_usd":
        scopes = [key] if key in COST_SCOPES else list(COUNTED)
        return any(is_lower_bound(rollup.gaps, scope) for scope in scopes)
    return kind in ("procurement", "content", "layers") and is_lower_bound(rollup.gaps, "interconnect")


def _refuse_unknown_scope(key: str, known: Sequence[str]) -> None:
    if key and key not in known:
        raise NoFigureError(f'"{key}" is not a scope or network; {nearest(key, known)}')


# Who earns what


def _lasers(_: Fabric, rollup: RollUp, key: str) -> Fraction:
    kinds = rollup.totals.lasers_by_kind
    if key and key not in kinds:
        raise NoFigureError(f'no lasers "{key}"; {nearest(key, kinds)}')
    return kinds[key] if key else rollup.totals.lasers


def _vendor_sum(view: str, field: str) -> Callable[[Fabric, RollUp, str], Fraction]:
    """Return the figure of what vendors, or layers, have of the interconnect in a view."""

    def found(_: Fabric, rollup: RollUp, key: str) -> Fraction:
        rows = [row for row in rollup.vendors if row.view == view and row.cost_scope == "interconnect"]
        known = sorted({getattr(row, field) for row in rows} - {""})
        if key not in known:
            raise NoFigureError(f'no {field} "{key}" in the {view} view; {nearest(key, known)}')
        values = [row.value.base for row in rows if getattr(row, field) == key and row.value]
        return sum(values, Fraction(0))

    return found


def _ratio(fabric: Fabric, rollup: RollUp, key: str) -> Fraction:
    """Return the ratio of two figures that `read_key` reads."""
    above, below = (figure(fabric, rollup, *read_key(side.strip())) for side in key.split(" / "))
    if not below:
        raise NoFigureError(f"{key.partition(' / ')[2]} is 0: no ratio")
    return above / below


FIGURES: dict[str, Callable[[Fabric, RollUp, str], int | Fraction]] = {
    "devices": _devices,
    "links": _link_sum(lambda _, group: 1),  # noqa: ARG005 - one a link
    "cables": _cables,
    "pairs": _link_sum(_pairs),
    "fibres": _link_sum(_fibres),
    "parts": _parts,
    "free_ports": _free_ports,
    "oversubscription": _oversubscription,
    "hops": _hops,
    "bisection": _bisection,
    "racks": _racks,
    "power_w": _power,
    "cost_usd": _cost,
    "lasers": _lasers,
    "procurement": _vendor_sum("procurement", "vendor"),
    "content": _vendor_sum("content", "vendor"),
    "layers": _vendor_sum("content", "layer"),
    "ratio": _ratio,
    "media": _media,
    "length": _length,
}
"""How each kind of figure is found; media and length keys are ``GROUP|MEDIUM``, ``GROUP|STATISTIC``."""
