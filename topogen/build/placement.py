"""Place devices in racks and U positions, and racks on the floor."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from topogen.build.boxes import standing
from topogen.build.measured_ways import measured_ways
from topogen.build.patching import place_panels
from topogen.build.rack_room import RackRoom, free_units, within_room
from topogen.build.tree import HALVES, RACK_U
from topogen.errors import nearest
from topogen.model.devices import BOX_STEPS, PlaceGroup
from topogen.model.path import count_of, level_depth, path_name
from topogen.model.racks import Placement, Position
from topogen.model.runs import arange, cumcount, distinct, zeros
from topogen.model.select import SelectionError, select_devices, select_places
from topogen.selector import parse_selector
from topogen.units import format_length

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.build.boxes import Standing
    from topogen.build.draft import Draft
    from topogen.errors import Path
    from topogen.language.topology import LayoutSpec
    from topogen.model.arrays import Bools, Ints
    from topogen.model.devices import DeviceGroup
    from topogen.model.links import LinkBlock
    from topogen.model.select import Piece
    from topogen.selector import Selector

RACK = "rack"
UNKNOWN = -1

AT_ROW = ("middle_of_row", "end_of_row")
AT_RACK = "top_of_rack"


def place_devices(draft: Draft) -> Placement:
    """Return where every device and rack of a draft stands; racks that rows get for switches are added."""
    return _Floor(draft).sites()


class _Floor:
    """The floor plan during a build: the positions of the devices of each group."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.layout = draft.parsed.spec.layout
        self.groups = draft.tree.groups
        self.stands = [self._in_tree(group) for group in self.groups]
        self.rows: dict[str, list[int]] = {}
        self.lowest: dict[int, int] = {}
        self.room = RackRoom.of(draft.parsed.spec, self.places)

    def sites(self) -> Placement:
        """Return the position of every device and rack."""
        self.draft.patch_panels = place_panels(self.draft, self.places, self.room)
        for index, rack in self.draft.racks.items():
            self._stand_in_own(index, rack)
        if self.layout:
            self._read_rows(self.layout)
            for what, racks in self.layout.place.items():
                self._place(what, racks)
            self._refuse_other_units(self.layout)
            self._check(self.layout)
        places = tuple(self.places)
        spots = self._spots()
        crossings = np.array(sorted(self.layout.cross_aisles) if self.layout else (), np.int64)
        sites = Placement(tuple(self.stands), places, *spots, crossings=crossings)
        pairs, ways = measured_ways(self.draft.parsed, self.draft.problems, sites)
        return replace(sites, pairs=pairs, ways=ways)

    @property
    def places(self) -> list[PlaceGroup]:
        """Return the racks there are, as groups of places."""
        return [place for place in self.draft.tree.places if place.level == RACK]

    def note(self, code: str, message: str, at: Path, hint: str = "") -> None:
        """Note one problem."""
        self.draft.problems.add(code, message, at, hint)

    # Devices

    def _in_tree(self, group: DeviceGroup) -> Position:
        """Return where the template says that devices stand: the U is that of the step with slots."""
        depth = level_depth(group.path, RACK)
        if not depth:
            return Position(group.count)
        place = next(place for place in self.places if place.path == group.path[:depth])
        in_slots = next((at for at, step in enumerate(group.path, start=1) if step.units), len(group.path))
        units = group.path[in_slots - 1].units or (UNKNOWN,)
        return Position(
            group.count,
            place.first,
            count_of(group.path[depth:]),
            units,
            count_of(group.path[in_slots:]),
        )

    def _stand_in_own(self, index: int, rack: Ints) -> None:
        """Place devices in the racks of their own fabric, switches from the lowest U up."""
        group = self.groups[index]
        if group.role:
            name, _, role = group.role.partition("/")
            self._fill(index, arange(len(rack)), rack, ("fabrics", name, "per_rack", role))
        else:
            self.stands[index] = Position(group.count, listed=(rack, np.full_like(rack, UNKNOWN)))

    def _place(self, what: str, racks: Sequence[Selector]) -> None:
        """Place generated switches where the layout says: in racks named, or in those of what they serve."""
        at = ("layout", "place", what)
        where = racks[0].text if len(racks) == 1 else ""
        named = where != AT_RACK and where not in AT_ROW
        numbers = [number for one in racks if named for number in self._rack_numbers(one, at)]
        listed = list(dict.fromkeys(numbers))
        for index, devices in self._made(what, at) if listed or not named else ():
            self.lowest[index] = self.layout.from_u.get(what, 0) if self.layout else 0
            if where == AT_RACK:
                targets = self._served(index)[0][devices]
            elif where in AT_ROW:
                targets = self._in_rows(where, index, devices, at)
            else:
                targets = self._where_they_serve(index, devices, np.array(listed))
            self._fill(index, devices, targets, at)

    def _refuse_other_units(self, layout: LayoutSpec) -> None:
        """Note lowest U of switches that ``place`` does not have."""
        for what in layout.from_u:
            if what not in layout.place:
                at, hint = (
                    ("layout", "from_u", what),
                    nearest(what, layout.place) or f"add place: {{{what}: RACK}}",
                )
                self.note("E203", f'place has no "{what}"', at, hint)

    def _where_they_serve(self, index: int, devices: Ints, racks: Ints) -> Ints:
        """Return a rack for each switch: the one that holds all it serves if there is one, else in turn."""
        served, whole = self._served(index)
        if whole[devices].all() and np.isin(served[devices], racks).all():
            return np.asarray(served[devices])
        meant = np.bincount(arange(len(devices)) * len(racks) // len(devices), minlength=len(racks))
        return np.repeat(racks, within_room(meant, self._spots_free(index, len(devices), racks)))

    def _spots_free(self, index: int, most: int, racks: Ints) -> Ints:
        """Return how many devices of a group, at most so many, each of some racks has room for."""
        kind, room = self._stands(index), self.room
        states = np.column_stack([room.loose[racks], room.height[racks], room.taken[racks]])
        alike, which = np.unique(states, axis=0, return_inverse=True)
        spots = [
            len(free_units(taken[:height], most, kind.height_u, kind.abreast, loose, self.lowest[index]))
            for loose, height, *taken in alike.tolist()
        ]
        return np.array(spots, np.int64)[which.ravel()]

    def _made(self, what: str, at: Path) -> list[tuple[int, Ints]]:
        """Return the device groups of made switches that a selector names, and which of their devices."""
        try:
            pieces = select_devices(self.groups, parse_selector(what))
        except SelectionError:
            pieces = []
        made = [piece for piece in pieces if self.groups[piece.group].role]
        self._refuse_chips(made, at)
        if not made:
            roles = [group.role for group in self.groups if group.role]
            known = sorted({*roles, *(role.split("/")[0] for role in roles)})
            hint = nearest(what, known) or "add it under fabrics"
            self.note("E203", f'no fabric or role "{what}"', at, hint)
        return [(piece.group, distinct(piece.devices() // self.groups[piece.group].chips)) for piece in made]

    def _refuse_chips(self, pieces: Sequence[Piece], at: Path) -> None:
        """Note a selector that names only some of the chips of a box."""
        for group in (self.groups[piece.group] for piece in pieces if not piece.is_whole(BOX_STEPS)):
            message = f"the chips of a {group.path[1].type} stand where their box does"
            self.note("E828", message, at, f"name whole boxes: {group.role}, or {group.role}0")

    def _fill(self, index: int, devices: Ints, targets: Ints, at: Path) -> None:
        """Place devices of a group in racks, each above those already there or into the lowest gap.

        Devices are boxes where the group has chips, which stand where their box does.
        """
        chips, old, kind = self.groups[index].chips, self.stands[index], self._stands(index)
        lowest = self.lowest.get(index, 0)
        every = arange(self.groups[index].count, chips)
        rack, unit = old.rack(every), old.unit(every)
        halves = HALVES // kind.abreast
        self.room.take(rack[devices], unit[devices], kind.height_u, -halves)
        rack[devices], unit[devices] = targets, UNKNOWN
        devices, targets = devices[targets >= 0], targets[targets >= 0]
        here, counts = np.unique(targets, return_counts=True)
        alike, which = np.unique(
            np.column_stack([counts, self.room.loose[here], self.room.height[here], self.room.taken[here]]),
            axis=0,
            return_inverse=True,
        )
        most = int(counts.max(initial=0))
        free = np.full((len(alike), most), UNKNOWN, np.int64)
        for row, (count, loose, height, *taken) in enumerate(alike.tolist()):
            found = free_units(taken[:height], count, kind.height_u, kind.abreast, loose, lowest)
            free[row, : len(found)] = found
        unit[devices] = free[which.ravel()[np.searchsorted(here, targets)], cumcount(targets)]
        self._refuse_overfull(index, targets, unit[devices] < 0, at)
        self.room.take(targets, unit[devices], kind.height_u, halves)
        self.stands[index] = Position(
            self.groups[index].count, listed=(np.repeat(rack, chips), np.repeat(unit, chips))
        )

    def _stands(self, index: int) -> Standing:
        return standing(self.draft.parsed.spec, self.groups[index])

    def _refuse_overfull(self, index: int, targets: Ints, left: np.ndarray, at: Path) -> None:
        """Note devices for which some racks have no free U: those ``left`` of what is meant for them."""
        racks = targets[left]
        if not len(racks):
            return
        kind, rack = self._stands(index), int(racks[0])
        height, taken = int(self.room.height[rack]), int((self.room.taken[rack] > 0).sum())
        contents = taken + int(self.room.loose[rack])
        meant, short = (int((some == rack).sum()) for some in (targets, racks))
        message = (
            f"{self._name(rack)} is {height} U high, {contents} U are taken: "
            f"no room for {short} of {meant} x {kind.label} of {kind.height_u} U"
        )
        if lowest := self.lowest.get(index, 0):
            self.note("E402", f"{message} from U{lowest} up", at, "lower from_u, or name more racks")
            return
        if others := len(np.unique(racks)) - 1:
            message += f", and likewise in {others:,} other rack{'s' * (others > 1)}"
        each = len(free_units([0] * RACK_U, len(racks), kind.height_u, kind.abreast))
        more = -(-len(racks) // each) if each else 0
        name = f"name {more:,} more rack{'s' * (more > 1)} of {RACK_U} U" if more else "name higher racks"
        self.note("E402", message, at, f"{name}, or set height_u on the template of a higher rack")

    def _served(self, index: int) -> tuple[Ints, Bools]:
        """Return the rack of most lower links of each switch of a group, and whether it is that of all.

        Both of shape (switches,).
        """
        count, racks = self._stands(index).number, self.draft.tree.per_level[RACK]
        blocks = [
            block for link in self.draft.links for block in link.blocks if block.b and block.b.group == index
        ]
        if not blocks:
            return np.full(count, UNKNOWN, np.int64), np.zeros(count, np.bool_)
        joined = [_racks_and_switches(self.stands, block) for block in blocks]
        rack, switch = (np.concatenate(side) for side in zip(*joined, strict=True))
        switch //= self.groups[index].chips
        key, links = np.unique((switch * (racks + 1) + rack)[rack >= 0], return_counts=True)
        best = np.full(count, UNKNOWN, np.int64)
        order = np.lexsort((-key, links))  # the rack of most links comes last, of equals the lowest
        best[key[order] // (racks + 1)] = key[order] % (racks + 1)
        every = np.bincount(switch, minlength=count)
        most = np.zeros(count, np.int64)
        most[key[order] // (racks + 1)] = links[order]
        return best, (most == every) & (every > 0)

    # Racks of rows

    def _read_rows(self, layout: LayoutSpec) -> None:
        seen: dict[int, str] = {}
        for row, selectors in layout.rows.items():
            at = ("layout", "rows", row)
            listed = [number for one in selectors for number in self._rack_numbers(one, at)]
            for number in listed:
                if number in seen:
                    message = f"{self._name(number)} is listed in rows {seen[number]} and {row}"
                    self.note("E401", message, at, "list each rack once")
                seen[number] = row
            self.rows[row] = listed

    def _in_rows(self, where: str, index: int, devices: Ints, at: Path) -> Ints:
        """Return a rack for each switch, in the row in which most of its lower links end."""
        kind = self._stands(index)
        row_of = np.full(self.draft.tree.per_level[RACK] + 1, UNKNOWN, np.int64)
        for number, racks in enumerate(self.rows.values()):
            row_of[racks] = number
        rows = row_of[self._served(index)[0][devices]]
        if (rows < 0).any():
            message = f"{int((rows < 0).sum()):,} {kind.label} serve racks that are not in any row"
            self.note("E203", message, at, "list the racks in layout.rows")
            return np.full(len(devices), UNKNOWN, np.int64)
        targets = zeros(len(devices))
        for number, row in enumerate(list(self.rows)):
            here = np.flatnonzero(rows == number)
            if len(here):
                targets[here] = self._racks_for(where, row, len(here), kind)
        return targets

    def _racks_for(self, where: str, row: str, switches: int, kind: Standing) -> Ints:
        """Return a rack for each of some switches at the middle or end of a row, adding racks as needed."""
        height, abreast = kind.height_u, kind.abreast
        each = len(free_units([0] * RACK_U, switches, height, abreast)) or 1
        name = f"{where}_{''.join(char if char.isalnum() else '_' for char in row.lower())}"
        there = [
            n
            for place in self.places
            if place.template == name
            for n in range(place.first, place.first + place.count)
        ]
        room = [
            len(free_units(self.room.taken[n, :RACK_U].tolist(), switches, height, abreast))
            for n in there[-1:]
        ]
        racks = there[-1:] if room and room[0] else []
        short = -(-(switches - sum(room)) // each)
        if short > 0:
            place = self.draft.tree.add_racks((), name, short, len(there))
            self.room = self.room.with_racks(short)
            added = list(range(place.first, place.first + short))
            listed = self.rows[row]
            middle = len(listed) // 2 if where == "middle_of_row" else len(listed)
            at = listed.index(there[-1]) + 1 if there else middle
            self.rows[row] = [*listed[:at], *added, *listed[at:]]
            racks += added
        holds = [*[some for some in room if some], *[each] * max(0, short)]
        return np.repeat(np.array(racks, np.int64), holds)[:switches]

    def _rack_numbers(self, selector: Selector, at: Path) -> list[int]:
        """Return the racks a selector names, in the order it lists them; what is not there is noted."""
        racks = self.places
        try:
            pieces = select_places(racks, selector)
        except SelectionError as error:
            self.note("E203", error.message, at, error.hint)
            return []
        if not pieces:
            stems = ", ".join(sorted({place.path[-1].entry.stem for place in racks})) or "none"
            hint = f"a rack is a template with level: rack; available: {stems}"
            self.note("E203", f'"{selector}" is not a rack', at, hint)
        found = np.concatenate([zeros(0), *(racks[piece.group].first + piece.devices() for piece in pieces)])
        if pieces and (listed := selector.steps[-1].numbers):
            turns = np.concatenate([_turns(piece, listed) for piece in pieces])
            found = found[np.argsort(turns, kind="stable")]
        numbers: list[int] = found.tolist()
        return numbers

    def _name(self, number: int) -> str:
        place = next(place for place in self.places if place.first <= number < place.first + place.count)
        return path_name(place.path, number - place.first)

    def _spots(self) -> tuple[Ints, Ints, Ints, tuple[str, ...]]:
        """Return where each rack stands along and across the rows, the number of its row, and the rows."""
        count = self.draft.tree.per_level[RACK]
        x, y, row = (np.full(count, UNKNOWN, np.int64) for _ in range(3))
        pitch = (self.layout.rack_pitch or 0, self.layout.row_pitch or 0) if self.layout else (0, 0)
        for number, racks in enumerate(self.rows.values()):
            x[racks], y[racks], row[racks] = arange(len(racks)) * pitch[0], number * pitch[1], number
        return x, y, row, tuple(self.rows)

    def _check(self, layout: LayoutSpec) -> None:
        """Report a layout on which lengths cannot be computed."""
        several = [name for name, racks in self.rows.items() if len(racks) > 1]
        if several and layout.rack_pitch is None:
            message = f"row {several[0]} has several racks but no rack_pitch"
            self.note("E403", message, ("layout", "rows", several[0]), "add rack_pitch: 600 mm")
        if len(layout.rows) > 1 and layout.row_pitch is None:
            message = f"{len(layout.rows)} rows but no row_pitch"
            self.note("E403", message, ("layout", "rows"), "add row_pitch: 3 m")
        tray, highest = layout.tray, max(stand.highest_mm for stand in self.stands)
        if tray and tray.where == "overhead" and tray.height < highest:
            height = format_length(tray.height)
            message = f"the cable tray at {height} is below a device at {format_length(highest)}"
            self.note(
                "E404",
                message,
                ("layout", "tray", "height"),
                "raise height, which is measured from the floor",
            )


def _turns(piece: Piece, listed: Sequence[int]) -> Ints:
    """Return at which turn each place of a piece stands in a bracket of a selector."""
    turn = {number: index for index, number in enumerate(listed)}
    last = piece.path[-1]
    turn_of = np.array([turn.get(number, 0) for number in last.entry.numbers], np.int64)
    return turn_of[piece.devices() % last.count]


def _racks_and_switches(stands: Sequence[Position], block: LinkBlock) -> tuple[Ints, Ints]:
    """Return what a block joins: the racks of the devices of a, and the devices of b within their group."""
    assert block.b is not None  # noqa: S101 - asked only of links inside the model
    a = stands[block.a.group].rack(block.a.scope[:, None] + block.a.device[None, :])
    b = block.b.scope[:, None] + block.b.device[None, :]
    if block.a.axis != block.b.axis:
        a, b = np.broadcast_arrays(a[:, :, None], b[:, None, :])
    return a.ravel(), b.ravel()
