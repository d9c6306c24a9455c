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

    from topogen.export.options import Options
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp
    from topogen.units import Triple

POWER_OF = {"interconnect": "interconnect", "network_device": "network devices"}


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
    if not any(line.cost_scope == "interconnect" for line in roll_up.lines):
        return
    cost, share = roll_up.totals.cost_usd, roll_up.totals.gpus or 1
    least = "at least, " if is_lower_bound(roll_up.gaps, "interconnect") else ""
    each = "of interconnect per GPU" if roll_up.totals.gpus else "of interconnect"
    base, spread = _usd_range(cost, share)
    total = f"{format_count(round(cost.base))} in all" if roll_up.totals.gpus else ""
    more = "; ".join(one for one in (spread, total) if one)
    yield Card(f"USD {base}", f"{least}{each}", more, "cost_usd", table="bom_flat")


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
    """Yield the watts of the interconnect, of network devices where it has none."""
    scope = next((one for one in roll_up.totals.power if one.cost_scope in POWER_OF and one.watts.base), None)
    if scope is None:
        return
    least = "at least, " if scope.unknown else ""
    gpus, of = roll_up.totals.gpus, POWER_OF[scope.cost_scope]
    each = f"of {of} per GPU" if gpus else f"of {of}"
    total = f"{decimal_text(scope.watts.base / 1000)} kW in all"
    why = "power_w" if scope.cost_scope == "interconnect" else "network_device_w"
    yield Card(f"{decimal_text(scope.watts.base / (gpus or 1), 1)} W", f"{least}{each}", total, why)


def _gaps(roll_up: RollUp, rows: int) -> Iterator[Card]:
    """Yield the rows of the table of gaps: what the totals lack, and what an order does."""
    of_order = rows - len(roll_up.gaps)
    more = f"{format_count(len(roll_up.gaps))} of the totals, {format_count(of_order)} of an order"
    noun = "gap" if rows == 1 else "gaps"
    yield Card(format_count(rows), noun, more if rows else "nothing is missing", GAPS, bool(rows), "bom_gaps")


def _expected(options: Options) -> Iterator[Card]:
    if options.expect:
        good = sum(one.holds for one in options.expect)
        held = f"{good} of {len(options.expect)}"
        bad = good < len(options.expect)
        yield Card(held, "expectations hold", "stated in the file", EXPECTATIONS, bad, "expectations")


def _published(options: Options) -> Iterator[Card]:
    """Yield how many published figures are those computed, where some differ."""
    quoted = options.quoted or ()
    if differ := sum(not one.holds for one in quoted):
        text = f"{differ} of {len(quoted)}"
        yield Card(text, "published figures differ", "from those computed", bad=True, table="quoted")
