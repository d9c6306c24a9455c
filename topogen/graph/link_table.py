"""Links as the columns that every graph library is filled from, and the numbering they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cables import link_lengths
from topogen.graph.cost import LinkGraphCost, link_graph_cost, needing_memory, refuse_above
from topogen.graph.edges import medium_word
from topogen.graph.objects import runs
from topogen.graph.selection import rows_of, select
from topogen.model.equivalence import classify_values
from topogen.model.expand import OUTSIDE
from topogen.model.length_histogram import UNKNOWN_MM
from topogen.records import dataclass
from topogen.units import MBPS_PER_GBPS, MM_PER_M

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from topogen.graph.selection import Selection
    from topogen.model.arrays import Ints
    from topogen.model.expand import Columns
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup

ATTRIBUTES = ("link_group", "network", "tier", "rate_gbps", "length_m", "medium")
"""The attributes of every link, as in the link graph; ``medium`` is one word, as in the contracted graph."""


@dataclass(frozen=True)
class Kind:
    """What links of one length have in common; ``rate`` in Mb/s per direction, ``length_m`` None: unknown."""

    link_group: str
    network: str
    tier: int
    rate: int
    length_m: float | None
    medium: str

    @property
    def rate_gbps(self) -> float:
        """Return the rate in Gb/s per direction."""
        return self.rate / MBPS_PER_GBPS

    @property
    def attributes(self) -> dict[str, object]:
        """Return the attributes of an edge."""
        return {name: getattr(self, name) for name in ATTRIBUTES}


@dataclass(frozen=True)
class Links:
    """The links of a fabric or of a part of it, 16 bytes a link, in the order of their numbers.

    Nodes count from 0: the devices of ``devices``, ascending, then one node for the far ends of each link
    group of ``outside``. In a whole fabric a device's node is its number. ``a`` and ``b`` are the nodes of
    each link, ``number`` its number in the fabric, ``kind`` its entry in ``kinds``; all of shape (links,).
    """

    devices: Ints
    outside: tuple[str, ...]
    a: NDArray[np.int32]
    b: NDArray[np.int32]
    number: NDArray[np.int32]
    kind: NDArray[np.int32]
    kinds: tuple[Kind, ...]

    @property
    def node_devices(self) -> Ints:
        """Return the device number of each node, -1 for far ends outside, shape (nodes,)."""
        return np.append(self.devices, np.full(len(self.outside), OUTSIDE))


def links_of(fabric: Fabric, form: str, only: str | Sequence[str], limit: int | None) -> Links:
    """Return the links of a fabric, or those that touch what is picked.

    Raises
    ------
    LimitError
        E703, above the limit of the form, or E704, where it takes more memory than there is; without
        ``only`` nothing has been expanded then.
    InputError
        E109 or E203, if a selector names nothing.
    """
    if not only:
        refuse_above(fabric, link_graph_cost(fabric, form), limit)
    touched = select(fabric, only)
    cost = LinkGraphCost(len(touched.joined), touched.n_links, form)
    refuse_above(fabric, cost, limit)
    with needing_memory(fabric, cost):
        return _numbered(fabric, touched)


def _numbered(fabric: Fabric, touched: Selection) -> Links:
    """Return the links that touch a part, their ends numbered as nodes."""
    devices, count = touched.joined, touched.n_links
    node = np.zeros(fabric.n_devices + 1, np.int32)  # one more, the outside
    node[devices] = np.arange(len(devices))
    outside: list[str] = []
    kinds: list[Kind] = []
    a, b, number, kind = np.empty((4, count), np.int32)
    done = first = 0
    for link, columns, keep in zip(fabric.links, touched.columns, touched.links, strict=True):
        rows = np.flatnonzero(keep)
        if len(rows):
            here = slice(done, done + len(rows))
            if not link.has_b:
                node[OUTSIDE] = len(devices) + len(outside)
                outside.append(link.name)
            kept = rows_of(columns, rows)
            a[here], b[here], number[here] = node[kept.a], node[kept.b], rows + first
            code, found = _kinds(fabric, link, kept)
            kind[here] = code + len(kinds)
            kinds += found
            done = here.stop
        first += link.count
    return Links(devices, tuple(outside), a, b, number, kind, tuple(kinds))


def _kinds(fabric: Fabric, link: LinkGroup, columns: Columns) -> tuple[NDArray[np.int32], list[Kind]]:
    """Return the kind of each link of a group, shape (links,), and the kinds: one for each length."""
    lengths = np.empty(len(columns), np.int32)
    for some in runs(len(columns)):
        lengths[some] = link_lengths(fabric, link, rows_of(columns, some))[0] - UNKNOWN_MM
    code, distinct = classify_values(lengths)
    return code, [
        Kind(
            link_group=link.name,
            network=link.network,
            tier=link.tier,
            rate=link.rate,
            length_m=(length + UNKNOWN_MM) / MM_PER_M if length else None,
            medium=medium_word(link),
        )
        for length in distinct
    ]
