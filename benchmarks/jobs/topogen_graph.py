"""Ours: the link graph of the rack."""

from __future__ import annotations

from benchmarks.jobs.work import FILE, report
from topogen.graph.by_link import link_graph
from topogen.load.reading import read_fabric


def graph() -> dict[str, int]:
    made = link_graph(read_fabric(FILE))
    return {"nodes": made.number_of_nodes(), "links": made.number_of_edges()}


report(graph)
