"""Figures of structure: oversubscription, hops, bisection."""

from __future__ import annotations

from fractions import Fraction
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from topogen.figures.no_figure import NoFigureError
from topogen.language.quantity import split_narrowing
from topogen.model.expand import expand
from topogen.model.select import mark_devices
from topogen.selector import parse_selector
from topogen.structure.bisection import bisection_bounds, end_bandwidth
from topogen.structure.direction import DOWN, SIDEWAYS, UP, Directions
from topogen.structure.domain import domain
from topogen.structure.hops import hops
from topogen.structure.oversubscription import Traffic, joined_networks, traffic
from topogen.units import MBPS_PER_GBPS, format_count, format_decimal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.model.arrays import Side
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.takeoff.roll_up import RollUp

A: Side = "a"
B: Side = "b"


def oversubscription(fabric: Fabric, _: RollUp, key: str) -> Fraction:
    """Return bandwidth down over bandwidth up of the switches named.

    That of the worst switch, unless the key asks for ``least`` or ``mean``; ``at SEL`` narrows what is below.
    """
    switches, where = split_narrowing(key)
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


def most_hops(fabric: Fabric, _: RollUp, key: str) -> int:
    """Return the most links between two ends; ``at SEL`` narrows which ends."""
    name, where = split_narrowing(key)
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


def bisection_gbps(fabric: Fabric, _: RollUp, key: str) -> Fraction:
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
