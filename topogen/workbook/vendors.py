"""The sheets ``Content`` and ``Vendors``: who earns what inside each line, as formulas over the prices."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from xlsxwriter.utility import xl_col_to_name as letters

from topogen.catalog.pricing import MARGIN, UNASSIGNED, unit_price
from topogen.records import dataclass
from topogen.takeoff.roll_up import COUNTED
from topogen.workbook.cells import Book, Head, constant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from xlsxwriter.worksheet import Worksheet

    from topogen.catalog.model import Catalog, Part
    from topogen.columns.cells import Cell
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp
    from topogen.workbook.bom_sheet import BomSheet
    from topogen.workbook.prices import Prices

CONTENT, SHEET = "Content", "Vendors"
HEADS = (
    Head("line_no", 7, "count"), Head("line part_id", 22), Head("cost_scope", 14), Head("vendor", 18),
    Head("layer", 16),
    Head("part_id", 22), Head("value USD", 16, "usd"),
)  # fmt: skip
UNIT = ""
"""The price of the line itself in a linear price; other keys are parts."""

Price = dict[str, Fraction]
"""A price as a sum of prices: each part, or the line, with its factor."""


@dataclass(frozen=True)
class Share:
    """What one maker earns in one piece of a line."""

    vendor: str
    layer: str
    part: str
    price: Price


def write_vendors(book: Book, fabric: Fabric, rollup: RollUp, prices: Prices, bom: BomSheet) -> None:
    """Write content by line and the table of vendors by layer."""
    table, content = book.sheet(SHEET), book.sheet(CONTENT)
    book.headings(content, 0, HEADS)
    pairs: dict[tuple[str, str], Fraction] = {}
    row = 0
    for number, line in enumerate(rollup.lines):
        for share in shares(fabric.catalog, line.part):
            row += 1
            cells: tuple[Cell, ...] = (
                number + 1,
                line.part,
                line.cost_scope,
                share.vendor,
                share.layer or "none",
                share.part,
            )
            for column, value in enumerate(cells):
                book.put(content, (row, column), value, HEADS[column].style)
            formula, now = _value(fabric, rollup, number, share, prices, bom)
            book.formula(content, (row, len(HEADS) - 1), formula, now)
            if line.cost_scope in COUNTED:
                pair = share.vendor, share.layer or "none"
                pairs[pair] = pairs.get(pair, Fraction(0)) + now
    content.autofilter(0, 0, max(1, row), len(HEADS) - 1)
    _write_table(book, table, pairs, row)


def _write_table(book: Book, sheet: Worksheet, pairs: Mapping[tuple[str, str], Fraction], rows: int) -> None:
    """Write the table of vendors by layer over the rows of the content; ``pairs`` is what it comes to now."""
    if not pairs:
        book.put(sheet, (0, 0), "nothing that is summed has a part")
        return
    vendors = sorted({vendor for vendor, _ in pairs}, key=lambda one: (one == UNASSIGNED, one))
    layers = sorted({layer for _, layer in pairs})
    heads = (Head("vendor, content view", 22), *(Head(layer, 14, "usd") for layer in layers), Head("all", 16))
    book.headings(sheet, 0, heads)
    last, whole = len(vendors) + 1, len(layers) + 1
    for row, vendor in enumerate(vendors, start=1):
        book.put(sheet, (row, 0), vendor)
        for at, layer in enumerate(layers, start=1):
            now = pairs.get((vendor, layer), Fraction(0))
            book.formula(sheet, (row, at), _sums(row, at, rows), now)
        now = sum((value for (one, _), value in pairs.items() if one == vendor), Fraction(0))
        book.formula(sheet, (row, whole), f"SUM(B{row + 1}:{letters(whole - 1)}{row + 1})", now, "total")
    book.put(sheet, (last, 0), "all", "head")
    for at, layer in enumerate((*layers, ""), start=1):
        now = sum((value for (_, one), value in pairs.items() if layer in ("", one)), Fraction(0))
        book.formula(sheet, (last, at), f"SUM({letters(at)}2:{letters(at)}{last})", now, "total")
    total = letters(whole)
    names, values = f"={SHEET}!$A$2:$A${last}", f"={SHEET}!${total}$2:${total}${last}"
    book.bars(sheet, last + 2, "Content by vendor, USD", (names, values))


def _sums(row: int, at: int, rows: int) -> str:
    """Return the value of the vendor of a row in the layer of a column, of the scopes that are summed."""

    def column(name: str) -> str:
        found = letters([head.words for head in HEADS].index(name))
        return f"{CONTENT}!${found}$2:${found}${max(2, rows + 1)}"

    where = f"{column('vendor')},$A{row + 1},{column('layer')},{letters(at)}$1,{column('cost_scope')}"
    return "+".join(f'SUMIFS({column("value USD")},{where},"{scope}")' for scope in COUNTED)


def _value(
    fabric: Fabric, rollup: RollUp, number: int, share: Share, prices: Prices, bom: BomSheet
) -> tuple[str, Fraction]:
    """Return the value of a share of all pieces of a line, and what it is now."""
    line = rollup.lines[number]
    terms, now = [], Fraction(0)
    for name, factor in share.price.items():
        if factor:
            cell = bom.cell(number, "unit_cost") if name == UNIT else prices.price(name)
            terms.append(f"{constant(factor)}*N({cell})")
            price = line.unit if name == UNIT else unit_price(fabric.catalog, name).usd
            now += factor * (price.base if price else 0)
    sum_of = "+".join(terms).replace("+-", "-") or "0"
    return f"{bom.cell(number, 'qty_design')}*({sum_of})", now * line.qty


def shares(catalog: Catalog, part: str) -> list[Share]:
    """Return who earns what in one piece of a part, as prices; the sum is the price of the piece.

    The same split as that of the content view (`topogen.catalog.pricing.earnings`), written with the names
    of prices in place of their values.
    """
    found: dict[tuple[str, str, str], Price] = {}
    for vendor, layer, name, price in _earn(catalog, part, {UNIT: Fraction(1)}, Fraction(1)):
        found[vendor, layer, name] = _plus(found.get((vendor, layer, name), {}), price, Fraction(1))
    return [Share(*key, price) for key, price in found.items()]


def _earn(
    catalog: Catalog, part_id: str, price: Price, quantity: Fraction
) -> Iterator[tuple[str, str, str, Price]]:
    part = catalog.parts[part_id]
    if part.alternates:
        yield from _earn_of_alternates(catalog, part, price, quantity)
        return
    rest = dict(price)
    for name, count in part.contains.items():
        inner = {name: Fraction(1)}
        rest = _plus(rest, inner, Fraction(-count))
        yield from _earn(catalog, name, inner, quantity * count)
    if part.margin:
        margin = _times(price, part.margin)
        rest = _plus(rest, margin, Fraction(-1))
        yield from _split(part, MARGIN, margin, quantity)
    yield from _split(part, part.layer or "", rest, quantity)


def _earn_of_alternates(
    catalog: Catalog, part: Part, price: Price, quantity: Fraction
) -> Iterator[tuple[str, str, str, Price]]:
    rest = _times(price, quantity)
    whole = sum(part.alternates.values(), Fraction(0))
    mean: Price = {}
    for name, share in part.alternates.items():
        mean = _plus(mean, {name: Fraction(1)}, share / whole)
    known = all(unit_price(catalog, name).usd is not None for name in part.alternates)
    for name, share in part.alternates.items():
        own = price
        if part.price_usd is None and known:
            own = _plus({name: Fraction(1)}, _plus(price, mean, Fraction(-1)), Fraction(1))
        rest = _plus(rest, own, -quantity * share)
        yield from _earn(catalog, name, own, quantity * share)
    if any(rest.values()):
        yield UNASSIGNED, part.layer or "", part.id, rest


def _split(part: Part, layer: str, price: Price, quantity: Fraction) -> Iterator[tuple[str, str, str, Price]]:
    missing = 1 - sum(part.made_by.values(), Fraction(0))
    for vendor, share in (dict(part.made_by) | ({UNASSIGNED: missing} if missing else {})).items():
        yield vendor, layer, part.id, _times(price, quantity * share)


def _times(price: Price, factor: Fraction) -> Price:
    return {name: one * factor for name, one in price.items()}


def _plus(price: Price, other: Price, factor: Fraction) -> Price:
    return {
        name: price.get(name, Fraction(0)) + factor * other.get(name, Fraction(0))
        for name in {**price, **other}
    }
