"""The tables of a build as pandas DataFrames, for people; nothing here is counted with pandas."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import pandas as pd

from topogen.columns.tables import TABLES
from topogen.errors import InputError, Problem, nearest
from topogen.export import export_bytes
from topogen.export.options import Options
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp


def table(name: str, fabric: Fabric, rollup: RollUp | None = None) -> pd.DataFrame:
    """Return a table of a fabric as a DataFrame; columns as in ``topogen.columns.tables.TABLES``.

    The rows are those of the file of that name; what is empty there (unknown) is missing here. Ids and texts
    are strings, quantities and money floats: exact figures stand in the files.

    Parameters
    ----------
    name
        bom_flat, bom_indented, bom_gaps, per_gpu, per_vendor, per_layer, link_classes, pull_sheet or
        cable_schedule (all links, all columns).
    fabric
        A built fabric.
    rollup
        Its roll-up, where it is at hand; else it is made.

    Raises
    ------
    InputError
        E651, for another name.

    Examples
    --------
    >>> from topogen.load.reading import read_fabric
    >>> bom = table("bom_flat", read_fabric("q3450-cpo-switch"))
    >>> bom.set_index("part_id").qty_design["engine_1t6"]
    np.int64(72)
    """
    if name not in TABLES:
        raise InputError([Problem("E651", f'there is no table "{name}"', hint=nearest(name, TABLES))])
    options = Options(columns="full", all_links=True)
    content = b"".join(export_bytes(f"{name}.csv", fabric, rollup or roll_up(fabric), options))
    texts = {column.name: str for column in TABLES[name] if column.unit in ("text", "date")}
    return pd.read_csv(StringIO(content.decode()), dtype=texts, keep_default_na=False, na_values=[""])
