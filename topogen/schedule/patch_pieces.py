"""Links through patch panels piece by piece: cord, trunk, cord, each with its ends, part and length."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.cables import order_lengths
from topogen.columns.cables import PATCHING
from topogen.columns.cells import cell_text, inert
from topogen.columns.column import names_of
from topogen.floor.routing import route_of
from topogen.media.cable_parts import stock_lengths
from topogen.media.medium import strands
from topogen.media.patching import cords_of, trunk_length, trunk_routes
from topogen.model.length_histogram import BASES, UNKNOWN_MM
from topogen.model.text_buffer import Page
from topogen.schedule.cable_ids import device_codes
from topogen.schedule.cable_lines import CableLines
from topogen.schedule.line_columns import line_texts_of
from topogen.schedule.line_texts import SiteTexts
from topogen.units import to_metres

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from topogen.media.patching import TrunkRoute
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup, PatchPanel

PART = 65_536
"""Links whose lines are made at a time."""

MOST_CHARACTERS = 32
"""Longer labels do not fit on a wrap-around label: they have the id of the piece instead."""

FROM_SCHEDULE = (
    "cable_id",
    "a_rack",
    "a_u",
    "a_name",
    "a_port_name",
    "b_rack",
    "b_u",
    "b_name",
    "b_port_name",
)


def patch_pieces(fabric: Fabric) -> pd.DataFrame:
    """Return the pieces of all links through patch panels: the columns of `PATCHING`, and what sums need.

    Route by route: the cords of each link group, those of the a ends first, then the trunks.
    """
    import pandas as pd

    sites, frames = SiteTexts(fabric), []
    for route in trunk_routes(fabric):
        used, links = [], []
        for group in (one for one in fabric.links if one.name in route.cables):
            found = _of_group(fabric, route, group, sites)
            near = slice(0, route.cables[group.name])
            used.append(found["strands_used"].to_numpy(np.int64)[near])
            links.append(found["links"].to_numpy(np.int64)[near])
            frames.append(found)
        frames.append(_trunks(fabric, route, np.concatenate(used), np.concatenate(links)))
    columns = [*names_of(PATCHING), *SUMMED]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)


SUMMED = ("rack_a", "rack_b", "links", "tier", "network", "medium")
"""What the pull sheet needs of each piece beyond `PATCHING`: numbers of the racks, and links."""


def _of_group(fabric: Fabric, route: TrunkRoute, group: LinkGroup, sites: SiteTexts) -> pd.DataFrame:
    """Return the cords of a link group: those of the a ends, then those of the b ends."""
    import pandas as pd

    table, devices, links = _lines(fabric, group, sites)
    medium = fabric.catalog.media[group.media[0]] if group.media else None
    each = (strands(group, medium) or 0) if medium else 0
    numbers = route.start_of(group.name) + np.arange(len(table))
    frames = []
    for side, (cord, panel) in enumerate(zip(cords_of(fabric, group), group.through, strict=True)):
        place = 0 if panel.name == route.ends[0].name else 1
        letter = "ab"[side]
        ends = {key: table[f"{letter}_{key}"] for key in ("rack", "u", "name", "port_name")}
        frame = pd.DataFrame(
            {
                "piece_id": table["cable_id"] + f".{letter}",
                "piece": f"cord_{letter}",
                "cable_id": table["cable_id"],
                "link_group": group.name,
                "a_rack": ends["rack"],
                "a_u": ends["u"],
                "a_device": ends["name"],
                "a_port": ends["port_name"],
                **_panel_columns(fabric, panel, route.first[place] + numbers),
                "part_id": cord.part or "",
                "polarity": _polarity(fabric, cord.part),
                "strands": _fibres(fabric, cord.part),
                "strands_used": each * links,
                "links": links,
            }
        )
        rack, height = fabric.sites.rack[devices[side]], fabric.sites.height_mm[devices[side]]
        length, basis = route_of(fabric, group).piece((rack, height), panel.spot)
        frame["rack_a"], frame["rack_b"] = rack, panel.rack
        frames.append(_with_length(fabric, frame, cord.part, length, basis))
    return _with_constants(pd.concat(frames, ignore_index=True), [group])


def _lines(
    fabric: Fabric, group: LinkGroup, sites: SiteTexts
) -> tuple[pd.DataFrame, tuple[Ints, Ints], Ints]:
    """Return the first line of each cable of the schedule, its devices at a and b, and its links."""
    import pandas as pd

    lines, page, text = CableLines(fabric, group), Page(), []
    pieces = line_texts_of(lines, sites, FROM_SCHEDULE, "").pieces()
    a, b, links = [], [], []
    for part in lines.parts(PART, device_codes(fabric)):
        first = np.flatnonzero(part.first)
        text.append(bytes(page.write(pieces(part[part.first]))))
        a.append(part.a[first])
        b.append(part.b[first])
        links.append(np.add.reduceat(part.links, first))
    read = pd.read_csv(
        BytesIO(b"".join(text)), header=None, names=list(FROM_SCHEDULE), dtype=str, keep_default_na=False
    )
    return read, (np.concatenate(a), np.concatenate(b)), np.concatenate(links)


def _panel_columns(fabric: Fabric, panel: PatchPanel, position: Ints) -> dict[str, object]:
    """Return rack, U, panel and position of the panel end of cords; positions count from 0."""
    rack = inert(fabric.sites.racks[panel.rack].name)
    return {
        "b_rack": rack,
        "b_u": (panel.unit + position // panel.positions).astype(str),
        "b_device": _panel_names(panel)[position // panel.positions],
        "b_port": (position % panel.positions + 1).astype(str),
    }


def _panel_names(panel: PatchPanel) -> np.ndarray:
    """Return the names of the panels, from the lowest up: numbered from 0 where there are several."""
    names = [panel.name if panel.panels == 1 else f"{panel.name}[{one}]" for one in range(panel.panels)]
    return np.array(names, object)


def _trunks(fabric: Fabric, route: TrunkRoute, used: Ints, links: Ints) -> pd.DataFrame:
    """Return the trunks of a route, each with the positions it has at either panel.

    ``used`` and ``links`` are the strands in use and the links of each position.
    """
    import pandas as pd

    number = np.arange(route.trunks)
    starts = number * route.positions
    ends = [_trunk_end(fabric, panel, route.first[place] + starts, route.positions)
            for place, panel in enumerate(route.ends)]  # fmt: skip
    names = [panel.name for panel in route.ends]
    frame = pd.DataFrame(
        {
            "piece_id": [f"{names[0]}-{names[1]}.{one}" for one in number.tolist()],
            "piece": "trunk",
            "cable_id": "",
            "link_group": " + ".join(route.cables),
            **{f"a_{key}": value for key, value in ends[0].items()},
            **{f"b_{key}": value for key, value in ends[1].items()},
            "part_id": route.part,
            "polarity": _polarity(fabric, route.part),
            "strands": route.strands,
            "strands_used": np.add.reduceat(used, starts),
        }
    )
    length, basis = trunk_length(fabric, route)
    frame["rack_a"], frame["rack_b"] = (panel.rack for panel in route.ends)
    groups = [group for group in fabric.links if group.name in route.cables]
    frame["links"] = np.add.reduceat(links, starts)
    every = np.full(route.trunks, length), np.full(route.trunks, basis)
    return _with_constants(_with_length(fabric, frame, route.part, *every), groups)


def _trunk_end(fabric: Fabric, panel: PatchPanel, first: Ints, count: int) -> dict[str, object]:
    """Return where trunks end at a panel: rack, U, panel and the range of positions of each."""
    low, last = first, first + count - 1
    names = _panel_names(panel)
    port = [f"{one + 1} to {two + 1}" for one, two in zip(
        (low % panel.positions).tolist(), (last % panel.positions).tolist(), strict=True
    )]  # fmt: skip
    one, two = names[low // panel.positions], names[last // panel.positions]
    device = np.where(one == two, one, one + "+" + two)
    return {
        "rack": inert(fabric.sites.racks[panel.rack].name),
        "u": (panel.unit + low // panel.positions).astype(str),
        "device": device,
        "port": port,
    }


def _polarity(fabric: Fabric, part: str | None) -> str:
    return (fabric.catalog.parts[part].polarity or "") if part else ""


def _fibres(fabric: Fabric, part: str | None) -> int:
    return (fabric.catalog.parts[part].fibres or 0) if part else 0


def _with_length(
    fabric: Fabric, frame: pd.DataFrame, part: str | None, length: Ints, basis: Ints
) -> pd.DataFrame:
    """Return pieces with their lengths: with slack, as ordered, and what they rest on."""
    sold = order_lengths(np.asarray(length), stock_lengths(fabric, part))
    beyond = (length != UNKNOWN_MM) & (sold == UNKNOWN_MM)
    frame["length_m"] = _metres(length)
    frame["length_order_m"] = _metres(sold)
    frame["length_basis"] = np.array(BASES, object)[basis]
    frame["notes"] = np.where(beyond, "no length this long is sold", "")
    return frame


def _metres(length: Ints) -> np.ndarray:
    """Return lengths in mm as text in metres, each distinct one laid out once; unknown ones stay empty."""
    distinct, index = np.unique(length, return_inverse=True)
    texts = [cell_text(None if mm == UNKNOWN_MM else to_metres(mm)) for mm in distinct.tolist()]
    return np.asarray(np.array(texts, object)[index.ravel()])


def _with_constants(frame: pd.DataFrame, groups: Sequence[LinkGroup]) -> pd.DataFrame:
    """Return pieces with their labels, and the network, tier and medium of their link groups."""
    for side, other in (("a", "b"), ("b", "a")):
        here, there = (frame[f"{one}_device"] + ":" + frame[f"{one}_port"] for one in (side, other))
        label = here + "/" + there
        frame[f"label_{side}"] = label.where(
            label.str.len() <= MOST_CHARACTERS, frame["piece_id"] + f"-{side}"
        )
    frame["network"] = "+".join(dict.fromkeys(group.network for group in groups))
    frame["tier"] = min(group.tier for group in groups)
    frame["medium"] = "+".join(dict.fromkeys(name for group in groups for name in group.media or ()))
    return frame
