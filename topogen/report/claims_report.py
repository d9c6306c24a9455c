"""Claims, for people and for programs: one row per statement, and the verdicts counted in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.figures.bounds import SAID
from topogen.report.table import Column, Note, Report, Table, decimal, number, quantity, text, words
from topogen.study.claims import INPUT_ONLY, NOT_REPRODUCED, REPRODUCED, UNDER_BASIS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from topogen.load.studies import FileClaims
    from topogen.report.table import Row
    from topogen.study.claims import Claim

DIGITS = 2
COLOURS = {REPRODUCED: "green", UNDER_BASIS: "green", NOT_REPRODUCED: "red", INPUT_ONLY: "dim"}
BASIS = (
    "Reproduced: the unmodified file comes to the published value, to the digits written. Under basis: only "
    "the named assumption, or a value from low to high, does. Swing: how far the binding assumption moves "
    "the computed value. A value answered by another command is the one that the file states for it."
)


def claims_data(found: Sequence[FileClaims]) -> Report:
    """Return every claim with exact values, and the revisions of the files."""
    keys = (
        "claim", "says", "quoted", "computed_low", "computed_base", "computed_high", "computed_bound", "unit",
        "verdict", "basis", "binding_assumption", "swing", "inputs_used", "source", "remark",
        "computed_under",
    )  # fmt: skip
    columns = [Column(key, key) for key in keys]
    rows = [_cells(claim) for file in found for claim in file.claims]
    revisions: list[Row] = [(file.name, file.revision.topology, file.revision.catalog) for file in found]
    heads = [Column(key, key) for key in ("name", "topology_revision", "catalog_revision")]
    tables = [Table("claims", columns, rows), Table("revisions", heads, revisions)]
    return Report(tables, {"answer": counted(found)}, csv=("claims",))


def _cells(claim: Claim) -> Row:
    value = claim.computed
    ends = (None, None, None) if value is None else (value.low, value.base, value.high)
    if value is not None and value.low is None and value.high is None:
        ends = (value.base, value.base, value.base)
    return (
        claim.name, claim.says, claim.quoted, *ends, claim.bound, claim.unit, claim.verdict, claim.basis,
        claim.binding, claim.swing, claim.inputs, claim.source, claim.remark,
        tuple(f"{name}: {_short(one)}" for name, one in claim.under.items()),
    )  # fmt: skip


def claims_report(found: Sequence[FileClaims]) -> Report:
    """Return a table per file, what the verdicts count, and the revisions."""
    tables = [_table(file) for file in found]
    revisions = "; ".join(f"{file.name} {file.revision.topology}" for file in found)
    catalog = ", ".join(dict.fromkeys(file.revision.catalog for file in found))
    said = (counted(found), BASIS, f"Topology revisions: {revisions}. Catalog revision {catalog}.")
    return Report([*tables, *(note for one in said for note in (Note(""), Note(one)))])


def _table(file: FileClaims) -> Table:
    verdict = Column("verdict", "verdict", style=lambda word: COLOURS[word])
    columns = (
        text("claim"), words("statement", "says", drop=1), text("quoted"), text("computed"), verdict,
        words("basis", drop=3), words("binding assumption", "binding_assumption", drop=2),
        number("swing", "swing", decimal(DIGITS), drop=2), words("remark", drop=4),
    )  # fmt: skip
    rows: list[Row] = [
        (
            claim.name, claim.says, _unit(claim.quoted, claim.unit), computed(claim), claim.verdict,
            claim.basis, claim.binding, claim.swing, claim.remark,
        )
        for claim in file.claims
    ]  # fmt: skip
    return Table("claims", columns, rows, f"Claims of {file.name}")


def computed(claim: Claim) -> str:
    """Return what was computed, with its range and unit."""
    value = claim.computed
    if value is None:
        return ""
    low, high = value.low, value.high
    ranged = (low is not None or high is not None) and low != high
    ends = f" ({_short(low)} to {_short(high)})" if ranged else ""
    percent = "%" if claim.quoted.endswith("%") else ""
    return _unit(f"{SAID[claim.bound]}{_short(value.base)}{percent}{ends}", claim.unit)


def _unit(shown: str, unit: str) -> str:
    return f"{shown} {unit}" if shown and unit else shown


def _short(value: Fraction | None) -> str:
    """Return a number with at most two decimals."""
    return "no limit" if value is None else quantity(round(value, DIGITS))


def counted(found: Sequence[FileClaims]) -> str:
    """Return how many claims have each verdict, as a sentence.

    >>> counted([])
    '0 claims: 0 reproduced, 0 reproduced under a stated basis, 0 not reproduced, 0 input only.'
    """
    verdicts = [claim.verdict for file in found for claim in file.claims]
    names = {
        REPRODUCED: REPRODUCED,
        UNDER_BASIS: "reproduced under a stated basis",
        NOT_REPRODUCED: NOT_REPRODUCED,
        INPUT_ONLY: INPUT_ONLY,
    }
    each = (f"{verdicts.count(verdict)} {said}" for verdict, said in names.items())
    return f"{len(verdicts)} claim{'s' * (len(verdicts) != 1)}: {', '.join(each)}."
