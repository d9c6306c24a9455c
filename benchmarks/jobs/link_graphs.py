"""Two million links as a graph: ``ours``, or ``plain`` by ``add_edges_from`` with a dict for each link.

Both begin with the fabric that is read, and both know of each link what ours knows. ``bytes_a_link`` is what
the peak memory of the process grew by, nodes and all, over the number of links.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.jobs.work import report
from benchmarks.meter import BYTES
from tests.helpers_graph import plain_link_graph
from topogen.graph import link_graph
from topogen.reading import read_fabric

if TYPE_CHECKING:
    from topogen.fabric import Fabric
    from topogen.graph import Graph

fabric = read_fabric(str(Path(__file__).with_name(sys.argv[2])))


def ours(fabric: Fabric) -> Graph:
    return link_graph(fabric, limit=fabric.n_links)


def graph() -> dict[str, int]:
    before = peak()
    made = {"ours": ours, "plain": plain_link_graph}[sys.argv[1]](fabric)
    links = made.number_of_edges()
    return {"nodes": len(made), "links": links, "bytes_a_link": (peak() - before) // links}


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES


report(graph)
