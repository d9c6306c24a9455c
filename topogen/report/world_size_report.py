"""World size, for people and for programs: what a GPU takes of both networks by size, and why it steps."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.report.table import (
    EmptyCell,
    Note,
    Report,
    Table,
    number,
    quantity,
    revision_line,
    spans,
    text,
    words,
)
from topogen.study.world_size import NETWORKS, QUANTITIES
from topogen.units import format_count, format_decimal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.report.table import Column, Row
    from topogen.report.table import Value as Cell
    from topogen.study.world_size import Step, Value, WorldSize

MONEY = ("usd_per_gpu", "w_per_gpu")
RATIOS = "ratio_scale_up_to_scale_out_"
RATIO, UNITS_RATIO = f"{RATIOS}bandwidth_ends", f"{RATIOS}units"
PLACES = 4
BASIS = (
    "Basis: per GPU package, both ends of every link, all tiers; base prices. Optical ends are the "
    "bandwidth of the optical ends, one direction, Tb/s. Units are engines fitted and modules. USD are "
    "interconnect and network devices, without hosts; W is the interconnect. "
    "All GPUs of the file are one scale-up domain."
)
EFFECTS = {
    "switches_per_gpu": "switches per GPU",
    "optical_ends_tbps_per_gpu": "optical ends per GPU (Tb/s)",
    "engines_per_gpu": "engines per GPU",
    "modules_per_gpu": "modules per GPU",
    "lasers_per_gpu": "lasers per GPU",
    "usd_per_gpu": "USD per GPU",
}


def world_size_report(
    rows: Sequence[WorldSize], revision: tuple[str, str], *, programs: bool = False
) -> Report:
    """Return one row per size; for people also the answer in words and why it steps."""
    facts: dict[str, str | None] = {"topology_rev": revision[0], "catalog_rev": revision[1]}
    if programs:
        return Report([_data(rows)], facts)
    said = [*_answers(rows), *_refused(rows), *_explained(rows), BASIS, *_assumptions(rows)]
    said.append(revision_line(*revision))
    return Report([_table(rows), *(note for one in said for note in (Note(""), Note(one)))], facts)


def _data(rows: Sequence[WorldSize]) -> Table:
    columns: list[Column] = [text(path) for path, _ in rows[0].asked] if rows else []
    columns += [number("domain_gpus"), *(number(f"{network}_tiers") for network in NETWORKS)]
    columns += [number(f"switches_per_gpu_{network}") for network in NETWORKS]
    for column in QUANTITIES:
        columns += [spans(column, column) if column.startswith(MONEY) else number(column)]
    columns += [text("bounds"), words("steps"), words("refused")]
    return Table("world_size", columns, [_data_row(row) for row in rows])


def _data_row(row: WorldSize) -> Row:
    given = [value for _, value in row.asked]
    if row.refused:
        return (*given, *[None] * (5 + len(QUANTITIES)), "", "", row.refused)
    bounds = [f"{column}: {value.bound}" for column, value in row.values.items() if value and value.bound]
    return (
        *given, row.gpus, *(row.tiers_of(network) for network in NETWORKS),
        *(row.switches.get(network) for network in NETWORKS),
        *(_cell(column, value) for column, value in row.values.items()),
        "; ".join(bounds), "; ".join(map(_step, row.steps)), "",
    )  # fmt: skip


def _cell(column: str, value: Value | None) -> Cell:
    if value is None:
        return None
    return value.triple if column.startswith(MONEY) else value.triple.base


def _table(rows: Sequence[WorldSize]) -> Table:
    columns = (
        number("GPUs", "gpus"), number("tiers up", "scale_up_tiers"), number("tiers out", "scale_out_tiers"),
        number("switches up", "switches_per_gpu_scale_up", _short, drop=3),
        number("optical Tb/s up", "optical_ends_tbps_per_gpu_scale_up", _short),
        number("optical Tb/s out", "optical_ends_tbps_per_gpu_scale_out", _short),
        number("engines", "engines_per_gpu", _short, drop=2),
        number("modules", "modules_per_gpu", _short, drop=4),
        number("up : out, Tb/s", RATIO, _short), number("up : out, units", UNITS_RATIO, _short, drop=1),
        text("USD", "usd_per_gpu"), text("W", "w_per_gpu", drop=5), text("", "mark"),
    )  # fmt: skip
    return Table("world_size", columns, [_row(row) for row in rows], "Per GPU package, by size of the domain")


def _row(row: WorldSize) -> Row:
    if row.refused:
        asked = ", ".join(value for _, value in row.asked)
        return (EmptyCell(asked), *[None] * 9, "", "", "refused")
    shown = row.values
    return (
        row.gpus, *(row.tiers_of(network) for network in NETWORKS), row.switches.get("scale_up"),
        *(_base(row, f"optical_ends_tbps_per_gpu_{network}") for network in NETWORKS),
        _both(row, "engines_per_gpu"), _both(row, "modules_per_gpu"), _base(row, RATIO),
        _base(row, UNITS_RATIO), *(_bounded(shown[column]) for column in MONEY), "step" if row.steps else "",
    )  # fmt: skip


def _base(row: WorldSize, column: str) -> Fraction | None:
    value = row.values[column]
    return value.triple.base if value else None


def _both(row: WorldSize, column: str) -> Fraction:
    return sum((_base(row, f"{column}_{network}") or Fraction(0) for network in NETWORKS), Fraction(0))


def _bounded(value: Value | None) -> str:
    if value is None:
        return "unknown"
    return f"{value.bound.replace('_', ' ')} {quantity(Fraction(round(value.triple.base)))}".strip()


def _short(value: Fraction) -> str:
    return format_decimal(Fraction(value), PLACES)


# In words


def _answers(rows: Sequence[WorldSize]) -> Iterator[str]:
    """Yield the ratio of scale-up to scale-out at each size where it changes."""
    runs: list[tuple[Fraction | None, list[int]]] = []
    for row in (row for row in rows if not row.refused):
        ratio = _base(row, RATIO)
        if not runs or runs[-1][0] != ratio:
            runs.append((ratio, []))
        runs[-1][1].append(row.gpus)
    if runs:
        said = "; ".join(f"{_ratio(ratio)} at {_sizes(gpus)} GPUs" for ratio, gpus in runs)
        yield f"Answer: optical ends of scale-up to scale-out, by bandwidth, are {said}."


def _ratio(ratio: Fraction | None) -> str:
    return "unknown" if ratio is None else f"{format_decimal(ratio, 2)} : 1"


def _sizes(gpus: Sequence[int]) -> str:
    ends = [format_count(gpus[0]), format_count(gpus[-1])]
    return ends[0] if len(gpus) == 1 else " to ".join(ends)


def _refused(rows: Sequence[WorldSize]) -> Iterator[str]:
    for row in rows:
        if row.refused:
            yield f"Refused at {', '.join(f'{path}={value}' for path, value in row.asked)}: {row.refused}."


def _explained(rows: Sequence[WorldSize]) -> Iterator[str]:
    for row in rows:
        for step in row.steps:
            yield f"Step at {format_count(row.gpus)} GPUs: {_step(step)}."


def _step(step: Step) -> str:
    effects = ", ".join(
        f"{EFFECTS[column]} {_short(before)} to {_short(after)}" for column, before, after in step.effects
    )
    because = f" ({step.reason})" if step.reason else ""
    return f"{step.fabric} from {step.before} to {step.after} tiers{because}" + (
        f": {effects}" * bool(effects)
    )


def _assumptions(rows: Sequence[WorldSize]) -> Iterator[str]:
    """Yield the assumption that decides, with what the ratio is on other bases, and what is not known."""
    built = [row for row in rows if not row.refused]
    if not built:
        return
    last = built[-1]
    ratios = {column: value for column, value in last.values.items() if column.startswith(RATIOS) and value}
    others = ", ".join(
        f"{format_decimal(value.triple.base, 2)} by {column.removeprefix(RATIOS).replace('_', ' ')}"
        for column, value in ratios.items()
    )
    yield (
        "Binding assumption: the ports of the switches, which decide where a tier is added, and the media of "
        f"each tier, which decide what of it is optical. The ratio depends on the count basis; at "
        f"{format_count(last.gpus)} GPUs it is {others}."
    )
    if any(value and value.bound for row in built for value in row.values.values()):
        yield 'Sums marked "at least" lack the price or the watts of some parts; `topogen bom` names them.'
