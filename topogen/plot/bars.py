"""Bars with their figures beside them, divided into coloured parts."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from topogen.errors import InputError, Problem
from topogen.plot.theme import View, bar_text, exact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST = 16
"""Bars on a sheet."""


class Bar(NamedTuple):
    """A part of a bar: the bar that it is of, what it is, and its length."""

    label: str
    part: str
    value: Fraction


def bars_view(
    finding: str,
    basis: str,
    bars: Sequence[Bar],
    unit: str,
    colours: Mapping[str, str],
    texts: Mapping[str, str] | None = None,
) -> View:
    """Return bars in their order; the text at the end of each is its sum, unless ``texts`` has another."""
    sums: dict[str, Fraction] = {}
    for bar in bars:
        sums[bar.label] = sums.get(bar.label, Fraction(0)) + bar.value
    labels = list(sums)[:MOST]
    more = f" {len(sums) - MOST} more bars are left out." if len(sums) > MOST else ""
    rows = [
        {"label": bar.label, "part": bar.part, "rank": list(colours).index(bar.part), **exact(bar.value)}
        for bar in bars
        if bar.label in labels
    ]
    ends = [
        {"label": one, "text": (texts or {}).get(one) or bar_text(sums[one]), **exact(sums[one])}
        for one in labels
    ]
    y = {"field": "label", "type": "nominal", "sort": labels, "title": None}
    x = {"field": "value", "type": "quantitative", "axis": {"tickCount": 8, "title": unit}}
    colour = {
        "field": "part", "type": "nominal", "title": None, "legend": {} if len(colours) > 1 else None,
        "scale": {"domain": list(colours), "range": list(colours.values())},
    }  # fmt: skip
    order = {"field": "rank", "type": "quantitative"}
    layers = [
        {"data": {"values": rows}, "mark": {"type": "bar", "stroke": "white"},
         "encoding": {"y": y, "x": x, "color": colour, "order": order}},
        {"data": {"values": ends}, "mark": {"type": "text", "align": "left", "dx": 6},
         "encoding": {"y": y, "x": x, "text": {"field": "text"}}},
    ]  # fmt: skip
    return View(finding, basis + more, {"layer": layers}, labels)


def refuse_nothing(rows: Sequence[object], what: str, hint: str) -> None:
    """Raise E683 where there is nothing to plot."""
    if not rows:
        raise InputError([Problem("E683", f"{what}: nothing to plot", hint=hint)])
