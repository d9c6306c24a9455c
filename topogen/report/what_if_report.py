"""Variations on a terminal and as CSV."""

from __future__ import annotations

import csv
from fractions import Fraction
from io import StringIO
from typing import TYPE_CHECKING, TypeAlias

from topogen.report.terminal import console, money, table_of
from topogen.units import W_PER_KW, format_count, format_decimal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from topogen.study.what_if import WhatIf

HEADINGS = ("gpus", "links", "USD", "USD per GPU", "to first", "devices USD", "kW")
KW_PLACES = 3
Cell: TypeAlias = int | Fraction | str | None


def print_what_ifs(rows: Sequence[WhatIf]) -> None:
    """Print one row a variation; below, why some are refused, what they lack, and what is left out."""
    out = console()
    paths = _paths(rows)
    figures = _figures(rows)
    table = table_of(
        *(f"{path.rpartition('.')[2]}=" for path in paths),
        *(f"#{heading}" for heading in HEADINGS),
        *(f"#{text}" for text in figures),
        "",
    )
    for row in rows:
        asked = dict(row.changes)
        cells = [""] * (len(HEADINGS) + len(figures)) if row.refused else _shown(row, rows[0], figures)
        mark = "refused" if row.refused else "lower bound" if row.partial else ""
        table.add_row(*(asked.get(path, "") for path in paths), *cells, mark)
    out.print(table)
    for row in rows:
        for text in (f"refused: {row.refused}" if row.refused else "", *row.notes):
            if text:
                out.print(f"{_asked(row)}: {text}", soft_wrap=True)
    out.print(
        "Money is base prices of the interconnect, both ends of every link; kW its power.", soft_wrap=True
    )
    if any(row.partial for row in rows):
        out.print("A lower bound lacks the price of some part: topogen bom lists them.", soft_wrap=True)


def _shown(row: WhatIf, first: WhatIf, figures: Sequence[str]) -> list[str]:
    each = row.cost_per_gpu_usd
    more = None if first.refused else row.cost_usd - first.cost_usd
    return [
        format_count(row.gpus),
        format_count(row.links),
        money(row.cost_usd),
        "" if each is None else money(each),
        "" if not more else f"{'+' if more > 0 else '-'}{money(abs(more))}",
        money(row.network_device_usd),
        format_decimal(row.power_w / W_PER_KW, KW_PLACES),
        *(_plain(row.figures.get(text)) for text in figures),
    ]


def what_ifs_csv(rows: Sequence[WhatIf]) -> str:
    """Return one row a variation, exact to six places; empty where it lacks something, or is refused."""
    paths, figures = _paths(rows), _figures(rows)
    vendors = list(dict.fromkeys(vendor for row in rows for vendor in row.vendors))
    columns = [
        *paths, "gpus", "links", "interconnect_usd", "interconnect_usd_per_gpu", "network_device_usd",
        "interconnect_w", "lower_bound", *figures, *(f"usd_to_{vendor}" for vendor in vendors), "refused",
    ]  # fmt: skip
    text = StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        cells: dict[str, Cell] = {**dict(row.changes), "refused": row.refused}
        writer.writerow({name: _plain(cell) for name, cell in (cells | _cells(row)).items()})
    return text.getvalue()


def _cells(row: WhatIf) -> dict[str, Cell]:
    if row.refused:
        return {}
    return {
        "gpus": row.gpus,
        "links": row.links,
        "interconnect_usd": row.cost_usd,
        "interconnect_usd_per_gpu": row.cost_per_gpu_usd,
        "network_device_usd": row.network_device_usd,
        "interconnect_w": row.power_w,
        "lower_bound": "yes" if row.partial else "no",
        **row.figures,
        **{f"usd_to_{vendor}": usd for vendor, usd in row.vendors.items()},
    }


def _paths(rows: Iterable[WhatIf]) -> list[str]:
    return list(dict.fromkeys(path for row in rows for path, _ in row.changes))


def _figures(rows: Iterable[WhatIf]) -> list[str]:
    return list(dict.fromkeys(text for row in rows for text in row.figures))


def _asked(row: WhatIf) -> str:
    return ", ".join(f"{path}={value}" for path, value in row.changes) or "as it stands"


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    return format_decimal(cell) if isinstance(cell, Fraction) else str(cell)
