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
from topogen.columns.count_basis import ENDS, SCOPES, CountBasis
from topogen.figures.bounds import open_to, ratio_bound
from topogen.figures.entries import STEPS, UNITS, entries
from topogen.records import dataclass
from topogen.takeoff.bill import COUNTED
from topogen.takeoff.count_bases import gpus_of, share

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from topogen.catalog.model import Provenance
    from topogen.figures.entries import Entry
    from topogen.model.fabric import Fabric
    from topogen.takeoff.count_bases import Gpus
    from topogen.takeoff.roll_up import RollUp
    from topogen.units import Triple

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
        return tuple(entries(self.fabric, self.rollup))

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
class Figure:
    """A value with its range; a lower bound if ``at_least``."""

    value: Triple
    at_least: bool = False

    @property
    def bound(self) -> str:
        """Return which way the value is open."""
        return open_to(more=self.at_least, less=False)


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
        bound = ratio_bound(after.bound, before.bound)
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
