"""``labels.csv``: one row per connector: two for a cable, for a breakout one per leg and one for its plug."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.columns.cables import LABELS
from topogen.columns.column import names_of
from topogen.diff.phase_column import phase_column
from topogen.export.options import DEFAULT
from topogen.model.text_buffer import Page
from topogen.schedule.cable_ids import device_codes
from topogen.schedule.cable_lines import CableLines, scheduled
from topogen.schedule.label_check import LabelCheck
from topogen.schedule.line_columns import line_texts_of
from topogen.schedule.line_texts import SiteTexts
from topogen.schedule.patch_pieces import patch_pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.export.options import Options
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

PART = 8_192
"""Links whose labels are made at a time."""


def to_labels(fabric: Fabric, _: RollUp, options: Options = DEFAULT) -> Iterator[bytes]:
    """Yield the labels as CSV: for each link group those of the a ends, then those of the b ends.

    Raises
    ------
    InputError
        E832 where the pattern of the site makes a label too long; E831, after the last piece, where two are
        the same.
    """
    yield (",".join(names_of(LABELS)) + "\n").encode()
    sites, devices, page, check = SiteTexts(fabric), device_codes(fabric), Page(), LabelCheck(fabric)
    patched = [group for group in fabric.links if group.through and group.count]
    if patched:
        yield _of_pieces(fabric)
    put_phase = phase_column(fabric, all_links=options.all_links)
    for group in scheduled(fabric, all_links=options.all_links):
        if group.through:
            continue
        lines = CableLines(fabric, group)
        for side, other in (("a", "b"), ("b", "a")) if group.has_b else (("a", "b"),):
            sheet = line_texts_of(lines, sites, _columns(side, other), options.topology_rev)
            put_phase(sheet)
            pieces = sheet.pieces()
            for part in lines.parts(PART, devices):
                labelled = part.plugs(side)
                check.add(sheet.made[f"label_{side}"], lines, labelled, side)
                yield bytes(page.write(pieces(labelled)))
    check.finish()


def _of_pieces(fabric: Fabric) -> bytes:
    """Return the labels of cords and trunks of links through patch panels, both ends of each piece."""
    import pandas as pd

    pieces = patch_pieces(fabric)
    ends = []
    for side, other in (("a", "b"), ("b", "a")):
        here, there = (
            [pieces[f"{one}_{key}"] for key in ("rack", "u", "device", "port")] for one in (side, other)
        )
        rest = [pieces[key] for key in ("part_id", "length_order_m", "link_group")]
        ends.append(pd.concat([pieces["piece_id"], pieces[f"label_{side}"], *here, *there, *rest], axis=1))
        ends[-1].columns = list(names_of(LABELS)[:-1])
        ends[-1]["phase"] = None
    text: str = pd.concat(ends).to_csv(index=False, header=False, lineterminator="\n")
    return text.encode()


def _columns(side: str, other: str) -> tuple[str, ...]:
    """Return the columns of the schedule that make a label, in the order of `LABELS`."""
    here, there = ((f"{one}_rack", f"{one}_u", f"{one}_name", f"{one}_port_name") for one in (side, other))
    return (
        "cable_id",
        f"label_{side}",
        *here,
        *there,
        "cable_part_id",
        "length_order_m",
        "link_group",
        "phase",
    )
