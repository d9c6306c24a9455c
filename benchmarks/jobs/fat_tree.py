"""A k-ary fat tree of k^3 / 4 hosts and 3 k^3 / 4 cables as a graph.

``python -m benchmarks.jobs.fat_tree TOOL K``. Ours reads a file of seven lines; the graph libraries get the
same plain list of links, with a tier and a rate on each; InfraGraph takes its own blueprint, with 8 NICs a
host; netlab takes its short form, names and pairs of names.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.jobs.work import report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

K = int(sys.argv[2])
HALF = K // 2
HOSTS = K**3 // 4
EDGE, AGGREGATION, CORE = HOSTS, HOSTS + K * HALF, HOSTS + 2 * K * HALF
NODES = CORE + HALF**2
RATE = 800
FILE = f"""\
topogen: 1
name: fat-tree-{K}
devices:
  host: {{role: gpu, ports: {{p: {{count: 1, lanes: 4, lane_rate: 200 Gb/s}}}}}}
  box: {{role: switch, ports: {{p: {{count: {K}, lanes: 4, lane_rate: 200 Gb/s}}}}}}
fabrics: {{f: {{network: scale_out, pattern: fat_tree, tiers: 3, create: host.p, switch: box}}}}
"""


def links() -> Iterator[tuple[int, int, str]]:
    """Yield both ends of each link, and its tier."""
    for edge in range(K * HALF):
        for host in range(HALF):
            yield edge * HALF + host, EDGE + edge, "host"
    for pod in range(K):
        for near in range(HALF):
            for far in range(HALF):
                yield EDGE + pod * HALF + near, AGGREGATION + pod * HALF + far, "edge"
                yield AGGREGATION + pod * HALF + near, CORE + near * HALF + far, "core"


def kind(node: int) -> str:
    return "host" if node < HOSTS else "switch"


def topogen() -> Callable[[], dict[str, int]]:
    from topogen.graph.by_link import link_graph  # noqa: PLC0415 - each tool alone
    from topogen.load.reading import read_fabric  # noqa: PLC0415

    def build() -> dict[str, int]:
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "fat_tree.yaml"
            target.write_text(FILE)
            made = link_graph(read_fabric(str(target)))
        return {"nodes": len(made), "links": made.number_of_edges()}

    return build


def networkx() -> Callable[[], dict[str, int]]:
    import networkx as nx  # noqa: PLC0415

    def build() -> dict[str, int]:
        made: nx.MultiGraph[int] = nx.MultiGraph()
        made.add_nodes_from((node, {"kind": kind(node), "name": f"n{node}"}) for node in range(NODES))
        made.add_edges_from((a, b, {"tier": tier, "gbps": RATE}) for a, b, tier in links())
        return {"nodes": len(made), "links": made.number_of_edges()}

    return build


def igraph() -> Callable[[], dict[str, int]]:
    import igraph as library  # noqa: PLC0415

    def build() -> dict[str, int]:
        rows = list(links())
        made = library.Graph(n=NODES, edges=[row[:2] for row in rows])
        made.vs["kind"] = [kind(node) for node in range(NODES)]
        made.vs["name"] = [f"n{node}" for node in range(NODES)]
        made.es["tier"] = [row[2] for row in rows]
        made.es["gbps"] = [RATE] * len(rows)
        return {"nodes": made.vcount(), "links": made.ecount()}

    return build


def rustworkx() -> Callable[[], dict[str, int]]:
    import rustworkx as library  # noqa: PLC0415

    def build() -> dict[str, int]:
        made = library.PyGraph()
        made.add_nodes_from([{"kind": kind(node), "name": f"n{node}"} for node in range(NODES)])
        made.add_edges_from([(a, b, {"tier": tier, "gbps": RATE}) for a, b, tier in links()])
        return {"nodes": made.num_nodes(), "links": made.num_edges()}

    return build


def infragraph() -> Callable[[], dict[str, int]]:
    from infragraph import Component, Device, DeviceEdge  # noqa: PLC0415
    from infragraph.blueprints.devices.generic.generic_switch import Switch  # noqa: PLC0415
    from infragraph.blueprints.fabrics.clos_fat_tree_fabric import ClosFatTreeFabric  # noqa: PLC0415
    from infragraph.infragraph_service import InfraGraphService  # noqa: PLC0415

    def host() -> Device:
        made = Device(name="host", description="host")
        for name, what in (("xpu", Component.XPU), ("nic", Component.NIC)):
            made.components.add(name=name, description=name, count=8).choice = what
        made.links.add(name="pcie")
        edge = made.edges.add(scheme=DeviceEdge.ONE2ONE, link="pcie")
        edge.ep1.component, edge.ep2.component = "xpu", "nic"
        return made

    def build() -> dict[str, int]:
        service = InfraGraphService()
        service.set_graph(ClosFatTreeFabric(Switch(K), host(), 3, [RATE] * 3))
        made = service.get_networkx_graph()
        return {"nodes": made.number_of_nodes(), "edges": made.number_of_edges(), "links": cables(made)}

    return build


def cables(made: object) -> int:
    """Return the links between two devices; those inside one join a port or NIC to its chip."""
    return sum(a.split(".")[:2] != b.split(".")[:2] for a, b in made.edges())  # type: ignore[attr-defined]


def netlab() -> Callable[[], dict[str, int]]:
    program = str(Path(sysconfig.get_path("scripts")) / "netlab")
    settings = (
        "provider: external\ndefaults.device: none\naddressing.p2p.unnumbered: True\n"
        "addressing.loopback.ipv4: 10.0.0.0/12\naddressing.mgmt.ipv4: 172.16.0.0/12\n"
        f"defaults.const.MAX_NODE_ID: {NODES + 1}\n"
    )

    def build() -> dict[str, int]:
        rows = [f"- n{a}-n{b}\n" for a, b, _ in links()]
        text = f"{settings}nodes: [{', '.join(f'n{node}' for node in range(NODES))}]\nlinks:\n{''.join(rows)}"
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "topology.yml").write_text(text)
            words = [program, "create", "-o", "graph", "topology.yml"]
            subprocess.run(words, cwd=folder, check=True, capture_output=True)
        return {"nodes": NODES, "links": len(rows)}

    return build


TOOLS = {one.__name__: one for one in (topogen, networkx, igraph, rustworkx, infragraph, netlab)}
report(TOOLS[sys.argv[1]]())
