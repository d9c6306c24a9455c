"""A picture as a file: SVG and DOT by ourselves and Graphviz, PNG and PDF of sheets by vl-convert."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from topogen.draw.dot import to_dot
from topogen.draw.renderer import RenderResult, render
from topogen.draw.sheet import WIDTH, Sheet
from topogen.draw.sheet_dot import is_graph, to_pinned_dot
from topogen.draw.sheet_svg import to_svg
from topogen.palette import THEMES

if TYPE_CHECKING:
    from topogen.draw.picture import Picture

FORMATS = ("svg", "png", "pdf", "dot")
CONVERTER = "vl_convert"
NARROWEST, WIDEST = 200, 8000
"""Pixels of a PNG."""


def image_of(picture: Picture | Sheet, kind: str, theme: str = "print", width: int = WIDTH) -> RenderResult:
    """Return a picture as ``svg``, ``png``, ``pdf`` or ``dot``, else a sentence that says why there is none.

    ``width`` is that of a PNG in pixels; the picture is scaled to it.
    """
    if not isinstance(picture, Sheet):
        return graph_image(to_dot(picture, THEMES[theme]), kind, width)
    if kind == "dot" and is_graph(picture):
        return RenderResult(to_pinned_dot(picture, THEMES[theme]).encode(), "")
    if kind == "dot":
        return RenderResult(None, "no DOT written: this diagram is not a graph")
    return _converted(to_svg(picture, THEMES[theme]), kind, width)


def graph_image(dot: str, kind: str, width: int = WIDTH) -> RenderResult:
    """Return a DOT text as an image, else a sentence that says why there is none."""
    if kind == "dot":
        return RenderResult(dot.encode(), "")
    if kind != "pdf":
        return render(dot, kind, width)
    drawn = render(dot, "svg")
    return drawn if drawn.image is None else _converted(drawn.image.decode(), "pdf", WIDTH)


def _converted(svg: str, kind: str, width: int) -> RenderResult:
    if kind == "svg":
        return RenderResult(svg.encode(), "")
    if find_spec(CONVERTER) is None:
        return RenderResult(None, f'no {kind.upper()} written: pip install "vl-convert-python"')
    import vl_convert  # noqa: PLC0415 - heavy

    if kind == "pdf":
        return RenderResult(vl_convert.svg_to_pdf(svg), "")
    return RenderResult(vl_convert.svg_to_png(svg, scale=width / WIDTH), "")
