"""The cards at the top of a page: each a figure, its range and what it counts."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from topogen.draw.shown.finding import decimal_text, engines_by_network, module_count
from topogen.export.to_bom_gaps import bom_gaps_rows
from topogen.page.reasons import EXPECTATIONS, GAPS, MODULES
from topogen.takeoff.gaps import is_lower_bound
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.checks.expectations import Expectation
    from topogen.export.options import Options
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp
    from topogen.units import Triple

SCOPES = {
    "interconnect": ("interconnect", "cost_usd", "power_w"),
    "network_device": ("switches and NICs", "network_device_usd", "network_device_w"),
}
"""Cost scopes that have cards: in words, and the totals of their money and watts."""


class Card(NamedTuple):
    """A figure: ``why`` is the reason that explains it, ``table`` where its rows are.

    ``bad`` says that something is wrong or missing.
    """

    value: str
    noun: str
    more: str = ""
    why: str = ""
    bad: bool = False
    table: str = ""


def cards(fabric: Fabric, roll_up: RollUp, options: Options) -> list[Card]:
    """Return the cards of a fabric; a figure that does not apply has none."""
    return [
        *_counts(roll_up),
        *_usd(roll_up),
        *_per_gpu(roll_up),
        *_watts(roll_up),
        *_gaps(roll_up, len(bom_gaps_rows(fabric, roll_up, options))),
        *_expected(options),
        *_published(options),
    ]


def _counts(roll_up: RollUp) -> Iterator[Card]:
    totals = roll_up.totals
    if totals.gpus:
        yield Card(format_count(totals.gpus), "GPU packages", why="gpus")
    yield Card(format_count(totals.links), "links", "all networks", why="links", table="link_classes")


def _usd(roll_up: RollUp) -> Iterator[Card]:
    totals = roll_up.totals
    for scope, (of, total, _) in SCOPES.items():
        cost: Triple = getattr(totals, total)
        if cost.base or (scope == "interconnect" and any(one.cost_scope == scope for one in roll_up.lines)):
            least = "at least, " if is_lower_bound(roll_up.gaps, scope) else ""
            base, spread = _usd_range(cost, totals.gpus or 1)
            in_all = f"{format_count(round(cost.base))} in all" if totals.gpus else ""
            more = "; ".join(one for one in (spread, in_all) if one)
            yield Card(f"USD {base}", f"{least}of {of}{_each_gpu(roll_up)}", more, total, table="bom_flat")


def _each_gpu(roll_up: RollUp) -> str:
    return " per GPU" if roll_up.totals.gpus else ""


def _usd_range(cost: Triple, share: int) -> tuple[str, str]:
    base = format_count(round(cost.base / share))
    if cost.low is None or cost.high is None or cost.low == cost.high:
        return base, ""
    return base, f"{format_count(round(cost.low / share))} to {format_count(round(cost.high / share))}"


def _per_gpu(roll_up: RollUp) -> Iterator[Card]:
    totals = roll_up.totals
    engines = engines_by_network(roll_up).total()
    for count, noun, why in (
        (engines, "optical engines", "engines_fitted"),
        (totals.els, "external light sources", "els"),
        (totals.lasers, "lasers", "lasers"),
        (module_count(roll_up), "modules", MODULES),
        (totals.fibres, "data fibres", "fibres"),
    ):
        if count:
            yield _each(roll_up, Fraction(count), noun, why)


def _each(roll_up: RollUp, count: Fraction, noun: str, why: str) -> Card:
    total = f"{decimal_text(count)} in all"
    gpus = roll_up.totals.gpus
    return (
        Card(decimal_text(count / gpus), f"{noun} per GPU", total, why)
        if gpus
        else Card(decimal_text(count), noun, why=why)
    )


def _watts(roll_up: RollUp) -> Iterator[Card]:
    gpus = roll_up.totals.gpus or 1
    for one in roll_up.totals.power:
        if one.cost_scope in SCOPES and one.watts.base:
            of, _, why = SCOPES[one.cost_scope]
            least = "at least, " if one.unknown else ""
            in_all = f"{decimal_text(one.watts.base / 1000)} kW in all"
            watts = decimal_text(one.watts.base / gpus, 1)
            yield Card(f"{watts} W", f"{least}of {of}{_each_gpu(roll_up)}", in_all, why)


def _gaps(roll_up: RollUp, rows: int) -> Iterator[Card]:
    """Yield the rows of the table of gaps: what the totals lack, and what an order does."""
    of_order = rows - len(roll_up.gaps)
    more = f"{format_count(len(roll_up.gaps))} concern the totals, {format_count(of_order)} only ordering"
    noun = "gap" if rows == 1 else "gaps"
    yield Card(format_count(rows), noun, more if rows else "nothing is missing", GAPS, bool(rows), "bom_gaps")


def _expected(options: Options) -> Iterator[Card]:
    if options.expect:
        good = sum(one.holds for one in options.expect)
        held = f"{good} of {len(options.expect)}"
        bad = good < len(options.expect)
        yield Card(held, "expectations hold", "stated in the file", EXPECTATIONS, bad, "expectations")


def _published(options: Options) -> Iterator[Card]:
    """Yield how many published figures are not those computed, and by how much at most."""
    quoted = options.quoted or ()
    if differ := [one for one in quoted if not one.holds]:
        shares = [_off(one) for one in differ]
        known = [one for one in shares if one is not None]
        most = f", by {decimal_text(max(known), 1)}% at most" if len(known) == len(differ) else ""
        text = f"{len(differ)} of {len(quoted)}"
        noun = "published figure differs" if len(quoted) == 1 else "published figures differ"
        yield Card(text, noun, f"from those computed{most}", bad=True, table="quoted")


def _off(one: Expectation) -> Fraction | None:
    """Return by how many percent a figure differs from the published one, None if that is unknown."""
    if one.value is None or not one.difference:
        return None
    gap = Fraction(one.difference)
    return abs(100 * gap / (one.value - gap)) if one.value != gap else None
