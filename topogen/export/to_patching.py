"""``patching.csv``: links through patch panels, one row per cord and per trunk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.columns.cables import PATCHING
from topogen.columns.column import names_of
from topogen.export.options import DEFAULT
from topogen.schedule.patch_pieces import patch_pieces

if TYPE_CHECKING:
    from topogen.export.options import Options
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp


def to_patching(fabric: Fabric, _: RollUp, _options: Options = DEFAULT) -> str:
    """Return the pieces of links through patch panels as CSV; the header alone where there are none."""
    names = names_of(PATCHING)
    if not any(group.through for group in fabric.links):
        return ",".join(names) + "\n"
    return patch_pieces(fabric).to_csv(columns=list(names), index=False, lineterminator="\n")
