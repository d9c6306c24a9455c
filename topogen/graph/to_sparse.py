"""``to_sparse``: the links as a scipy matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from topogen.graph.library import library
from topogen.graph.link_table import links_of
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scipy.sparse import csr_array

    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric


@dataclass(frozen=True)
class Adjacency:
    """A symmetric matrix over nodes: first the devices, then one node for the far ends of an external group.

    ``devices`` is the device number of each row, -1 for far ends outside, shape (nodes,); ``outside`` names
    the link groups of those, in the order of their rows. In a whole fabric the row of a device is its number.
    """

    matrix: csr_array
    devices: Ints
    outside: tuple[str, ...]


def to_sparse(
    fabric: Fabric,
    *,
    data: Literal["links", "rate"] = "links",
    only: str | Sequence[str] = (),
    limit: int | None = None,
) -> Adjacency:
    """Return the adjacency of devices as a scipy matrix in compressed rows, 15 to 40 bytes a link.

    Parameters
    ----------
    fabric
        The built fabric.
    data
        What stands between two devices: the number of ``links`` (int32), or the sum of their ``rate`` in Mb/s
        per direction (int64).
    only
        Selectors, as in ``link_graph``.
    limit
        The largest number of links, fifty million if it is not given.

    Raises
    ------
    LimitError
        E703, if there are more links than the limit.
    InputError
        E654 without scipy (the extra ``graphs``); E109 or E203, if a selector names nothing.

    Examples
    --------
    >>> from topogen.load.reading import read_fabric
    >>> adjacency = to_sparse(read_fabric("gb200-nvl72"))
    >>> adjacency.matrix.shape, int(adjacency.matrix.sum()) // 2
    ((198, 198), 1368)
    """
    sparse = library("scipy.sparse", "to_sparse")
    links = links_of(fabric, "to_sparse", only, limit)
    nodes = links.node_devices
    each = np.array([kind.rate for kind in links.kinds], np.int64) if data == "rate" else None
    values = np.ones(len(links.a), np.int32) if each is None else each[links.kind]
    half = sparse.coo_array((values, (links.a, links.b)), shape=(len(nodes), len(nodes))).tocsr()
    return Adjacency((half + half.T).tocsr(), nodes, links.outside)
