"""Fabrics side by side: links, optics, cost and power with ratios on every count basis, and waterfalls.

Every figure is a sum of entries, each of one metric, one step of a waterfall and one count basis. Totals,
ratios and waterfalls sum the same entries, so the steps of a waterfall add up to the difference exactly.
"""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING

from topogen.catalog.pricing import NOTHING, plus, scaled, unit_price
from topogen.columns import ENDS, SCOPES, CountBasis
from topogen.media.medium import links_fibres
from topogen.records import dataclass
from topogen.takeoff.count_bases import gpus_of, is_near, share
from topogen.takeoff.pools import WHOLE, Basis
from topogen.takeoff.power import power_by_scope
from topogen.takeoff.roll_up import COUNTED, is_lower_bound, lasers_by_kind
from topogen.takeoff.value_layers import FIBRE_LAYERS
from topogen.units import MBPS_PER_TBPS, Triple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from topogen.catalog.model import Catalog, Medium, Provenance
    from topogen.model.fabric import Fabric, LinkGroup
    from topogen.takeoff.count_bases import Gpus
    from topogen.takeoff.roll_up import RollUp
    from topogen.takeoff.take_off import Quantity

STEPS = ("copper", "pluggables", "engines", "els", "fibre", "panels", "network_devices", "rest")
"""Steps of a waterfall, in order."""

UNITS = {
    "links": "links",
    "cables": "pieces",
    "bandwidth_ends": "Tb/s",
    "optical_bandwidth_ends": "Tb/s",
    "engines": "pieces",
    "els": "pieces",
    "modules": "pieces",
    "optical_units": "pieces",
    "lasers": "chips",
    "data_fibres": "fibres",
    "laser_fibres": "fibres",
    "interconnect_usd": "USD",
    "network_device_usd": "USD",
    "total_usd": "USD",
    "interconnect_w": "W",
    "network_device_w": "W",
    "total_w": "W",
}
"""The unit of each metric; ``lasers.KIND`` are chips as ``lasers`` are."""

RATIOS = {
    "x_bandwidth_ends": "optical_bandwidth_ends",
    "x_units": "optical_units",
    "x_lasers": "lasers",
    "x_cost": "interconnect_usd",
    "x_watts": "interconnect_w",
}
"""Columns of the table of ratios, and the metric that each compares."""

WATERFALL = ("total_usd", "lasers", "total_w", "bandwidth_ends")
BASES = tuple(CountBasis(*words) for words in product(ENDS, SCOPES, ("total", "package", "die")))
"""Count bases of ratios: ends, scope, and what a figure is divided by."""

PER_GPU = CountBasis("both", "all_tiers", "package")
IN_ALL = CountBasis("both", "all_tiers", "total")


