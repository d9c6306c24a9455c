"""Roll-up: quantities times prices, per part, per GPU, per vendor, per network, tier and medium.

Every table here is computed from one take-off. Two views are never added: ``procurement`` is what is ordered
and paid, ``content`` what each maker earns inside it; content + margin + unassigned = procurement, exactly.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.catalog.earnings import ContentError, earnings
from topogen.catalog.pricing import NOTHING, contents, paid_to, plus, scaled, unit_price
from topogen.errors import Problems
from topogen.html_text import html_table
from topogen.media.medium import links_fibres
from topogen.model.fabric import n_gpus
from topogen.records import dataclass
from topogen.takeoff.pool_fill import warn_of_idle_pieces
from topogen.takeoff.power import power_by_scope, total_power
from topogen.takeoff.quantities import LinkQuantity, PoolQuantity, Quantity
from topogen.takeoff.rack_power import warn_of_racks_over_budget
from topogen.takeoff.take_off import take_off

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from topogen.catalog.model import Catalog
    from topogen.errors import Problem
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup
    from topogen.takeoff.power import ScopePower
    from topogen.units import Triple

COST_SCOPES = ("interconnect", "network_device", "host", "system")
COUNTED = ("interconnect", "network_device")
"""Cost scopes that are summed. Hosts, and systems bought whole, have sums of their own."""


@dataclass(frozen=True)
class BomLine:
    """One orderable part (of one length), with all quantities of it added up.

    ``unit`` and ``extended`` are in US dollars; ``extended`` is None without a price, and for hosts.
    """

    part: str
    length_mm: int | None
    cost_scope: str
    qty: int
    unit: Triple | None
    extended: Triple | None
    networks: tuple[str, ...]
    media: tuple[str, ...]
    quantities: tuple[Quantity, ...]


@dataclass(frozen=True)
class Gap:
    """Something that the totals or the order lack.

    ``reason`` is no_part, no_price, no_content_price, no_length, not_sold, placeholder_mpn or no_power; of
    an order also no_mpn, default_length, no_spares or other_price.
    ``links`` use the pieces concerned; the first of them is in block ``example`` of its link group.
    ``lacks_price`` says that the cost of its scope is a lower bound because of this.
    """

    reason: str
    part: str
    qty: int
    links: int
    groups: tuple[str, ...]
    what: str
    cost_scope: str = "interconnect"
    lacks_price: bool = False
    example: tuple[str, int] | None = None

    @property
    def partial(self) -> bool:
        """Return whether the cost of the interconnect is a lower bound because of this."""
        return self.lacks_price and self.cost_scope == "interconnect"


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


def bom_lines(catalog: Catalog, quantities: Iterable[Quantity]) -> tuple[BomLine, ...]:
    """Return one line for each part and length, interconnect first, each scope by part id."""
    groups: dict[tuple[int, str, int, int | None], list[Quantity]] = {}
    for row in quantities:
        if row.part and row.qty:
            key = (COST_SCOPES.index(row.cost_scope), row.part, row.length_mm or 0, row.length_mm)
            groups.setdefault(key, []).append(row)
    return tuple(_line(catalog, rows) for _, rows in sorted(groups.items(), key=lambda item: item[0][:3]))


def _line(catalog: Catalog, rows: Sequence[Quantity]) -> BomLine:
    first = rows[0]
    assert first.part  # noqa: S101 - bom_lines keeps rows with a part
    qty = sum(row.qty for row in rows)
    unit = unit_price(catalog, first.part, first.length_mm).usd
    summed = unit is not None and first.cost_scope in COUNTED
    return BomLine(
        part=first.part,
        length_mm=first.length_mm,
        cost_scope=first.cost_scope,
        qty=qty,
        unit=unit,
        extended=scaled(unit, Fraction(qty)) if summed and unit else None,
        networks=tuple(dict.fromkeys(row.network for row in rows if row.network)),
        media=tuple(dict.fromkeys(row.medium for row in rows if row.medium)),
        quantities=tuple(rows),
    )


def content_counts(catalog: Catalog, lines: Iterable[BomLine]) -> dict[str, Fraction]:
    """Return how many of each part are contained in what is bought, by part id."""
    found: dict[str, Fraction] = {}
    for line in lines:
        for part, count in contents(catalog, line.part).items():
            found[part] = found.get(part, Fraction(0)) + count * line.qty
    return dict(sorted(found.items()))


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


def subtotal(lines: Iterable[BomLine], cost_scope: str) -> Triple:
    """Return the sum of the priced lines of a cost scope; a price without a range is its own low and high."""
    total = NOTHING
    for line in lines:
        if line.cost_scope == cost_scope and line.unit is not None:
            total = plus(total, line.unit, Fraction(line.qty))
    return total


def is_lower_bound(gaps: Iterable[Gap], cost_scope: str) -> bool:
    """Return whether the cost of a scope lacks the price of something."""
    return any(gap.lacks_price and gap.cost_scope == cost_scope for gap in gaps)


def find_gaps(fabric: Fabric, quantities: Iterable[Quantity], lines: Iterable[BomLine]) -> tuple[Gap, ...]:
    """Return what the totals lack, in the order of the take-off, then of the lines."""
    nameless: dict[tuple[str, ...], list[Quantity]] = {}
    for row in quantities:
        if row.part is None:
            nameless.setdefault((row.cost_scope, row.gap, *row.groups), []).append(row)
    return (
        *_without_medium(fabric),
        *_without_cord(fabric),
        *_fibre_shuffles(fabric),
        *(gap_of(fabric, rows, "no_part", "", rows[0].gap, lacks_price=True) for rows in nameless.values()),
        *(gap for line in lines for gap in gaps_of(fabric, line)),
        *_without_part_number(fabric, lines),
    )


def _without_medium(fabric: Fabric) -> Iterator[Gap]:
    for group in fabric.links:
        if group.media is None:
            what = f'link group "{group.name}" has no medium: its links are counted, not bought'
            yield _gap_of_group(group, what)


def _without_cord(fabric: Fabric) -> Iterator[Gap]:
    """Yield the link groups whose medium names nothing that runs from end to end."""
    for group in fabric.links:
        medium = fabric.catalog.media[group.media[0]] if group.media else None
        if medium is None or medium.kind == "board":
            continue
        lines = medium.recipe.values()
        cabled = any(line.per in ("link", "lane") for line in lines) or (lines and medium.kind == "copper")
        if not cabled:  # copper may be bought as cartridges, which pool the pairs of many links
            cable = "cord" if medium.kind == "optical" else "cable"
            what = f'medium "{medium.id}" has no {cable}: add a recipe line with per: link'
            yield _gap_of_group(group, what)


def _fibre_shuffles(fabric: Fabric) -> Iterator[Gap]:
    """Yield what sorts the fibres of link groups, as the file says, and is bought separately."""
    for group in fabric.links:
        if group.fibre_shuffle:
            what = f'fibre shuffle of "{group.name}" is not in this file: {group.fibre_shuffle}'
            yield _gap_of_group(group, what)


def _gap_of_group(group: LinkGroup, what: str) -> Gap:
    """Return what is missing for all links of a group."""
    example = (group.name, 0) if group.count else None
    return Gap("no_part", "", 0, group.count, (group.name,), what, lacks_price=True, example=example)


def _without_part_number(fabric: Fabric, lines: Iterable[BomLine]) -> Iterator[Gap]:
    """Yield the part numbers that cannot be ordered, each once for all lengths that have it."""
    rows: dict[tuple[str, str], list[Quantity]] = {}
    for line in lines:
        mpn = fabric.catalog.parts[line.part].mpn_of(line.length_mm) or ""
        if is_placeholder(mpn):
            rows.setdefault((line.part, mpn), []).extend(line.quantities)
    for (part, mpn), asked in rows.items():
        words = f'mpn "{mpn}" is not one part number: give {part} the number to order'
        yield gap_of(fabric, asked, "placeholder_mpn", part, words)


def gaps_of(fabric: Fabric, line: BomLine) -> list[Gap]:
    """Return what is not known of one line."""
    part, found = fabric.catalog.parts[line.part], []
    price = unit_price(fabric.catalog, line.part, line.length_mm)
    if price.gap == "price":
        key = "length_prices_usd of this length" if part.terms.length_prices else "price_usd"
        found.append(_gap_of_line(fabric, line, "no_price", f"give {line.part} a {key}", lacks_price=True))
    else:
        found += _length_gaps(fabric, line, per_metre=price.gap == "length")
    if price.usd is not None and (inside := unpriced_inside(fabric.catalog, line.part)):
        words = f"{', '.join(inside)} inside has no price: the rest is an upper bound"
        found.append(_gap_of_line(fabric, line, "no_content_price", words))
    if line.cost_scope == "interconnect" and part.power_w is None:
        found.append(_gap_of_line(fabric, line, "no_power", f"give {line.part} a power_w"))
    return found


def is_placeholder(mpn: str) -> bool:
    """Return whether a part number stands for several, such as ``MFP7E30-Nxxx`` or ``A / B``, or for none.

    >>> [is_placeholder(one) for one in ("MFP7E30-N005", "MFP7E30-Nxxx", "A-1 / A-2", "TBD")]
    [False, True, True, True]
    """
    return bool(_PLACEHOLDER.search(mpn))


_PLACEHOLDER = re.compile(r"xx|\?| / |^\W+$|\b(tbd|tba|tbc|n/a|none|unknown|placeholder)\b", re.IGNORECASE)


def unpriced_inside(catalog: Catalog, part: str) -> list[str]:
    """Return the parts without a price inside a part, at any depth."""
    return [inner for inner in contents(catalog, part) if unit_price(catalog, inner).usd is None]


def _length_gaps(fabric: Fabric, line: BomLine, *, per_metre: bool) -> Iterator[Gap]:
    """Yield what has no length: what is longer than any that is sold, and what is of unknown length."""
    cables = [row for row in line.quantities if isinstance(row, LinkQuantity) and row.length_basis]
    beyond = [row for row in cables if row.route_mm is not None]
    unknown = [row for row in cables if row.has_unknown_length]
    rest = "price per metre left out" if per_metre else "which piece to order is open"
    by_length = per_metre or bool(fabric.catalog.parts[line.part].lengths_mm)
    if beyond:
        words = f"no length this long is sold: {rest}"
        yield gap_of(fabric, beyond, "not_sold", line.part, words, lacks_price=per_metre)
    if by_length and unknown:
        words = f"the length is not known: {rest}"
        yield gap_of(fabric, unknown, "no_length", line.part, words, lacks_price=per_metre)
    if per_metre and not cables:
        words = f"the length is not known: {rest}"
        yield _gap_of_line(fabric, line, "no_length", words, lacks_price=True)


def _gap_of_line(fabric: Fabric, line: BomLine, reason: str, what: str, *, lacks_price: bool = False) -> Gap:
    return gap_of(fabric, line.quantities, reason, line.part, what, lacks_price=lacks_price)


def gap_of(
    fabric: Fabric,
    rows: Sequence[Quantity],
    reason: str,
    part: str,
    what: str,
    *,
    lacks_price: bool = False,
) -> Gap:
    """Return what some quantities of a part lack, with the links that use them."""
    affected = {(one.group, one.piece): one.links for row in rows for one in row.affects if one.links}
    links: dict[str, int] = {}
    for (group, _), count in affected.items():
        links[group] = links.get(group, 0) + count
    held = {group.name: group.count for group in fabric.links}
    first = next(iter(affected), None)
    return Gap(
        reason=reason,
        part=part,
        qty=sum(row.qty for row in rows),
        links=sum(min(count, held[group]) for group, count in links.items()),
        groups=tuple(dict.fromkeys(name for row in rows for name in row.groups)),
        what=what,
        cost_scope=rows[0].cost_scope,
        lacks_price=lacks_price and rows[0].cost_scope in COUNTED,
        example=first and (first[0], first[1] if isinstance(first[1], int) else 0),
    )


def buildable_rows(quantities: Iterable[Quantity]) -> tuple[PoolQuantity, ...]:
    """Return the pooled quantities whose buildable count differs from the published one."""
    return tuple(row for row in quantities if isinstance(row, PoolQuantity) and row.buildable != row.qty)
