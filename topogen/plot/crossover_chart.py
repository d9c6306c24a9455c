"""Media over length and lane rate: what a Tb/s costs with its power, and where a medium does not reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.palette import PRINT
from topogen.plot.bars import refuse_nothing
from topogen.plot.theme import PADDING, SMALL, WIDTH, bar_text, exact, room_of, stack
from topogen.report.table import figure_text
from topogen.units import format_length, format_rate_long

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.plot.theme import Spec
    from topogen.study.crossover import Crossover, MediumAt

MOST, HEIGHT, BETWEEN = 2, 460, 30
MOST_MEDIA = 18


def crossover_chart(found: Crossover, footer: str = "") -> Spec:
    """Return a square for each medium and length, the cheapest of each length framed.

    Raises
    ------
    InputError
        E683, where no medium has a known price and power.
    """
    known = [row for row in found.rows if row.total is not None]
    refuse_nothing(known, "no medium has a known price and power", "add prices with --catalog")
    rates = list(dict.fromkeys(row.lane_rate for row in known))[:MOST]
    media = _ordered([row for row in known if row.lane_rate in rates])
    left = room_of(media)
    width = (WIDTH - 2 * PADDING - left - BETWEEN * (len(rates) - 1)) // len(rates)
    panels = [
        _panel([row for row in known if row.lane_rate == rate], media, width, names=not number)
        for number, rate in enumerate(rates)
    ]
    tariff = found.tariff
    basis = (
        f"USD per Tb/s, both ends with cable, and {tariff.years} years of power at "
        f"{figure_text(tariff.usd_per_kwh)} USD per kWh and PUE {figure_text(tariff.pue)}. "
        "Framed: cheapest; empty: too far, not sold, or price or power unknown."
    )
    row = {"hconcat": panels, "spacing": BETWEEN}
    return stack(_finding(found, rates[-1]), (basis,), [row], footer, left)


def _ordered(rows: Sequence[MediumAt]) -> list[str]:
    """Return the media, the cheapest first."""
    least = {row.medium: row.total.base for row in reversed(rows) if row.total}
    for row in rows:
        if row.total:
            least[row.medium] = min(least[row.medium], row.total.base)
    return sorted(least, key=lambda name: (least[name], name))[:MOST_MEDIA]


def _finding(found: Crossover, rate: int) -> str:
    best = [one for one in found.best if one.measure == "total" and one.lane_rate == rate]
    runs = [f"{', '.join(one.media)} from {format_length(one.from_mm)}" for one in best]
    return f"Cheapest at {format_rate_long(rate)} per lane: {'; '.join(runs)}"


def _panel(rows: Sequence[MediumAt], media: list[str], width: int, *, names: bool) -> Spec:
    lengths = sorted({row.length_mm for row in rows})
    least = {mm: min(row.total.base for row in rows if row.length_mm == mm and row.total) for mm in lengths}
    values = [
        {
            "medium": row.medium, "length": format_length(row.length_mm), "text": bar_text(row.total.base),
            "best": row.total.base == least[row.length_mm], **exact(row.total.base),
        }
        for row in rows
        if row.total and row.medium in media
    ]  # fmt: skip
    x = {
        "field": "length", "type": "ordinal", "sort": [format_length(mm) for mm in lengths], "title": None,
        "axis": {"labelAngle": 0},
    }  # fmt: skip
    axis = {} if names else {"labels": False, "ticks": False}
    y = {
        "field": "medium",
        "type": "nominal",
        "sort": media,
        "scale": {"domain": media},
        "title": None,
        "axis": axis,
    }
    shade = {
        "field": "value", "type": "quantitative", "legend": None,
        "scale": {"type": "log", "range": ["#EAF3FB", PRINT["cable"]]},
    }  # fmt: skip
    frame = {"condition": {"test": "datum.best", "value": PRINT["ink"]}, "value": None}
    weight = "datum.best ? 'bold' : 'normal'"
    return {
        "title": {"text": f"{format_rate_long(rows[0].lane_rate)} per lane", "fontSize": SMALL, "offset": 6},
        "width": width,
        "height": HEIGHT,
        "data": {"values": values},
        "layer": [
            {"mark": {"type": "rect", "strokeWidth": 3},
             "encoding": {"x": x, "y": y, "color": shade, "stroke": frame}},
            {"mark": {"type": "text", "fontWeight": {"expr": weight}, "fontSize": 15},
             "encoding": {"x": x, "y": y, "text": {"field": "text"}}},
        ],
    }  # fmt: skip
