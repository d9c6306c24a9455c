"""How long the links of a bundle are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cables import link_lengths
from topogen.model.expand import OUTSIDE, expand
from topogen.model.length_histogram import UNKNOWN_MM

if TYPE_CHECKING:
    from topogen.graph.contract import Contraction
    from topogen.graph.selection import Selection
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric

MANY_LINKS = 2_000_000
"""Above so many links a picture does without the lengths of each bundle: they would take seconds."""


def bundle_lengths(
    fabric: Fabric, index: int, contraction: Contraction, touched: Selection | None
) -> tuple[Ints, Ints] | None:
    """Return the shortest and the longest link of each bundle of a link group, in mm, shape (bundles,).

    -1 where a length is unknown; None above ``MANY_LINKS`` unless all are of one length.
    """
    link, bundles = fabric.links[index], contraction.bundles[index]
    if link.lengths.one_mm:
        same = np.repeat(link.lengths.mm[:1], len(bundles.links))
        return same, same
    if link.count > MANY_LINKS:
        return None
    columns = expand(fabric, link)
    length_mm, _ = link_lengths(fabric, link, columns)
    keep = touched.links[index] if touched else np.ones(len(columns), bool)
    node = np.append(contraction.node, OUTSIDE)
    keys = _keys(bundles.a, bundles.b, len(node))
    order = np.argsort(keys)
    found = np.searchsorted(keys[order], _keys(node[columns.a[keep]], node[columns.b[keep]], len(node)))
    low = np.full(len(keys), np.iinfo(np.int64).max)
    high = np.full(len(keys), UNKNOWN_MM, np.int64)
    np.minimum.at(low, order[found], length_mm[keep])
    np.maximum.at(high, order[found], length_mm[keep])
    return low, high


def all_longer(fabric: Fabric, contraction: Contraction, touched: Selection | None, reach_mm: int) -> bool:
    """Return whether every link between two nodes is longer than a reach, and there is one.

    False where a length is unknown, or would take too long to find.
    """
    found = []
    for index, bundles in enumerate(contraction.bundles):
        away = bundles.a != bundles.b
        if away.any():
            lengths = bundle_lengths(fabric, index, contraction, touched)
            found.append(lengths is not None and bool((lengths[0][away] > reach_mm).all()))
    return bool(found) and all(found)


def _keys(a: Ints, b: Ints, n_nodes: int) -> Ints:
    """Return a number for each two nodes, the same in both directions."""
    return np.minimum(a, b) * (n_nodes + 1) + np.maximum(a, b)
