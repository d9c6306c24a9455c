"""Variations, for people and for programs."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from topogen.report.table import (
    Column,
    Note,
    Report,
    Table,
    decimal,
    figure_text,
    money,
    number,
    revision_line,
    words,
)
from topogen.units import W_PER_KW

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from topogen.study.what_if import WhatIf

KW_PLACES = 3
MOST_LETTERS = 24
"""Letters of the names of paths that have a column each; several longer ones share one, which wraps."""
Cell: TypeAlias = int | Fraction | str | None


def what_if_report(rows: Sequence[WhatIf], revision: tuple[str, str]) -> Report:
    """Return one row per variation for people; below, why some are refused, and what they lack."""
    paths, figures = _paths(rows), _figures(rows)
    columns = (
        *_path_columns(paths),
        number("gpus", drop=5),
        number("links", drop=4),
        number("USD", "interconnect_usd", money),
        number("USD per GPU", "interconnect_usd_per_gpu", money, drop=3),
        number("vs. first", "vs_first_usd", _signed, drop=1),
        number("devices USD", "network_device_usd", money, drop=2),
        number("kW", "interconnect_kw", decimal(KW_PLACES)),
        *(number(name, name, figure_text, drop=6 + rank) for rank, name in enumerate(figures)),
        Column("", "mark", style=lambda value: "red" if value == "refused" else "yellow"),
    )
    cells = []
    for row in rows:
        mark = "refused" if row.refused else "at least" if row.partial or row.devices_partial else ""
        values = [None] * (7 + len(figures)) if row.refused else _values(row, rows[0], figures)
        cells.append((*_path_cells(row, paths), *values, mark))
    return Report(
        [Table("what_if", columns, cells), *map(Note, _remarks(rows)), Note(revision_line(*revision))]
    )


def _path_columns(paths: Sequence[str]) -> list[Column]:
    if _share_one(paths):
        return [words("values", unknown="unmodified file")]
    return [number(f"{label}=", path, str) for path, label in _labels(paths).items()]


def _path_cells(row: WhatIf, paths: Sequence[str]) -> list[str | None]:
    asked = dict(row.changes)
    if _share_one(paths):
        labels = _labels(paths)
        return [", ".join(f"{labels[path]}={value}" for path, value in asked.items()) or None]
    return [asked.get(path) for path in paths]


def _share_one(paths: Sequence[str]) -> bool:
    """Return whether several paths have one column: those of their own would fill a narrow terminal."""
    return len(paths) > 1 and sum(map(len, _labels(paths).values())) > MOST_LETTERS


def _labels(paths: Sequence[str]) -> dict[str, str]:
    """Return the last keys of each path, as many as tell it from the others.

    >>> list(_labels(["parts.els8.price_usd", "parts.fau.price_usd", "instances.su"]).values())
    ['els8.price_usd', 'fau.price_usd', 'su']
    """
    found = {}
    for path in paths:
        keys = path.split(".")
        ends = (".".join(keys[-count:]) for count in range(1, len(keys) + 1))
        others = [f".{other}" for other in paths if other != path]
        found[path] = next((end for end in ends if not any(o.endswith(f".{end}") for o in others)), path)
    return found


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


def what_ifs_data(rows: Sequence[WhatIf], revision: tuple[str, str]) -> Report:
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
    table = Table("what_if", [Column(key, key) for key in keys], cells)
    facts: dict[str, str | None] = {"topology_rev": revision[0], "catalog_rev": revision[1]}
    return Report([table, _vendor_table(rows, paths)], facts)


def _vendor_table(rows: Sequence[WhatIf], paths: Sequence[str]) -> Table:
    """Return what each vendor is paid and earns in each variation."""
    keys = [*paths, "view", "vendor", "usd", "lower_bound"]
    cells = [
        (*(dict(row.changes).get(path) for path in paths), view, vendor, usd, "yes" if row.partial else "no")
        for row in rows
        for view, vendors in (("procurement", row.vendors), ("content", row.content))
        for vendor, usd in vendors.items()
    ]
    return Table("vendors", [Column(key, key) for key in keys], cells)


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
