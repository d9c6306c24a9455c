"""The heading of every picture: title, status, totals and counting basis."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.draw.shown.words import listed
from topogen.model.fabric import n_gpu_dies, n_gpus
from topogen.takeoff.roll_up import is_lower_bound, lasers_in
from topogen.units import format_count, format_decimal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.graph.selection import Selection
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp
    from topogen.units import Triple

ALERTS = {
    "reported": " REPORTED: by press or analysts; not announced by the vendor ",
    "what-if": " WHAT-IF: for comparison only; not an announced product ",
}
"""What must not be overlooked, by the status of a system."""


def title_of(fabric: Fabric) -> str:
    """Return name and title; both where they differ."""
    title = fabric.spec.title
    return f"{fabric.name}: {title}" if title else fabric.name


def alert_of(fabric: Fabric) -> str:
    """Return what must not be overlooked about the system; nothing if it ships or was announced."""
    return ALERTS.get(fabric.spec.status or "", "")


def heading_lines(
    fabric: Fabric, roll_up: RollUp, how: str, touched: Selection | None = None
) -> tuple[str, ...]:
    """Return how it is drawn, the totals of the whole file, and how they are counted."""
    status = fabric.spec.status if fabric.spec.status == "announced" else ""
    scenario = f"scenario {fabric.scenario}" if fabric.scenario else ""
    lines = [_join_with_bars(status or "", scenario, how)]
    if touched:
        lines.append(only_words(fabric, touched))
    whole = "whole fabric:" if touched else ""
    return (*lines, f"{whole} {_counts(fabric, roll_up)}".strip(), _cost_line(roll_up), _basis(fabric))


def only_words(fabric: Fabric, touched: Selection) -> str:
    """Return what was picked, and how many links touch it."""
    counts = {group.label: 0 for group in fabric.groups}
    for group in fabric.groups:
        counts[group.label] += int(touched.devices[group.first : group.first + group.count].sum())
    return _join_with_bars(f"only {touched.text}: {listed(counts)}", f"{format_count(touched.n_links)} links")


def _join_with_bars(*words: str) -> str:
    return "  |  ".join(word for word in words if word)


def _counts(fabric: Fabric, roll_up: RollUp) -> str:
    totals = roll_up.totals
    modules = sum(row.qty for row in roll_up.quantities if row.per == "end")
    words = [
        f"{format_count(totals.gpus)} GPUs" if totals.gpus else "",
        f"{format_count(totals.links)} links",
        f"{format_count(modules)} modules" if modules else "",
        *_optics_counts(fabric, roll_up),
        f"{format_count(totals.fibres)} data fibres" if totals.fibres else "",
    ]
    return _join_with_bars(*words)


def _optics_counts(fabric: Fabric, roll_up: RollUp) -> Iterator[str]:
    """Yield engines, what feeds them and the lasers, wherever those are; nothing without engines."""
    totals = roll_up.totals
    engines = [row for row in roll_up.quantities if row.line == "engine" and row.per == "pool"]
    if not engines:
        return
    active = f" ({format_count(totals.engines_active)} active)"
    spares = totals.engines_active != totals.engines_fitted
    yield f"{format_count(totals.engines_fitted)} optical engines{active if spares else ''}"
    if totals.els:
        yield f"{format_count(totals.els)} ELS"
    els = [row for row in roll_up.quantities if row.line == "els"]
    if in_els := sum((lasers_in(fabric.catalog, row) for row in els), Fraction(0)):
        yield f"{_whole_or_decimal(in_els)} lasers in ELS"
    if inside := sum((lasers_in(fabric.catalog, row) for row in engines), Fraction(0)):
        yield f"{_whole_or_decimal(inside)} lasers in engines"
    fed = {(row.medium, row.network) for row in roll_up.quantities if row.line == "els"}
    if any((row.medium, row.network) not in fed and not lasers_in(fabric.catalog, row) for row in engines):
        yield "ELS: unknown" + (" for some" if fed else "")


def _whole_or_decimal(value: Fraction) -> str:
    return format_count(int(value)) if value.denominator == 1 else format_decimal(value, 1)


def usd(value: Fraction) -> str:
    """Return dollars without cents."""
    return format_count(round(value))


def _price_range(value: Triple) -> str:
    if value.low is None or value.high is None or value.low == value.high:
        return ""
    return f" ({usd(value.low)} to {usd(value.high)})"


def _cost_line(roll_up: RollUp) -> str:
    cost = roll_up.totals.cost_usd
    bought = {line.part for line in roll_up.lines if line.cost_scope == "interconnect"}
    if not bought:
        return "interconnect: not costed (no parts in the catalog)"
    at_least, gpus = "at least " if is_lower_bound(roll_up.gaps, "interconnect") else "", roll_up.totals.gpus
    total = f"interconnect {at_least}USD {usd(cost.base)}{_price_range(cost)}"
    return _join_with_bars(total, f"{at_least}USD {usd(cost.base / gpus)} per GPU" if gpus else "")


def _basis(fabric: Fabric) -> str:
    dies = n_gpu_dies(fabric)
    gpus = f"; {format_count(n_gpus(fabric))} GPU packages ({format_count(dies)} dies)" if dies else ""
    far = "; external ends not counted" if any(not link.has_b for link in fabric.links) else ""
    return f"counts: both ends, all tiers{gpus}{far}"
