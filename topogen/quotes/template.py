"""What suppliers fill in: one row a part and length that is ordered."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from topogen.columns.cells import csv_text
from topogen.columns.prices import PRICE_TEMPLATE
from topogen.ordering.orders import RACKS, order_lines
from topogen.ordering.rounding import price_break, price_of_order
from topogen.records import dataclass
from topogen.units import format_decimal, to_metres

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from fractions import Fraction

    from topogen.catalog.model import Catalog
    from topogen.columns.cells import Row
    from topogen.model.fabric import Fabric
    from topogen.ordering.orders import Buying
    from topogen.takeoff.roll_up import RollUp

Key = tuple[str, int | None]
"""A part, and its length in mm where it is sold by length."""
UNIT = "each"
GUARD_DIGITS = 10


@dataclass(frozen=True)
class Wanted:
    """One row to be quoted.

    Attributes
    ----------
    pieces
        What is needed, before minimum orders and packs; ``order`` is with those of the catalog.
    known
        Base price per piece in the catalog of an order of so many pieces or more; empty if unknown.
    moq, pack_qty, lead_time_weeks
        Terms of the catalog, which hold where a supplier states none.
    """

    part: str
    length_mm: int | None
    description: str
    mpn: str | None
    pieces: int
    order: int
    design: int
    known: Mapping[int, Fraction]
    moq: int | None = None
    pack_qty: int | None = None
    lead_time_weeks: Fraction | None = None
    need_by: date | None = None

    def known_usd(self, pieces: int) -> Fraction | None:
        """Return the price per piece in the catalog of an order of some pieces, None if unknown."""
        least = price_break(self.known, pieces)
        return None if least is None else self.known[least]

    @property
    def key(self) -> Key:
        """Return what identifies it."""
        return self.part, self.length_mm

    @property
    def guard(self) -> str:
        """Return the hash that tells an edited id."""
        return guard_of(self.part, self.length_mm)


def guard_of(part: str, length_mm: int | None, unit: str = UNIT) -> str:
    """Return a short hash of what a supplier must not edit; it begins with a letter, so it is never a number.

    >>> guard_of("mpo12_cord", 2000)
    'g6d89a22046'
    """
    text = f"{part}|{'' if length_mm is None else length_mm}|{unit}"
    return f"g{sha256(text.encode()).hexdigest()[:GUARD_DIGITS]}"


def wanted_lines(fabric: Fabric, rollup: RollUp, buying: Buying = RACKS) -> tuple[Wanted, ...]:
    """Return what is ordered, in the order of the BOM; of several phases all of it."""
    found: dict[Key, Wanted] = {}
    for line in order_lines(fabric, rollup, buying):
        if line.order is None:
            continue
        part = fabric.catalog.parts[line.part]
        pieces = min(line.order, line.required - line.inside)
        earlier = found.get((line.part, line.length_mm))
        weeks = part.terms.lead_time_weeks
        days = [one for one in (line.need_by, earlier and earlier.need_by) if one]
        wanted = Wanted(
            part=line.part,
            length_mm=line.length_mm,
            description=part.description,
            mpn=part.mpn_of(line.length_mm),
            pieces=pieces + (earlier.pieces if earlier else 0),
            order=line.order + (earlier.order if earlier else 0),
            design=line.design + (earlier.design if earlier else 0),
            known=_known(fabric.catalog, line.part, line.length_mm),
            moq=part.terms.moq,
            pack_qty=part.terms.pack_qty,
            lead_time_weeks=weeks.base if weeks else None,
            need_by=min(days, default=None),
        )
        found[wanted.key] = wanted
    return tuple(found.values())


def _known(catalog: Catalog, part: str, length_mm: int | None) -> dict[int, Fraction]:
    prices = {
        least: price_of_order(catalog, part, length_mm, least)
        for least in (1, *catalog.parts[part].terms.price_breaks)
    }
    return {least: price.base for least, price in prices.items() if price}


def template_rows(lines: tuple[Wanted, ...]) -> list[Row]:
    """Return the rows of the template; columns `PRICE_TEMPLATE`, minimum and pack as the catalog has them."""
    return [
        {
            "part_id": line.part,
            "description": line.description,
            "mpn": line.mpn,
            "length_m": None if line.length_mm is None else to_metres(line.length_mm),
            "qty_order": line.order,
            "qty_design": line.design,
            "need_by": line.need_by.isoformat() if line.need_by else None,
            "unit": UNIT,
            "moq": line.moq,
            "pack_qty": line.pack_qty,
            "guard": line.guard,
        }
        for line in lines
    ]


def template_csv(lines: tuple[Wanted, ...]) -> str:
    """Return the template as CSV."""
    return csv_text(PRICE_TEMPLATE, template_rows(lines))


def length_words(length_mm: int | None) -> str:
    """Return a length for a message, nothing for what is not sold by length."""
    return "" if length_mm is None else f" of {format_decimal(to_metres(length_mm))} m"
