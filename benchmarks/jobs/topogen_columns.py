"""Ours: ``columns`` of a million links; ``fill`` writes as many bytes, the floor for it."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from benchmarks.jobs.work import report
from topogen.load.reading import read_fabric
from topogen.model.expand import expand

RUNS = 9
BYTES_A_LINK = 12
fabric = read_fabric(str(Path(__file__).with_name("many_racks.yaml")))
group = fabric.links[0]


def columns() -> dict[str, int]:
    return {"links": len(expand(fabric, group))}


def fill() -> dict[str, int]:
    return {"bytes": len(np.full(group.count * BYTES_A_LINK, 1, np.uint8))}


report({"columns": columns, "fill": fill}[sys.argv[1]], RUNS)