@dataclass(frozen=True)
class Side:
    """A fabric to compare, under the name that the user gave it, with the revisions of its input."""

    label: str
    fabric: Fabric = field(repr=False)
    rollup: RollUp = field(repr=False)
    topology_revision: str = ""
    catalog_revision: str = ""

    @cached_property
    def gpus(self) -> Gpus:
        """Return what figures per GPU are divided by."""
        return gpus_of(self.fabric)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Return the entries that every figure is a sum of."""
        return tuple(_entries(self.fabric, self.rollup))

    @cached_property
    def laser_kinds(self) -> tuple[str, ...]:
        """Return the part ids of the laser chips."""
        return tuple(
            sorted({one.metric.partition(".")[2] for one in self.entries if one.metric[:7] == "lasers."})
        )

    def figure(self, metric: str, basis: CountBasis = IN_ALL, step: str = "") -> Figure | None:
        """Return a metric on a count basis, of one step or of all; None per GPU where there is no GPU."""
        count = 1 if basis.gpu == "total" else self.gpus.count(basis.gpu)
        if count is None:
            return None
        total, at_least = NOTHING, False
        for one in self.entries:
            if one.metric == metric and step in ("", one.step):
                total = plus(total, one.value, share(one.basis, basis))
                at_least |= one.unknown
        return Figure(scaled(total, Fraction(1, count)), at_least)


@dataclass(frozen=True)
class Entry:
    """A part of a metric; ``unknown`` says that something is left out of it."""

    metric: str
    step: str
    value: Triple
    basis: Basis = WHOLE
    unknown: bool = False


@dataclass(frozen=True)
class Figure:
    """A value with its range; a lower bound if ``at_least``."""

    value: Triple
    at_least: bool = False


@dataclass(frozen=True)
class Ratio:
    """How many times the first value another is.

    ``bound`` is ``at_least`` or ``at_most`` where the total above or below the line lacks something,
    ``open`` where both do, else empty.
    """

    value: Fraction
    bound: str = ""


@dataclass(frozen=True)
class Step:
    """What one step of a waterfall adds, in all and per GPU package (None without GPUs on both sides)."""

    metric: str
    step: str
    before: Fraction
    after: Fraction
    before_per_gpu: Fraction | None
    after_per_gpu: Fraction | None
    at_least: bool

    @property
    def delta(self) -> Fraction:
        """Return the difference in all."""
        return self.after - self.before

    @property
    def delta_per_gpu(self) -> Fraction | None:
        """Return the difference per GPU package."""
        if self.before_per_gpu is None or self.after_per_gpu is None:
            return None
        return self.after_per_gpu - self.before_per_gpu


@dataclass(frozen=True)
class PriceEffect:
    """The part whose cost differs most: what it comes to on both sides, and its price with provenance."""

    part: str
    before: Fraction
    after: Fraction
    price: Triple
    provenance: Provenance


@dataclass(frozen=True)
class Comparison:
    """Fabrics side by side; the first is what the others are compared with."""

    sides: tuple[Side, ...]

    @property
    def first(self) -> Side:
        """Return the fabric that the others are compared with."""
        return self.sides[0]

    @property
    def metrics(self) -> tuple[str, ...]:
        """Return the metrics in order, each kind of laser after all lasers."""
        kinds = sorted({kind for side in self.sides for kind in side.laser_kinds})
        at = list(UNITS).index("lasers") + 1
        names = tuple(UNITS)
        return (*names[:at], *(f"lasers.{kind}" for kind in kinds), *names[at:])

    def ratio(self, metric: str, basis: CountBasis = PER_GPU, other: int = 1) -> Ratio | None:
        """Return how many times the first fabric another is; None over zero or where one is not known.

        Parameters
        ----------
        metric
            A metric of ``metrics``.
        basis
            How ends and GPUs are counted.
        other
            The number of the other fabric, from 1.
        """
        before, after = (side.figure(metric, basis) for side in (self.first, self.sides[other]))
        if before is None or after is None or not before.value.base:
            return None
        bound = _BOUNDS[before.at_least, after.at_least]
        return Ratio(after.value.base / before.value.base, bound)

    def waterfall(self, metric: str, other: int = 1) -> tuple[Step, ...]:
        """Return the steps from the first fabric to another; they add up to the difference exactly."""
        return tuple(_step(self.first, self.sides[other], metric, step) for step in STEPS)

    def repriced(self, other: int = 1) -> tuple[str, ...]:
        """Return the parts that the first fabric and another both buy, at different prices."""
        before, after = (_prices(side) for side in (self.first, self.sides[other]))
        both = before.keys() & after.keys()
        return tuple(sorted({part for part, mm in both if before[part, mm] != after[part, mm]}))

    def price_effect(self, other: int = 1) -> PriceEffect | None:
        """Return the part whose cost differs most, None if none differs."""
        return _price_effect(self.first, self.sides[other])


_BOUNDS = {
    (False, False): "",
    (False, True): "at_least",
    (True, False): "at_most",
    (True, True): "open",
}


def compare_sides(sides: Iterable[Side]) -> Comparison:
    """Return a comparison of built fabrics with the first of them."""
    return Comparison(tuple(sides))


def unit_of(metric: str) -> str:
    """Return the unit of a metric.

    >>> unit_of("lasers.uhp_laser"), unit_of("total_w")
    ('chips', 'W')
    """
    return UNITS[metric.partition(".")[0]]


def _step(first: Side, other: Side, metric: str, step: str) -> Step:
    before, after = first.figure(metric, IN_ALL, step), other.figure(metric, IN_ALL, step)
    assert before is not None  # noqa: S101 - totals are always known
    assert after is not None  # noqa: S101 - totals are always known
    return Step(
        metric=metric,
        step=step,
        before=before.value.base,
        after=after.value.base,
        before_per_gpu=first.gpus.per(before.value.base),
        after_per_gpu=other.gpus.per(after.value.base),
        at_least=before.at_least or after.at_least,
    )


# Entries


def _entries(fabric: Fabric, rollup: RollUp) -> Iterator[Entry]:
    found = [*_of_links(fabric), *_of_quantities(fabric.catalog, rollup.quantities)]
    found += _without_laser(fabric, rollup.quantities)
    known = {(one.metric, one.unknown) for one in found}
    lacking = {f"{scope}_usd": is_lower_bound(rollup.gaps, scope) for scope in COUNTED}
    lacking |= {f"{one.cost_scope}_w": bool(one.unknown) for one in power_by_scope(fabric, rollup.quantities)}
    for metric, lacks in lacking.items():
        if lacks and metric in UNITS and (metric, True) not in known:
            found.append(Entry(metric, "rest", NOTHING, unknown=True))
    for one in found:
        yield one
        if whole := _WHOLES.get(one.metric):
            yield Entry(whole, one.step, one.value, one.basis, one.unknown)


_WHOLES = {
    "engines": "optical_units",
    "modules": "optical_units",
    "interconnect_usd": "total_usd",
    "network_device_usd": "total_usd",
    "interconnect_w": "total_w",
    "network_device_w": "total_w",
}
"""Metrics that are part of another."""


def _number(value: int | Fraction) -> Triple:
    return Triple(None, Fraction(value), None)


def _of_links(fabric: Fabric) -> Iterator[Entry]:
    for group in fabric.links:
        media = [fabric.catalog.media[name] for name in group.media] if group.media else []
        yield Entry("links", _step_of_end(media[0] if media else None), _number(group.count))
        if not media:
            for metric in _OPTICAL:
                yield Entry(metric, "rest", NOTHING, unknown=True)
        elif media[0].kind == "optical":
            fibres = links_fibres(fabric, group)
            yield Entry("data_fibres", "fibre", _number(fibres or 0), unknown=fibres is None)
        yield from _of_ends(fabric, group, media)


_OPTICAL = ("optical_bandwidth_ends", "cables", "engines", "els", "modules", "lasers", "data_fibres")
"""Metrics that are not known for links without a medium."""


def _of_ends(fabric: Fabric, group: LinkGroup, media: Sequence[Medium]) -> Iterator[Entry]:
    """Yield the bandwidth of the ends in the model, one direction."""
    rate = Fraction(group.rate, MBPS_PER_TBPS)
    for block in group.blocks:
        for number, side in enumerate([block.a, block.b] if block.b else [block.a]):
            medium = media[number] if media else None
            near = Fraction(is_near(group, fabric.groups[side.group].type.role))
            basis = Basis(Fraction(number == 0), near, near * (number == 0))
            value, step = _number(rate * block.count), _step_of_end(medium)
            yield Entry("bandwidth_ends", step, value, basis)
            if medium and medium.kind == "optical":
                yield Entry("optical_bandwidth_ends", step, value, basis)


def _of_quantities(catalog: Catalog, quantities: Iterable[Quantity]) -> Iterator[Entry]:
    for row in quantities:
        if row.cost_scope not in COUNTED or not row.qty:
            continue
        step = _step_of(catalog, row)
        yield _cost(catalog, row, step)
        yield _watts(catalog, row, step)
        if row.cost_scope == "interconnect":
            yield from _pieces(catalog, row, step)


def _cost(catalog: Catalog, row: Quantity, step: str) -> Entry:
    price = unit_price(catalog, row.part, row.length_mm) if row.part else None
    value = plus(NOTHING, price.usd, Fraction(row.qty)) if price and price.usd else NOTHING
    return Entry(f"{row.cost_scope}_usd", step, value, row.basis, unknown=price is None or bool(price.gap))


def _watts(catalog: Catalog, row: Quantity, step: str) -> Entry:
    """Return the power of what is in use: spares are fitted dark."""
    watts = catalog.parts[row.part].power_w if row.part else None
    value = plus(NOTHING, watts, Fraction(row.qty_active)) if watts else NOTHING
    unknown = watts is None and bool(row.qty_active)
    return Entry(f"{row.cost_scope}_w", step, value, row.basis, unknown=unknown)


def _pieces(catalog: Catalog, row: Quantity, step: str) -> Iterator[Entry]:
    """Yield the pieces of a row, and the laser chips in them."""
    medium = catalog.media.get(row.medium)
    optical = medium is not None and medium.kind == "optical"
    counted: dict[str, bool] = {
        "cables": row.per == "link",
        "engines": row.line == "engine",
        "els": row.line == "els",
        "modules": row.per == "end" and optical and row.line not in ("engine", "els"),
        "laser_fibres": row.line == "laser_fibre",
    }
    for metric, counts in counted.items():
        if counts:
            yield Entry(metric, step, _number(row.qty), row.basis)
    if medium and _is_active_cable(medium, row.per, row.line):
        plugs = catalog.parts[row.part].plugs if row.part else None
        yield Entry("optical_units", step, _number(row.qty * sum(plugs or ())), row.basis, unknown=not plugs)
    for chip, count in lasers_by_kind(catalog, [row]).items():
        yield Entry("lasers", step, _number(count), row.basis)
        yield Entry(f"lasers.{chip}", step, _number(count), row.basis)


def _without_laser(fabric: Fabric, quantities: Iterable[Quantity]) -> list[Entry]:
    """Return an entry for each optical medium whose parts name no laser; it must have some."""
    lit = {row.medium for row in quantities if lasers_by_kind(fabric.catalog, [row])}
    used = dict.fromkeys(name for group in fabric.links if group.count for name in group.media or ())
    media = [fabric.catalog.media[name] for name in used if name not in lit]
    dark = [one for one in media if one.kind == "optical"]
    return [Entry("lasers", _step_of_end(one), NOTHING, unknown=True) for one in dark]


def _step_of_end(medium: Medium | None) -> str:
    """Return the step that the ends of a medium belong to."""
    if medium is None or medium.kind == "board":
        return "rest"
    if medium.kind == "copper":
        return "copper"
    if "engine" in medium.recipe:
        return "engines"
    lines = medium.recipe.values()
    plugged = any(one.per == "end" or _is_active_cable(medium, one.per, one.name) for one in lines)
    return "pluggables" if plugged else "rest"


def _is_active_cable(medium: Medium, per: str, line: str) -> bool:
    """Return whether a recipe line is an optical cable with transceivers at its ends, bought as one piece."""
    others = [one for one in medium.recipe.values() if one.per == "end" or one.name == "engine"]
    return medium.kind == "optical" and per == "link" and line != "cord" and not others


def _step_of(catalog: Catalog, row: Quantity) -> str:
    """Return the step that a quantity belongs to."""
    if row.cost_scope == "network_device":
        return "network_devices"
    medium = catalog.media.get(row.medium)
    if medium is None or medium.kind != "optical":
        return "copper" if medium is not None and medium.kind == "copper" else "rest"
    if row.line in _STEP_OF_LINE:
        return _STEP_OF_LINE[row.line]
    if row.per == "end" or _is_active_cable(medium, row.per, row.line):
        return "pluggables"
    glass = row.per in ("link", "lane") or (row.part and catalog.parts[row.part].layer in FIBRE_LAYERS)
    return "fibre" if glass else "rest"


_STEP_OF_LINE = {"engine": "engines", "els": "els", "panel": "panels", "laser_fibre": "fibre"}


# What decides


def _price_effect(first: Side, other: Side) -> PriceEffect | None:
    gpus = [side.gpus.packages for side in (first, other)]
    counts = gpus if all(gpus) else [1, 1]
    before, after = (
        {part: usd / count for part, usd in _cost_by_part(side).items()}
        for side, count in zip((first, other), counts, strict=True)
    )
    nothing = Fraction(0)
    deltas = {name: after.get(name, nothing) - before.get(name, nothing) for name in before | after}
    part = max(deltas, key=lambda name: abs(deltas[name]), default="")
    if not part or not deltas[part]:
        return None
    catalog = (other if part in after else first).fabric.catalog
    price = unit_price(catalog, part).usd
    assert price is not None  # noqa: S101 - it has a cost
    return PriceEffect(
        part,
        before.get(part, nothing),
        after.get(part, nothing),
        price,
        catalog.parts[part].says("price_usd"),
    )


def _cost_by_part(side: Side) -> Mapping[str, Fraction]:
    found: dict[str, Fraction] = {}
    for line in side.rollup.lines:
        if line.cost_scope in COUNTED and line.unit:
            found[line.part] = found.get(line.part, Fraction(0)) + line.unit.base * line.qty
    return found


def _prices(side: Side) -> Mapping[tuple[str, int | None], Triple | None]:
    """Return the price of each part and length that is bought."""
    lines = [line for line in side.rollup.lines if line.cost_scope in COUNTED]
    return {(line.part, line.length_mm): line.unit for line in lines}
