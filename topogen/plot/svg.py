"""A chart to SVG, without a browser; a sentence where the extra ``plots`` is not installed."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from topogen.errors import InputError, Problem

if TYPE_CHECKING:
    import altair as alt

NEEDED = ("altair", "vl_convert")


def refuse_missing_plots() -> None:
    """Raise E652 where charts cannot be made, before anything is counted or written."""
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        message = f"a chart needs {' and '.join(missing).replace('vl_convert', 'vl-convert-python')}"
        raise InputError([Problem("E652", message, hint='pip install "topogen[plots]"')])


def to_svg(chart: alt.TopLevelMixin) -> bytes:
    """Return a chart as SVG."""
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(chart.to_json())
    return svg.encode()
