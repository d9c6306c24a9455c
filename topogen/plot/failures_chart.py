"""What fails how often, beside the links that one failure takes along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from topogen.palette import PRINT
from topogen.plot.bars import refuse_nothing
from topogen.plot.theme import PADDING, SMALL, WIDTH, exact, room_of, stack
from topogen.report.table import figure_text
from topogen.units import count_words, format_count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.plot.theme import Spec
    from topogen.study.failures import Failure, Failures

MOST, HEIGHT, BETWEEN = 16, 470, 90
"""Kinds of elements shown, height of the panels, and the room between and beside them."""


def failures_chart(found: Failures, footer: str = "") -> Spec:
    """Return failures a year and links lost by kind of element, both on logarithmic scales.

    Raises
    ------
    InputError
        E683, where neither is known of any element.
    """
    known = [one for one in found.kinds if one.links_lost or (one.expected and one.expected.base)]
    refuse_nothing(known, "neither FIT nor links of any element are known", "add failures_fit to parts")
    shown = sorted(known, key=_rank)[:MOST]
    labels = list(dict.fromkeys(one.element for one in shown))
    left = room_of(labels)
    width = (WIDTH - 2 * PADDING - left - 2 * BETWEEN) // 2
    often = [
        {"element": one.element, "text": figure_text(one.expected.base), **exact(one.expected.base)}
        for one in shown
        if one.expected and one.expected.base
    ]
    lost = [
        {"element": one.element, "text": format_count(one.links_lost), "value": one.links_lost}
        for one in shown
        if one.links_lost
    ]
    panels = [
        _panel("Failures a year, all of that kind", often, labels, width, PRINT["copper"], names=True),
        _panel("Links lost with one", lost, labels, width, PRINT["module"], names=False),
    ]
    basis = "FIT of the catalog, base values; no dot: FIT, or the links that it carries, are not known."
    more = f" {len(known) - MOST} more kinds are left out." if len(known) > MOST else ""
    row = {"hconcat": panels, "spacing": BETWEEN}
    return stack(_finding(shown), (f"{basis} Logarithmic scales.{more}",), [row], footer, left)


def _rank(one: Failure) -> tuple[bool, Any, int]:
    often = one.expected.base if one.expected else 0
    return not often, -often, -(one.links_lost or 0)


def _finding(shown: Sequence[Failure]) -> str:
    """Return what fails most often, and what takes most links along."""
    most = max(shown, key=lambda one: one.links_lost or 0)
    wide = f"one {most.element} takes {count_words(most.links_lost, 'link')}" if most.links_lost else ""
    first = shown[0]
    if not first.expected or not first.expected.base:
        return f"No FIT is known; {wide}"
    often = f"Most failures a year: {first.element}, {figure_text(first.expected.base)}"
    own = f", each taking {count_words(first.links_lost, 'link')}" if first.links_lost else ""
    return f"{often}{own}" + (f"; {wide}" if wide and most is not first else "")


def _panel(
    title: str, rows: Sequence[dict[str, Any]], labels: list[str], width: int, colour: str, *, names: bool
) -> Spec:
    axis = {"grid": True} if names else {"grid": True, "labels": False, "ticks": False}
    y = {
        "field": "element", "type": "nominal", "sort": labels, "title": None, "axis": axis,
        "scale": {"domain": labels},
    }  # fmt: skip
    x = {
        "field": "value", "type": "quantitative", "title": None, "scale": {"type": "log", "padding": 12},
        "axis": {"tickCount": 5, "format": "~g"},
    }  # fmt: skip
    return {
        "title": {"text": title, "fontSize": SMALL, "offset": 6},
        "width": width,
        "height": HEIGHT,
        "data": {"values": list(rows)},
        "layer": [
            {"mark": {"type": "point", "filled": True, "size": 140, "color": colour, "opacity": 1},
             "encoding": {"y": y, "x": x}},
            {"mark": {"type": "text", "align": "left", "dx": 10},
             "encoding": {"y": y, "x": x, "text": {"field": "text"}}},
        ],
    }  # fmt: skip
