"""Columns of the cable schedule for the links of a group: what the cable is, how long, and its ends."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cables import order_lengths
from topogen.columns.cells import cell_text, quoted
from topogen.floor.routing import slack_of
from topogen.media.cable_parts import cable_part, stock_lengths
from topogen.media.medium import links_reach, medium_name, strands
from topogen.model.length_histogram import BASES, UNKNOWN_MM, split_length
from topogen.schedule.end_columns import put_devices, put_labels, put_port_names, put_ports
from topogen.schedule.line_texts import CABLE, LineTexts, Part
from topogen.structure.light import loss_of
from topogen.units import MBPS_PER_GBPS, MM_PER_M

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.model.arrays import Ints
    from topogen.schedule.cable_lines import CableLines, Lines
    from topogen.schedule.line_texts import SiteTexts


def line_texts_of(lines: CableLines, sites: SiteTexts, columns: Sequence[str], rev: str) -> LineTexts:
    """Return the text columns of a link group."""
    sheet = LineTexts(lines, sites, columns)
    sheet.parts["cable_id"] = [Part(CABLE)]
    _put_links(sheet, rev)
    _put_lengths(sheet)
    for side in ("a", "b") if sheet.group.has_b else ("a",):
        put_devices(sheet, side)
        put_ports(sheet, side)
        if f"{side}_port_name" in sheet.columns:
            put_port_names(sheet, side)
    if not sheet.group.has_b:
        sheet.put({"b_device": quoted(sheet.group.outside), "b_name": quoted(sheet.group.outside)})
    if "rail" in sheet.columns:
        _put_numbers(sheet)
    if not {"label_a", "label_b"}.isdisjoint(sheet.columns):
        put_labels(sheet)
    return sheet


def _put_links(sheet: LineTexts, rev: str) -> None:
    """Add the columns that depend on the number of links per cable."""
    fabric, group = sheet.fabric, sheet.group
    medium = fabric.catalog.media[group.media[0]] if group.media else None
    part = cable_part(fabric, group)
    sheet.put(
        {
            "status": "planned",
            "network": group.network,
            "link_group": group.name,
            "medium": medium_name(group),
            "cable_part_id": part or "",
            "mpn": quoted(fabric.catalog.parts[part].mpn or "") if part else "",
            "rev": quoted(rev),
        },
    )
    fibres = strands(group, medium) if medium else None
    each = {"fibre_count": fibres, "lanes": group.lanes, "rate_gbps": Fraction(group.rate, MBPS_PER_GBPS)}
    counts = range(group.links_per_cable + 1) if group.links_per_cable > 1 else (1,)
    known = {
        name: [cell_text(value * n) for n in counts] for name, value in each.items() if value is not None
    }
    sheet.put_texts("links", known)
    sheet.index["links"] = lambda lines: lines.links


def _put_lengths(sheet: LineTexts) -> None:
    """Add the columns that depend on the cable length."""
    fabric, group = sheet.fabric, sheet.group
    length, basis = np.divmod(sheet.lines.codes, len(BASES))
    sold = order_lengths(length, stock_lengths(fabric, cable_part(fabric, group)))
    beyond = (length >= 0) & (sold < 0)
    kinds, kind = np.unique((sold * len(BASES) + basis) * 2 + beyond, return_inverse=True)
    texts = {
        "length_order_m": [_metres(code // 2 // len(BASES)) for code in kinds.tolist()],
        "length_basis": [BASES[code // 2 % len(BASES)] for code in kinds.tolist()],
        "notes": ["no length this long is sold" if code % 2 else "" for code in kinds.tolist()],
    }
    if group.through:
        names = ", ".join(panel.name for panel in group.through)
        texts["length_order_m"] = [""] * len(kinds)
        texts["notes"] = [quoted(f"through {names}: see patching.csv")] * len(kinds)
    part = fabric.catalog.parts.get(cable_part(fabric, group) or "")
    if part and part.terms.mpns:
        texts["mpn"] = [quoted(part.mpn_of(code // 2 // len(BASES)) or "") for code in kinds.tolist()]
    sheet.put_texts("sold", texts)
    sheet.index["sold"] = lambda lines: kind[lines.length]
    reach = links_reach(fabric, group)
    sheet.put({"reach_m": _metres(reach)})
    if "length_route_m" in sheet.columns:
        codes = map(split_length, sheet.lines.codes.tolist())
        cells = [_length_cells(sheet, reach, *one) | _loss_cells(sheet, one[0]) for one in codes]
        sheet.put_texts("length", {name: [one[name] for one in cells] for name in cells[0]})
        sheet.index["length"] = lambda lines: lines.length


def _length_cells(sheet: LineTexts, reach: int | None, length: int | None, basis: str) -> dict[str, str]:
    whole = basis == "routed" and not sheet.group.through
    slack = _slack(sheet, length) if whole and length is not None else None
    return {
        "length_route_m": _metres(length if length is None or slack is None else length - slack),
        "length_slack_m": _metres(slack),
        "margin_m": "" if reach is None or length is None else cell_text(Fraction(reach - length, MM_PER_M)),
    }


def _loss_cells(sheet: LineTexts, length: int | None) -> dict[str, str]:
    loss = loss_of(sheet.fabric, sheet.group, length)
    return {
        "loss_budget_db": cell_text(loss.budget_db) if loss else "",
        "loss_est_db": cell_text(loss.estimate_db) if loss else "",
    }


def _metres(mm: int | None) -> str:
    """Return a length in metres, empty if unknown."""
    return "" if mm is None or mm == UNKNOWN_MM else cell_text(Fraction(mm, MM_PER_M))


def _slack(sheet: LineTexts, length: int) -> int:
    """Return the slack in a routed length; each length has one route length, because slack only adds."""
    slack = slack_of(sheet.fabric.spec.layout, sheet.group.base or sheet.group.name)
    if slack is None:
        return 0
    share = 1 + slack.percent / 100
    return length - (length - 2 * slack.per_end) * share.denominator // share.numerator


def _put_numbers(sheet: LineTexts) -> None:
    """Add rail, plane, pod and tier."""
    sheet.put({"tier": str(sheet.group.tier)})
    for name, table in sheet.sites.numbers.items():
        most = int(table.max(initial=-1)) + 1
        if most:
            sheet.parts[name] = [Part(name, [*map(str, range(most)), ""])]
            sheet.index[name] = partial(_lower_of_both, sheet.group.has_b, table)


def _lower_of_both(has_b: bool, table: Ints, lines: Lines) -> Ints:  # noqa: FBT001
    """Return what a table says of the a end of each line, else of the b end; -1 for neither."""
    near = table[lines.a]
    return np.asarray(np.where(near < 0, table[lines.b], near) if has_b else near)
