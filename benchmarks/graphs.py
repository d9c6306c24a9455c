"""The link graph of two million links beside networkx's own ``add_edges_from``.

Run ``python -m benchmarks.graphs`` at the top of the project; it needs 4 GB of memory.
"""

from __future__ import annotations

from benchmarks.harness import Job, main

GRAPH = "-m benchmarks.jobs.link_graphs"
FILES = {"1,500 racks": "racks_1500.yaml", "fat tree": "fat_tree_140.yaml"}
JOBS = [
    job
    for task, file in FILES.items()
    for job in (
        Job(task, "topogen", f"{GRAPH} ours {file}", "links alike share their attributes"),
        Job(task, "add_edges_from", f"{GRAPH} plain {file}", "the same attributes, a dict for each link"),
    )
]

if __name__ == "__main__":
    main("The link graph of two million links, ours and by add_edges_from.", JOBS)
