"""The column ``phase`` of tables that list cables line by line: the phase in which each cable is laid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.columns.cells import quoted
from topogen.diff.phases import cable_steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from topogen.model.fabric import Fabric
    from topogen.schedule.line_texts import LineTexts


def phase_column(fabric: Fabric, *, all_links: bool) -> Callable[[LineTexts], None]:
    """Return what fills the column in the lines of a link group; nothing if the file has no phases."""
    if not fabric.phase:
        return lambda _: None
    laid = cable_steps(fabric, all_links=all_links)[-1].laid
    names = [quoted(one.phase) for one in (*fabric.earlier, fabric)]

    def fill(sheet: LineTexts) -> None:
        sheet.put_texts("phase", {"phase": names})
        sheet.index["phase"] = lambda lines: laid.of(lines.cable.astype(np.int64))

    return fill
