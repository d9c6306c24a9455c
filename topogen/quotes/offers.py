"""From a row of a sheet to an offer in US dollars per piece, or to the reasons why it is refused."""

from __future__ import annotations

from dataclasses import field
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.errors import nearest
from topogen.ordering.rounding import rounded_up
from topogen.quotes.cells import (
    CellError,
    is_formula,
    read_length,
    read_money,
    read_number,
    read_per,
    read_pieces,
    read_valid_until,
    shows_commas,
)
from topogen.quotes.template import UNIT, length_words
from topogen.records import dataclass
from topogen.takeoff.gaps import is_placeholder
from topogen.units import MM_PER_M, format_decimal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import date
    from typing import TypeVar

    from topogen.quotes.cells import Money, Read
    from topogen.quotes.rates import Rate
    from topogen.quotes.sheets import Line, Sheet
    from topogen.quotes.template import Key, Wanted

    Made = TypeVar("Made")

RESULTS = ("applied", "converted", "refused", "not_quoted", "ignored")
"""What becomes of a row."""
NUMBERS = ("unit_price", "length_m", "moq", "pack_qty", "lead_time_weeks")
FILLED_IN = ("unit_price", "currency", "price_per", "lead_time_weeks", "valid_until")
GIVEN = ("moq", "pack_qty")
"""Terms that the template gives as the catalog has them: filled in where they are other ones."""
CONVERTED = frozenset(
    ("decimal_comma", "thousands", "currency_in_cell", "currency_converted", "unit_word", "pack_price",
     "metre_price", "date_read", "supplier_of_file")
)  # fmt: skip
"""Kinds of findings that make a row converted: something is read otherwise than it is written."""
MOST_LEAD_WEEKS = 520


@dataclass(frozen=True)
class Finding:
    """What was found in a row: its kind, the columns it is about, and a sentence."""

    kind: str
    columns: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class Offer:
    """What a supplier asks for one piece of a part and length.

    Minimum and pack are those of the catalog where the supplier states none.
    """

    wanted: Wanted
    supplier: str
    usd: Fraction
    money: Money
    rate: Rate
    moq: int | None
    pack_qty: int | None
    lead_time_weeks: Fraction | None
    valid_until: date | None
    mpn: str | None
    per: str

    @property
    def order(self) -> int:
        """Return the pieces to order for what is needed: at least the minimum, in whole packs."""
        return rounded_up(self.wanted.pieces, self.moq, self.pack_qty)

    @property
    def known_usd(self) -> Fraction | None:
        """Return the price per piece that the catalog has for that order, None if unknown."""
        return self.wanted.known_usd(self.order)

    @property
    def words(self) -> str:
        """Return the price as quoted, with the rate that it was converted at."""
        at = f" at {self.rate.words}" if self.rate.words else ""
        return f"{format_decimal(self.money.amount, 12)} {self.money.currency} per {self.per}{at}"

    @property
    def cost(self) -> Fraction:
        """Return what that order costs."""
        return self.order * self.usd


@dataclass
class Judged:
    """A row of a sheet and what became of it; without an offer it is refused, not quoted or ignored."""

    line: Line
    result: str
    findings: list[Finding] = field(default_factory=list)
    offer: Offer | None = None
    award: int | None = None

    def refuse(self, finding: Finding) -> None:
        """Refuse a row, and say only why."""
        self.result, self.offer = "refused", None
        self.findings = [finding]


@dataclass(frozen=True)
class Asked:
    """What the rows are read against: what is ordered, the catalog, rates, and the day of the merge.

    ``least`` has the price in US dollars that the contents of a part have by themselves.
    """

    lines: Mapping[Key, Wanted]
    parts: Collection[str]
    rates: Mapping[str, Rate]
    on: date
    least: Mapping[str, Fraction] = field(default_factory=dict)

    @property
    def by_guard(self) -> dict[str, Wanted]:
        """Return what is ordered by its guard."""
        return {one.guard: one for one in self.lines.values()}


def judge(sheet: Sheet, asked: Asked, default_supplier: str) -> Iterator[Judged]:
    """Yield every row of a sheet once, those above the header too, with what became of it."""
    for line in sheet.ignored:
        yield Judged(line, "ignored", [Finding("no_header", (), "no header above it: nothing is read of it")])
    commas = any(shows_commas(line.cells.get(name, "")) for line in sheet.lines for name in NUMBERS)
    guards = asked.by_guard
    for line in sheet.lines:
        yield _RowReader(line, asked, guards, commas=commas).judged(default_supplier)


