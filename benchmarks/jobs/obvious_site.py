"""The obvious way: loops, a networkx MultiGraph with a dict for each link, pandas to count it.

``python -m benchmarks.jobs.obvious_site GPUS FILE``: the site of ``benchmarks.jobs.site GPUS bare``, two
pods or more, which is the FILE. When the clock has stopped, all parts and dollars are held against ours.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from math import ceil
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd

from benchmarks.jobs.work import peak_bytes, timed

GPUS, CHIPS, TRAY, RAILS, PLANES, PORTS = 72, 18, 4, 4, 2, 256
DOWN = PORTS // 2
RACKS_A_POD = DOWN**2 // GPUS
FULL = [*range(11, 19), *range(28, 38)]
"""The U of the 18 compute trays of a full rack; a part rack is filled from U1."""
SWITCH_U = range(19, 28)
PAIRS_A_CARTRIDGE = 1296
PRICES = {
    ("mpo12_cord", 2.0): 32,
    ("mpo12_cord", 10.0): 40,
    ("nvlink_cartridge", None): 54_000,
    ("osfp_800g_2xdr4", None): 800,
    ("connectx8", None): 2_150,
    ("nvswitch5", None): 15_000,
}
Graph = Any  # networkx has no names for the nodes that are text here


def build(gpus: int) -> Graph:
    """Return the site: racks and leaves, then spines and cores of both planes."""
    graph: Graph = nx.MultiGraph()
    racks = ceil(gpus / GPUS)
    per_rail = ceil(min(racks, RACKS_A_POD) * len(FULL) / DOWN)
    turn: Counter[tuple[int, int]] = Counter()
    for rack in range(racks):
        add_rack(graph, rack, min(GPUS, gpus - rack * GPUS), per_rail, turn)
    pods = ceil(racks / RACKS_A_POD)
    for plane in range(PLANES):
        for pod in range(pods):
            add_spines(graph, f"p{plane}", pod, RAILS * per_rail, ceil(pods * DOWN / PORTS))
    return graph


def add_rack(graph: Graph, rack: int, gpus: int, per_rail: int, turn: Counter[tuple[int, int]]) -> None:
    units = FULL if gpus == GPUS else range(1, gpus // TRAY + 1)
    pod = rack // RACKS_A_POD
    for chip in range(CHIPS):
        graph.add_node(f"r{rack}/chip{chip}", kind="nvswitch5", u=SWITCH_U[chip // 2])
    for gpu in range(gpus):
        tray, rail = divmod(gpu, TRAY)
        name, nic, cpu = f"r{rack}/gpu{gpu}", f"r{rack}/nic{gpu}", f"r{rack}/cpu{gpu // 2}"
        for node, kind in ((name, "b200"), (nic, "connectx8"), (cpu, "grace")):
            graph.add_node(node, kind=kind, u=units[tray])
        graph.add_edge(name, cpu, tier="board")
        for chip in range(CHIPS):
            graph.add_edge(name, f"r{rack}/chip{chip}", tier="nvl", a_port=chip, b_port=gpu)
        leaf, port = divmod(turn[pod, rail], DOWN)
        turn[pod, rail] += 1
        for plane in range(PLANES):
            far = f"p{plane}/{pod}/leaf{rail * per_rail + leaf}"
            graph.add_edge(nic, far, tier="hosts", a_port=plane, b_port=port)


def add_spines(graph: Graph, plane: str, pod: int, leaves: int, cores: int) -> None:
    for spine in range(DOWN):
        here = f"{plane}/{pod}/spine{spine}"
        for leaf in range(leaves):
            there = f"{plane}/{pod}/leaf{leaf}"
            graph.add_edge(there, here, tier="leaf_spine", a_port=DOWN + spine, b_port=leaf)
        for up in range(DOWN):
            port, core = divmod(pod * DOWN + up, cores)
            there = f"{plane}/core{spine}/{core}"
            graph.add_edge(here, there, tier="spine_core", a_port=DOWN + up, b_port=port)


def rows(graph: Graph) -> list[dict[str, Any]]:
    """Return a row for each link: what it is made of and how long that is."""
    made = []
    for a, b, link in graph.edges(data=True):
        tier = link["tier"]
        near, far = (a, b) if "gpu" in a or "nic" in a or "leaf" in a else (b, a)
        row = {"a": a, "a_port": link.get("a_port"), "b": b, "b_port": link.get("b_port"), "tier": tier}
        if tier == "nvl":
            way = abs(45 * graph.nodes[near]["u"] - 45 * graph.nodes[far]["u"])
            row |= {"part": "nvlink", "length_m": way / 1000, "rack": near.split("/")[0]}
        elif tier != "board":
            row |= {"part": "mpo12_cord", "length_m": 10.0 if tier == "hosts" else 2.0, "rack": None}
        made.append(row)
    return made


def bill(graph: Graph, links: pd.DataFrame) -> Counter[tuple[str, float | None]]:
    """Return how many of each part and length are bought."""
    found: Counter[tuple[str, float | None]] = Counter()
    lengths: list[float] = links[links.part == "mpo12_cord"].length_m.tolist()
    found.update(Counter(("mpo12_cord", length) for length in lengths))
    per_rack = links[links.part == "nvlink"].groupby("rack").size()
    found["nvlink_cartridge", None] = sum(ceil(4 * count / PAIRS_A_CARTRIDGE) for count in per_rack)
    cages = {
        cage
        for a, b, link in graph.edges(data=True)
        if link["tier"] not in ("nvl", "board")
        for cage in cages_of(a, b, link)
    }
    found["osfp_800g_2xdr4", None] = len(cages)
    for kind, count in Counter(kind for _, kind in graph.nodes(data="kind") if kind).items():
        found[kind, None] = count
    return found


def cages_of(a: str, b: str, link: dict[str, Any]) -> tuple[tuple[str, int], tuple[str, int]]:
    """Return the cage at each end; edges of networkx do not keep which end was named first."""
    order = ("nic", "leaf", "spine", "core")
    rank = [next(n for n, word in enumerate(order) if word in name) for name in (a, b)]
    near, far = (a, b) if rank[0] < rank[1] else (b, a)
    return (near, link["a_port"] // 2), (far, link["b_port"] // 2)


def counted(gpus: int) -> tuple[Counter[tuple[str, float | None]], pd.DataFrame, int]:
    graph = build(gpus)
    links = pd.DataFrame(rows(graph))
    return bill(graph, links), links, graph.number_of_edges()


def main(gpus: int, file: str) -> None:
    seconds, (found, links, n_links) = timed(counted, gpus)
    peak = peak_bytes() / 1e6
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "links.csv"
        csv_seconds, _ = timed(lambda path: links.to_csv(path, index=False), target)
    dollars = sum(PRICES[key] * count for key, count in found.items() if key in PRICES)
    made = {
        "links": n_links,
        "bom_lines_that_agree": held_against(file, found, dollars, n_links),
        "cents": dollars * 100,
        "csv_ns_a_row": int(csv_seconds * 1e9 / n_links),
    }
    print(json.dumps({"inner_seconds": seconds, "inner_peak_mb": peak, "made": made}))


def held_against(file: str, found: Counter[tuple[str, float | None]], dollars: int, links: int) -> int:
    """Return the lines of our BOM, which say the same to the unit and to the cent; hosts are not summed."""
    from topogen.load.reading import read  # noqa: PLC0415 - after the clock

    done = read(file)
    ours = {
        (line.part, None if line.length_mm is None else line.length_mm / 1000): line.qty
        for line in done.rollup.lines
        if line.part != "gb200_nvl72"
    }
    assert ours == found, (ours, found)
    assert links == done.fabric.n_links
    totals = done.rollup.totals
    assert totals.cost_usd.base + totals.network_device_usd.base == dollars
    return len(done.rollup.lines)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
