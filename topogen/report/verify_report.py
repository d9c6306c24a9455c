"""What differs between found cables and a model, and what is wrong with a sheet, for all readers."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.found.compare import KINDS
from topogen.found.rows import UNKNOWN_RATE
from topogen.report.table import Note, Report, Table, number, rate, text, words
from topogen.units import MBPS_PER_GBPS, count_words, format_count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.found.audit import Audited, PartCount
    from topogen.found.compare import Mismatch, Verified
    from topogen.found.rows import RowProblem

MOST_ROWS = 40
"""Rows of a table that people are shown; programs get all."""
AND = "; "


def verify_report(found: Verified, facts: Mapping[str, str | None], of: str = "") -> Report:
    """Return how found cables compare with a model; ``of`` names the one table that CSV has."""
    tables = [_summary(found), _mismatches(found.mismatches), _problems(found.problems)]
    return Report([*_opening(found), *tables, *_left_out(tables)], facts, csv=(of or "errors",))


def _opening(found: Verified) -> Iterator[Note]:
    right = f"{format_count(found.right)} of {count_words(found.cables, 'cable')} of the model found right"
    if found.is_right:
        yield Note(f"{right}; nothing differs.", "green")
    else:
        kinds = Counter(one.kind for one in found.mismatches)
        said = [f"{format_count(kinds[kind])} {kind}" for kind in KINDS if kinds[kind]]
        unread = len({one.line for one in found.problems if one.kind != "duplicate"})
        said += [f"{count_words(unread, 'row')} not compared"] if unread else []
        yield Note(f"{right}. {AND.join(said)}.", "bold")
    if found.outside:
        message = f"{count_words(found.outside, 'row')} at ports whose links leave the model: not compared."
        yield Note(message)


def _summary(found: Verified) -> Table:
    kinds = Counter(one.kind for one in found.mismatches)
    rows = [
        ("cables", found.cables), ("cables right", found.right), ("links", found.links), ("rows", found.rows),
        *((kind, kinds[kind]) for kind in KINDS),
        ("row not compared", len({one.line for one in found.problems if one.kind != "duplicate"})),
        ("duplicate row", sum(one.kind == "duplicate" for one in found.problems)),
    ]  # fmt: skip
    return Table("summary", (text("what"), number("count")), rows, "Summary")


def _mismatches(mismatches: Sequence[Mismatch]) -> Table:
    columns = (
        text("error"), text("expected"), text("found"), text("lines"),
        number("expected rate", "expected_gbps", rate, drop=2),
        number("found rate", "found_gbps", rate, drop=1),
    )  # fmt: skip
    rows = [
        (
            one.kind, AND.join(one.expected) or None, AND.join(one.found) or None,
            ", ".join(map(str, one.lines)) or None, _gbps(one.rate_expected), _gbps(one.rate_found),
        )
        for one in mismatches
    ]  # fmt: skip
    return Table("errors", columns, rows, "Errors", most=MOST_ROWS)


def _gbps(mbps: int) -> Fraction | None:
    return None if mbps == UNKNOWN_RATE else Fraction(mbps, MBPS_PER_GBPS)


def _problems(problems: Sequence[RowProblem]) -> Table:
    columns = (number("line"), text("column", drop=1), text("kind"), words("problem"))
    rows = [(one.line, one.column or None, one.kind, one.message) for one in problems]
    return Table("rows", columns, rows, "Rows", most=MOST_ROWS)


def audit_sheet_report(found: Audited, facts: Mapping[str, str | None], of: str = "") -> Report:
    """Return what is wrong with a sheet; ``of`` names the one table that CSV has."""
    tables = [_kinds(found), _problems(found.problems), _parts(found.parts)]
    has = f"{count_words(found.rows, 'cable')}, {count_words(found.devices, 'device')}, "
    has += count_words(found.ports, "port")
    wrong = len(found.problems) + sum(one.verdict not in {"", "right"} for one in found.parts)
    note = Note(f"{has}: nothing wrong.", "green")
    if wrong:
        note = Note(f"{has}: {count_words(wrong, 'problem')}.", "bold")
    return Report([note, *tables, *_left_out(tables)], facts, csv=(of or "rows",))


def _kinds(found: Audited) -> Table:
    kinds = Counter(one.kind for one in found.problems)
    rows = [("rows", found.rows), ("devices", found.devices), ("ports", found.ports), *sorted(kinds.items())]
    return Table("summary", (text("what"), number("count")), rows, "Summary")


def _parts(parts: Sequence[PartCount]) -> Table:
    columns = (
        text("module", "part_id"), number("ends of rows", "ends"), number("modules by cage", "modules"),
        number("in the BOM", "bom_qty"), text("verdict"),
    )  # fmt: skip
    return Table("modules", columns, [tuple(one) for one in parts], "Modules")


def _left_out(tables: Sequence[Table]) -> list[Note]:
    """Return a sentence on the rows that people are not shown; nothing where they see all."""
    left = [
        f"{count_words(len(table.rows) - table.most, 'more row')} of {table.title.lower()}"
        for table in tables
        if table.most is not None and len(table.rows) > table.most
    ]
    return [Note(f"Not shown: {AND.join(left)}. --format csv --of TABLE has all.")] if left else []
