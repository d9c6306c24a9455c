"""The copper wall as a chart: how many links are no longer than a length, and how far copper reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from topogen.errors import InputError, Problem
from topogen.units import MM_PER_M, format_count, format_rate_long

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import altair as alt

    from topogen.study.reach import ReachCurve

WIDTH, HEIGHT = 560, 220
BLUE, GREY = "#1f5fa8", "#555555"
LABEL: Mapping[str, Any] = {
    "angle": 270,
    "align": "right",
    "baseline": "bottom",
    "lineBreak": "\n",
    "dx": -4,
    "dy": -3,
    "color": GREY,
}
"""The name of a reach: upward along its line, left of it, one medium a line."""
ROOM = 1.04
"""How far the axis runs beyond the longest link and the longest reach."""


def reach_chart(title: str, walls: Sequence[ReachCurve]) -> alt.VConcatChart:
    """Return the cumulative share of links over length, one panel a network and lane rate, reaches as lines.

    Raises
    ------
    InputError
        E653, where no link has a known length.
    """
    import altair as alt

    panels = [_wall_panel(wall) for wall in walls if wall.lengths]
    if not panels:
        hint = "add a layout, or a length on the link groups"
        raise InputError([Problem("E653", "no link has a known length: nothing to plot", hint=hint)])
    chart = alt.vconcat(*panels, spacing=30).properties(title=title)
    left: alt.VConcatChart = chart.configure_title(anchor="start")
    return left


def _wall_panel(wall: ReachCurve) -> alt.LayerChart | alt.FacetChart:
    import altair as alt

    end = ROOM * max([*wall.lengths, *wall.reaches.values()]) / MM_PER_M
    x = alt.X("length_m:Q", title="length, m", scale=alt.Scale(domain=[0, end], nice=False))
    y = alt.Y("pct:Q", title="links up to this length, %", scale=alt.Scale(domain=[0, 100]))
    steps = alt.Chart(alt.InlineData(values=list(_points(wall, end))))
    reaches = alt.Chart(alt.InlineData(values=list(_reach_lines(wall))))
    layers = alt.layer(
        steps.mark_line(interpolate="step-after", color=BLUE, strokeWidth=2).encode(x=x, y=y),
        reaches.mark_rule(color=GREY, strokeDash=[4, 3]).encode(x=x),
        reaches.mark_text(**LABEL).encode(x=x, y=alt.value(0), text="media:N"),
    )
    return layers.properties(width=WIDTH, height=HEIGHT, title=_wall_title(wall))


def _points(wall: ReachCurve, end: float) -> Iterator[dict[str, float]]:
    """Yield the corners of the cumulative share, from 0 to the end of the axis."""
    total, below = sum(wall.lengths.values()), 0
    yield {"length_m": 0, "pct": 0}
    for mm, links in wall.lengths.items():
        below += links
        yield {"length_m": mm / MM_PER_M, "pct": 100 * below / total}
    yield {"length_m": end, "pct": 100}


def _reach_lines(wall: ReachCurve) -> Iterator[dict[str, float | str]]:
    """Yield one line a reach, named by all media that reach so far."""
    for mm in sorted(set(wall.reaches.values())):
        names = "\n".join(name for name, reach in wall.reaches.items() if reach == mm)
        yield {"length_m": mm / MM_PER_M, "media": names}


def _wall_title(wall: ReachCurve) -> str:
    rate = f"{format_rate_long(wall.lane_rate)} per lane" if wall.lane_rate else "lane rate unknown"
    links = f"{format_count(sum(wall.lengths.values()))} links"
    unknown = f", {format_count(wall.unknown)} more of unknown length" if wall.unknown else ""
    return f"{wall.network}, {rate}: {links}{unknown}"
