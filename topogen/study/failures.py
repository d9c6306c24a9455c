"""Failures: what one element of each kind takes along, and how often that is to be expected."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.ordering.stock import HOURS_PER_FIT
from topogen.records import dataclass
from topogen.structure.elements import kinds_of
from topogen.structure.outage import outage
from topogen.structure.shared_racks import shared_racks
from topogen.structure.whole_way import whole_way
from topogen.structure.wires import wires_of
from topogen.takeoff.tariff import HOURS_PER_YEAR
from topogen.units import Triple

if TYPE_CHECKING:
    from topogen.catalog.model import Replaceable
    from topogen.model.fabric import Fabric
    from topogen.ordering.stock import Stock
    from topogen.structure.elements import Kind
    from topogen.structure.shared_racks import SharedRack
    from topogen.structure.whole_way import WholeWay
    from topogen.structure.wires import Wires


@dataclass(frozen=True)
class EndToEnd:
    """The most that one element takes of the ways from end to end over all networks, each maximum by itself.

    ``touched`` ends lose links, their own or those of an attached device, ``cut_off`` ones all ways to most
    others. ``lost`` is the share of the bandwidth of all ends that goes with it.
    """

    touched: int
    cut_off: int
    lost: Fraction


@dataclass(frozen=True)
class Failure:
    """The elements of one kind, and the most that one of them takes along, over all places.

    ``count`` elements are in use; fitted spares are not counted. ``fit`` is None where the catalog gives no
    figure or no part. ``links_lost``, ``ends_touched``, ``cut_off`` and ``injection_lost`` are maxima, each
    by itself: no element need reach all of them. They are None where the model does not say which links an
    element carries, or where it carries none that leaves a board. ``injection_lost`` is a share of the
    bandwidth of all endpoints of one network. ``planes_lost`` are endpoints outside the element that it cuts
    off although they are linked to several planes.
    """

    element: str
    kind: str
    part: str | None
    fit: Triple | None
    count: int
    networks: tuple[str, ...]
    links_lost: int | None
    ends_touched: int | None
    cut_off: int | None
    injection_lost: Fraction | None
    planes_lost: int = 0
    is_place: bool = False
    """Whether it is a tray, a rack, a row or another place of devices; a box of switch chips is none."""
    replaceable: Replaceable | None = None
    """Whether one is replaced in the field; None where the catalog does not say."""
    held_in: tuple[tuple[str, int], ...] = ()
    """The kinds of trays, or devices outside trays, that hold them, with the elements in each kind."""
    end_to_end: EndToEnd | None = None
    """What it takes from end to end, where devices are attached and its links are known."""

    @property
    def device_hours(self) -> int:
        """Return the device-hours that all of them work in a year."""
        return self.count * HOURS_PER_YEAR

    @property
    def expected(self) -> Triple | None:
        """Return the failures to be expected in a year; None without a FIT."""
        if self.fit is None:
            return None
        hours = Fraction(self.device_hours, HOURS_PER_FIT)
        low, high = (None if end is None else end * hours for end in (self.fit.low, self.fit.high))
        return Triple(low, self.fit.base * hours, high)

    @property
    def spared(self) -> tuple[tuple[str, int], ...]:
        """Return what is kept in stock for them, each with the elements it stands for."""
        return ((self.element, self.count),) if self.replaceable == "yes" else self.held_in

    def spares(self, stock: Stock) -> Triple | None:
        """Return the pieces to keep in stock; None where FIT, or how one is replaced, is not known."""
        if self.fit is None or self.replaceable is None or not self.spared:
            return None
        ends = (self.fit.base if fit is None else fit for fit in (self.fit.low, self.fit.base, self.fit.high))
        low, base, high = (
            Fraction(sum(stock.pieces(fit * count) for _, count in self.spared)) for fit in ends
        )
        return Triple(low, base, high)

    def fit_bound(self, confidence: Fraction) -> Fraction | None:
        """Return the FIT that a year without a failure bounds the rate by: -ln(1 - confidence) / hours."""
        return zero_failure_bound(self.device_hours, confidence) if self.count else None


def zero_failure_bound(device_hours: int, confidence: Fraction) -> Fraction:
    """Return the highest FIT that no failure in some device-hours leaves, to 28 digits.

    With rate r, none fails in H device-hours with probability exp(-r H). The bound is the r for which that is
    1 - confidence.

    >>> round(zero_failure_bound(792 * 8760, Fraction(6, 10)))
    132
    """
    left = 1 - confidence
    log = (Decimal(left.numerator) / Decimal(left.denominator)).ln()
    return -Fraction(log) * HOURS_PER_FIT / device_hours


@dataclass(frozen=True)
class Failures:
    """Every kind of element of a fabric, from a laser to a row, and the planes that share a rack."""

    kinds: tuple[Failure, ...]
    shared_racks: tuple[SharedRack, ...]


def failures(fabric: Fabric) -> Failures:
    """Return what one element of each kind takes along if it fails, and how often that is to be expected."""
    wires = wires_of(fabric)
    whole = whole_way(fabric, wires)
    rows = tuple(_failure(fabric, (wires, whole), one) for one in kinds_of(fabric, wires))
    return Failures(rows, tuple(shared_racks(fabric, wires)))


def _failure(fabric: Fabric, ways: tuple[Wires, WholeWay | None], one: Kind) -> Failure:
    wires, whole = ways
    lost = outage(wires, one.elements)
    known = bool(lost.networks)
    part = fabric.catalog.parts.get(one.part) if one.part else None
    return Failure(
        element=one.element,
        kind=one.kind,
        part=one.part,
        fit=part.failures_fit if part else None,
        count=one.count,
        networks=lost.networks,
        links_lost=int(lost.links.max(initial=0)) if known else None,
        ends_touched=int(lost.touched.max(initial=0)) if known else None,
        cut_off=int(lost.cut_off.max(initial=0)) if known else None,
        injection_lost=lost.injection_lost if known else None,
        planes_lost=int(lost.planes_lost.max(initial=0)),
        is_place=one.is_place,
        replaceable=part.field_replaceable if part else None,
        held_in=one.held_in,
        end_to_end=_end_to_end(whole, one) if whole else None,
    )


def _end_to_end(whole: WholeWay, one: Kind) -> EndToEnd | None:
    if not len(one.elements.link) and not len(one.elements.device):
        return None
    lost = outage(whole.wires, whole.carried(one.elements))
    return EndToEnd(int(lost.touched.max(initial=0)), int(lost.cut_off.max(initial=0)), lost.injection_lost)
