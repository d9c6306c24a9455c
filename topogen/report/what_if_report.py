"""Variations, for people and for programs."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from topogen.report.table import Column, Note, Report, Table, decimal, money, number
from topogen.units import W_PER_KW, format_decimal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from topogen.study.what_if import WhatIf

KW_PLACES = 3
THOUSAND = 1000
Cell: TypeAlias = int | Fraction | str | None


def what_if_report(rows: Sequence[WhatIf]) -> Report:
    """Return one row per variation for people; below, why some are refused, and what they lack."""
    paths, figures = _paths(rows), _figures(rows)
    columns = (
        *(number(f"{path.rpartition('.')[2]}=", path, str) for path in paths),
        number("gpus", drop=4),
        number("links", drop=3),
        number("USD", "interconnect_usd", money),
        number("USD per GPU", "interconnect_usd_per_gpu", money, drop=2),
        number("vs. first", "vs_first_usd", _signed),
        number("devices USD", "network_device_usd", money, drop=1),
        number("kW", "interconnect_kw", decimal(KW_PLACES)),
        *(number(name, name, _with_separators, drop=5 + rank) for rank, name in enumerate(figures)),
        Column("", "mark", style=lambda value: "red" if value == "refused" else "yellow"),
    )
    cells = []
    for row in rows:
        asked = dict(row.changes)
        mark = "refused" if row.refused else "at least" if row.partial or row.devices_partial else ""
        values = [None] * (7 + len(figures)) if row.refused else _values(row, rows[0], figures)
        cells.append((*(asked.get(path) for path in paths), *values, mark))
    return Report([Table("what_if", columns, cells), *map(Note, _remarks(rows))])


def _with_separators(value: Fraction) -> str:
    """Return a figure with thousands separators and at most six decimals."""
    whole, point, rest = format_decimal(Fraction(value), 6).partition(".")
    return f"{int(whole):,}{point}{rest}" if abs(value) >= THOUSAND else f"{whole}{point}{rest}"


def _values(row: WhatIf, first: WhatIf, figures: Sequence[str]) -> list[int | Fraction | None]:
    """Return the figures of a variation; no difference in cost where the two lack different prices."""
    comparable = not first.refused and row.missing == first.missing
    more = row.cost_usd - first.cost_usd if comparable and row.cost_usd != first.cost_usd else None
    return [
        row.gpus, row.links, row.cost_usd, row.cost_per_gpu_usd, more, row.network_device_usd,
        row.power_w / W_PER_KW, *(row.figures.get(name) for name in figures),
    ]  # fmt: skip


def _signed(value: Fraction) -> str:
    return f"{'+' if value > 0 else '-'}{money(abs(value))}"


def _remarks(rows: Sequence[WhatIf]) -> Iterator[str]:
    """Yield what is said below the table."""
    for row in rows:
        for text in (f"refused: {row.refused}" if row.refused else "", *row.notes):
            if text:
                yield f"{_asked(row)}: {text}"
    yield "USD: base prices of the interconnect, both ends of every link. kW: power of the interconnect."
    for word, some in [
        ("interconnect", any(row.partial for row in rows)),
        ("network devices", any(row.devices_partial for row in rows)),
    ]:
        if some:
            yield f"At least: some price of the {word} is missing; topogen bom lists them."
    if len({row.missing for row in rows if not row.refused}) > 1:
        yield "No difference (vs. first) is shown where variations lack different prices."


def what_ifs_data(rows: Sequence[WhatIf]) -> Report:
    """Return one row per variation for programs; unknown where it lacks something, or is refused."""
    paths, figures = _paths(rows), _figures(rows)
    vendors = dict.fromkeys(vendor for row in rows for vendor in row.vendors)
    keys = [
        *paths, "gpus", "links", "interconnect_usd", "interconnect_usd_per_gpu", "network_device_usd",
        "interconnect_w", "lower_bound", "network_device_lower_bound", *figures,
        *(f"usd_to_{vendor}" for vendor in vendors), "refused",
    ]  # fmt: skip
    cells = []
    for row in rows:
        found: dict[str, Cell] = {**dict(row.changes), "refused": row.refused, **_cells(row)}
        cells.append(tuple(found.get(key) for key in keys))
    return Report([Table("what_if", [Column(key, key) for key in keys], cells)])


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
        "network_device_lower_bound": "yes" if row.devices_partial else "no",
        **row.figures,
        **{f"usd_to_{vendor}": usd for vendor, usd in row.vendors.items()},
    }


def _paths(rows: Iterable[WhatIf]) -> list[str]:
    return list(dict.fromkeys(path for row in rows for path, _ in row.changes))


def _figures(rows: Iterable[WhatIf]) -> list[str]:
    return list(dict.fromkeys(text for row in rows for text in row.figures))


def _asked(row: WhatIf) -> str:
    return ", ".join(f"{path}={value}" for path, value in row.changes) or "unmodified file"
