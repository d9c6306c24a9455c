"""The plain script that a person would write: ``graph``, ``bom`` by counting, ``svg`` of every link."""

from __future__ import annotations

import csv
import io
import sys
from collections import Counter

import networkx as nx

from benchmarks.jobs.work import CHIPS, GPUS, rack, report, svg_bytes


def build() -> nx.MultiGraph[str]:
    made: nx.MultiGraph[str] = nx.MultiGraph()
    made.add_nodes_from((f"gpu{gpu}" for gpu in range(GPUS)), role="gpu")
    made.add_nodes_from((f"chip{chip}" for chip in range(CHIPS)), role="switch")
    for gpu, chip in rack():
        made.add_edge(f"gpu{gpu}", f"chip{chip}", rate_gbps=400, part="nvlink_pair", quantity=4)
    return made


def graph() -> dict[str, int]:
    made = build()
    return {"nodes": made.number_of_nodes(), "links": made.number_of_edges()}


def bom() -> dict[str, int]:
    made = build()
    parts: Counter[str] = Counter()
    for _, _, link in made.edges(data=True):
        parts[link["part"]] += link["quantity"]
    text = io.StringIO()
    csv.writer(text).writerows([("part", "quantity"), *parts.items()])
    return {"links": made.number_of_edges(), "bom_lines": len(text.getvalue().splitlines()) - 1}


def svg() -> dict[str, int]:
    made = build()
    lines = "".join(f"{near} -- {far};\n" for near, far in made.edges())
    dot = f"graph {{\nnode [shape=box];\n{lines}}}\n"
    return {"links": made.number_of_edges(), "svg_bytes": svg_bytes(dot)}


report({"graph": graph, "bom": bom, "svg": svg}[sys.argv[1]])
