"""What the totals lack: media, parts, prices, lengths and part numbers that are not known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from topogen.catalog.pricing import contents, unit_price
from topogen.records import dataclass
from topogen.takeoff.bill import COUNTED, BomLine
from topogen.takeoff.quantities import LinkQuantity, Quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from topogen.catalog.model import Catalog
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup


@dataclass(frozen=True)
class Gap:
    """Something that the totals or the order lack.

    ``reason`` is no_part, no_price, no_content_price, no_length, not_sold, placeholder_mpn or no_power; of
    an order also no_mpn, default_length, no_spares or other_price.
    ``links`` use the pieces concerned; the first of them is in block ``example`` of its link group.
    ``lacks_price`` says that the cost of its scope is a lower bound because of this. ``lacks`` is what links
    without a part lack: a recipe line, a cord, a cable, a fibre shuffle.
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
    lacks: str = ""

    @property
    def partial(self) -> bool:
        """Return whether the cost of the interconnect is a lower bound because of this."""
        return self.lacks_price and self.cost_scope == "interconnect"


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
            yield _gap_of_group(group, what, "medium")


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
            yield _gap_of_group(group, what, cable)


def _fibre_shuffles(fabric: Fabric) -> Iterator[Gap]:
    """Yield what sorts the fibres of link groups, as the file says, and is bought separately."""
    for group in fabric.links:
        if group.fibre_shuffle:
            what = f'fibre shuffle of "{group.name}" is not in this file: {group.fibre_shuffle}'
            yield _gap_of_group(group, what, "fibre shuffle")


def _gap_of_group(group: LinkGroup, what: str, lacks: str) -> Gap:
    """Return what is missing for all links of a group."""
    example = (group.name, 0) if group.count else None
    return Gap(
        "no_part", "", 0, group.count, (group.name,), what, lacks_price=True, example=example, lacks=lacks
    )


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
        lacks="" if part else rows[0].line,
    )
