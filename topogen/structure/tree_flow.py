"""Flow through trees: the most that all ends can send at the same time through a fat tree, in closed form."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.graph.contract import lowest_joined
from topogen.records import dataclass

if TYPE_CHECKING:
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.structure.domain import Domain


class Pods(NamedTuple):
    """The pods of one tier: the pod of each end, shape (ends,), and the Mb/s upward of each pod."""

    of_end: Ints
    up: Ints


@dataclass(frozen=True)
class TreeFlow:
    """What each end can send, in Mb/s, and the tier whose uplinks limit it; 0 if the ports of the ends do."""

    mbps: Fraction
    tier: int


def star_flow(domain: Domain) -> Fraction | None:
    """Return what each end can send, in Mb/s, where all meet every switch alike: the bandwidth of the least.

    Each end has a link to each switch, and its links bring every switch the same share of its bandwidth:
    traffic so split never meets a full link. None where that does not hold.
    """
    a, b, rate = domain.capacity
    is_end = domain.is_end[domain.nodes]
    ends, switches = int(is_end.sum()), int((~is_end).sum())
    if (is_end[a] == is_end[b]).any() or len(a) != ends * switches:
        return None
    end, switch = np.where(is_end[a], a, b), np.where(is_end[a], b, a)
    table = rate[np.lexsort((switch, end))].reshape(ends, switches)
    own = table.sum(axis=1)
    alike = (table * own[0] == table[0] * own[:, None]).all()
    return Fraction(int(own.min())) if alike else None


def tree_flow(fabric: Fabric, domain: Domain, to: Ints | None = None) -> TreeFlow | None:
    """Return the most that each end can send through a fat tree, None where no closed form is proven.

    At least that much flows: each switch spreads what goes up over its uplinks by their rates. All leaves of
    a pod then load its switches in the same proportions, so that traffic can turn at any of them and come
    down the same way. At most that much flows: what leaves or enters a pod fits its uplinks.

    Parameters
    ----------
    fabric, domain
        The fabric and the links of one of its fabrics.
    to
        The end that each end sends to, shape (ends,). If it is None, each sends equally to all others.
    """
    made = fabric.made.get(domain.name)
    if made is None or not made.pods_alike:
        return None
    own, tiers = _own(domain, made.planes), _tiers(fabric, domain, made.planes)
    if own is None or tiers is None:
        return None
    found = [(Fraction(own), 0)]
    for number, pods in enumerate(tiers, start=1):
        crossing = _crossing(pods, to)
        busy = crossing > 0
        if busy.any():
            scale = 1 if to is not None else len(domain.ends) - 1
            limits = zip(pods.up[busy].tolist(), crossing[busy].tolist(), strict=True)
            found.append((min(Fraction(up * scale, across) for up, across in set(limits)), number))
    return TreeFlow(*min(found))


def _own(domain: Domain, planes: int) -> int | None:
    """Return the bandwidth of an end, None unless each has one link of the same rate in each plane."""
    hosts = _hosts(domain)
    end = np.where(domain.is_end[domain.a[hosts]], domain.a[hosts], domain.b[hosts])
    links = np.bincount(end, minlength=len(domain.is_end))[domain.ends]
    rates = np.unique(domain.rate[hosts])
    alike = len(rates) == 1 and (links == planes).all() and not domain.forwards[domain.ends].any()
    return int(rates[0]) * planes if alike else None


def _hosts(domain: Domain) -> Ints:
    """Return the links between an end and a switch."""
    return np.flatnonzero(domain.is_end[domain.a] != domain.is_end[domain.b])


def _tiers(fabric: Fabric, domain: Domain, planes: int) -> list[Pods] | None:
    """Return the pods of each tier but the last, from the leaves up; None where they are not alike."""
    tier = np.repeat([group.tier for group in domain.groups], [group.count for group in domain.groups])
    hosts = _hosts(domain)
    if not np.array_equal(hosts, np.flatnonzero(tier == 1)):
        return None
    is_end = domain.is_end[domain.a[hosts]]
    end = np.searchsorted(domain.ends, np.where(is_end, domain.a[hosts], domain.b[hosts]))
    leaf = np.searchsorted(domain.nodes, np.where(is_end, domain.b[hosts], domain.a[hosts]))
    lower, upper = np.searchsorted(domain.nodes, domain.a), np.searchsorted(domain.nodes, domain.b)
    tiers = []
    for number in range(2, int(tier.max()) + 2):
        below = (tier > 1) & (tier < number)
        part = lowest_joined(len(domain.nodes), lower[below], upper[below])
        up = np.zeros(len(domain.nodes), np.int64)
        np.add.at(up, lower[tier == number], domain.rate[tier == number])
        pods = _pods(part, up, (end, leaf), planes)
        if pods is None or not _alike(fabric, domain, up):
            return None
        tiers.append(pods)
    return tiers[:-1] if not tiers[-1].of_end.any() else None


def _pods(part: Ints, up: Ints, hosts: tuple[Ints, Ints], planes: int) -> Pods | None:
    """Return pods, each called by its first end, with all planes together; None where planes differ."""
    end, leaf = hosts
    order = np.argsort(end, kind="stable")
    first = np.full(len(part), len(part), np.int64)
    np.minimum.at(first, part[leaf], end)
    pod = first[part[leaf]][order].reshape(-1, planes)
    if (pod != pod[:, :1]).any():
        return None
    total = np.zeros(len(part) + 1, np.int64)
    np.add.at(total, first[part], up)
    return Pods(pod[:, 0], total)


def _alike(fabric: Fabric, domain: Domain, up: Ints) -> bool:
    """Return whether all switches of the role that goes up have as much upward."""
    which = np.repeat(np.arange(len(fabric.groups)), [group.count for group in fabric.groups])[domain.nodes]
    labels = [group.label for group in fabric.groups]
    rising = {labels[index] for index in np.unique(which[up > 0]).tolist()}
    same = np.isin(which, [index for index, label in enumerate(labels) if label in rising])
    return len(rising) <= 1 and len(np.unique(up[same])) <= 1


def _crossing(pods: Pods, to: Ints | None) -> Ints:
    """Return the units that leave or enter each pod, whichever are more; see `tree_flow` for ``to``."""
    pod, size = pods.of_end, len(pods.up)
    if to is None:
        inside = np.bincount(pod, minlength=size)
        return inside * (len(pod) - inside)
    away = pod != pod[to]
    out, into = np.bincount(pod[away], minlength=size), np.bincount(pod[to][away], minlength=size)
    return np.maximum(out, into)
