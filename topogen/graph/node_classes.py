"""Classes of nodes of a contracted fabric: equal in themselves and in what they are linked to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.model.equivalence import refine
from topogen.model.expand import OUTSIDE

if TYPE_CHECKING:
    from topogen.graph.contract import Contraction
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric


def node_classes(fabric: Fabric, contraction: Contraction, look: Ints) -> Ints:
    """Return the class of each node of a contraction, shape (nodes,).

    Two nodes are equal if their ``look``, shape (nodes,), is equal and their bundles are of the same link
    groups and sizes and lead to nodes of the same classes.
    """
    outside = contraction.n_nodes
    sides: list[tuple[Ints, Ints, Ints]] = [(np.zeros(0, np.int64),) * 3]
    most = max((int(bundles.links.max(initial=0)) for bundles in contraction.bundles), default=0)
    for index, (group, bundles) in enumerate(zip(fabric.links, contraction.bundles, strict=True)):
        inside = bundles.b != OUTSIDE
        a, b = bundles.a, np.where(inside, bundles.b, outside)
        label = 2 * index * (most + 1) + bundles.links
        far_label = label if group.joins_alike else label + most + 1
        sides += [(a, b, label), (b[inside], a[inside], far_label[inside])]
    node, neighbour, label = (np.concatenate(column) for column in zip(*sides, strict=True))
    looks = np.append(look, look.max(initial=0) + 1)  # one more node, the outside, like no other
    return refine(looks, node, neighbour, label).class_of[:outside]