class _RowReader:
    """Reads the cells of one row, and gathers what it finds."""

    def __init__(self, line: Line, asked: Asked, guards: Mapping[str, Wanted], *, commas: bool) -> None:
        self.line, self.asked, self.guards, self.commas = line, asked, guards, commas
        self.wrong: list[Finding] = []
        self.notes: list[Finding] = []

    def cell(self, column: str) -> str:
        """Return a cell without the apostrophe that keeps a spreadsheet from changing it."""
        return self.line.cells.get(column, "").removeprefix("'")

    def note(self, kind: str, column: str, words: str) -> None:
        self.notes.append(Finding(kind, (column,), words))

    def fail(self, kind: str, column: str, words: str) -> None:
        self.wrong.append(Finding(kind, (column,), words))

    def read(self, column: str, reader: Callable[[str], Made]) -> Made | None:
        """Return what a cell says, None where it is empty or cannot be read."""
        text = self.cell(column)
        if not text:
            return None
        if is_formula(text):
            self.fail("formula", column, f'"{text}" is a formula: paste its value')
            return None
        try:
            return reader(text)
        except CellError as error:
            self.fail(error.kind, column, str(error))
            return None

    def judged(self, default_supplier: str) -> Judged:
        """Return what became of the row."""
        if self.line.extra:
            words = "it has more cells than the header: a cell with a delimiter in it needs quotes"
            return Judged(self.line, "refused", [Finding("cells_shifted", (), words)])
        wanted = self.matched()
        if wanted is not None and not self.is_filled_in(wanted):
            return Judged(self.line, "not_quoted", [Finding("not_quoted", (), "nothing is filled in")])
        offer = self.offer(wanted, default_supplier) if wanted else None
        if offer is None:
            return Judged(self.line, "refused", self.wrong)
        converted = any(one.kind in CONVERTED for one in self.notes)
        return Judged(self.line, "converted" if converted else "applied", self.notes, offer)

    def is_filled_in(self, wanted: Wanted) -> bool:
        """Return whether any cell says more than the template does."""
        given = any(self.cell(column) not in ("", str(getattr(wanted, column))) for column in GIVEN)
        return given or any(self.cell(column) for column in FILLED_IN)

    # Which row of the template it is

    def matched(self) -> Wanted | None:
        """Return what the row quotes; an id or length that was edited is refused."""
        part = self.cell("part_id")
        length = self.read("length_m", lambda text: read_length(text, commas=self.commas))
        if self.wrong:
            return None
        if length and length[1]:
            self.note("decimal_comma", "length_m", length[1])
        key = part, length[0] if length else None
        wanted, guard = self.asked.lines.get(key), self.cell("guard")
        if guard:
            return self.guarded(wanted, guard, key)
        if wanted is None:
            self.fail("unmatched", "part_id", self.why_unmatched(part, key[1]))
        else:
            self.note("no_guard", "guard", "no guard: matched by part_id and length_m alone")
        return wanted

    def guarded(self, wanted: Wanted | None, guard: str, key: Key) -> Wanted | None:
        meant = self.guards.get(guard)
        if wanted is not None and meant is wanted:
            return wanted
        if meant is not None:
            row = f"{meant.part}{length_words(meant.length_mm)}"
            words = f"the guard is that of {row}: restore part_id and length_m, or copy the row again"
            self.fail("edited_id", "part_id", words)
        elif wanted is not None:
            words = f"the guard is not that of {key[0]}{length_words(key[1])}: copy the row from the template"
            self.fail("edited_id", "guard", words)
        else:
            self.fail("unmatched", "part_id", self.why_unmatched(*key))
        return None

    def why_unmatched(self, part: str, length_mm: int | None) -> str:
        if not part:
            return "no part_id"
        lengths = [one.length_mm for one in self.asked.lines.values() if one.part == part]
        if lengths:
            some = ", ".join(format_decimal(Fraction(mm, MM_PER_M)) for mm in lengths if mm is not None)
            given = "no length_m" if length_mm is None else f"{part}{length_words(length_mm)} is not ordered"
            return f"{given}: {f'ordered are {some} m' if some else 'it is not sold by length'}"
        if part in self.asked.parts:
            return f'"{part}" is in the catalog, but nothing of it is ordered'
        close = nearest(part, self.asked.parts)
        hint = f"; {close}" if close.startswith("did you mean") else ""
        return f'the catalog has no part "{part}"{hint}'

    # What it says

    def offer(self, wanted: Wanted, default_supplier: str) -> Offer | None:
        """Return the offer, None if any cell is refused."""
        self.check_unit()
        money = self.read("unit_price", lambda text: read_money(text, self.currency(), commas=self.commas))
        if not self.cell("unit_price"):
            self.fail("no_price", "unit_price", "other cells are filled in, but no price")
        moq, pack = self.pieces("moq"), self.pieces("pack_qty")
        weeks, day = self.weeks(), self.valid_until()
        mpn, supplier = self.mpn(wanted), self.supplier(default_supplier)
        for kind, words in money.notes if money else ():
            self.note(kind, "unit_price", words)
        rate = self.rate(money.currency) if money else None
        per = self.per(wanted, pack)
        if self.wrong or money is None or rate is None or per is None:
            return None
        usd = self.per_piece(money.amount * rate.usd, per, wanted, pack)
        moq, pack = moq or wanted.moq, pack or wanted.pack_qty
        return Offer(wanted, supplier, usd, money, rate, moq, pack, weeks, day, mpn, per)

    def currency(self) -> str:
        text = self.cell("currency")
        if is_formula(text):
            raise CellError("formula", f'"{text}" in currency is a formula: paste its value')
        return text

    def check_unit(self) -> None:
        text = self.cell("unit")
        if text and text != UNIT:
            words = (
                f'the template counts "{UNIT}", the row says "{text}": say in price_per what the price is for'
            )
            self.fail("unit_conflict", "unit", words)

    def pieces(self, column: str) -> int | None:
        read = self.read(column, lambda text: read_pieces(text, commas=self.commas))
        return int(self.noted(column, read).value) if read else None

    def noted(self, column: str, read: Read) -> Read:
        if read.note:
            self.note(read.kind, column, read.note)
        return read

    def weeks(self) -> Fraction | None:
        read = self.read("lead_time_weeks", lambda text: read_number(text, commas=self.commas))
        if read is None:
            return None
        if read.value > MOST_LEAD_WEEKS:
            self.fail("not_a_number", "lead_time_weeks", f"more than {MOST_LEAD_WEEKS} weeks")
        return self.noted("lead_time_weeks", read).value

    def valid_until(self) -> date | None:
        read = self.read("valid_until", read_valid_until)
        if read is None:
            return None
        if read[1]:
            self.note("date_read", "valid_until", read[1])
        if read[0] < self.asked.on:
            words = (
                f"valid until {read[0].isoformat()}, before {self.asked.on.isoformat()}: ask for a new quote"
            )
            self.fail("expired", "valid_until", words)
        return read[0]

    def mpn(self, wanted: Wanted) -> str | None:
        text = self.cell("mpn")
        if text == (wanted.mpn or "") or not text:
            return None
        if not text.isprintable() or is_formula(text):
            self.fail(
                "formula" if is_formula(text) else "control_character", "mpn", f"{text!r} is no part number"
            )
            return None
        if wanted.mpn is None or is_placeholder(wanted.mpn):
            where = "" if wanted.length_mm is None else "; add it to lengths_m in your catalog"
            self.note("mpn_offered", "mpn", f'part number "{text}" is new{where}')
            return text
        if _as_number(text) is not None and _as_number(text) == _as_number(wanted.mpn):
            self.note(
                "mpn_changed", "mpn", f'"{text}" is taken for "{wanted.mpn}", which a spreadsheet changed'
            )
            return None
        words = (
            f'"{text}" is another part number than "{wanted.mpn}": correct it, or make it a part of its own'
        )
        self.fail("other_mpn", "mpn", words)
        return None

    def supplier(self, default: str) -> str:
        text = self.cell("supplier")
        if not text:
            self.note("supplier_of_file", "supplier", f'no supplier: named after the file, "{default}"')
            return default
        if not text.isprintable() or is_formula(text):
            self.fail(
                "formula" if is_formula(text) else "control_character", "supplier", f"{text!r} is no name"
            )
        return text

    def rate(self, currency: str) -> Rate | None:
        rate = self.asked.rates.get(currency)
        if rate is None:
            words = (
                f'no rate of "{currency}" up to {self.asked.on.isoformat()}: add one to the file of --rates'
            )
            self.fail("currency_unknown", "currency", words)
        elif rate.words:
            self.note("currency_converted", "currency", f"1 {currency} = {rate.words}")
        return rate

    def per(self, wanted: Wanted, pack: int | None) -> str | None:
        read = self.read("price_per", read_per)
        if read is None:
            if not self.cell("price_per"):
                self.fail("unit_missing", "price_per", "say what the price is for: piece, pack or m")
            return None
        if read[1]:
            self.note("unit_word", "price_per", read[1])
        if read[0] == "pack" and pack is None:
            self.fail("unit_conflict", "pack_qty", "a price per pack needs the pieces per pack")
        if read[0] == "m" and wanted.length_mm is None:
            self.fail(
                "unit_conflict", "price_per", f"{wanted.part} is not sold by length: price it per piece"
            )
        return read[0]

    def per_piece(self, usd: Fraction, per: str, wanted: Wanted, pack: int | None) -> Fraction:
        if per == "pack" and pack:
            self.note("pack_price", "price_per", f"price of a pack / {pack} pieces")
            return usd / pack
        if per == "m" and wanted.length_mm is not None:
            self.note("metre_price", "price_per", f"price of a metre x {format_decimal(_metres(wanted))} m")
            return usd * _metres(wanted)
        return usd


def _metres(wanted: Wanted) -> Fraction:
    return Fraction(wanted.length_mm or 0, MM_PER_M)


def _as_number(text: str) -> Fraction | None:
    """Return the number that a spreadsheet makes of a part number, None if none."""
    try:
        return Fraction(text) if "/" not in text and "_" not in text else None
    except ValueError:
        return None


def suppliers_of(judged: Sequence[Judged]) -> list[str]:
    """Return the suppliers of all offers, sorted."""
    return sorted({one.offer.supplier for one in judged if one.offer})
