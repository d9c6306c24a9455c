"""The audit of a catalog: shares of each total by confidence, basis and age."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.report.table import Note, Report, Table, money, number, percent, text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from topogen.checks.audit import Audited


def audit_report(rows: Sequence[Audited], of: str, at: date) -> Report:
    """Return how much of each total rests on which figures, on a day."""
    columns = (
        text("total"),
        text("by"),
        text("kind"),
        number("amount", "amount", money),
        number("share", "share_pct", percent),
    )
    cells = [(one.total, one.by, one.kind, one.value, 100 * one.share) for one in rows]
    title = f"What the figures of {of} rest on, {at}"
    basis = "Base values. A price that follows from alternates counts for each of them by its share."
    return Report([Table("audit", columns, cells, title), Note(basis)])
