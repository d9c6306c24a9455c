"""The look of every chart: fonts, sizes, and what stands around it. A chart is a Vega-Lite specification."""

from __future__ import annotations

import textwrap
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, get_args

from topogen.language.fields import NetworkWord
from topogen.palette import PRINT
from topogen.report.table import figure_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Spec: TypeAlias = dict[str, Any]
SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
WIDTH, HEIGHT = 1200, 675
FONT = "Arimo, Liberation Sans, Helvetica, Arial, sans-serif"
SMALL, LARGE = 16, 24
"""The least size of letters, which is over 10 px where a chart is shown 800 px wide, and that of titles."""
FOOTER_SIZE, FOOTER = 14, 62
"""Size of the letters of the last line, and how far below a view it stands."""
PADDING = 20
MOST_TITLE, MOST_SUBTITLE = 80, 118
"""Letters in a line of a title and of what stands below it, also in a font a sixth wider than is measured."""
WHOLE_FROM = 10
BESIDE = 60
"""Room for numbers at the right of bars, in px."""
MOST_LABEL, LETTER = 420, 7.8
"""The widest label of an axis, and the mean width of a letter, in px."""
APART = 36
"""Between the entries of a legend, in px: room for a font a sixth wider than the one that is measured."""
LONGEST_FOOTER = 1000
"""The widest last line, in px; a longer one ends in an ellipsis, also in a wider font than is measured."""
BELOW, ABOVE = PRINT["copper"], PRINT["cable"]
"""Below base and above it."""
OTHER = PRINT["rule"]
"""What is left over, or is of no one."""
ITEMS = (PRINT["module"], PRINT["copper"], PRINT["engine"], PRINT["els"], PRINT["board"])
"""Colours of the items of one stack; they differ in grey and to colour-blind eyes."""
NETWORKS = (PRINT["network0"], PRINT["network1"], PRINT["nic"], PRINT["ink"])
"""Colours of the networks in the order of their words: none that stands for copper or light."""

SHARED = "shared"
"""What several networks share, or what is in none."""

_AXIS: Mapping[str, Any] = {
    "labelFontSize": SMALL,
    "titleFontSize": SMALL,
    "titleFontWeight": "normal",
    "labelColor": PRINT["ink"],
    "titleColor": PRINT["ink"],
    "labelLimit": MOST_LABEL,
    "gridColor": "#E4E4E4",
}
CONFIG: Mapping[str, Any] = {
    "font": FONT,
    "background": PRINT["paper"],
    "axis": _AXIS,
    "legend": {
        "labelFontSize": SMALL,
        "titleFontSize": SMALL,
        "labelLimit": MOST_LABEL,
        "columnPadding": APART,
        "orient": "top",
        "title": None,
    },
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


class View(NamedTuple):
    """What a chart shows: its finding and basis in words, its marks, and the labels beside them."""

    finding: str
    basis: str
    body: Mapping[str, Any]
    labels: Sequence[str]


def view_sheet(view: View, footer: str) -> Spec:
    """Return the chart of one view."""
    return sheet(view.finding, (view.basis,), view.body, footer, room_of(view.labels))


def chart(finding: str, below: Sequence[str], body: Mapping[str, Any]) -> Spec:
    """Return a specification: the finding as title, basis and source below it, and the body."""
    subtitle = [part for line in below for part in wrap(line, MOST_SUBTITLE)]
    return {
        "$schema": SCHEMA,
        "title": {"text": wrap(finding, MOST_TITLE), "subtitle": subtitle},
        "padding": PADDING,
        "config": dict(CONFIG),
        **body,
    }


def sheet(
    finding: str, below: Sequence[str], body: Mapping[str, Any], footer: str = "", left: int = 0
) -> Spec:
    """Return a specification of one view, which fills 1,200 by 675.

    Parameters
    ----------
    footer
        The last line, which says on what the figures rest.
    left
        How far left of the view it starts: the room of the labels there, see `room_of`.
    """
    fit = {"type": "fit", "contains": "padding"}
    layers = [body, _footer(footer, left, {"expr": f"height + {FOOTER}"})]
    return chart(finding, below, {"width": WIDTH, "height": HEIGHT, "autosize": fit, "layer": layers})


def stack(
    finding: str, below: Sequence[str], panels: Sequence[Mapping[str, Any]], footer: str, left: int = 0
) -> Spec:
    """Return a specification of views one above the other, with the same last line as `sheet`."""
    last = {"width": 100, "height": 1, **_footer(footer, left, 0)}
    apart = {"scale": {"color": "independent"}, "legend": {"color": "independent"}}
    return chart(finding, below, {"vconcat": [*panels, last], "spacing": 18, "resolve": apart})


def panel(view: View, height: int, left: int) -> Spec:
    """Return one view of several, with its finding above it."""
    return {
        "title": {"text": view.finding, "fontSize": SMALL, "offset": 6},
        "width": WIDTH - 2 * PADDING - left - BESIDE,
        "height": height,
        **view.body,
    }


def _footer(text: str, left: int, y: int | Mapping[str, str]) -> Spec:
    mark = {
        "type": "text", "align": "left", "baseline": "top", "text": text, "color": PRINT["soft"],
        "fontSize": FOOTER_SIZE, "clip": False, "limit": LONGEST_FOOTER,
    }  # fmt: skip
    where = {"x": {"value": -left}, "y": {"value": y}}
    return {"data": {"values": [{}]}, "mark": mark, "encoding": where}


def wrap(text: str, most: int) -> list[str]:
    """Return a text as lines of at most so many letters."""
    return textwrap.wrap(text, most, break_long_words=False, break_on_hyphens=False)


def room_of(labels: Iterable[str]) -> int:
    """Return about how wide the longest of some labels is, in px."""
    return min(MOST_LABEL, round(LETTER * max(map(len, labels), default=0)) + 8)


def exact(value: Fraction, name: str = "value") -> dict[str, Any]:
    """Return a value for a chart, and as the exact text that its rows carry beside it.

    >>> from fractions import Fraction
    >>> exact(Fraction(1, 3))
    {'value': 0.3333333333333333, 'exact': '1/3'}
    """
    return {name: float(value), "exact": str(value)}


def network_colours(networks: Iterable[str]) -> dict[str, str]:
    """Return the colour of each network, in words: the same in every chart, grey beyond the palette.

    >>> network_colours(["scale-out", "scale-up", "shared"])
    {'scale-out': '#BFA2DD', 'scale-up': '#5B3A91', 'shared': '#B8B8B8'}
    """
    own = dict(zip(map(in_words, get_args(NetworkWord)), NETWORKS, strict=False))
    return {name: own.get(name, OTHER) for name in networks}


def in_words(name: str) -> str:
    """Return a name of a file as it is read: ``scale_up`` is "scale-up".

    >>> in_words("scale_up"), in_words("")
    ('scale-up', 'none stated')
    """
    return name.replace("_", "-") or "none stated"


def bar_text(value: Fraction) -> str:
    """Return a figure as it stands at a bar: whole from 10.

    >>> from fractions import Fraction
    >>> bar_text(Fraction(31, 2)), bar_text(Fraction(31, 20))
    ('16', '1.55')
    """
    return figure_text(value if abs(value) < WHOLE_FROM else Fraction(round(value)))
