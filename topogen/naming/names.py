"""Fill naming patterns: every place and device gets the name that the site has for it."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from topogen.language.names import COUNTED, NameField
from topogen.model.path import path_name, path_names
from topogen.model.runs import arange, zeros
from topogen.model.site_names import SiteNames, listed_texts
from topogen.model.text_buffer import Piece, Texts, table_of, texts_of
from topogen.naming.checks import Checks, refuse_unknown, table_of_names
from topogen.naming.numbered import UNKNOWN, Named, Numbers, devices_named, places_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.errors import Path, Problems
    from topogen.language.names import NamePattern, NamesSpec
    from topogen.language.tables import Row
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.model.path import Steps

TO_HAVE = {
    "row": "list the rack in layout.rows",
    "rack": "put it in a template of level rack, or place it with layout.place",
    "rack_name": "put it in a template of level rack, or place it with layout.place",
    "u": "give the slots of its rack, such as slots: {U1-8: node}",
    "unit": "of switches only leaves of a fabric with units_by serve one unit: use {N}",
    "rail": "only endpoints and leaves of a fabric with rails_by have a rail: use {n}",
    "plane": "only switches of a fabric with planes have a plane: use {n}",
    "pod": "only fat trees of three tiers or more have pods: use {n}",
    "number": "use {n}, which counts from 1",
    "parent": "it is at the top of the file: remove {parent}",
}
"""What to do where a place or device lacks the value of a field."""


def site_names(fabric: Fabric, rows: Sequence[Row], problems: Problems) -> SiteNames | None:
    """Return the names of a fabric that its file states, None if it states none; problems are noted."""
    spec = fabric.spec.names
    if spec is None:
        return None
    return _Naming(fabric, spec, rows, problems).names()


class _Naming:
    """The names of one fabric while they are made."""

    def __init__(self, fabric: Fabric, spec: NamesSpec, rows: Sequence[Row], problems: Problems) -> None:
        self._fabric, self._spec, self._problems = fabric, spec, problems
        self._numbers = Numbers(fabric)
        self._places = {one.path: one for one in places_named(fabric)}
        self._devices = devices_named(fabric, frozenset(spec.devices))
        self._table = table_of_names(rows, problems)
        self._depths = {path.count("/") + 1 for path in self._table}
        self._used: set[str] = set()
        self._made: dict[Steps, Texts | None] = {}

    def names(self) -> SiteNames:
        """Return all names."""
        refuse_unknown(self._fabric, self._spec, self._problems)
        places = {path: self._of_place(path) for path in self._places}
        devices = [self._of_device(one) for one in self._devices]
        turns = {one.path: self._numbers.of("n", one) for one in self._devices}
        checks = Checks(self._fabric, self._spec, self._table, self._problems)
        checks.refuse_unused(self._used)
        checks.refuse_alike("devices", self._own_names(devices))
        for level in dict.fromkeys(path[-1].level for path in places):
            of_level = (path for path in places if path[-1].level == level)
            checks.refuse_alike("places", [(self._places[path], places[path]) for path in of_level])
        checks.refuse_ports()
        checks.refuse_shared_ports([one for one in self._devices if self._bears_name_of_place(one)], turns)
        marks = self._problems.marks
        label_at = marks.find(("names", "label"))
        return SiteNames(
            devices={index: made for index, made in enumerate(devices) if made is not None},
            places={path: made for path, made in places.items() if made is not None},
            racks=self._racks,
            ports=self._spec.ports,
            label=self._spec.label,
            label_length=self._spec.label_length,
            label_at=(label_at, marks.line(label_at)),
            turns=np.concatenate([zeros(0), *turns.values()]),
        )

    def _own_names(self, devices: Sequence[Texts | None]) -> list[tuple[Named, Texts | None]]:
        """Return devices with their names; those that bear the name of their place have it once a place."""
        found: list[tuple[Named, Texts | None]] = []
        places: set[Steps] = set()
        for one, made in zip(self._devices, devices, strict=True):
            above = one.path[:-1]
            if made is None or not self._bears_name_of_place(one):
                found.append((one, made))
            elif above not in places:
                places.add(above)
                each = one.path[-1].count
                found.append((replace(one, path=above), Texts(made.cells[::each], made.widths[::each])))
        return found

    def _bears_name_of_place(self, one: Named) -> bool:
        pattern = self._spec.devices.get(one.key)
        return pattern is not None and pattern.text == "{parent}" and len(one.path) not in self._depths

    # Names

    def _of_place(self, path: Steps) -> Texts | None:
        """Return the names of the places of a path, None if they are the design names."""
        if not path:
            return None
        if path not in self._made:
            named = self._places.get(path)
            pattern = self._spec.places.get(named.key) if named else None
            self._made[path] = self._texts(named or Named(path, "", None), pattern, "places")
        return self._made[path]

    def _of_device(self, named: Named) -> Texts | None:
        return self._texts(named, self._spec.devices.get(named.key), "devices")

    def _texts(self, named: Named, pattern: NamePattern | None, section: str) -> Texts | None:
        above = self._of_place(named.path[:-1])
        made = None
        if pattern is not None:
            made = self._filled(named, pattern, ("names", section, named.key))
        elif above is not None:
            each = named.path[-1].count
            numbers = arange(named.count)
            slash = Piece(texts_of(["/"]), zeros(named.count))
            made = table_of([Piece(above, numbers // each), slash, self._steps(named, numbers)])
        return self._with_table(named, made)

    def _steps(self, named: Named, numbers: Ints) -> Piece:
        return Piece(texts_of(named.path[-1].entry.names()), numbers % named.path[-1].count)

    def _filled(self, named: Named, pattern: NamePattern, at: Path) -> Texts | None:
        """Return a pattern with its fields filled in, None where a value is missing."""
        pieces: list[Piece] = []
        for part in pattern.parts:
            if isinstance(part, NameField):
                piece = self._piece(named, part)
                if piece is None or isinstance(piece, int):
                    self._note_missing(named, part, piece or 0, at)
                    return None
                pieces.append(piece)
            else:
                pieces.append(Piece(texts_of([part]), zeros(named.count)))
        return table_of(pieces)

    def _note_missing(self, named: Named, part: NameField, number: int, at: Path) -> None:
        name = part.name.removesuffix("0")
        message = f"{{{part.name}}}: {path_name(named.path, number)} has no {name.replace('_', ' ')}"
        self._problems.add("E732", message, at, TO_HAVE.get(part.name) or TO_HAVE[name])

    def _piece(self, named: Named, part: NameField) -> Piece | int | None:
        """Return the texts of a field, or the number of the first place or device that has no value."""
        numbers = arange(named.count)
        if part.name == "name":
            return self._steps(named, numbers)
        if part.name == "path":
            return Piece(texts_of(path_names(named.path)), numbers)
        if part.name == "parent":
            return self._parent(named, numbers)
        if part.name in {"row", "rack_name"}:
            return self._of_rack(part.name, self._numbers.rack(named))
        zero_based = part.name.removesuffix("0")
        is_zero = zero_based != part.name and zero_based in COUNTED
        field = zero_based if is_zero else part.name
        values = self._numbers.of(field, named)
        missing = np.flatnonzero(values == UNKNOWN)
        if len(missing):
            return int(missing[0])
        return _numbered(values + (field in COUNTED and not is_zero), part.width)

    def _parent(self, named: Named, numbers: Ints) -> Piece | None:
        path = named.path[:-1]
        if not path:
            return None
        above = self._of_place(path)
        return Piece(texts_of(path_names(path)) if above is None else above, numbers // named.path[-1].count)

    @cached_property
    def _racks(self) -> tuple[str, ...]:
        """Return the name of each rack, in the order of their numbers."""
        names: list[str] = []
        for place in self._fabric.sites.places:
            made = self._of_place(place.path)
            names += path_names(place.path) if made is None else listed_texts(made)
        return tuple(names)

    def _of_rack(self, field: str, rack: Ints) -> Piece | int:
        texts = [one.row for one in self._fabric.sites.racks] if field == "row" else self._racks
        has = np.array([*(bool(text) for text in texts), False])
        missing = np.flatnonzero(~has[rack])
        return int(missing[0]) if len(missing) else Piece(texts_of(texts), rack)

    # The table

    def _with_table(self, named: Named, made: Texts | None) -> Texts | None:
        """Return names with those that the table gives."""
        if len(named.path) not in self._depths:
            return made
        design = path_names(named.path)
        found = {number: path for number, path in enumerate(design) if path in self._table}
        if not found:
            return made
        texts = design if made is None else listed_texts(made)
        for number, path in found.items():
            texts[number] = self._table[path].cells[1]
            self._used.add(path)
        return texts_of(texts)


def _numbered(values: Ints, width: int) -> Piece:
    distinct, index = np.unique(values, return_inverse=True)
    return Piece(texts_of([str(value).zfill(width) for value in distinct.tolist()]), index.ravel())
