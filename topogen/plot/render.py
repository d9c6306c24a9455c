"""A chart as SVG, PNG, PDF or its own specification, without a browser."""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from typing import TYPE_CHECKING

from topogen.errors import InputError, Problem
from topogen.plot.theme import HEIGHT, WIDTH

if TYPE_CHECKING:
    from pathlib import Path

    from topogen.plot.theme import Spec

NEEDED = ("vl_convert",)
SUFFIXES = (".svg", ".png", ".pdf", ".json")
SIZE = re.compile(r'width="([\d.]+)" height="([\d.]+)" viewBox="[^"]*"><rect width="[\d.]+" height="[\d.]+"')
"""The size of a picture of vl-convert, and the paper behind it."""


def refuse_missing_plots() -> None:
    """Raise E652 where charts cannot be made, before anything is counted or written."""
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        message = f"a chart needs {' and '.join(missing).replace('vl_convert', 'vl-convert-python')}"
        raise InputError([Problem("E652", message, hint='pip install "vl-convert-python"')])


def refuse_chart(path: Path | None) -> None:
    """Raise E680 for a file name that says no format, E652 where a picture cannot be made."""
    if path is None:
        return
    if path.suffix.lower() not in SUFFIXES:
        message = f'"{path}" does not say which format the chart has'
        hint = f"end the name in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
        raise InputError([Problem("E680", message, hint=hint)])
    if path.suffix.lower() != ".json":
        refuse_missing_plots()


def render_svg(spec: Spec) -> str:
    """Return a chart as SVG."""
    import vl_convert

    return paged(vl_convert.vegalite_to_svg(spec))


def paged(svg: str) -> str:
    """Return a picture set in the middle of a page of 1,200 by 675, made smaller where it is larger."""
    found = SIZE.search(svg)
    assert found  # noqa: S101 - every picture of vl-convert has its size
    width, height = float(found[1]), float(found[2])
    scale = max(width / WIDTH, height / HEIGHT, 1)
    x, y = (width - WIDTH * scale) / 2, (height - HEIGHT * scale) / 2
    box = f"{x:g} {y:g} {WIDTH * scale:g} {HEIGHT * scale:g}"
    page = f'width="{WIDTH}" height="{HEIGHT}" viewBox="{box}"><rect x="{x:g}" y="{y:g}" '
    page += f'width="{WIDTH * scale:g}" height="{HEIGHT * scale:g}"'
    return svg[: found.start()] + page + svg[found.end() :]


def render(spec: Spec, suffix: str) -> bytes:
    """Return a chart in the format of a suffix; ``.json`` is its Vega-Lite specification."""
    if suffix == ".json":
        return (json.dumps(spec, indent=1, ensure_ascii=False) + "\n").encode()
    svg = render_svg(spec)
    if suffix == ".svg":
        return svg.encode()
    import vl_convert

    picture: bytes = vl_convert.svg_to_pdf(svg) if suffix == ".pdf" else vl_convert.svg_to_png(svg)
    return picture
