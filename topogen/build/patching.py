"""Patch panels of a file: the racks and U they take, and the link groups that pass through them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from topogen.build.tree import HALVES
from topogen.errors import nearest
from topogen.model.links import PatchPanel
from topogen.model.path import path_name
from topogen.model.select import SelectionError, select_places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.build.draft import Draft
    from topogen.build.rack_room import RackRoom
    from topogen.errors import Path
    from topogen.language.topology import PatchPanelSpec
    from topogen.model.devices import PlaceGroup
    from topogen.model.links import LinkGroup


def place_panels(draft: Draft, racks: Sequence[PlaceGroup], room: RackRoom) -> dict[str, PatchPanel]:
    """Return the patch panels by name and enter the U they take; what has no place is noted."""
    found = {}
    for name, spec in draft.parsed.spec.patch_panels.items():
        rack = _rack(draft, racks, spec, ("patch_panels", name, "at"))
        if rack is not None and _is_free(draft, racks, room, (name, spec, rack)):
            room.take(np.array([rack]), np.array([spec.unit]), spec.panels, HALVES)
            kept = ("connector", "positions", "panels", "part", "trunk", "cord", "unit")
            found[name] = PatchPanel(name=name, rack=rack, **{key: getattr(spec, key) for key in kept})
    return found


def _rack(draft: Draft, racks: Sequence[PlaceGroup], spec: PatchPanelSpec, at: Path) -> int | None:
    """Return the number of the one rack that holds the panels, or note that there is none."""
    try:
        pieces = select_places(racks, spec.at)
    except SelectionError as error:
        draft.problems.add("E781", error.message, at, error.hint)
        return None
    numbers = [racks[piece.group].first + int(one) for piece in pieces for one in piece.devices()]
    if len(numbers) == 1:
        return numbers[0]
    names = [path_name(place.path, number) for place in racks for number in range(min(place.count, 2))]
    hint = f"name one rack, such as {names[0]}" if names else "a rack is a template with level: rack"
    message = f'"{spec.at.text}" names {len(numbers) or "no"} racks; patch panels are in one'
    draft.problems.add("E781", message, at, hint)
    return None


def _is_free(
    draft: Draft,
    racks: Sequence[PlaceGroup],
    room: RackRoom,
    one: tuple[str, PatchPanelSpec, int],
) -> bool:
    """Return whether the U of some panels are free, or note what holds them."""
    name, spec, rack = one
    height, taken = int(room.height[rack]), room.taken[rack] > 0
    last = spec.unit + spec.panels - 1
    if last <= height and not taken[spec.unit - 1 : last].any():
        return True
    place = next(place for place in racks if place.first <= rack < place.first + place.count)
    where = f"U{spec.unit}" if spec.panels == 1 else f"U{spec.unit} to U{last}"
    why = "taken" if last <= height else f"above its {height} U"
    message = f"{where} of {path_name(place.path, rack - place.first)} is {why}"
    starts = range(height - spec.panels + 1, 0, -1)
    free = next((unit for unit in starts if not taken[unit - 1 : unit - 1 + spec.panels].any()), None)
    hint = f"unit: {free} is free" if free else "name another rack"
    draft.problems.add("E781", message, ("patch_panels", name, "unit"), hint)
    return False


def with_panels(draft: Draft, link: LinkGroup) -> LinkGroup:
    """Return a link group with the patch panels that its links pass through; unknown ones are noted."""
    names = draft.through.get(link.name, ())
    at = (*draft.at[link.base or link.name], "through")
    known = draft.parsed.spec.patch_panels
    for place, name in enumerate(names):
        if name not in known:
            hint = nearest(name, known) or "declare it under patch_panels"
            draft.problems.add("E780", f'there is no patch panel "{name}"', (*at, str(place)), hint)
    if names and link.outside:
        message = "the far end is not in the model, so that no panel is next to it"
        draft.problems.add("E780", message, at, "remove through")
    if not all(name in draft.patch_panels for name in names):
        return link
    return replace(link, through=tuple(draft.patch_panels[name] for name in names))
