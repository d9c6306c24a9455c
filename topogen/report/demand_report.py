"""Demand for parts, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.records import dataclass
from topogen.report.table import Note, Report, Table, number, percent, quantity, revision_line, text
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.language.scenario import Changes
    from topogen.model.fabric import Fabric
    from topogen.report.table import Row
    from topogen.study.demand import Demands, PeriodDemand

PIECES = (
    "Pieces of the interconnect, contents of assemblies included, at both ends of every link in the "
    "model; {far}."
)
BUILDS = (
    "Pieces to make: those of all builds with spares, divided by the yield. A capacity is enough for whole "
    "builds only."
)
PERIODS = (
    "Racks are those that hold GPUs, all where none does; the rest of a file, and a file of several racks, "
    "count in proportion. With yield: pieces to make so that those fitted are good. With spares: these and "
    "their spares. Utilization and gap are those of the pieces with yield and spares."
)


@dataclass(frozen=True)
class Scope:
    """What a demand counts, as stated on the command line."""

    network: str = ""
    far_ends: tuple[str, ...] = ()
    changes: Changes = ()

    @property
    def basis(self) -> str:
        """Return what is counted, as a sentence."""
        far = "the far end of an external link is not counted"
        if self.far_ends:
            far = (
                f"of external links, the far end of {', '.join(self.far_ends)} only is counted, like this end"
            )
        shared = "what serves several networks counts whole"
        only = f" Only the network {self.network} is counted; {shared}." if self.network else ""
        changed = "; ".join(f"{path}={value}" for path, value in self.changes)
        return PIECES.format(far=far) + only + (f" Set here: {changed}." if changed else "")

    @property
    def facts(self) -> dict[str, str | None]:
        """Return the same for programs."""
        return {
            "network": self.network or None,
            "far_ends": ", ".join(self.far_ends) or None,
            "set": "; ".join(f"{path}={value}" for path, value in self.changes) or None,
        }


def demand_report(
    fabric: Fabric,
    found: Demands,
    revision: tuple[str, str],
    scope: Scope | None = None,
    *,
    programs: bool = False,
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
    scope = scope or Scope()
    rows: list[Row] = [
        (
            row.part, row.layer, row.per_build, row.pieces, row.wafers, row.capacity, row.enough_for,
            None if row.enough_for is None else row.enough_for * found.gpus,
        )
        for row in found.rows
    ]  # fmt: skip
    facts: dict[str, str | None] = {
        "name": fabric.name, "scenario": fabric.scenario or None, "builds": str(found.builds),
        **scope.facts, "topology_rev": revision[0], "catalog_rev": revision[1],
    }  # fmt: skip
    if programs:
        return Report([Table("demand", columns, rows)], facts)
    title = f"Demand of {format_count(found.builds)} x {fabric.name}"
    said = [
        _answer(found),
        f"{scope.basis} {BUILDS}",
        revision_line(*revision),
    ]
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


# Over periods


def ramp_report(
    rows: Sequence[PeriodDemand],
    revisions: Sequence[tuple[str, str, str]],
    scope: Scope,
    *,
    cumulate: bool = False,
    programs: bool = False,
) -> Report:
    """Return one row per period and part; people see the parts with a capacity, if any is stated.

    ``revisions`` are name, topology revision and catalog revision of each file.
    """
    columns = (
        text("period"),
        number("racks"),
        number("GPU packages", "gpu_packages", drop=2),
        text("part"),
        number("units", show=format_count),
        number("with yield", "units_with_yield", format_count, drop=1),
        number("with spares", "units_with_spares", format_count),
        number("capacity", show=quantity),
        number("utilization", "utilisation_pct", percent),
        number("gap", show=quantity),
    )
    limited = {row.part for row in rows if row.capacity is not None}
    shown = rows if programs or not limited else [row for row in rows if row.part in limited]
    cells: list[Row] = [
        (
            row.period, row.racks, row.gpus, row.part, row.units, row.units_with_yield, row.units_with_spares,
            row.capacity, None if row.utilisation is None else 100 * row.utilisation, row.gap,
        )
        for row in shown
    ]  # fmt: skip
    facts: dict[str, str | None] = {"cumulated": "yes" if cumulate else "no", **scope.facts}
    facts["revisions"] = "; ".join(" ".join(one) for one in revisions)
    if programs:
        return Report([Table("demand", columns, cells)], facts)
    title = "Demand up to the end of each period" if cumulate else "Demand in each period"
    said = [*_gaps(shown), f"{scope.basis} {PERIODS}"]
    if len({row.part for row in rows}) > len({row.part for row in shown}):
        said.append("Parts without a stated capacity are in --format csv and json.")
    said += [
        f"{name}: topology revision {topology}, catalog revision {catalog}."
        for name, topology, catalog in revisions
    ]
    return Report([Table("demand", columns, cells, title), *map(Note, said)], facts)


def _gaps(rows: Sequence[PeriodDemand]) -> Iterator[str]:
    """Yield, for each part with a capacity, the first period in which it is not enough."""
    for part in dict.fromkeys(row.part for row in rows if row.capacity is not None):
        mine = [row for row in rows if row.part == part]
        short = next((row for row in mine if row.gap), None)
        if short is not None and short.gap:
            gap = quantity(short.gap)
            yield f"{part}: demand exceeds the capacity first in {short.period}, by {gap} pieces."
        elif all(row.capacity is not None for row in mine):
            yield f"{part}: the capacity is enough in every period."
        else:
            yield f"{part}: the capacity is enough in every period that states one."
