"""Sized generators of a file: a fabric becomes switches, racks of their own, and link groups."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from topogen.build.boxes import box_of, switch_name
from topogen.build.draft import Alike, Draft, PlannedGroup, keep, refuse_two_media
from topogen.build.mixed_ends import refuse_mixed_ends
from topogen.build.splits import Cables, note_wide_cables, split_jobs
from topogen.build.tree import device_types, switch_entry
from topogen.build.unit_classes import unit_classes
from topogen.build.wire import Job, ends_seen, offers_seen, wire
from topogen.language.fabric import SWITCH_PORTS
from topogen.memory import refuse_beyond
from topogen.model.fabric import GeneratorFacts
from topogen.model.path import Step
from topogen.model.runs import arange, zeros
from topogen.model.select import Piece, SelectionError
from topogen.selector import made_entry
from topogen.units import format_count
from topogen.wiring import generator
from topogen.wiring.block import PatternError
from topogen.wiring.external import external
from topogen.wiring.plan import (
    ENDS,
    EXTRA_ENDS,
    PEER,
    EndPoints,
    Faces,
    GeneratorRequest,
    in_planes,
    joined_devices,
    numbered,
    refuse_many,
    refuse_many_links,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from topogen.build.boxes import Box
    from topogen.language.topology import FabricSpec
    from topogen.model.arrays import Ints
    from topogen.model.devices import DeviceType, Port
    from topogen.model.path import Steps
    from topogen.wiring.block import Ends
    from topogen.wiring.plan import Face, Plan, PlannedLinks

BYTES_PER_END_LINK = 100
"""Memory that a link of an end to its first switch takes while a fabric is made, measured at ten million."""


def add_fabric(draft: Draft, name: str, spec: FabricSpec) -> None:
    """Add the switches and links of a fabric to the draft, or note why it cannot be made."""
    at = ("fabrics", name)
    try:
        _Sizing(draft, name, spec).add()
        levels = spec.levels()
        places = [level for level in (levels.units_by, *levels.blocks) if level]
        draft.alike[at] = Alike(places, levels.rails_by, spec.planes)
    except SelectionError as error:
        draft.problems.add("E203", error.message, error.at or at, error.hint)
    except PatternError as error:
        draft.problems.add(error.code, error.message, (*at, *error.at), error.hint)


class _Sizing:
    """One fabric while it is made: which ports of the draft its ends and roles are."""

    def __init__(self, draft: Draft, name: str, spec: FabricSpec) -> None:
        self.draft, self.name, self.spec = draft, name, spec
        self.at = ("fabrics", name)
        self.levels = spec.levels()
        self.types = device_types(draft.parsed, draft.problems)
        self.pieces: dict[str, Sequence[Piece]] = {}
        self.groups: dict[str, int] = {}

    def add(self) -> None:
        """Add everything that the generator of the pattern plans."""
        one = generator(self.spec.pattern).make(self._asked())
        chips = {role: box.chips.count for role in one.switches if (box := self._box(role))}
        plan = in_planes(one, self.spec.planes, chips)
        self._refuse_nothing(plan)
        self.draft.made[self.name] = GeneratorFacts(
            self.spec.planes, plan.diameter, plan.bisection, plan.pods_alike, plan.sizes
        )
        for code, message, hint in plan.notes:
            self.draft.problems.add(code, message, self.at, hint)
        if plan.ends:
            self._create(plan.ends)
        for role, count in plan.switches.items():
            self._add_switches(role, count)
        for links in groupby(plan.links, key=attrgetter("name")):
            self._link(links[0], list(links[1]))
        self._stand(plan)

    def _refuse_nothing(self, plan: Plan) -> None:
        """Raise for a plan without ends or without links: a fabric of nothing would pass every check."""
        if self.spec.create and not plan.ends:
            message = f"there is no room for an end of {self._per_plane(self._created().usable)} ports"
            raise PatternError("E204", message, "larger sizes, or ends with fewer ports")
        if not any(block.count for links in plan.links for block in links.blocks):
            message = f"pattern {self.spec.pattern} makes no link of these sizes"
            raise PatternError("E204", message, "larger sizes, or more ends")

    # What the generator is asked

    def _asked(self) -> GeneratorRequest[FabricSpec]:
        for role, selectors in ((ENDS, self.spec.ends), (EXTRA_ENDS, self.levels.extra_ends)):
            if selectors:
                self.pieces[role] = self._pinned(self.draft.select(selectors, (*self.at, role)))
        if self.spec.create:
            return GeneratorRequest(
                self.spec, self._faces, None, created_ports=self._per_plane(self._created().usable)
            )
        each = self._unlike_ports()
        if each is not None:
            return self._asked_unlike(each)
        seen = {role: self._seen(role, pieces) for role, pieces in self.pieces.items()}
        links = sum(one.count * one.ports for one in seen.values())
        refuse_many_links(links)
        if not self.levels.blocks and not self.levels.extra_ends:
            levels = (self.levels.rails_by, self.levels.units_by)
            kinds = unit_classes(self.draft.tree.places, self.pieces[ENDS], levels)
            if kinds:
                ports = self._per_plane(seen[ENDS].ports)
                return GeneratorRequest(self.spec, self._faces, EndPoints(seen[ENDS].count, ports, kinds))
        refuse_beyond(f"{self.name} of {format_count(links)} links to ends", BYTES_PER_END_LINK * links)
        units = [self._units(pieces) for pieces in self.pieces.values()]
        unit = np.split(numbered(np.concatenate(units)), np.cumsum([len(one) for one in units])[:-1])
        ends = {}
        for (role, one), units_of in zip(seen.items(), unit, strict=True):
            rail = one.position if self._rails(role) else zeros(one.count)
            blocks = {level: self._level(self.pieces[role], level) for level in self.levels.blocks}
            ends[role] = EndPoints.of(self._per_plane(one.ports), rail, units_of, blocks)
        return GeneratorRequest(self.spec, self._faces, ends[ENDS], ends.get(EXTRA_ENDS))

    def _unlike_ports(self) -> Ints | None:
        """Return the free ports of each end where they differ and the pattern takes such ends, else None."""
        if not generator(self.spec.pattern).unlike_ports or not self.pieces[ENDS] or self.levels.extra_ends:
            return None
        each = offers_seen(self.draft.plant, Job(-1, external, self.pieces[ENDS], None))
        return each if len(each) and 0 < each.min() < each.max() else None

    def _asked_unlike(self, each: Ints) -> GeneratorRequest[FabricSpec]:
        """Return what a generator is asked with ends of unlike numbers of ports."""
        links = int(each.sum())
        refuse_many_links(links)
        refuse_beyond(f"{self.name} of {format_count(links)} links to ends", BYTES_PER_END_LINK * links)
        for ports in np.unique(each).tolist():
            self._per_plane(ports)
        pieces, rails_by = self.pieces[ENDS], self._rails(ENDS)
        job = Job(-1, external, pieces, None, level=rails_by, all_ports=(False, False))
        rail = ends_seen(self.draft.plant, job).position if rails_by else zeros(len(each))
        ends = EndPoints.unlike(each // self.spec.planes, rail, numbered(self._units(pieces)))
        return GeneratorRequest(self.spec, self._faces, ends)

    def _rails(self, role: str) -> str | None:
        """Return the level in which ends of a role have their rails; extra ends take what is free."""
        return self.levels.rails_by if role == ENDS else None

    def _seen(self, role: str, pieces: Sequence[Piece]) -> Ends:
        """Return what a generator sees of ends."""
        seen = ends_seen(self.draft.plant, Job(-1, external, pieces, None, level=self._rails(role)))
        if not seen.ports:
            raise PatternError(
                "E201", "the ends have no free port left", "name free ports in ends, or link them once"
            )
        return seen

    def _units(self, pieces: Sequence[Piece]) -> Ints:
        """Return the place of ``units_by`` that each end stands in."""
        if self.levels.units_by is None:
            return zeros(sum(piece.count for piece in pieces))
        return self._level(pieces, self.levels.units_by)

    def _level(self, pieces: Sequence[Piece], level: str) -> Ints:
        """Return the place of a level that each end stands in."""
        job = Job(-1, external, pieces, None, level=level, all_ports=(False, False))
        return ends_seen(self.draft.plant, job).place

    def _pinned(self, pieces: Sequence[Piece]) -> Sequence[Piece]:
        """Return ends with the ports that are free, where all ends of a piece have the same ones free."""
        tables = [
            self.draft.ports.free((piece.group, piece.port), piece.devices, piece.ports) for piece in pieces
        ]
        return [
            replace(piece, ports=tuple(table.tolist())) if table.ndim == 1 else piece
            for piece, table in zip(pieces, tables, strict=True)
        ]

    def _per_plane(self, ports: int) -> int:
        each, rest = divmod(ports, self.spec.planes)
        if rest:
            message = f"{ports} ports of an end do not divide over {self.spec.planes} planes"
            raise PatternError("E204", message, f"planes: a divisor of {ports}, or name fewer ports in ends")
        return each

    def _faces(self, role: str) -> Faces:
        kind = self._switch_type(role)
        if not kind.ports:
            message = f"{kind.name} has no ports"
            ports = "{net: {count: 64, lanes: 4, lane_rate: 100 Gb/s}}"
            hint = f"give {kind.name} ports, such as ports: {ports}"
            raise PatternError("E201", message, hint)
        named = {port.name: port.usable for port in kind.ports}
        chosen = self._port_groups(role)
        if len(named) == 1 and not chosen:  # whatever its name
            return Faces(kind.name, kind.ports[0].usable)
        if chosen:
            return self._chosen_faces(kind, chosen)
        faces = [named[face] for face in SWITCH_PORTS if face in named]
        if not faces:
            names = ", ".join(f"{name} ({count})" for name, count in named.items())
            message = f'{kind.name} has several port groups, none of them named "down" or "up": {names}'
            hint = f"say which with switch_ports: {max(named, key=lambda name: named[name])}"
            raise PatternError("E201", message, hint)
        return Faces(kind.name, sum(faces), named.get("down"), named.get("up"), named.get(PEER))

    def _port_groups(self, role: str) -> Mapping[str, str]:
        """Return the port groups that the file names for the switches of a role."""
        groups = self.spec.port_groups()
        return groups.get(role) or groups.get("*") or {}

    def _chosen_faces(self, kind: DeviceType, chosen: Mapping[str, str]) -> Faces:
        """Return the ports of the groups that the file names."""
        named = {port.name: port.usable for port in kind.ports}
        for name in dict.fromkeys(chosen.values()):
            if name not in named:
                message = f'{kind.name} has no port group "{name}"'
                hint = (
                    f"it has {', '.join(named)}; where roles have different groups, name those of each role"
                )
                raise PatternError("E753", message, hint)
        down, up = (named[chosen[face]] for face in SWITCH_PORTS)
        peer = None if PEER in chosen.values() else named.get(PEER)
        if chosen["down"] == chosen["up"]:
            return Faces(kind.name, down, peer=peer)
        return Faces(kind.name, down + up, down, up, peer)

    def _switch_type(self, role: str) -> DeviceType:
        box = self._box(role)
        return self.types[box.chips.type if box else switch_name(self.spec, role)]

    def _box(self, role: str) -> Box | None:
        """Return the box that the switches of a role are chips of, None for switches of their own."""
        return box_of(self.draft.parsed.spec, self.spec, switch_name(self.spec, role))

    # Devices

    def _created(self) -> Port:
        selector = self.spec.create
        assert selector is not None  # noqa: S101 - asked only where it is written
        kind = self.types.get(selector.steps[-1].name)
        if kind is None or len(selector.steps) > 1 or selector.steps[-1].numbers is not None:
            message = f'"{selector.text}" is not a type of device with a port'
            raise PatternError("E203", message, 'create: TYPE.PORT, such as "nic.net"')
        port = next((port for port in kind.ports if selector.port in (None, port.name)), None)
        if port is None:
            names = ", ".join(port.name for port in kind.ports) or "none"
            raise PatternError("E203", f'"{selector.text}": no such port', f"ports of {kind.name}: {names}")
        return port

    def _create(self, count: int) -> None:
        selector = self.spec.create
        assert selector is not None  # noqa: S101 - only then ends are planned
        port = self._created()
        kind = self.types[selector.steps[-1].name]
        index = self._add_devices(kind, kind.name, count)
        self.groups[ENDS] = index
        self.pieces[ENDS] = [_all_of(self.draft, index, kind.ports.index(port), range(port.usable))]

    def _add_switches(self, role: str, count: int) -> None:
        box, kind = self._box(role), self._switch_type(role)
        self.groups[role] = self._add_devices(kind, role, count, f"{self.name}/{role}", box)

    def _add_devices(
        self, kind: DeviceType, entry: str, count: int, role: str = "", box: Box | None = None
    ) -> int:
        """Add devices below the fabric, in boxes if they are chips, and return the index of their group."""
        refuse_many(entry, count)
        top, index = Step(switch_entry(self.name), None), len(self.draft.tree.groups)
        path: Steps = (top, Step(replace(made_entry(entry, count), type=kind.name), None))
        if box:
            boxes = replace(made_entry(entry, count // box.chips.count), type=box.name)
            path = (top, Step(boxes, box.template.level), Step(box.chips, None))
            self.draft.tree.add_place(path[:-1], box.template)
        self.draft.ports.add(index, self.draft.tree.add_devices(path, kind, role))
        return index

    # Links

    def _ports(self, face: Face) -> Sequence[Piece]:
        """Return the ports of a face: a port group of its name, or a range of the only one it can be."""
        if face.role in self.pieces:
            return [_some_of(piece, face.ports) for piece in self.pieces[face.role]]
        index = self.groups[face.role]
        kind = self.draft.tree.groups[index].type
        names = [port.name for port in kind.ports]
        chosen = self._port_groups(face.role) if len(names) > 1 else {}
        name = "up" if face.name == PEER and PEER not in names else face.name
        part = face.ports if face.name == PEER else None
        if chosen and name in chosen:
            part = face.ports if chosen["down"] == chosen["up"] else part
            return [_all_of(self.draft, index, names.index(chosen[name]), part)]
        if name in names:
            return [_all_of(self.draft, index, names.index(name), part)]
        only = next((names.index(name) for name in SWITCH_PORTS if name in names), 0)
        return [_all_of(self.draft, index, only, face.ports)]

    def _link(self, name: str, made: Sequence[PlannedLinks]) -> None:
        """Add a link group: all links that a plan made under one name."""
        jobs = [self._job(links) for links in made]
        key = name if made[0].b else "hosts"
        refuse_mixed_ends(self.draft, jobs, key)
        per_cable = self.spec.links_per_cable.get(key) or self.spec.links_per_cable.get("*") or 1
        cables = Cables(per_cable, self.spec.split, self.at, in_fabric=True)
        jobs = split_jobs(self.draft, cables, jobs)
        blocks = tuple(block for job in jobs for block in wire(self.draft.plant, job))
        medium = self.spec.medium.get(key) or self.spec.medium.get("*")
        if any(job.alike for job in jobs):
            refuse_two_media(medium)
        wired = PlannedGroup(
            self.spec.network,
            medium,
            self.spec.pattern if made[0].b else "external",
            jobs,
            blocks,
            links_per_cable=per_cable,
            length_mm=self.spec.length.get(key, self.spec.length.get("*")),
            fibre_shuffle=self.spec.fibre_shuffle or "",
            shuffle=self.spec.shuffle.get(key) or self.spec.shuffle.get("*") or 0,
            outside=made[0].outside,
            through=self.spec.through.get(key) or self.spec.through.get("*") or (),
        )
        note_wide_cables(self.draft, cables, jobs)
        keep(self.draft, f"{self.name}/{name}", self.at, wired)
        self.draft.tier_of[f"{self.name}/{name}"] = f"{self.name}/{key}"

    def _job(self, made: PlannedLinks) -> Job:
        return Job(
            len(self.draft.links),
            lambda _: list(made.blocks),
            self._ports(made.a),
            self._ports(made.b) if made.b else None,
            same=made.a == made.b,
            alike=made.b is not None and made.a.role == made.b.role,
            all_ports=(False, False),  # seen to be alike before the first group took some
        )

    # Racks of their own

    def _stand(self, plan: Plan) -> None:
        """Stand the switches of ``per_rack`` in racks of their own, created ends beside theirs."""
        for role, each in self.spec.switches_per_rack().items():
            if role not in self.groups:
                roles = ", ".join(plan.switches) or "none"
                raise PatternError("E203", f'per_rack: no switch here is a "{role}"', f"roles here: {roles}")
            above = (Step(switch_entry(self.name), None),)
            chips = self.draft.tree.groups[self.groups[role]].chips
            boxes = plan.switches[role] // chips
            racks = self.draft.tree.add_racks(above, f"{role}_rack", -(-boxes // each))
            self.draft.racks[self.groups[role]] = rack = racks.first + arange(boxes) // each
            for links in plan.links:
                if plan.ends and links.a.role == ENDS and links.b and links.b.role == role:
                    self.draft.racks[self.groups[ENDS]] = _beside(plan.ends, links, np.repeat(rack, chips))


def _beside(count: int, links: PlannedLinks, rack: Ints) -> Ints:
    """Return the rack of each end: that of the switch its first port goes to."""
    end, switch = (np.concatenate(side) for side in zip(*map(joined_devices, links.blocks), strict=True))
    found = zeros(count)
    found[end[::-1]] = rack[switch[::-1]]
    return found


def _some_of(piece: Piece, ports: range | None) -> Piece:
    """Return ends with only some of the ports that they bring."""
    if ports is None:
        return piece
    if piece.ports is None:
        message = "the ends have different ports free, so that no port stands for one direction"
        raise PatternError("E209", message, "name the ports in ends, such as [0-5]")
    return replace(piece, ports=piece.ports[ports.start : ports.stop])


def _all_of(draft: Draft, group: int, port: int, ports: range | None) -> Piece:
    path = draft.tree.groups[group].path
    picks = tuple(np.arange(step.count, dtype=np.int64) for step in path)
    return Piece(group, path, picks, port, tuple(ports) if ports is not None else None)
