"""The look of every chart: fonts, sizes, and what stands around it. A chart is a Vega-Lite specification."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from topogen.palette import PRINT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Spec: TypeAlias = dict[str, Any]
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
WIDTH, HEIGHT = 1200, 675
FONT = "Arimo, Liberation Sans, Helvetica, Arial, sans-serif"
SMALL, LARGE = 16, 24
"""The least size of letters, which is over 10 px where a chart is shown 800 px wide, and that of titles."""
BELOW, ABOVE = PRINT["copper"], PRINT["cable"]
"""Below base and above it."""
ITEMS = (PRINT["module"], PRINT["copper"], PRINT["engine"], PRINT["els"], PRINT["board"])
"""Colours of the items of one stack; they differ in grey and to colour-blind eyes."""

_AXIS: Mapping[str, Any] = {
    "labelFontSize": SMALL,
    "titleFontSize": SMALL,
    "titleFontWeight": "normal",
    "labelColor": PRINT["ink"],
    "titleColor": PRINT["ink"],
    "labelLimit": 420,
    "gridColor": "#E4E4E4",
}
CONFIG: Mapping[str, Any] = {
    "font": FONT,
    "background": PRINT["paper"],
    "axis": _AXIS,
    "legend": {"labelFontSize": SMALL, "titleFontSize": SMALL, "labelLimit": 420, "orient": "bottom"},
    "text": {"fontSize": SMALL, "color": PRINT["ink"]},
    "title": {
        "anchor": "start",
        "frame": "bounds",
        "fontSize": LARGE,
        "subtitleFontSize": SMALL,
        "subtitleColor": PRINT["soft"],
        "subtitlePadding": 6,
        "offset": 16,
        "limit": WIDTH - 40,
    },
    "view": {"stroke": None},
}


def chart(finding: str, below: Sequence[str], body: Mapping[str, Any]) -> Spec:
    """Return a specification: the finding as title, basis and source below it, and the body."""
    return {
        "$schema": SCHEMA,
        "title": {"text": finding, "subtitle": [line for line in below if line]},
        "padding": 20,
        "config": dict(CONFIG),
        **body,
    }


def sheet(finding: str, below: Sequence[str], body: Mapping[str, Any]) -> Spec:
    """Return a specification of one view, which fills 1,200 by 675."""
    fit = {"type": "fit", "contains": "padding"}
    return chart(finding, below, {"width": WIDTH, "height": HEIGHT, "autosize": fit, **body})


def source_line(facts: Mapping[str, Any]) -> str:
    """Return which file and which catalog a chart was drawn from.

    >>> source_line({"name": "rack", "scenario": None, "topology_rev": "t1", "catalog_rev": "c1"})
    'rack, topology t1, catalog c1'
    """
    name = f"{facts['name']}@{facts['scenario']}" if facts.get("scenario") else facts["name"]
    return f"{name}, topology {facts['topology_rev']}, catalog {facts['catalog_rev']}"
