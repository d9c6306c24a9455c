"""Roll-up: quantities times prices, per part, per GPU, per vendor, per network, tier and medium.

Every table here is computed from one take-off. Two views are never added: ``procurement`` is what is ordered
and paid, ``content`` what each maker earns inside it; content + margin + unassigned = procurement, exactly.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.catalog.earnings import ContentError, earnings
from topogen.catalog.pricing import contents, paid_to, plus, scaled
from topogen.errors import Problems
from topogen.html_text import html_table
from topogen.media.medium import links_fibres
from topogen.model.fabric import n_gpus
from topogen.records import dataclass
from topogen.takeoff.bill import COUNTED, BomLine, bom_lines, content_counts, subtotal
from topogen.takeoff.gaps import Gap, find_gaps
from topogen.takeoff.pool_fill import warn_of_idle_pieces
from topogen.takeoff.power import power_by_scope, total_power
from topogen.takeoff.quantities import PoolQuantity, Quantity
from topogen.takeoff.rack_power import warn_of_racks_over_budget
from topogen.takeoff.take_off import take_off

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from topogen.catalog.model import Catalog
    from topogen.errors import Problem
    from topogen.model.fabric import Fabric
    from topogen.takeoff.power import ScopePower
    from topogen.units import Triple


@dataclass(frozen=True)
class VendorRow:
    """What one vendor has in one part, in one view and cost scope."""

    view: str
    vendor: str
    layer: str
    part: str
    cost_scope: str
    share: Fraction | None
    qty: Fraction
    value: Triple | None


@dataclass(frozen=True)
class Totals:
    """The figures that a summary opens with, in US dollars and watts.

    ``lasers_by_kind`` has the laser chips in ELS, engines and modules by part id. ``power`` has the watts of
    each cost scope; ``power_w`` and ``network_device_w`` are those of two of them.
    """

    gpus: int
    links: int
    engines_active: int
    engines_fitted: int
    els: int
    lasers_by_kind: Mapping[str, Fraction]
    fibres: int
    laser_fibres: int
    cost_usd: Triple
    network_device_usd: Triple
    host_usd: Triple
    system_usd: Triple
    power: tuple[ScopePower, ...]

    @property
    def lasers(self) -> Fraction:
        """Return the laser chips of all kinds."""
        return sum(self.lasers_by_kind.values(), Fraction(0))

    @property
    def power_w(self) -> Triple:
        """Return the watts of the interconnect."""
        return total_power(self.power, ["interconnect"]).watts

    @property
    def network_device_w(self) -> Triple:
        """Return the watts of switches and NICs."""
        return total_power(self.power, ["network_device"]).watts

    @property
    def network_device_w_partial(self) -> bool:
        """Return whether the watts of some network device are not known."""
        return bool(total_power(self.power, ["network_device"]).unknown)

    @property
    def total_power(self) -> ScopePower:
        """Return the watts of interconnect, network devices and hosts together."""
        return total_power(self.power)


@dataclass(frozen=True)
class RollUp:
    """Everything that is counted and valued of one fabric."""

    quantities: tuple[Quantity, ...]
    lines: tuple[BomLine, ...]
    content: dict[str, Fraction]
    gaps: tuple[Gap, ...]
    vendors: tuple[VendorRow, ...]
    totals: Totals
    warnings: tuple[Problem, ...] = ()

    def _repr_html_(self) -> str:
        """Return the orderable parts for a notebook."""
        headings = ("part", "scope", "#quantity", "#unit USD", "#extended USD")
        rows = [
            (one.part, one.cost_scope, f"{one.qty:,}",
             *(f"{round(usd.base):,}" if usd else "" for usd in (one.unit, one.extended)))
            for one in self.lines
        ]  # fmt: skip
        return html_table("Parts", headings, rows)


def roll_up(fabric: Fabric) -> RollUp:
    """Return the take-off of a fabric, valued."""
    return value(fabric, take_off(fabric))


def value(fabric: Fabric, quantities: tuple[Quantity, ...]) -> RollUp:
    """Return the quantities of a fabric, valued by its catalog."""
    lines = bom_lines(fabric.catalog, quantities)
    _refuse_dear_contents(fabric, lines)
    return RollUp(
        quantities=quantities,
        lines=lines,
        content=content_counts(fabric.catalog, lines),
        gaps=find_gaps(fabric, quantities, lines),
        vendors=vendor_rows(fabric.catalog, lines),
        totals=add_up(fabric, quantities, lines),
        warnings=_warnings(fabric, quantities),
    )


def _warnings(fabric: Fabric, quantities: Iterable[Quantity]) -> tuple[Problem, ...]:
    problems = Problems(fabric.marks)
    warn_of_idle_pieces(fabric, quantities, problems)
    warn_of_racks_over_budget(fabric, quantities, problems)
    return problems.warnings


def _refuse_dear_contents(fabric: Fabric, lines: Iterable[BomLine]) -> None:
    """Raise if contents cost more than what holds them: a maker would earn less than nothing."""
    problems = Problems(fabric.marks)
    for line in lines:
        try:
            list(earnings(fabric.catalog, line.part, line.unit) if line.unit else ())
        except ContentError as error:
            problems.add("E514", error.message, ("catalog", "parts", error.part), error.hint)
    problems.raise_errors()


def vendor_rows(catalog: Catalog, lines: Iterable[BomLine]) -> tuple[VendorRow, ...]:
    """Return both views, procurement first, one row a vendor and part."""
    counted = [line for line in lines if line.cost_scope in COUNTED]
    return (*_procurement(catalog, counted), *_content(catalog, counted))


def _procurement(catalog: Catalog, lines: Iterable[BomLine]) -> list[VendorRow]:
    rows: dict[tuple[str, str, str], VendorRow] = {}
    for line in lines:
        for paid in paid_to(catalog, line.part, line.unit):
            qty = line.qty * paid.share
            row = VendorRow(
                "procurement",
                paid.vendor,
                catalog.parts[paid.part].layer or "",
                paid.part,
                line.cost_scope,
                paid.share,
                qty,
                scaled(paid.unit, qty) if paid.unit else None,
            )
            key = (paid.vendor, paid.part, line.cost_scope)
            rows[key] = _joined(rows.get(key), row)
    return [rows[key] for key in sorted(rows)]


def _joined(before: VendorRow | None, row: VendorRow) -> VendorRow:
    if before is None:
        return row
    value = plus(before.value, row.value) if before.value and row.value else before.value or row.value
    share = row.share if row.share == before.share else None
    return VendorRow(
        row.view, row.vendor, row.layer, row.part, row.cost_scope, share, before.qty + row.qty, value
    )


def _content(catalog: Catalog, lines: Iterable[BomLine]) -> list[VendorRow]:
    rows: dict[tuple[str, str, str, str], VendorRow] = {}
    for line in lines:
        for earned in earnings(catalog, line.part, line.unit, Fraction(line.qty)) if line.unit else ():
            row = VendorRow(
                "content",
                earned.vendor,
                earned.layer,
                earned.part,
                line.cost_scope,
                None,
                earned.quantity,
                earned.usd,
            )
            key = (earned.vendor, earned.layer, earned.part, line.cost_scope)
            rows[key] = _joined(rows.get(key), row)
    return [rows[key] for key in sorted(rows)]


def add_up(fabric: Fabric, quantities: Sequence[Quantity], lines: Sequence[BomLine]) -> Totals:
    """Return the totals of a fabric, computed from the same rows that every table shows."""
    optics = [row for row in quantities if row.cost_scope == "interconnect"]
    engines = [row for row in optics if row.line == "engine"]
    els = [row for row in optics if row.line == "els"]
    return Totals(
        gpus=n_gpus(fabric),
        links=fabric.n_links,
        engines_active=sum(row.qty - row.spare for row in engines),
        engines_fitted=sum(row.qty for row in engines),
        els=sum(row.qty for row in els),
        lasers_by_kind=lasers_by_kind(fabric.catalog, optics),
        fibres=sum(links_fibres(fabric, group) or 0 for group in fabric.links),
        laser_fibres=sum(row.qty for row in optics if row.line == "laser_fibre"),
        cost_usd=subtotal(lines, "interconnect"),
        network_device_usd=subtotal(lines, "network_device"),
        host_usd=subtotal(lines, "host"),
        system_usd=subtotal(lines, "system"),
        power=power_by_scope(fabric, quantities),
    )


def lasers_by_kind(catalog: Catalog, quantities: Iterable[Quantity]) -> dict[str, Fraction]:
    """Return the laser chips inside all pieces of some quantities, or bought by themselves, by part id."""
    found: dict[str, Fraction] = {}
    for row in quantities:
        inside = contents(catalog, row.part) | {row.part: Fraction(1)} if row.part else {}
        for chip, count in inside.items():
            if catalog.parts[chip].layer == "laser_chip":
                found[chip] = found.get(chip, Fraction(0)) + count * row.qty
    return {chip: count for chip, count in sorted(found.items()) if count}


def lasers_in(catalog: Catalog, row: Quantity) -> Fraction:
    """Return the laser chips inside all pieces of a quantity."""
    return sum(lasers_by_kind(catalog, [row]).values(), Fraction(0))


def buildable_rows(quantities: Iterable[Quantity]) -> tuple[PoolQuantity, ...]:
    """Return the pooled quantities whose buildable count differs from the published one."""
    return tuple(row for row in quantities if isinstance(row, PoolQuantity) and row.buildable != row.qty)
