"""The cards at the top of a page: each a figure, its range and what it counts."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from topogen.draw.shown.finding import decimal_text, engines_by_network, module_count
from topogen.takeoff.gaps import is_lower_bound
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.export.options import Options
    from topogen.takeoff.roll_up import RollUp
    from topogen.units import Triple


class Card(NamedTuple):
    """A figure: ``why`` is the total that explains it, ``bad`` says that something is wrong or missing."""

    value: str
    noun: str
    more: str = ""
    why: str = ""
    bad: bool = False


def cards(roll_up: RollUp, options: Options) -> list[Card]:
    """Return the cards of a fabric; a figure that does not apply has none."""
    return [
        *_counts(roll_up),
        *_usd(roll_up),
        *_per_gpu(roll_up),
        *_watts(roll_up),
        *_gaps(roll_up),
        *_expected(options),
    ]


def _counts(roll_up: RollUp) -> Iterator[Card]:
    totals = roll_up.totals
    if totals.gpus:
        yield Card(format_count(totals.gpus), "GPU packages", why="gpus")
    yield Card(format_count(totals.links), "links", "all networks", why="links")


def _usd(roll_up: RollUp) -> Iterator[Card]:
    if not any(line.cost_scope == "interconnect" for line in roll_up.lines):
        return
    cost, share = roll_up.totals.cost_usd, roll_up.totals.gpus or 1
    least = "at least, " if is_lower_bound(roll_up.gaps, "interconnect") else ""
    each = "of interconnect per GPU" if roll_up.totals.gpus else "of interconnect"
    yield Card(f"USD {_usd_range(cost, share)[0]}", f"{least}{each}", _usd_range(cost, share)[1], "cost_usd")


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
        (module_count(roll_up), "modules", ""),
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
    scope = next((one for one in roll_up.totals.power if one.cost_scope == "interconnect"), None)
    if scope is None or not scope.watts.base:
        return
    least = "at least, " if scope.unknown else ""
    gpus = roll_up.totals.gpus
    each = "of interconnect per GPU" if gpus else "of interconnect"
    total = f"{decimal_text(scope.watts.base / 1000)} kW in all"
    yield Card(f"{decimal_text(scope.watts.base / (gpus or 1), 1)} W", f"{least}{each}", total, "power_w")


def _gaps(roll_up: RollUp) -> Iterator[Card]:
    count = len(roll_up.gaps)
    yield Card(format_count(count), "gap" if count == 1 else "gaps", "what the totals lack", "", bool(count))


def _expected(options: Options) -> Iterator[Card]:
    if options.expect:
        good = sum(one.holds for one in options.expect)
        bad = good < len(options.expect)
        yield Card(f"{good} of {len(options.expect)}", "expectations hold", "stated in the file", "", bad)
