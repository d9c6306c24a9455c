"""``recable.csv``: every cable that is touched after it was laid, with the phase, the work and its ends."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.columns.cells import csv_text
from topogen.columns.phases import RECABLE
from topogen.diff.phases import cable_steps
from topogen.export.options import DEFAULT
from topogen.units import MM_PER_M

if TYPE_CHECKING:
    from topogen.columns.cells import Row
    from topogen.diff.cables import Cable
    from topogen.diff.phases import Recabled
    from topogen.export.options import Options
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp


def to_recable(fabric: Fabric, _: RollUp, options: Options = DEFAULT) -> str:
    """Return one row a line of a cable that is touched again, as CSV."""
    if not fabric.phase:
        return csv_text(RECABLE, [])
    steps = cable_steps(fabric, all_links=options.all_links)
    rows = [
        {"phase": one.phase, "need_by": str(one.spec.need_by), **_row(line)}
        for one, step in zip((*fabric.earlier, fabric), steps, strict=True)
        for line in step.recabled
    ]
    return csv_text(RECABLE, rows)


def _row(line: Recabled) -> Row:
    one = line.change
    cable = one.new or one.old
    assert cable  # noqa: S101 - a change has one of both
    relabel = line.work == "relabel"
    return {
        "work": line.work,
        "laid_in": line.laid_in,
        "network": cable.kind.network,
        "link_group": cable.kind.group,
        **_side(one.old, "from", "old", named=relabel),
        **_side(one.new, "to", "new", named=relabel),
    }


def _side(cable: Cable | None, end: str, age: str, *, named: bool) -> Row:
    """Return a cable as it was or is."""
    if cable is None:
        return {}
    length = cable.kind.length_mm
    return {
        f"cable_id_{age}": cable.id,
        f"a_{end}": cable.a,
        f"b_{end}": cable.b or None,
        f"medium_{end}": cable.kind.medium or None,
        f"length_{end}_m": None if length < 0 else Fraction(length, MM_PER_M),
        f"names_{end}": cable.site if named else None,
    }
