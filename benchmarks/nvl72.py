"""One NVL72 rack, 90 devices and 1,296 links, in topogen and in its peers: graph, bill of materials, picture.

Run ``python -m benchmarks.nvl72`` at the top of the project; ``--peers PYTHON`` names an interpreter with the
packages of ``benchmarks/peers.txt``. The tools do not do equal work: the last column says what each did.
"""

from __future__ import annotations

from benchmarks.harness import Job, main

OURS = "-m benchmarks.jobs.topogen_rack"
GRAPH = "-m benchmarks.jobs.topogen_graph"
PLAIN = "-m benchmarks.jobs.networkx_rack"
INFRA = "-m benchmarks.jobs.infragraph_rack"
WIRES = "-m benchmarks.jobs.wireviz_rack"
LAB = "-m benchmarks.jobs.netlab_rack"

READS = "reads YAML and the catalog, checks ports, rates, reach"
JOBS = [
    Job("graph", "topogen", GRAPH, f"{READS}; a link has length, medium, parts"),
    Job("graph", "plain networkx", f"{PLAIN} graph", "reads and checks nothing; a link has a rate, a part"),
    Job("graph", "infragraph, chips", f"{INFRA} graph", "no file; a link has a rate", "infragraph"),
    Job("graph", "infragraph, ports", f"{INFRA} ports", "no file; every port a node too", "infragraph"),
    Job("graph", "wireviz", f"{WIRES} graph", "reads YAML; a pin may be used twice", "wireviz"),
    Job("graph", "netlab", f"{LAB} graph", "reads YAML; checks, gives addresses; DOT text", "networklab"),
    Job("BOM", "topogen", f"{OURS} bom", f"{READS}; parts, prices, contents, as CSV"),
    Job("BOM", "plain networkx", f"{PLAIN} bom", "one part counted over the links, as CSV"),
    Job("BOM", "wireviz", f"{WIRES} bom", "connectors, wires by colour; no prices", "wireviz"),
    Job("picture", "topogen", f"{OURS} svg", f"{READS}; SVG of trays, links merged and counted"),
    Job("picture", "plain networkx", f"{PLAIN} svg", "SVG of every link"),
    Job("picture", "infragraph", f"{INFRA} html", "no SVG: a page that draws in the browser", "infragraph"),
    Job("picture", "wireviz", f"{WIRES} svg", "SVG of every wire", "wireviz"),
    Job("picture", "netlab", f"{LAB} svg", "SVG of every link", "networklab"),
]

if __name__ == "__main__":
    main("One NVL72 rack in topogen and in its peers.", JOBS)
