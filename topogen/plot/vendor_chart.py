"""Who is paid for the interconnect, beside who earns what is inside: two bars a vendor."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from topogen.catalog.pricing import UNASSIGNED
from topogen.palette import PRINT
from topogen.plot.theme import ABOVE, View, bar_text, exact, view_sheet
from topogen.plot.value_chart import REST, SCOPE, amount, bound_words, per_gpu, refusal
from topogen.takeoff.basis_line import footer_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from topogen.model.fabric import Fabric
    from topogen.plot.theme import Spec
    from topogen.takeoff.roll_up import RollUp

MOST = 8
"""Vendors that have bars of their own, the largest."""
VIEWS = {"procurement": "paid (procurement)", "content": "earned (content)"}
NOBODY = "no vendor named"
NOBODY_NAMED = "No vendor is named"
"""How the finding begins where the chart has nothing to compare."""


def vendor_chart(fabric: Fabric, roll_up: RollUp) -> Spec:
    """Return the chart: USD per GPU package by vendor, procurement beside content; never added.

    Raises
    ------
    InputError
        E681, where nothing has a price.
    """
    return view_sheet(vendor_view(roll_up), footer_of(fabric, roll_up))


def vendor_view(roll_up: RollUp, most: int = MOST, *, axis: bool = True) -> View:
    """Return what the chart shows, with bars for at most so many vendors."""
    per, each = per_gpu(roll_up)
    views = {view: _by_vendor(roll_up, view, each) for view in VIEWS}
    if not any(views["procurement"].values()):
        raise refusal()
    rows = _rows(views, most)
    vendors = list(dict.fromkeys(row["vendor"] for row in rows))
    y = {"field": "vendor", "type": "nominal", "sort": vendors, "title": None}
    side = {"field": "view", "type": "nominal", "sort": list(VIEWS.values())}
    scale = {"domain": list(VIEWS.values()), "range": [PRINT["module"], ABOVE]}
    shared = {"y": y, "yOffset": side, "x": amount(per, axis=axis)}
    bars = {"mark": "bar", "encoding": {**shared, "color": {**side, "title": None, "scale": scale}}}
    numbers = {
        "mark": {"type": "text", "align": "left", "dx": 6},
        "encoding": {**shared, "text": {"field": "text"}},
    }
    basis = f"{bound_words(roll_up)}Interconnect, base prices. Two views of the same {per}: never add them."
    return View(_finding(views), basis, {"data": {"values": rows}, "layer": [bars, numbers]}, vendors)


def _by_vendor(roll_up: RollUp, view: str, each: int) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for row in roll_up.vendors:
        if row.view == view and row.cost_scope == SCOPE and row.value:
            name = NOBODY if row.vendor == UNASSIGNED else row.vendor
            found[name] = found.get(name, Fraction(0)) + row.value.base / each
    return found


def _finding(views: Mapping[str, Mapping[str, Fraction]]) -> str:
    """Return who earns most, or that no vendor is named."""
    content = views["content"]
    total = sum(content.values(), Fraction(0))
    named = {vendor: usd for vendor, usd in content.items() if vendor != NOBODY and usd}
    nobody = round(100 * content.get(NOBODY, Fraction(0)) / total)
    if not named:
        return f"{NOBODY_NAMED} for any of the {bar_text(total)} USD"
    first = max(named, key=lambda name: named[name])
    paid = round(100 * views["procurement"].get(first, Fraction(0)) / total)
    share = f"{first} earns {round(100 * named[first] / total)}% of the value and is paid {paid}%"
    return f"{share}; {nobody}% has no vendor named" if nobody else share


def _rows(views: Mapping[str, Mapping[str, Fraction]], most: int) -> list[dict[str, Any]]:
    """Return two rows a vendor, who earns most first; what has no vendor, and the rest, last."""
    names = dict.fromkeys([*views["content"], *views["procurement"]])
    largest = sorted(
        (name for name in names if name != NOBODY),
        key=lambda name: (-max(one.get(name, Fraction(0)) for one in views.values()), name),
    )
    bars = {name: [name] for name in largest[:most]}
    bars |= {REST: largest[most:]} if largest[most:] else {}
    bars |= {NOBODY: [NOBODY]} if NOBODY in names else {}
    return [_row(vendor, view, _sum(views[view], some)) for vendor, some in bars.items() for view in VIEWS]


def _sum(usd: Mapping[str, Fraction], some: list[str]) -> Fraction:
    return sum((usd.get(name, Fraction(0)) for name in some), Fraction(0))


def _row(vendor: str, view: str, usd: Fraction) -> dict[str, Any]:
    return {"vendor": vendor, "view": VIEWS[view], "text": bar_text(usd), **exact(usd, "usd")}
