"""Dated exchange rates of a file; none is ever fetched."""

from __future__ import annotations

import csv
from fractions import Fraction
from functools import cached_property
from io import StringIO
from typing import TYPE_CHECKING

from topogen.errors import InputError, Mark, Problem
from topogen.language.fields import read_day
from topogen.records import dataclass
from topogen.units import ReadError, format_decimal, parse_decimal

if TYPE_CHECKING:
    from datetime import date

COLUMNS = ("currency", "usd", "date", "source")
LETTERS = 3


@dataclass(frozen=True)
class Rate:
    """US dollars per unit of a currency on a day, and who says so."""

    usd: Fraction
    day: date | None = None
    source: str = ""

    @cached_property
    def words(self) -> str:
        """Return the rate for a message; nothing for US dollars themselves."""
        if self.day is None:
            return ""
        said = f" ({self.source})" if self.source else ""
        return f"{format_decimal(self.usd, 12)} USD on {self.day.isoformat()}{said}"


DOLLAR = Rate(Fraction(1))


def read_rates(text: str, name: str, on: date) -> dict[str, Rate]:
    """Return the latest rate of each currency up to a day; US dollars are always 1.

    Raises
    ------
    InputError
        E786 for missing columns, and for each row that is no rate.
    """
    reader = csv.DictReader(StringIO(text))
    if missing := [one for one in COLUMNS if one not in (reader.fieldnames or ())]:
        message = f"no column {', '.join(missing)}"
        hint = "the columns are currency,usd,date,source with US dollars per unit: EUR,1.0843,2026-11-20,ECB"
        raise InputError([Problem("E786", message, mark=Mark(name, 1, 1), hint=hint)])
    found: dict[str, Rate] = {}
    problems = []
    for row in reader:
        try:
            code, rate = _rate(row)
        except ReadError as error:
            mark = Mark(name, reader.line_num, 1)
            problems.append(Problem("E786", error.message, mark=mark, hint=error.hint))
            continue
        before = found.get(code)
        if rate.day and rate.day <= on and (before is None or before.day is None or before.day <= rate.day):
            if before and before.day == rate.day and before.usd != rate.usd:
                message = f"{code} has two rates on {rate.day.isoformat()}"
                problems.append(
                    Problem("E786", message, mark=Mark(name, reader.line_num, 1), hint="keep one of them")
                )
            found[code] = rate
    if problems:
        raise InputError(problems)
    return {**found, "USD": DOLLAR}


def _rate(row: dict[str, str | None]) -> tuple[str, Rate]:
    cells = {name: (row[name] or "").strip() for name in COLUMNS}
    code = cells["currency"]
    if len(code) != LETTERS or not (code.isascii() and code.isalpha() and code.isupper()):
        hint = "write the ISO code in capital letters, such as EUR; US dollars need no rate"
        raise ReadError("E786", f'"{code}" is not a currency', hint)
    usd = parse_decimal(cells["usd"])
    if not usd or (code == "USD" and usd != 1):
        raise ReadError("E786", f'"{cells["usd"]}" is no rate of {code}', "give US dollars per unit, above 0")
    return code, Rate(usd, read_day(cells["date"]), cells["source"])
