"""Cost over some years as stacked bars: low, base and high, by item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from topogen.plot.theme import ITEMS, sheet
from topogen.report.table import figure_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.plot.theme import Spec
    from topogen.study.tco import Tco
    from topogen.units import Triple

ENDS = ("low", "base", "high")


def tco_chart(found: Tco, footer: str = "") -> Spec:
    """Return the chart, per GPU package; in all where the fabric has no GPU."""
    costs = [cost.item for cost in found.costs if cost.usd]
    per = "USD per GPU" if found.gpus else "USD"
    y = {"field": "end", "type": "nominal", "sort": list(ENDS), "title": None}
    colour = {
        "field": "item",
        "type": "nominal",
        "title": None,
        "scale": {
            "domain": [_words(cost.item) for cost in found.costs],
            "range": list(ITEMS),
        },
    }
    body = {
        "data": {"values": list(_rows(found))},
        "mark": {"type": "bar", "stroke": "white"},
        "encoding": {
            "y": y,
            "x": {"field": "usd", "type": "quantitative", "title": per},
            "color": colour,
            "order": {"field": "rank", "type": "quantitative"},
        },
    }
    tariff = found.tariff
    basis = (
        f"{per} over {tariff.years} years, at {figure_text(tariff.usd_per_kwh)} USD per kWh "
        f"and PUE {figure_text(tariff.pue)}"
    )
    missing = [_words(cost.item) for cost in found.costs if not cost.usd]
    gap = f"Unknown, and in no bar: {', '.join(missing)}" if missing else ""
    return sheet(_finding(found, len(costs)), (basis, gap), body, footer)


def _finding(found: Tco, items: int) -> str:
    total = _shown(found, found.total.usd)
    if total is None or not items:
        return "No cost is known"
    known = [(shown.base, cost.item) for cost in found.costs if (shown := _shown(found, cost.usd))]
    _, largest = max(known)
    bound = "at least " if found.total.unknown else ""
    thing = "A GPU" if found.gpus else "The fabric"
    cost = f"{thing} costs {bound}{round(total.base):,} USD over {found.tariff.years} years"
    return f"{cost}, the largest item: {_words(largest)}"


def _shown(found: Tco, usd: Triple | None) -> Triple | None:
    from topogen.study.tco import Cost

    return found.per_gpu(Cost("", usd)) if found.gpus else usd


def _rows(found: Tco) -> Iterator[dict[str, Any]]:
    """Yield a row for each end and item: the length of a bar, and the exact value as text."""
    for rank, cost in enumerate(found.costs):
        shown = _shown(found, cost.usd)
        if shown is None:
            continue
        for end in ENDS:
            given = getattr(shown, end)
            value = shown.base if given is None else given
            yield {
                "end": end,
                "item": _words(cost.item),
                "rank": rank,
                "usd": float(value),
                "exact": str(value),
            }


def _words(item: str) -> str:
    return item.replace("_", " ")
