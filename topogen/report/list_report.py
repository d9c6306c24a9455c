"""The shipped topologies, as ``topogen list`` shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.report.table import Report, Table, names, text, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from topogen.load.files import Shipped


def list_report(shipped: Iterable[Shipped]) -> Report:
    """Return name, status, title and scenarios of each topology."""
    columns = (text("name"), text("status", drop=1), words("title"), names("scenarios", drop=2))
    rows = [(one.name, one.status, one.title, one.scenarios) for one in shipped]
    return Report([Table("topologies", columns, rows)])
