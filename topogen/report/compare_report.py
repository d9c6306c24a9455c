"""Fabrics side by side, for people and for programs."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.catalog.pricing import high, low
from topogen.figures.entries import STEPS
from topogen.report.table import Column, Note, Report, Table, money, number, percent, quantity, text
from topogen.report.value_report import mixes_markets, usd_by_basis
from topogen.study.compare import BASES, IN_ALL, PER_GPU, RATIOS, WATERFALL, Ratio, unit_of
from topogen.units import format_decimal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from topogen.columns.count_basis import CountBasis
    from topogen.report.table import Row
    from topogen.study.compare import Comparison, Figure, Side
    from topogen.study.compare import Step as WaterfallStep

NAMES = {
    "bandwidth_ends": "bandwidth ends, all media",
    "optical_bandwidth_ends": "bandwidth ends, optical",
    "els": "ELS",
    "engines": "engines fitted",
    "cables": "cables and cords",
    "optical_units": "engines and transceivers",
    "data_fibres": "data fibres",
    "laser_fibres": "laser fibres",
    "interconnect_usd": "interconnect",
    "network_device_usd": "network devices",
    "total_usd": "interconnect + devices",
    "interconnect_w": "interconnect",
    "network_device_w": "network devices",
    "total_w": "interconnect + devices",
}
STEP_NAMES = {
    "els": "ELS",
    "network_devices": "network devices",
    "rest": "everything else",
}
IN_WORDS = {
    "both": "both ends of every link",
    "one": "one end of every link",
    "all_tiers": "all tiers",
    "nic_only": "of scale-out only ends that are no switch",
}
PER = {"total": "total", "package": "per GPU package", "die": "per GPU die"}
PAIR = 2
MANY = 6
RANGED = ("interconnect_usd",)
"""Metrics that people are shown at low and high too."""

_BOUND_WORDS = {
    "": "{}x",
    "at_least": "at least {}x",
    "at_most": "at most {}x",
    "open": "{}x (both at least)",
}
RATIO_NAMES = {
    "x_bandwidth_ends": "optical bandwidth ends",
    "x_units": "engines and transceivers",
    "x_lasers": "lasers",
    "x_cost": "interconnect cost",
    "x_watts": "interconnect power",
}


def sentence_of(basis: CountBasis) -> str:
    """Return a count basis in words.

    >>> sentence_of(PER_GPU)
    'both ends of every link, all tiers, per GPU package'
    """
    return f"{IN_WORDS[basis.ends]}, {IN_WORDS[basis.scope]}, {PER[basis.gpu]}"


def compare_report(found: Comparison) -> Report:
    """Return the figures of each fabric in all and per GPU, ratios by count basis, and the answer."""
    return Report(
        [
            Note(_heading(found), "bold"),
            *(_figures_table(found, basis) for basis in (IN_ALL, PER_GPU)),
            _ratios_for_people(found),
            *_answers(found),
            *_footnotes(found),
        ]
    )


def waterfall_report(found: Comparison) -> Report:
    """Return the waterfall from the first fabric to each other, and the answer."""
    items: list[Table | Note] = [Note(_heading(found), "bold")]
    items += [_waterfall_for_people(found, other) for other in range(1, len(found.sides))]
    return Report([*items, *_answers(found), *_footnotes(found)])


def _heading(found: Comparison) -> str:
    return " vs. ".join([found.first.label, *(side.label for side in found.sides[1:])])


# Figures


def _figures_table(found: Comparison, basis: CountBasis) -> Table:
    """Return one row per metric, with difference and ratio of each fabric to the first."""
    several = len(found.sides) > PAIR
    columns = [text("figure"), text("unit"), *(number(side.label) for side in found.sides)]
    for side in found.sides[1:]:
        name = f" {side.label}" if several else ""
        columns += [] if several else [number("difference", drop=2)]
        columns += [number(f"ratio{name}", drop=1)]
    rows: list[Row] = []
    for metric in found.metrics:
        figures = [side.figure(metric, basis) for side in found.sides]
        if not any(one and (one.value.base or one.at_least) for one in figures):
            continue
        rows += [
            (_named(metric, end), unit_of(metric), *_values(metric, figures, pick), *differences)
            for end, pick, differences in _ends_of(found, metric, basis)
        ]
    columns = [Column(one.heading, one.heading, _as_is, number=one.number, drop=one.drop) for one in columns]
    title = (
        f"{PER[basis.gpu][0].upper()}{PER[basis.gpu][1:]}: {IN_WORDS[basis.ends]}, {IN_WORDS[basis.scope]}"
    )
    return Table(f"figures_{basis.gpu}", columns, rows, title)


def _as_is(value: str) -> str:
    return value


def _ends_of(
    found: Comparison, metric: str, basis: CountBasis
) -> Iterator[tuple[str, Callable[[Figure], Fraction], list[str | None]]]:
    """Yield base, then low and high of what people are shown with its range."""
    differences: list[str | None] = []
    several = len(found.sides) > PAIR
    for other in range(1, len(found.sides)):
        before, after = (side.figure(metric, basis) for side in (found.first, found.sides[other]))
        differences += [] if several else [_difference(metric, before, after)]
        differences += [_times(found.ratio(metric, basis, other))]
    yield "base", lambda one: one.value.base, differences
    if metric in RANGED:
        blank: list[str | None] = [None] * len(differences)
        yield "low", lambda one: low(one.value), blank
        yield "high", lambda one: high(one.value), blank


def _named(metric: str, end: str) -> str:
    kind = metric.partition(".")[2]
    name = f"  of them {kind}" if kind else NAMES.get(metric, metric)
    return f"{name}, {end} prices" if unit_of(metric) == "USD" else name


def _values(
    metric: str, figures: Sequence[Figure | None], pick: Callable[[Figure], Fraction]
) -> list[str | None]:
    return [
        None if one is None else f"{'at least ' if one.at_least else ''}{_amount(metric, pick(one))}"
        for one in figures
    ]


def _amount(metric: str, value: Fraction) -> str:
    return money(value) if unit_of(metric) in ("USD", "W") else quantity(value)


def _difference(metric: str, before: Figure | None, after: Figure | None) -> str | None:
    """Return the difference of what is known, marked where something is not."""
    if before is None or after is None:
        return None
    mark = " (partial)" if before.at_least or after.at_least else ""
    return f"{_signed(metric, after.value.base - before.value.base)}{mark}"


def _signed(metric: str, value: Fraction | None) -> str | None:
    if value is None:
        return None
    sign = "+" if value > 0 else "-" if value < 0 else ""
    return sign + _amount(metric, abs(value))


def _times(ratio: Ratio | None) -> str | None:
    if ratio is None:
        return None
    return _BOUND_WORDS[ratio.bound].format(format_decimal(ratio.value, 2))


# Ratios by count basis


def _ratios_for_people(found: Comparison) -> Table:
    """Return the ratios on every count basis that differs from the others."""
    several = len(found.sides) > PAIR
    columns = (
        *([text("fabric")] if several else []),
        text("count basis", "count_basis"),
        *(Column(name, name, _as_is, number=True) for name in RATIOS),
    )
    rows: list[Row] = []
    for other, side in enumerate(found.sides[1:], start=1):
        seen = set[tuple[str, str, tuple[str | None, ...]]]()
        for basis in _distinct_divisors(found.first, side):
            times = tuple(_times(found.ratio(metric, basis, other)) for metric in RATIOS.values())
            if any(times) and (basis.ends, basis.scope, times) not in seen:
                seen.add((basis.ends, basis.scope, times))
                rows.append((*([side.label] if several else []), _short_basis(basis), *times))
    title = f"Ratios to {found.first.label}: {', '.join(RATIO_NAMES.values())}"
    return Table("ratios", columns, rows, title)


def _short_basis(basis: CountBasis) -> str:
    scope = "all tiers" if basis.scope == "all_tiers" else "scale-out at NICs only"
    return f"{basis.ends} end{'s' if basis.ends == 'both' else ''}, {scope}, {PER[basis.gpu]}"


def _distinct_divisors(first: Side, other: Side) -> list[CountBasis]:
    """Return the count bases, without those that only divide both fabrics by the same numbers again."""
    chosen, seen = [], set[tuple[str, str, Fraction]]()
    for basis in sorted(BASES, key=lambda one: one.gpu != "package"):
        counts = [1 if basis.gpu == "total" else side.gpus.count(basis.gpu) for side in (first, other)]
        if counts[0] and counts[1]:
            key = (basis.ends, basis.scope, Fraction(counts[0], counts[1]))
            chosen += [basis] if key not in seen else []
            seen.add(key)
    return chosen


# Waterfall


def _waterfall_for_people(found: Comparison, other: int) -> Table:
    side = found.sides[other]
    each = PER_GPU if found.first.gpus.packages and side.gpus.packages else IN_ALL
    columns = [text("step")]
    columns += [Column(_waterfall_heading(metric), metric, _as_is, number=True) for metric in WATERFALL]
    falls = {metric: found.waterfall(metric, other) for metric in WATERFALL}
    ends = [
        (one.label, *(_whole(one.figure(metric, each), metric) for metric in WATERFALL))
        for one in (found.first, side)
    ]
    steps: list[Row] = []
    for number_, step in enumerate(STEPS):
        row = [falls[metric][number_] for metric in WATERFALL]
        deltas = [one.delta_per_gpu if each is PER_GPU else one.delta for one in row]
        if any(deltas) or any(one.at_least for one in row):
            cells = [_step_cell(one, delta) for one, delta in zip(row, deltas, strict=True)]
            steps.append((STEP_NAMES.get(step, step), *cells))
    title = f"From {found.first.label} to {side.label}, {sentence_of(each)}"
    return Table(f"waterfall_{other}", columns, [ends[0], *steps, ends[1]], title)


def _waterfall_heading(metric: str) -> str:
    name = {"total_usd": "cost", "total_w": "power", "bandwidth_ends": "bandwidth ends"}.get(metric, metric)
    return f"{name}, {unit_of(metric)}"


def _step_cell(step: WaterfallStep, delta: Fraction | None) -> str | None:
    mark = " (partial)" if step.at_least else ""
    return None if delta is None else f"{_signed(step.metric, delta)}{mark}"


def _whole(figure: Figure | None, metric: str) -> str | None:
    if figure is None:
        return None
    return f"{'at least ' if figure.at_least else ''}{_amount(metric, figure.value.base)}"


# In words


def _answers(found: Comparison) -> Iterator[Note]:
    for other in range(1, len(found.sides)):
        yield Note("\n" + "\n".join(answer(found, other)))


def answer(found: Comparison, other: int = 1) -> list[str]:
    """Return what the comparison comes to, sentence by sentence: the answer, its basis, what decides it."""
    side = found.sides[other]
    basis = PER_GPU if found.first.gpus.packages and side.gpus.packages else IN_ALL
    parts = [
        _from_to(found, other, basis, name, metric)
        for name, metric in (
            ("optical bandwidth ends", "optical_bandwidth_ends"),
            ("lasers", "lasers"),
            ("interconnect cost", "interconnect_usd"),
            ("interconnect power", "interconnect_w"),
        )
    ]
    return [
        f"From {found.first.label} to {side.label}: {'; '.join(parts)}.",
        f"Count basis: {sentence_of(basis)}; the far end of an external link is not counted.",
        _price_basis(found, other, basis),
        *_decides(found, other, basis),
        _price_that_matters(found, other, basis),
    ]


def _from_to(found: Comparison, other: int, basis: CountBasis, name: str, metric: str) -> str:
    figures = [side.figure(metric, basis) for side in (found.first, found.sides[other])]
    before, after = (_whole(one, metric) for one in figures)
    times = _times(found.ratio(metric, basis, other))
    unit = "" if metric == "lasers" else f" {unit_of(metric)}"
    return f"{name} {before} to {after}{unit}{f' ({times})' if times else ''}"


def _price_basis(found: Comparison, other: int, basis: CountBasis) -> str:
    """Return the price basis of the cost ratio, and the ratio if all prices are low or all are high."""
    sides = (found.first, found.sides[other])
    before, after = (side.figure("interconnect_usd", basis) for side in sides)
    words = "Price basis: base prices, interconnect only"
    ratio = found.ratio("interconnect_usd", basis, other)
    if ratio and before and after and low(before.value):
        at_low, at_high = (
            _times(Ratio(end(after.value) / end(before.value), ratio.bound)) for end in (low, high)
        )
        words += f"; {at_low} if every price is low, {at_high} if every price is high"
    sums = [usd_by_basis(side.fabric.catalog, side.rollup) for side in sides]
    for side, usd in zip(sides, sums, strict=True):
        total = sum(usd.values())
        shares = ", ".join(f"{percent(100 * one / total)} {name}" for name, one in usd.items() if one)
        words += f"; {side.label}: {shares or 'nothing priced'}"
    mixed = mixes_markets(name for usd in sums for name in usd)
    warning = " A system maker's cost and market prices are in the same ratio." if mixed else ""
    return f"{words}.{warning}"


def _repriced(found: Comparison, other: int) -> list[str]:
    """Return a warning where the same part has two prices: the comparison is also one of price lists."""
    names = found.repriced(other)
    shown = [*names[:MANY], *([f"{len(names) - MANY} more"] if len(names) > MANY else [])]
    return [f"The files have different prices for the same parts: {', '.join(shown)}."] if names else []


def _decides(found: Comparison, other: int, basis: CountBasis) -> list[str]:
    """Return the assumptions that the multiple depends on: the metric and the count basis."""
    ratios = {name: found.ratio(metric, basis, other) for name, metric in RATIOS.items()}
    known = {name: ratio for name, ratio in ratios.items() if ratio}
    ranked = sorted(known, key=lambda name: -known[name].value)
    words = []
    if known and known[ranked[0]].value != known[ranked[-1]].value:
        named = [f"{_times(known[name])} in {RATIO_NAMES[name]}" for name in (ranked[0], ranked[-1])]
        words.append(f"The metric decides the multiple: {', '.join(named)}.")
    same_divisor = [one for one in BASES if one.gpu == basis.gpu]
    ends = [found.ratio("optical_bandwidth_ends", one, other) for one in same_divisor]
    values = sorted([one for one in ends if one], key=lambda one: one.value)
    if values and values[0].value != values[-1].value:
        span = f"{_times(values[0])} to {_times(values[-1])}"
        words.append(f"So does the count basis: {span} in {RATIO_NAMES['x_bandwidth_ends']}.")
    return words


def _price_that_matters(found: Comparison, other: int, basis: CountBasis) -> str:
    effect = found.price_effect(other)
    if effect is None:
        return "No part differs in cost."
    says = effect.provenance
    price = f"{money(effect.price.base)} USD each"
    if low(effect.price) != high(effect.price):
        price += f", range {money(low(effect.price))} to {money(high(effect.price))}"
    sources = found.sides[other].fabric.catalog.sources
    source = sources.get(says.source, says.source) if says.source else "no source"
    origin = ", ".join(word for word in (says.confidence, says.as_of, source) if word)
    delta = _signed("total_usd", effect.after - effect.before)
    return (
        f"The price that matters most is that of {effect.part} ({delta} USD {PER[basis.gpu]}): "
        f"{price} ({origin})."
    )


def _footnotes(found: Comparison) -> Iterator[Note]:
    yield Note("\nInput:")
    for side in found.sides:
        revisions = f"topology revision {side.topology_revision}, catalog revision {side.catalog_revision}"
        yield Note(f"{side.label}: {revisions}")
    yield Note("Hosts and systems bought whole are in no figure. Bandwidth ends: one direction.")
    if any((one := side.figure(metric)) and one.at_least for side in found.sides for metric in found.metrics):
        yield Note(
            "At least: prices, watts or contents of some part are not known; `topogen bom` lists them. "
            "A ratio of two such totals has no bound; a difference is that of what is known (partial)."
        )
