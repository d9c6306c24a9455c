"""What is ordered of each part and length: design, attrition, spares, packs, price, dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Literal

from topogen.catalog.pricing import scaled
from topogen.errors import InputError, Problem
from topogen.ordering.inside import Inside
from topogen.ordering.rounding import price_break, price_of_order, rounded_up, whole_pieces
from topogen.ordering.spares import (
    Spares,
    is_spared_by_tray,
    largest,
    spares_of,
    spares_of_tray,
    tray_named,
    trays_of,
)
from topogen.records import dataclass
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from topogen.catalog.model import Part
    from topogen.catalog.terms import SparePolicy
    from topogen.model.fabric import Fabric
    from topogen.takeoff.bill import BomLine
    from topogen.takeoff.roll_up import RollUp
    from topogen.units import Triple

Basis = Literal["rack", "parts"]
DAYS_PER_WEEK = 7


@dataclass(frozen=True)
class Buying:
    """How it is bought: racks whole or as their parts; needed by when, if not as the file; ordered when."""

    basis: Basis = "rack"
    need_by: date | None = None
    order_date: date | None = None


RACKS = Buying()


@dataclass(frozen=True)
class Need:
    """Pieces of one part and length that the design has, and how many of them come inside something else."""

    part: str
    length_mm: int | None
    cost_scope: str
    design: int
    inside: int
    bought_as: str
    opened: bool = False
    """Whether it is a system that is bought as its parts."""


@dataclass(frozen=True)
class OrderLine:
    """One part and length: what the design has, what is required, what is ordered.

    Attributes
    ----------
    inside
        Pieces of the design that come inside something that is bought whole.
    spares
        Spares and the rule behind them; unknown pieces make ``required`` a lower bound.
    order
        Pieces to order; None if nothing is.
    unit, cost
        US dollars, at the price of the quantity ordered; None if unknown or nothing is ordered.
    alternate_of
        The parts that it is bought as an alternate of.
    phase, left_over, ordered
        Of a fabric built in phases: the phase that orders it, the pieces that earlier orders left over, and
        all that is ordered up to and including this phase.
    design_so_far, inside_so_far
        Of a fabric built in phases: what the design of this phase has in all, earlier phases included.
    """

    part: str
    length_mm: int | None
    cost_scopes: tuple[str, ...]
    design: int
    inside: int
    attrition: int
    spares: Spares
    required: int
    order: int | None
    reached: int | None
    unit: Triple | None
    cost: Triple | None
    opened: bool
    alternate_of: tuple[str, ...]
    need_by: date | None = None
    order_by: date | None = None
    slack_days: int | None = None
    phase: str = ""
    left_over: int = 0
    ordered: int | None = None
    design_so_far: int | None = None
    inside_so_far: int | None = None

    @property
    def wanted(self) -> int:
        """Return the pieces that do not come inside anything: those of the design, attrition and spares."""
        loose = 0 if self.opened else self.design - self.inside
        return loose + self.attrition + (self.spares.pieces or 0)


def order_lines(fabric: Fabric, rollup: RollUp, buying: Buying = RACKS) -> tuple[OrderLine, ...]:
    """Return what is ordered, in the order of the BOM; alternates follow where their part stands.

    Of a fabric that is built in phases, these are the orders of each phase.
    """
    if not fabric.phase:
        return lines_of_design(fabric, rollup, buying)
    if buying.need_by is not None:
        hint = "leave --need-by out"
        raise InputError([Problem("E776", "each phase of the file has its own day of delivery", hint=hint)])
    designs = [*((one, roll_up(one)) for one in fabric.earlier), (fabric, rollup)]
    orders = _Orders(buying)
    return tuple(line for one, rolled in designs for line in orders.of_phase(one, rolled))


class _Orders:
    """The orders of phases: what a design has beyond the one before, less what earlier orders left over."""

    def __init__(self, buying: Buying) -> None:
        self._buying = buying
        self._before: dict[tuple[str, int | None], OrderLine] = {}
        self._held: dict[tuple[str, int | None], _Held] = {}

    def of_phase(self, fabric: Fabric, rollup: RollUp) -> Iterator[OrderLine]:
        """Yield the orders of the next phase."""
        whole = {(one.part, one.length_mm): one for one in lines_of_design(fabric, rollup, self._buying)}
        for key, line in whole.items():
            added = self._added(fabric, key, line)
            if added.required or added.order:
                yield added
        self._before = whole

    def _added(self, fabric: Fabric, key: tuple[str, int | None], line: OrderLine) -> OrderLine:
        """Return a line of a design as what its phase adds."""
        before, held = self._before.get(key), self._held.setdefault(key, _Held())
        design = max(0, line.design - (before.design if before else 0))
        inside = min(design, max(0, line.inside - (before.inside if before else 0)))
        attrition = max(0, line.attrition - held.attrition)
        pieces = None if line.spares.pieces is None else max(0, line.spares.pieces - held.spares)
        added = replace(
            line,
            design=design,
            inside=inside,
            attrition=attrition,
            spares=line.spares._replace(pieces=pieces),
            required=design + attrition + (pieces or 0),
            left_over=held.left_over,
            phase=fabric.phase,
            design_so_far=line.design,
            inside_so_far=line.inside,
        )
        placed = _placed(fabric, added, self._buying)
        held.attrition += attrition
        held.spares += pieces or 0
        held.ordered += placed.order or 0
        held.left_over += (placed.order or 0) - added.wanted
        return replace(placed, ordered=held.ordered or None)


class _Held:
    """Pieces of a part that earlier phases ordered, and what for; ``left_over`` are not needed there."""

    def __init__(self) -> None:
        self.attrition = self.spares = self.ordered = self.left_over = 0


def lines_of_design(fabric: Fabric, rollup: RollUp, buying: Buying) -> tuple[OrderLine, ...]:
    """Return what is ordered of one design, if all of it is ordered at once."""
    inside = Inside(fabric, rollup, open_systems=buying.basis == "parts")
    needs: dict[tuple[str, int | None], list[Need]] = {}
    for need in _needs(fabric, rollup, inside, buying):
        needs.setdefault((need.part, need.length_mm), []).append(need)
    for_trays = _spare_trays(fabric, needs, inside)
    seen: set[str] = set()
    lines = []
    for (part, _), rows in needs.items():
        lines.append(_order_line(fabric, rows, buying, for_trays.get(part) if part not in seen else None))
        seen.add(part)
    return tuple(lines)


def _needs(fabric: Fabric, rollup: RollUp, inside: Inside, buying: Buying) -> Iterator[Need]:
    for line in rollup.lines:
        opened = buying.basis == "parts" and line.cost_scope == "system"
        held = 0 if opened else inside.pieces(line)
        yield from _by_alternate(fabric, line, held, opened=opened)


def _by_alternate(fabric: Fabric, line: BomLine, held: int, *, opened: bool) -> Iterator[Need]:
    """Yield a line as the parts that are bought under its id, in whole pieces."""
    shares = bought_as(fabric.catalog.parts, line.part)
    loose, within = whole_pieces(line.qty - held, shares), whole_pieces(held, shares)
    for part in shares:
        pieces = loose[part] + within[part]
        if pieces:
            yield Need(part, line.length_mm, line.cost_scope, pieces, within[part], line.part, opened)


def bought_as(parts: Mapping[str, Part], part: str) -> dict[str, Fraction]:
    """Return the parts that are bought under an id, with shares that sum to 1; what is open keeps the id."""
    alternates = parts[part].alternates
    found: dict[str, Fraction] = {}
    for alternate, share in alternates.items():
        for bought, inner in bought_as(parts, alternate).items():
            found[bought] = found.get(bought, Fraction(0)) + share * inner
    left = 1 - sum(alternates.values(), Fraction(0))
    return found | {part: left} if left else found


def _policy(fabric: Fabric, need: Need) -> SparePolicy | None:
    """Return the spare policy of a part, or else of the part that it is an alternate of."""
    parts = fabric.catalog.parts
    return parts[need.part].terms.spare or parts[need.bought_as].terms.spare


def _spare_trays(
    fabric: Fabric, needs: Mapping[tuple[str, int | None], list[Need]], inside: Inside
) -> dict[str, Spares]:
    """Return the spares of what holds parts that are not replaced by themselves, by the part of the tray."""
    held: dict[str, dict[str, tuple[SparePolicy, int, Fraction | None]]] = {}
    parts = fabric.catalog.parts
    for (name, _), rows in needs.items():
        policy = _policy(fabric, rows[0])
        if policy and is_spared_by_tray(parts[name]):
            fit = parts[name].failures_fit
            for name_of_tray, pieces in trays_of(fabric, rows[0].bought_as, inside).items():
                held.setdefault(name_of_tray, {})[name] = (policy, pieces, fit.base if fit else None)
    found: dict[str, list[Spares]] = {}
    for named, own in held.items():
        tray = tray_named(fabric, named)
        if tray.part is not None:
            found.setdefault(tray.part, []).append(spares_of_tray(tray, own, _weeks(parts[tray.part])))
    return {part: largest(some) for part, some in found.items()}


def _weeks(part: Part) -> Fraction | None:
    weeks = part.terms.lead_time_weeks
    return weeks.base if weeks else None


def _order_line(fabric: Fabric, rows: list[Need], buying: Buying, for_tray: Spares | None) -> OrderLine:
    first = rows[0]
    part = fabric.catalog.parts[first.part]
    design, held = sum(row.design for row in rows), sum(row.inside for row in rows)
    loose = sum(row.design - row.inside for row in rows if not row.opened)
    opened = all(row.opened for row in rows)
    attrition = ceil((part.terms.attrition or 0) * loose)
    spares = Spares() if opened else _spares(fabric, first, design, for_tray)
    line = OrderLine(
        part=part.id,
        length_mm=first.length_mm,
        cost_scopes=tuple(dict.fromkeys(row.cost_scope for row in rows)),
        design=design,
        inside=held,
        attrition=attrition,
        spares=spares,
        required=design + attrition + (spares.pieces or 0),
        order=None,
        reached=None,
        unit=None,
        cost=None,
        opened=opened,
        alternate_of=tuple(dict.fromkeys(row.bought_as for row in rows if row.bought_as != part.id)),
    )
    return _placed(fabric, line, buying)


def _placed(fabric: Fabric, line: OrderLine, buying: Buying) -> OrderLine:
    """Return a line with its order: whole packs of at least the minimum, price and dates."""
    part = fabric.catalog.parts[line.part]
    order = rounded_up(line.wanted - line.left_over, part.terms.moq, part.terms.pack_qty) or None
    if order is None:
        return replace(
            line, order=None, reached=None, unit=None, cost=None, need_by=None, order_by=None, slack_days=None
        )
    need_by = buying.need_by or fabric.spec.need_by
    order_by = _order_by(part, need_by)
    unit = price_of_order(fabric.catalog, part.id, line.length_mm, order)
    return replace(
        line,
        order=order,
        reached=price_break(part.terms.price_breaks, order),
        unit=unit,
        cost=scaled(unit, Fraction(order)) if unit else None,
        need_by=need_by,
        order_by=order_by,
        slack_days=(order_by - buying.order_date).days if order_by and buying.order_date else None,
    )


def _spares(fabric: Fabric, need: Need, design: int, for_tray: Spares | None) -> Spares:
    """Return the spares of a part: its own and those that it is the tray of, whichever are more."""
    part, policy = fabric.catalog.parts[need.part], _policy(fabric, need)
    own = Spares()
    if policy and is_spared_by_tray(part):
        own = Spares(0, "in its tray")
    elif policy:
        fit = part.failures_fit.base * design if part.failures_fit else None
        own = spares_of(policy, design, fit, _weeks(part))
    return largest([own, for_tray]) if for_tray else own


def _order_by(part: Part, need_by: date | None) -> date | None:
    """Return the last day to order, for the base lead time rounded up to days."""
    weeks = _weeks(part)
    if weeks is None or need_by is None:
        return None
    return need_by - timedelta(days=ceil(weeks * DAYS_PER_WEEK))
