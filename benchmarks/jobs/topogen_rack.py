"""Ours: ``bom`` or ``svg`` of the rack."""

from __future__ import annotations

import sys

from benchmarks.jobs.work import FILE, report
from topogen.draw import draw
from topogen.draw.image import image_of
from topogen.export import export_bytes
from topogen.load.reading import read


def bom() -> dict[str, int]:
    done = read(FILE)
    text = b"".join(export_bytes("bom_flat.csv", done.fabric, done.rollup)).decode()
    return {"links": done.fabric.n_links, "bom_lines": len(text.splitlines()) - 1}


def svg() -> dict[str, int]:
    done = read(FILE)
    rendered = image_of(draw(done.fabric, done.rollup).picture, "svg")
    return {"links": done.fabric.n_links, "svg_bytes": len(rendered.image or b"")}


report({"bom": bom, "svg": svg}[sys.argv[1]])
