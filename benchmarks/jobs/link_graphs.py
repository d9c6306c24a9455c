"""Two million links as a graph, by the form that the command line names.

``link_graph``, the same ``plain`` by ``add_edges_from`` with a dict for each link, ``to_sparse``,
``to_rustworkx`` or ``to_igraph``. All begin with the fabric that is read and the libraries imported.
``bytes_a_link`` is what the peak memory of the process grew by, nodes and all, over the number of links.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.jobs.work import report
from benchmarks.meter import BYTES
from tests.helpers_graph import plain_link_graph
from topogen.graph.by_link import link_graph
from topogen.graph.to_igraph import to_igraph
from topogen.graph.to_rustworkx import to_rustworkx
from topogen.graph.to_sparse import to_sparse
from topogen.load.reading import read_fabric

if TYPE_CHECKING:
    from collections.abc import Callable

FORMS: dict[str, Callable[..., Any]] = {
    "link_graph": link_graph,
    "to_sparse": to_sparse,
    "to_rustworkx": to_rustworkx,
    "to_igraph": to_igraph,
}

form, file = sys.argv[1:]
fabric = read_fabric(str(Path(__file__).with_name(file)))


def graph() -> dict[str, int]:
    before = peak()
    held = plain_link_graph(fabric) if form == "plain" else FORMS[form](fabric, limit=fabric.n_links)
    made = {"nodes": fabric.n_devices, "links": fabric.n_links}
    made["bytes_a_link"] = (peak() - before) // fabric.n_links
    del held
    return made


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES


if form in FORMS:
    FORMS[form](read_fabric("gb200-nvl72"))  # libraries are imported when they are first used
report(graph)
