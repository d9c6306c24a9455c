"""Bisection: the least bandwidth between two halves of the ends, or bounds of it; each says what it is.

Bandwidth is per direction, in Mb/s. ``closed form`` and ``all halves`` are exact. ``cut by LEVEL`` is the
bandwidth of one stated cut, so the bisection is at most that; ``spectral bound`` is what no cut can be below.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from topogen.graph.contract import lowest_joined
from topogen.model.fabric import place_ids
from topogen.records import dataclass
from topogen.structure.direction import Directions
from topogen.structure.oversubscription import switch_uses, traffic
from topogen.structure.tree_cut import tree_bisection

if TYPE_CHECKING:
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric, GeneratorFacts
    from topogen.structure.domain import Domain

CLOSED = "closed form"
ALL_HALVES = "all halves"
SPECTRAL = "spectral bound"
MOST_DEVICES = 1_500
"""Devices of the largest graph whose spectrum is computed: a dense matrix, a second."""
SWEEPS = 20
MOST_JOINED = 4_000
"""Joined pairs of the largest graph whose least cut is searched: a second."""


@dataclass(frozen=True)
class Cut:
    """Bandwidth between two halves of the ends, of ``sides`` ends each, and half of what all ends bring."""

    name: str
    basis: str
    bound: str
    bandwidth: Fraction
    half: Fraction
    sides: tuple[int, int]

    @property
    def share(self) -> Fraction:
        """Return the bandwidth as a share of half of what the ends bring."""
        return self.bandwidth / self.half if self.half else Fraction(0)


def bisection(fabric: Fabric, domain: Domain) -> Cut | None:
    """Return the bisection of a domain where it is exact: by closed form, else over all halves; else None."""
    made = fabric.made.get(domain.name)
    if made is None:
        least = _of_one_tier(domain)
    elif made.pods_alike:
        least = _of_tree(fabric, domain, made)
    else:
        least = _of_formula(domain, made)
    basis = CLOSED
    if least is None:
        basis, least = ALL_HALVES, tree_bisection(domain)
    return None if least is None else _cut(domain, basis, "", least, len(domain.ends) // 2)


def bisection_bounds(fabric: Fabric, domain: Domain) -> tuple[Cut, ...]:
    """Return the exact bisection alone, or cuts above it and, where no cut is 0, a bound below it."""
    exact = bisection(fabric, domain)
    if exact:
        return (exact,)
    found = cuts(fabric, domain)
    below = spectral_bound(domain) if all(cut.bandwidth for cut in found) else None
    return (*found, below) if below else found


def cuts(fabric: Fabric, domain: Domain) -> tuple[Cut, ...]:
    """Return a cut at each level whose places come in two halves, or one by the numbers of the endpoints.

    Halves differ by one endpoint at most: a cut of 6 + 12 says nothing of the bisection.
    """
    found = [_by_level(fabric, domain, level) for level in _levels(fabric, domain)]
    return tuple(cut for cut in found if cut) or (_by_place(domain, "number", domain.ends),)


def _cut(domain: Domain, basis: str, bound: str, bandwidth: Fraction, side: int) -> Cut:
    sides = side, len(domain.ends) - side
    return Cut(domain.name, basis, bound, bandwidth, end_bandwidth(domain) / 2, sides)


def end_bandwidth(domain: Domain) -> Fraction:
    """Return the bandwidth of all ends together, in Mb/s; what several share counts once."""
    joined = domain.rate[domain.joins]
    _, first = np.unique(domain.b[domain.joins], return_index=True)
    twice = int(joined.sum()) - int(joined[first].sum())
    sides = (int(domain.rate[domain.is_end[side]].sum()) for side in (domain.a, domain.b))
    return Fraction(sum(sides) - twice)


def _bandwidth_of_ends(domain: Domain) -> Ints:
    """Return the bandwidth of each end, shape (ends,)."""
    total = np.zeros(len(domain.is_end), np.int64)
    np.add.at(total, domain.a, domain.rate)
    np.add.at(total, domain.b, domain.rate)
    return total[domain.ends]


# Closed forms


def _of_one_tier(domain: Domain) -> Fraction | None:
    """Return half of what the ends bring, where each meets every switch alike: of a switch half is cut."""
    a, b, rate = domain.capacity
    is_end = domain.is_end[domain.nodes]
    switches, ends = int((~is_end).sum()), int(is_end.sum())
    if (is_end[a] == is_end[b]).any() or len(a) != switches * ends or len(np.unique(rate)) != 1:
        return None
    return Fraction(int(rate[0]) * switches * (ends // 2))


def _of_formula(domain: Domain, made: GeneratorFacts) -> Fraction | None:
    """Return what the formula of a pattern gives, where all links have one rate."""
    if made.bisection is None or len(rates := np.unique(domain.rate)) != 1:
        return None
    return made.bisection * made.planes * int(rates[0])


def _of_tree(fabric: Fabric, domain: Domain, made: GeneratorFacts) -> Fraction | None:
    """Return the bisection of a fat tree with all pods alike, None where it depends on where the ends are.

    Where no switch has less upward than down, every two halves can talk at the full rate of the smaller: the
    bisection is what the half of the ends with least ports brings. Where equal switches have less upward, it
    is half of the narrowest tier, provided that the pods below it come in two equal halves.
    """
    spec = fabric.spec.fabrics[domain.name]
    roles = [use for use in switch_uses(fabric) if use.device_role.partition("/")[0] == domain.name]
    roles = sorted((use for use in roles if use.network == spec.network), key=lambda use: use.tier)
    alone = len(roles) == 1 and roles[0].switches > made.planes
    if alone:
        return None
    directions = Directions(fabric)
    flows = [_flow(fabric, domain, directions, use.device_role) for use in roles[:-1]]
    if all((down <= up).all() for down, up in flows):
        each = np.sort(_bandwidth_of_ends(domain))
        return Fraction(int(each[: len(each) // 2].sum()))
    if any(len(np.unique(side)) > 1 for flow in flows for side in flow):
        return None
    ups = [int(up.sum()) for _, up in flows]
    narrow = ups.index(min(ups))
    return Fraction(ups[narrow], 2) if _pods_halve(domain, made, narrow) else None


def _flow(fabric: Fabric, domain: Domain, directions: Directions, role: str) -> tuple[Ints, Ints]:
    """Return the bandwidth of this domain down and up of each switch of a role."""
    sides = [
        traffic(directions, index, domain.groups)[:2]
        for index, group in enumerate(fabric.groups)
        if group.label == role
    ]
    down, up = (np.concatenate(side) for side in zip(*sides, strict=True))
    return down, up


def _pods_halve(domain: Domain, made: GeneratorFacts, narrow: int) -> bool:
    """Return whether the pods below a tier are alike and of even number, each end with one link a plane."""
    links = np.bincount(domain.a, minlength=len(domain.is_end)) + np.bincount(
        domain.b, minlength=len(domain.is_end)
    )
    if (links[domain.ends] != made.planes).any():
        return False
    tier = np.repeat([group.tier for group in domain.groups], [group.count for group in domain.groups])
    below = (tier > 1) & (tier <= narrow + 1)
    a, b = (np.searchsorted(domain.nodes, side[below]) for side in (domain.a, domain.b))
    pod = lowest_joined(len(domain.nodes), a, b)
    hosts = tier == 1
    leaf = np.where(domain.is_end[domain.a[hosts]], domain.b[hosts], domain.a[hosts])
    _, ends = np.unique(pod[np.searchsorted(domain.nodes, leaf)], return_counts=True)
    return len(np.unique(ends)) == 1 and len(ends) % (2 * made.planes) == 0


# Cuts


def _levels(fabric: Fabric, domain: Domain) -> list[str]:
    """Return the levels of places that ends stand in, outermost first."""
    groups = [
        group
        for group in fabric.groups
        if group.first in domain.ends
        or np.any((domain.ends >= group.first) & (domain.ends < group.first + group.count))
    ]
    return list(dict.fromkeys(step.level for group in groups for step in group.path if step.level))


def _by_level(fabric: Fabric, domain: Domain, level: str) -> Cut | None:
    """Return the cut between two halves of the places of a level; None where they come in no halves."""
    place = np.full(len(domain.is_end), -1, np.int64)
    for group in fabric.groups:
        found = place_ids(fabric, group, level)
        if found is not None:
            place[group.first : group.first + group.count] = found
    mine = place[domain.ends]
    if (mine < 0).any() or (mine == mine[0]).all():
        return None
    one = int((mine <= _last_of_half(mine)).sum())
    return _by_place(domain, level, mine) if abs(2 * one - len(mine)) <= 1 else None


def _last_of_half(place: Ints) -> int:
    """Return the last place of the first half, where whole places in their order come as near to half."""
    numbers, count = np.unique(place, return_counts=True)
    below = np.cumsum(count)[:-1]
    return int(numbers[np.argmin(np.abs(2 * below - len(place)))] if len(below) else numbers[0])


def _by_place(domain: Domain, level: str, place: Ints) -> Cut:
    """Return the cut with whole places on each side: in their order, as near to half as it goes."""
    side = np.zeros(len(domain.nodes), np.int64)
    ends = np.searchsorted(domain.nodes, domain.ends)
    side[ends] = np.where(place <= _last_of_half(place), 1, -1)
    crossing = least_crossing(domain, side, ends)
    return _cut(domain, f"cut by {level}", "at most", Fraction(crossing), int((side[ends] == 1).sum()))


def least_crossing(domain: Domain, side: Ints, ends: Ints) -> int:
    """Return the least bandwidth found between ends at +1 and ends at -1, however switches are divided.

    It is exact where the graph has few links. In larger graphs alike switches stay on one side, and in the
    largest it is the least of three cuts: switches where more of their bandwidth goes, all with one half, all
    with the other. So it is never above what the ends of a half bring.
    """
    a, b, rate = domain.capacity
    sides = [np.where(side == 0, all_with, side) for all_with in (1, -1)]
    sides.append(_with_switches(side, ends, (a, b, rate)))
    found = min(int(rate[one[a] != one[b]].sum()) for one in sides)
    for part in (_parts(domain, side), alike_parts(domain, side)):
        least = _least_cut(part, (a, b, rate))
        if least is not None:
            return min(found, least)
    return found


def _parts(domain: Domain, side: Ints) -> Ints:
    """Return the part of each device: 0 or 1 for the halves of the ends, one of its own for a switch."""
    return np.where(side == 0, 2 + np.arange(len(domain.nodes)), (1 - side) // 2)


def alike_parts(domain: Domain, side: Ints) -> Ints:
    """Return the part of each device, where switches with equal bandwidth to the halves are one part.

    Alike switches then stand on one side: the least cut is at or above that of the single switches.
    """
    a, b, rate = domain.capacity
    to = np.zeros(3 * len(side), np.int64)
    np.add.at(to, 3 * a + side[b] % 3, rate)
    np.add.at(to, 3 * b + side[a] % 3, rate)
    part = (1 - side) // 2
    switches = np.flatnonzero(side == 0)
    _, alike = np.unique(to.reshape(-1, 3)[switches], axis=0, return_inverse=True)
    part[switches] = 2 + alike.ravel()
    return part


def _least_cut(part: Ints, links: tuple[Ints, Ints, Ints]) -> int | None:
    """Return the least cut between parts 0 and 1; None where more parts are joined than a search takes."""
    numbers, part = np.unique(part, return_inverse=True)
    parts = max(2, len(numbers))
    if parts > 2 * MOST_JOINED:  # each is joined to another at least
        return None
    a, b = part[links[0]], part[links[1]]
    joined, which = _numbered(np.minimum(a, b) * parts + np.maximum(a, b), parts * parts)
    if len(joined) > MOST_JOINED:
        return None
    import networkx as nx  # noqa: PLC0415 - heavy, and only structure asks for it

    total = np.zeros(len(joined), np.int64)
    np.add.at(total, which, links[2])
    low, high = np.divmod(joined, parts)
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from((0, 1))
    rows = zip(low.tolist(), high.tolist(), total.tolist(), strict=True)
    graph.add_weighted_edges_from((row for row in rows if row[0] != row[1]), weight="capacity")
    return int(nx.minimum_cut_value(graph, 0, 1))


def _numbered(values: Ints, below: int) -> tuple[Ints, Ints]:
    """Return the different values, ascending, and which of them each is; all are from 0 to ``below``."""
    if below > len(values):
        return np.unique(values, return_inverse=True)
    there = np.zeros(below, bool)
    there[values] = True
    return np.flatnonzero(there), (np.cumsum(there) - 1)[values]


def _with_switches(side: Ints, ends: Ints, links: tuple[Ints, Ints, Ints]) -> Ints:
    """Return the side of every device: a switch stands where more of its bandwidth goes."""
    is_end = np.zeros(len(side), bool)
    is_end[ends] = True
    to_ends = np.zeros(len(side), np.int64)
    for near, far in ((links[0], links[1]), (links[1], links[0])):
        some = is_end[far] & ~is_end[near]
        np.add.at(to_ends, near[some], links[2][some] * side[far[some]])
    among = ~is_end[links[0]] & ~is_end[links[1]]
    a, b, rate = (column[among] for column in links)
    for _ in range(SWEEPS):
        pull = to_ends.copy()
        np.add.at(pull, a, rate * side[b])
        np.add.at(pull, b, rate * side[a])
        moved = np.where(is_end, side, np.sign(pull))
        if (moved == side).all():
            break
        side = moved
    return np.where(side == 0, 1, side)


# A bound from below


def spectral_bound(domain: Domain) -> Cut | None:
    """Return what no cut can be below: second eigenvalue x ends of one half x ends of the other / ends.

    None for large domains.

    Eigenvalues of the Laplacian between the ends, switches eliminated (Schur complement): however the
    switches are divided, a cut with ends at +1 and -1 is not below it. Source: M. Fiedler, Algebraic
    connectivity of graphs, 1973. Eigenvalues are floats: the bound is taken a millionth lower.
    """
    a, b, rate = domain.capacity
    size, ends = len(domain.nodes), np.searchsorted(domain.nodes, domain.ends)
    if size > MOST_DEVICES or len(ends) == len(ends[:1]):
        return None
    laplacian = np.zeros((size, size))
    laplacian[a, b] = laplacian[b, a] = -rate
    laplacian[np.arange(size), np.arange(size)] = -laplacian.sum(axis=1)
    switches = np.setdiff1d(np.arange(size), ends)
    between = laplacian[np.ix_(ends, ends)]
    if len(switches):
        across = laplacian[np.ix_(switches, ends)]
        between = between - across.T @ np.linalg.pinv(laplacian[np.ix_(switches, switches)]) @ across
    second = np.linalg.eigvalsh(between)[1]
    half, others = len(ends) // 2, len(ends) - len(ends) // 2
    bound = Fraction(max(0, int(second * half * others / len(ends) * (1 - 1e-6))))
    return _cut(domain, SPECTRAL, "at least", bound, half)
