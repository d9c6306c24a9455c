"""netlab: ``graph`` creates the lab and its DOT text, ``svg`` makes a picture of that."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from benchmarks.jobs.work import CHIPS, GPUS, rack, report, svg_bytes

SETTINGS = "provider: external\ndefaults.device: none\naddressing.p2p.unnumbered: True\n"
NODE = re.compile(r'^ +"[gc]\d+" \[', re.MULTILINE)


def text() -> str:
    """Return the lab in netlab's short form: names, and pairs of names."""
    names = ", ".join([f"g{gpu}" for gpu in range(GPUS)] + [f"c{chip}" for chip in range(CHIPS)])
    links = "".join(f"- g{gpu}-c{chip}\n" for gpu, chip in rack())
    return f"{SETTINGS}nodes: [{names}]\nlinks:\n{links}"


def work(asked: str, folder: Path) -> dict[str, int]:
    program = str(Path(sysconfig.get_path("scripts")) / "netlab")
    words = [program, "create", "-o", "graph", "topology.yml"]
    subprocess.run(words, cwd=folder, check=True, capture_output=True)
    dot = (folder / "graph.dot").read_text()
    made = {"nodes": len(NODE.findall(dot)), "links": dot.count(" -- ")}
    if asked == "svg":
        made["svg_bytes"] = svg_bytes(dot)
    return made


with tempfile.TemporaryDirectory() as name:
    (Path(name) / "topology.yml").write_text(text())
    report(lambda: work(sys.argv[1], Path(name)))
