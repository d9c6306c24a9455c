"""A table of GPUs cabled to leaves, one pair a line: ``python -m benchmarks.jobs.pairs 200000``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from topogen.load.reading import read_fabric

LEAF_PORTS = 64

TEXT = """topogen: 1
name: pairs
devices:
  gpu: {{role: gpu, ports: {{nic: {{count: 1, lanes: 4, lane_rate: 100 Gb/s}}}}}}
  leaf: {{role: switch, ports: {{down: {{count: {ports}, lanes: 4, lane_rate: 100 Gb/s}}}}}}
instances: {{gpu: {gpus}, leaf: {leaves}}}
links: {{up: {{network: scale_out, pattern: explicit, pairs: pairs.csv, medium: dr, length: 2 m}}}}
"""


def write(folder: Path, gpus: int) -> Path:
    """Write a topology with a table of one pair a GPU; return the topology."""
    leaves = -(-gpus // LEAF_PORTS)
    rows = (f"gpu[{gpu}].nic,leaf[{gpu % leaves}].down[{gpu // leaves}]\n" for gpu in range(gpus))
    (folder / "pairs.csv").write_text("a,b\n" + "".join(rows))
    file = folder / "pairs.yaml"
    file.write_text(TEXT.format(ports=LEAF_PORTS, gpus=gpus, leaves=leaves))
    return file


if __name__ == "__main__":
    count = int(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        assert read_fabric(str(write(Path(folder), count))).n_links == count
