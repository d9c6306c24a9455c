"""Refuse names that are alike or too long, and patterns for what is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.cabling.port_names import names_of_ports
from topogen.errors import nearest
from topogen.model.path import path_name, path_names
from topogen.model.site_names import listed_texts
from topogen.model.text_buffer import texts_of
from topogen.naming.ports import names_of_group, needs_panel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any, TypeAlias

    from topogen.errors import Path, Problems
    from topogen.language.names import NamePattern, NamesSpec
    from topogen.language.tables import Row
    from topogen.model.arrays import Ints
    from topogen.model.devices import DeviceType, Port
    from topogen.model.fabric import Fabric
    from topogen.model.path import Steps
    from topogen.model.text_buffer import Texts
    from topogen.naming.numbered import Named

    Pairs: TypeAlias = "Sequence[tuple[Named, Texts | None]]"

LONGEST = {"devices": 64, "places": 100}
"""Characters that an inventory system such as NetBox takes."""
LONGEST_PORT = 64


def table_of_names(rows: Sequence[Row], problems: Problems) -> dict[str, Row]:
    """Return the rows of the table of names by design path; paths that come twice and bad names are noted."""
    found: dict[str, Row] = {}
    for row in rows:
        path, name = row.cells
        if path in found:
            message = f'"{path}" is there twice; first in line {found[path].mark.line}'
            problems.add_at("E734", message, row.at(0), "names.table", "keep one of the rows")
        elif not name or not name.isprintable():
            message = f'"{path}" has {"no name" if not name else "a name that cannot be printed"}'
            problems.add_at("E734", message, row.at(1), "names.table", "write its name, or remove the row")
        else:
            found[path] = row
    return found


def refuse_unknown(fabric: Fabric, spec: NamesSpec, problems: Problems) -> None:
    """Note patterns for device types, templates and port groups that are not there."""
    types = fabric.spec.devices
    labels = {group.label for group in fabric.groups}
    templates = {place.template for place in fabric.places}
    ports = [f"{name}.{port}" for name, kind in types.items() for port in kind.ports]
    sections = (
        ("devices", spec.devices, {*types, *labels}, "device type or fabric/role"),
        ("places", spec.places, {*fabric.spec.templates, *templates}, "template"),
        ("ports", spec.ports, set(ports), "port group"),
    )
    for section, patterns, known, what in sections:
        for key in sorted(patterns.keys() - known):
            hint = nearest(key, known) or f"remove it: this file has no {what}"
            problems.add("E731", f'there is no {what} "{key}"', ("names", section, key), hint)


class Checks:
    """The names of one fabric against each other; ``table`` has the rows of the table by design path."""

    def __init__(self, fabric: Fabric, spec: NamesSpec, table: Mapping[str, Row], problems: Problems) -> None:
        self._fabric, self._spec, self._table, self._problems = fabric, spec, table, problems

    def refuse_unused(self, used: set[str]) -> None:
        """Note rows of the table whose place or device is not there."""
        example = path_name(self._fabric.groups[0].path, 0)
        for path, row in self._table.items():
            if path not in used:
                hint = f'write the design path of a place or device, such as "{example}"'
                message = f'there is no place or device "{path}"'
                self._problems.add_at("E734", message, row.at(0), "names.table", hint)

    def refuse_alike(self, section: str, pairs: Pairs) -> None:
        """Note two devices, or places of one level, of one name, and names that are too long."""
        if all(texts is None for _, texts in pairs):
            return
        tables = [texts_of(path_names(one.path)) if texts is None else texts for one, texts in pairs]
        room = max(texts.cells.shape[1] for texts in tables)
        every = np.concatenate([_padded(texts, room) for texts in tables])
        order = np.argsort(every, kind="stable")
        twice = np.flatnonzero(every[order][1:] == every[order][:-1])
        if len(twice):
            first, second = (_found(pairs, int(order[twice[0] + one])) for one in (0, 1))
            name = bytes(every[order[twice[0]]]).decode()
            message = f'{first[0]} and {second[0]} have the same name "{name}"'
            hint = "add a field that tells them apart, such as {N}, {parent} or {rack_name}"
            owner = second if second[1] in self._patterns(section) or second[0] in self._table else first
            self._note(owner, section, "E733", (message, hint))
        for one, texts in pairs:
            if texts is not None and texts.widest > LONGEST[section]:
                self._refuse_long(section, one, texts)

    def _patterns(self, section: str) -> Mapping[str, NamePattern]:
        return self._spec.devices if section == "devices" else self._spec.places

    def _refuse_long(self, section: str, named: Named, texts: Texts) -> None:
        names = listed_texts(texts)
        number = max(range(len(names)), key=lambda one: len(names[one]))
        if len(names[number]) > LONGEST[section]:
            message = (
                f'"{names[number]}" has {len(names[number])} characters; '
                f"inventory systems take {LONGEST[section]} for {section}"
            )
            owner = path_name(named.path, number), named.key
            self._note(owner, section, "E735", (message, "shorten the pattern or the name"))

    def _note(self, owner: tuple[str, str], section: str, code: str, said: tuple[str, str]) -> None:
        """Note a problem at the row of the table that gave a name, else at the pattern."""
        path, key = owner
        message, hint = said
        row = self._table.get(path)
        if row is not None:
            self._problems.add_at(code, message, row.at(1), "names.table", hint)
        else:
            self._problems.add(code, message, ("names", section, key), hint)

    # Ports

    def refuse_ports(self) -> None:
        """Note ports that lack the panel that their pattern needs, and ports of one device named alike."""
        for kind in {group.type.name: group.type for group in self._fabric.groups}.values():
            patterns = {port.name: self._spec.ports.get(f"{kind.name}.{port.name}") for port in kind.ports}
            if any(patterns.values()) and not any(self._lacking(kind, patterns)):
                self._refuse_alike_ports(kind, patterns)

    def _lacking(self, kind: DeviceType, patterns: Mapping[str, NamePattern | None]) -> Iterator[bool]:
        """Yield whether each port group lacks a field, and note it."""
        for port in kind.ports:
            pattern = patterns[port.name]
            missing = self._missing(kind, port, pattern) if pattern else ""
            if missing:
                message = f"{{{missing}}}: {kind.name}.{port.name} has no panel that says it"
                hint = "use {k}, or give the part a panel and the port group its cages and mode"
                self._problems.add("E732", message, _at_port(kind, port.name), hint)
                yield True

    def _missing(self, kind: DeviceType, port: Port, pattern: NamePattern) -> str:
        needed = sorted(needs_panel(pattern))
        names = names_of_ports(self._fabric.catalog, kind, port) if needed else []
        if needed and not names:
            return needed[0]
        return "nos" if "nos" in needed and not all(one.nos for one in names) else ""

    def _refuse_alike_ports(self, kind: DeviceType, patterns: Mapping[str, NamePattern | None]) -> None:
        seen: dict[str, tuple[str, str]] = {}
        for port in kind.ports:
            names = names_of_group(self._fabric.catalog, kind, port, patterns[port.name], 0)
            for number, text in enumerate(names):
                design = f"{port.name}{number}"
                other, of = seen.get(text, ("", ""))
                if other and (patterns[port.name] or patterns[of]):
                    at = _at_port(kind, port.name if patterns[port.name] else of)
                    message = f'ports {other} and {design} of {kind.name} have the same name "{text}"'
                    hint = "add {k}, or {group} where two port groups share a pattern"
                    self._problems.add("E733", message, at, hint)
                    return
                if len(text) > LONGEST_PORT:
                    message = f'"{text}" has {len(text)} characters; inventory systems take {LONGEST_PORT}'
                    hint = "shorten the pattern"
                    self._problems.add("E735", message, _at_port(kind, port.name), hint)
                    return
                seen[text] = design, port.name

    def refuse_shared_ports(self, named: Sequence[Named], turns: Mapping[Steps, Ints]) -> None:
        """Note two ports alike of devices that bear the name of their place."""
        seen: dict[tuple[Steps, str], str] = {}
        for one in named:
            for number in range(one.path[-1].count):
                if not self._ports_differ(one, number, int(turns[one.path][number]), seen):
                    return

    def _ports_differ(self, one: Named, number: int, turn: int, seen: dict[tuple[Steps, str], str]) -> bool:
        """Return whether the ports of a device have other names than those seen in its place."""
        if one.device is None:
            return True
        kind, device = one.device.type, path_name(one.path, number)
        for port in kind.ports:
            name = f"{kind.name}.{port.name}"
            pattern = self._spec.ports.get(name)
            for text in names_of_group(self._fabric.catalog, kind, port, pattern, turn, number % port.chips):
                other = seen.setdefault((one.path[:-1], text), device)
                if other != device:
                    alike = f'both have a port "{text}"'
                    message = f"{other} and {device} bear the name of their place, and {alike}"
                    better = "eth{n}" if port.count == 1 else "eth{n}_{k}"
                    hint = f'name its ports with {{n}}, such as names: {{ports: {{{name}: "{better}"}}}}'
                    at = _at_port(kind, port.name) if pattern else ("names", "devices", one.key)
                    self._problems.add("E733", message, at, hint)
                    return False
        return True


def _at_port(kind: DeviceType, port: str) -> Path:
    return "names", "ports", f"{kind.name}.{port}"


def _found(pairs: Pairs, number: int) -> tuple[str, str]:
    """Return design path and key of a place or device by its number among all."""
    for one, _ in pairs:
        if number < one.count:
            return path_name(one.path, number), one.key
        number -= one.count
    raise IndexError(number)


def _padded(texts: Texts, room: int) -> Any:  # noqa: ANN401 - byte strings have no type of their own
    """Return texts as byte strings of one width; bytes beyond each text are zero."""
    cells = np.zeros((len(texts), room), np.uint8)
    cells[:, : texts.cells.shape[1]] = texts.cells
    cells[np.arange(room)[None, :] >= texts.widths[:, None]] = 0
    return cells.view(f"S{room}").ravel()
