"""The exact bisection of tree-like fabrics: the least cut over all ways to halve the ends.

Switches with the same bandwidth to the same neighbours are taken as one, which changes no least cut between
ends (see `merged_switches`). Where the rest is a forest, the least cut for each number of ends on one side is
added up from the leaves to the root.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from topogen.graph.contract import lowest_joined

if TYPE_CHECKING:
    from topogen.model.arrays import Ints
    from topogen.structure.domain import Domain

MOST_ENDS = 140_000
"""Ends of the largest fabric whose halves are all compared: seconds where most subtrees are equal."""
NEVER = 1 << 60
"""More than any bandwidth: a division that cannot be."""
HALVES = 2
SEED = 1


def tree_bisection(domain: Domain) -> Fraction | None:
    """Return the least bandwidth between two halves of the ends; None where merged switches form no forest.

    Halves differ by one end at most. Exact: every division of the ends and the switches is covered.
    """
    ends = len(domain.ends)
    if not HALVES <= ends <= MOST_ENDS:
        return None
    cell = merged_switches(domain)
    tree = None if cell is None else _forest(domain, cell)
    if tree is None:
        return None
    least = _least_by_ends(*tree)
    return Fraction(min(int(least[ends // HALVES]), int(least[ends - ends // HALVES])))


def merged_switches(domain: Domain) -> Ints | None:
    """Return the cell of each device: an end has one of its own, switches share one where that is exact.

    The partition is equitable: all devices of a cell have the same bandwidth to every other cell. The cut
    between any two sets of ends, as a linear program, then has an optimum with one potential per cell (the
    mean over the cell), so the least cut of the cells is that of the devices. Found by colour refinement with
    random weights and then verified; None where the verification fails.
    """
    a, b, rate = domain.capacity
    size = len(domain.nodes)
    is_end = domain.is_end[domain.nodes]
    cell = np.where(is_end, 1 + np.arange(size), 0)
    _, cell = np.unique(cell, return_inverse=True)
    weigh = np.random.default_rng(SEED)
    known = 0
    while known != (known := int(cell.max(initial=-1)) + 1):
        weight = weigh.integers(1, 1 << 63, known, np.uint64)
        seen = np.zeros(size, np.uint64)
        np.add.at(seen, a, rate.astype(np.uint64) * weight[cell[b]])
        np.add.at(seen, b, rate.astype(np.uint64) * weight[cell[a]])
        seen[is_end] = 0
        order = np.lexsort((seen, cell))
        new = (np.diff(cell[order], prepend=-1) != 0) | (np.diff(seen[order], prepend=np.uint64(0)) != 0)
        cell = cell.copy()
        cell[order] = np.cumsum(new) - 1
    return cell if _is_equitable(cell, (a, b, rate)) else None


def _is_equitable(cell: Ints, links: tuple[Ints, Ints, Ints]) -> bool:
    """Return whether all devices of a cell have the same bandwidth to every other cell."""
    near, far = (np.concatenate(pair) for pair in ((links[0], links[1]), (links[1], links[0])))
    cells = int(cell.max(initial=0)) + 1
    pair, which = np.unique(near * cells + cell[far], return_inverse=True)
    total = np.zeros(len(pair), np.int64)
    np.add.at(total, which, np.concatenate([links[2], links[2]]))
    kind, first, of = np.unique(
        cell[pair // cells] * cells + pair % cells, return_index=True, return_inverse=True
    )
    return bool(
        (total == total[first][of]).all()
        and (np.bincount(of) == np.bincount(cell, minlength=cells)[kind // cells]).all()
    )


def _forest(domain: Domain, cell: Ints) -> tuple[list[list[tuple[int, int]]], list[int]] | None:
    """Return the neighbours of each cell with the bandwidth to them, and the ends in it; None with a cycle.

    Links within a cell are left out: its switches stand on one side. The parts of the forest hang below one
    more cell, the last, by links without bandwidth.
    """
    a, b, rate = domain.capacity
    cells = int(cell.max(initial=0)) + 1
    low, high = np.minimum(cell[a], cell[b]), np.maximum(cell[a], cell[b])
    across = low != high
    joined, which = np.unique(low[across] * cells + high[across], return_inverse=True)
    total = np.zeros(len(joined), np.int64)
    np.add.at(total, which, rate[across])
    one, other = joined // cells, joined % cells
    roots = np.unique(lowest_joined(cells, one, other))
    if len(joined) != cells - len(roots):
        return None
    near: list[list[tuple[int, int]]] = [[] for _ in range(cells + 1)]
    for first, second, bandwidth in zip(one.tolist(), other.tolist(), total.tolist(), strict=True):
        near[first].append((second, bandwidth))
        near[second].append((first, bandwidth))
    near[cells] = [(root, 0) for root in roots.tolist()]
    weight = np.bincount(cell[domain.is_end[domain.nodes]], minlength=cells + 1)
    return near, weight.tolist()


def _least_by_ends(near: list[list[tuple[int, int]]], ends: list[int]) -> Ints:
    """Return the least cut by the number of ends on the side of the root, which is the last cell.

    Equal subtrees are computed once. A subtree with n ends costs ``least[n - k]`` with its top on the other
    side, because the two sides may be swapped.
    """
    order, parent = _from_root(near)
    form: list[int] = [0] * len(near)
    known: dict[tuple[int, tuple[tuple[int, int], ...]], int] = {}
    tables: list[Ints] = []
    for top in reversed(order):
        below = tuple(sorted((form[other], rate) for other, rate in near[top] if other != parent[top]))
        key = ends[top], below
        if key not in known:
            known[key] = len(tables)
            tables.append(_table(ends[top], below, tables))
        form[top] = known[key]
    return tables[form[-1]]


def _from_root(near: list[list[tuple[int, int]]]) -> tuple[list[int], list[int]]:
    """Return the cells in an order from the root down, and the parent of each, -1 for the root."""
    root = len(near) - 1
    order, parent = [root], [-1] * len(near)
    for top in order:
        for other, _ in near[top]:
            if other != parent[top]:
                parent[other] = top
                order.append(other)
    return order, parent


def _table(ends: int, below: tuple[tuple[int, int], ...], tables: list[Ints]) -> Ints:
    """Return the least cut of a subtree by the ends on the side of its top."""
    least = np.full(ends + 1, NEVER)
    least[ends] = 0
    kinds: dict[tuple[int, int], int] = {}
    for kind in below:
        kinds[kind] = kinds.get(kind, 0) + 1
    for (form, rate), copies in kinds.items():
        same = tables[form]
        least = _joined(least, _repeated(np.minimum(same, same[::-1] + rate), copies))
    return least


def _repeated(least: Ints, copies: int) -> Ints:
    """Return the least cut of some copies of a subtree together, by repeated doubling."""
    found = np.zeros(1, np.int64)
    while copies:
        if copies % 2:
            found = _joined(found, least)
        copies //= 2
        least = _joined(least, least) if copies else least
    return found


def _joined(one: Ints, other: Ints) -> Ints:
    """Return the least sums of two tables by the sum of their ends (min-plus convolution)."""
    short, long = sorted((one, other), key=len)
    found = np.full(len(one) + len(other) - 1, NEVER)
    for at, value in enumerate(short.tolist()):
        part = found[at : at + len(long)]
        np.minimum(part, long + value, out=part)
    return found
