"""The sizing table, for people and for programs; both have the columns that any of the sizes needs."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from topogen.report.table import Column, Note, Report, Table, number
from topogen.units import W_PER_KW, format_count, format_decimal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from topogen.study.sizing import Size

KW_PLACES = 3
Cell: TypeAlias = str | int | Fraction
Row: TypeAlias = dict[str, Cell]


def size_report(sizes: Sequence[Size]) -> Report:
    """Return one row per size for people; below, why sizes are infeasible and where they step."""
    rows = [_cells(size) for size in sizes]
    keys = [key for key in _columns(rows) if _varies(key, rows)]
    columns = [
        number(heading, key, _shown, drop=rank)
        for rank, (heading, key) in enumerate(zip(_headings(keys), keys, strict=True))
    ]
    mark = Column("", "mark", style=lambda value: "red" if value == "refused" else "yellow")
    cells = [
        (*(row.get(key) for key in keys), "refused" if size.refused else "step" if size.steps else "")
        for size, row in zip(sizes, rows, strict=True)
    ]
    return Report([Table("sizes", (*columns, mark), cells), *map(Note, _remarks(sizes))])


def _remarks(sizes: Sequence[Size]) -> Iterator[str]:
    """Yield what is said below the table."""
    for size in sizes:
        for word, text in [("step", "; ".join(size.steps)), ("refused", size.refused)]:
            if text:
                yield f"{word} at {_asked(size)}: {text}"
    yield "Both ends of every link; expectations of the file are not checked at other sizes."
    if any(size.power_partial for size in sizes):
        yield "Power of the interconnect is a lower bound: some parts have none in the catalog."


def sizes_data(sizes: Sequence[Size]) -> Report:
    """Return one row per size for programs; unknown where a size lacks what another has, or is refused."""
    rows = [_cells(size) | {"steps": "; ".join(size.steps), "refused": size.refused} for size in sizes]
    keys = [*_columns(rows), "steps", "refused"]
    cells = [tuple(row.get(key) for key in keys) for row in rows]
    return Report([Table("sizes", [Column(key, key) for key in keys], cells)])


def _cells(size: Size) -> Row:
    """Return the cells of a row by column."""
    asked: Row = dict(size.asked)
    if size.refused:
        return asked
    return asked | {
        "gpus": size.gpus,
        **{f"n_{level}": count for level, count in size.units.items()},
        **{f"tiers_{name}": tiers for name, tiers in size.tiers.items()},
        **{f"n_{role}": count for role, count in size.switches.items()},
        **{f"cables_{network}_tier{tier}": count for (network, tier), count in size.cables.items()},
        "modules": size.modules,
        "engines": size.engines,
        "interconnect_kw": size.power_w / W_PER_KW,
    }


def _columns(rows: Iterable[Row]) -> list[str]:
    """Return the columns of the widest row, further ones of other rows behind those of their kind."""
    columns: list[str] = []
    for row in sorted(rows, key=len, reverse=True):
        columns += [column for column in row if column not in (*columns, "steps", "refused")]
    return columns


def _varies(column: str, rows: Sequence[Row]) -> bool:
    """Return whether a column says anything on a terminal: neither all zero nor one value asked for all."""
    cells = {row.get(column) for row in rows}
    return not cells <= {0, None} and ("." not in column or len(cells) > 1)


def _headings(columns: Sequence[str]) -> list[str]:
    """Return what stands above columns on a terminal: a short word, a longer one where two have the same.

    >>> _headings(["instances.su", "n_su", "n_compute/leaf", "cables_scale_out_tier1", "interconnect_kw"])
    ['su=', 'su', 'leaf', 'cables 1', 'kW']
    >>> _headings(["n_one/leaf", "n_two/leaf"])
    ['one/ leaf', 'two/ leaf']
    """
    pairs = [_heading(column) for column in columns]
    short = [one for one, _ in pairs]
    return [one if short.count(one) == 1 else other for one, other in pairs]


def _heading(column: str) -> tuple[str, str]:
    """Return the short and the long heading of a column."""
    if "." in column:
        return f"{column.rpartition('.')[2]}=", column.replace(".", ". ")
    kind, _, rest = column.partition("_")
    network, _, tier = rest.rpartition("_tier")
    return {
        "n": (rest.rpartition("/")[2], rest.replace("/", "/ ")),
        "tiers": ("tiers", f"tiers {rest}"),
        "cables": (f"cables {tier}", f"cables {network} {tier}"),
        "interconnect": ("kW", "kW"),
    }.get(kind, (column, column))


def _asked(size: Size) -> str:
    return ", ".join(f"{path}={value}" for path, value in size.asked)


def _shown(cell: Cell) -> str:
    if isinstance(cell, Fraction):
        return format_decimal(cell, KW_PLACES)
    return format_count(cell) if isinstance(cell, int) else cell
