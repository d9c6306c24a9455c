"""WireViz: a harness of 72 bundles; ``graph`` reads it, ``bom`` and ``svg`` go on from there."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import yaml
from wireviz.wireviz import parse

from benchmarks.jobs.work import CHIPS, GPUS, rack, renderer_as_dot, report


def text() -> str:
    """Return the file a person would hand to WireViz."""
    gpus = {f"GPU{gpu}": {"type": "GPU", "pincount": CHIPS} for gpu in range(GPUS)}
    chips = {f"CHIP{chip}": {"type": "switch chip", "pincount": GPUS} for chip in range(CHIPS)}
    bundle = {"category": "bundle", "wirecount": CHIPS, "length": 1.2, "gauge": "30 AWG", "color_code": "DIN"}
    wires = [[{f"GPU{g}": c + 1}, {f"W{g}": c + 1}, {f"CHIP{c}": g + 1}] for g, c in rack()]
    cables = {f"W{gpu}": dict(bundle) for gpu in range(GPUS)}
    return yaml.safe_dump({"connectors": gpus | chips, "cables": cables, "connections": wires})


def work(asked: str, written: str, folder: Path) -> dict[str, int]:
    harness = parse(written, return_types=("harness",))
    links = sum(len(cable.connections) for cable in harness.cables.values())
    made = {"nodes": len(harness.connectors), "links": links}
    if asked == "bom":
        made["bom_lines"] = len(harness.bom())
    if asked == "svg":
        harness.output(filename=str(folder / "rack"), fmt=("svg",))
        made["svg_bytes"] = (folder / "rack.svg").stat().st_size
    return made


with tempfile.TemporaryDirectory() as name:
    renderer_as_dot(Path(name))
    os.environ["PATH"] = f"{name}{os.pathsep}{os.environ['PATH']}"
    file = text()
    report(lambda: work(sys.argv[1], file, Path(name)))
