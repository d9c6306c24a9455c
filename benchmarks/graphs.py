"""The link graph of two million links beside networkx's own ``add_edges_from``, and the other forms of it.

Run ``python -m benchmarks.graphs`` at the top of the project; it needs 4 GB of memory.
"""

from __future__ import annotations

from benchmarks.harness import Job, main

GRAPH = "-m benchmarks.jobs.link_graphs"
FILES = {"1,500 racks": "racks_1500.yaml", "fat tree": "fat_tree_140.yaml"}
FORMS = {
    "link_graph": "links alike share their attributes",
    "plain": "the same by add_edges_from, a dict for each link",
    "to_sparse": "links counted between two devices; no attributes",
    "to_rustworkx": "network, tier, rate, length, medium; links alike share them",
    "to_igraph": "the same, a column each",
}
JOBS = [
    Job(task, form, f"{GRAPH} {form} {file}", did)
    for task, file in FILES.items()
    for form, did in FORMS.items()
]

if __name__ == "__main__":
    main("Two million links as a graph, in every form and by add_edges_from.", JOBS)
