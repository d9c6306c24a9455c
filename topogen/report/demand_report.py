"""Demand for parts, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.report.table import Note, Report, Table, number, quantity, text
from topogen.units import format_count

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric
    from topogen.report.table import Row
    from topogen.study.demand import Demands

BASIS = (
    "Pieces of the interconnect, contents of assemblies included, at both ends of every link here; the "
    "far end of an external link is not counted. Pieces to make: those of all builds with spares, divided "
    "by the yield. A capacity is enough for whole builds only."
)


def demand_report(
    fabric: Fabric, found: Demands, revision: tuple[str, str], *, programs: bool = False
) -> Report:
    """Return one row per part; for people also the part that limits the builds, and what is counted."""
    columns = (
        text("part"),
        text("layer", drop=1),
        number("per build", "per_build", quantity),
        number("pieces to make", "pieces", format_count),
        number("wafers", "wafers", format_count, drop=2),
        number("capacity", "capacity", quantity),
        number("enough for builds", "enough_for_builds", format_count),
        number("GPU packages", "enough_for_gpu_packages", format_count),
    )
    rows: list[Row] = [
        (
            row.part, row.layer, row.per_build, row.pieces, row.wafers, row.capacity, row.enough_for,
            None if row.enough_for is None else row.enough_for * found.gpus,
        )
        for row in found.rows
    ]  # fmt: skip
    facts: dict[str, str | None] = {
        "name": fabric.name, "scenario": fabric.scenario or None, "builds": str(found.builds),
        "topology_rev": revision[0], "catalog_rev": revision[1],
    }  # fmt: skip
    if programs:
        return Report([Table("demand", columns, rows)], facts)
    title = f"Demand of {format_count(found.builds)} x {fabric.name}"
    said = [_answer(found), BASIS, f"Topology revision {revision[0]}, catalog revision {revision[1]}."]
    return Report([Table("demand", columns, rows, title), *(Note(one) for one in said if one)], facts)


def _answer(found: Demands) -> str:
    """Return which capacity binds, as a sentence."""
    row = found.binding
    if row is None or row.capacity is None or row.enough_for is None:
        return ""
    packages = f", {format_count(row.enough_for * found.gpus)} GPU packages" if found.gpus else ""
    return (
        f"{quantity(row.capacity)} {row.part} are enough for {format_count(row.enough_for)} whole "
        f"builds{packages}: {quantity(row.per_build)} each."
    )
