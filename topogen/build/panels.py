"""Port groups drawn on the panel of a part: each cage is there, free, and has the mode that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.catalog.panel import cages_at, cages_for, modes_meant, modes_of, row_of
from topogen.errors import nearest
from topogen.language.cages import Mode, format_cages
from topogen.model.devices import Port
from topogen.units import count_words, format_rate_long

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from topogen.build.box_panels import PanelOwner
    from topogen.catalog.model import Catalog
    from topogen.catalog.panel import Cages, Panel
    from topogen.errors import Path, Problems
    from topogen.language.cages import StatedMode
    from topogen.language.device import DeviceSpec, PortSpec


def panel_ports(
    name: str, spec: DeviceSpec, owners: Sequence[PanelOwner], catalog: Catalog, problems: Problems
) -> dict[str, Port]:
    """Return the port groups of a device that state their cages; whatever the panels lack is noted."""
    owner, *others = owners
    drawn = _ports_on(name, spec, owner, catalog, problems)
    unlike = [other for other in others if (other.part, other.chips) != (owner.part, owner.chips)]
    if drawn and unlike:
        boxes = f"{_box_words(owner)} and {_box_words(unlike[0])}"
        message = f"{name} states cages and is a chip of unlike boxes: {boxes}"
        problems.add("E833", message, ("devices", name), "write a device type for the chips of each box")
    elif not drawn:
        for other in unlike:
            _ports_on(name, spec, other, catalog, problems)
    return drawn


def _box_words(owner: PanelOwner) -> str:
    return f"{owner.box} ({owner.part}, {count_words(owner.chips, 'chip')})"


def _ports_on(
    name: str, spec: DeviceSpec, owner: PanelOwner, catalog: Catalog, problems: Problems
) -> dict[str, Port]:
    """Return the port groups of a device that state their cages on the panel of one owner."""
    at: Path = ("devices", name)
    spec = spec.model_copy(update={"part": owner.part})
    panel = catalog.parts[spec.part].panel if spec.part in catalog.parts and spec.part else None
    stated = {port: item for port, item in spec.ports.items() if item.cages is not None}
    if panel is None:
        _refuse_without_panel(spec, stated, catalog, (problems, at))
        return {}
    if spec.nos is not None and spec.nos not in panel.names:
        message = f'the panel of {spec.part} has no port names of "{spec.nos}"'
        hint = nearest(spec.nos, panel.names) or "remove nos"
        problems.add("E719", message, (*at, "nos"), hint)
    noted = len(problems.found)
    found = {
        port: (item, mode)
        for port, item in stated.items()
        if (mode := _mode(panel, spec, item, (problems, (*at, "ports", port)))) is not None
    }
    _refuse_uneven(owner, stated, (problems, at))
    if len(problems.found) == noted:
        cages = {port: item.cages or () for port, item in stated.items()}
        _refuse_shared(panel, cages, (problems, at))
        _refuse_disabled(panel, cages, {port: mode for port, (_, mode) in found.items()}, (problems, at))
    rooms = _rooms(panel, spec, owner)
    _refuse_unfit(panel, spec, rooms, (problems, at))
    if len(problems.found) == noted:
        _refuse_overbooked(panel, (spec, owner), rooms, (problems, at))
    return {port: _port(port, item, mode, owner.chips) for port, (item, mode) in found.items()}


def _port(name: str, spec: PortSpec, mode: Mode, chips: int) -> Port:
    cages, bidi = spec.cages or (), spec.duplex == "bidi"
    count = max(1, len(cages) // chips) * mode.links
    return Port(
        name, count, mode.lanes, mode.lane_rate, mode.rate, bidi, mode.links, None, cages, spec.reserved
    )


def _refuse_without_panel(
    spec: DeviceSpec, stated: Iterable[str], catalog: Catalog, noting: tuple[Problems, Path]
) -> None:
    problems, at = noting
    known = [part.id for part in catalog.parts.values() if part.panel]
    hint = f"use a part with a panel ({', '.join(known)}), or write count, lanes and lane_rate"
    why = f'part "{spec.part}" has no panel' if spec.part else "the device has no part"
    for port in stated:
        problems.add("E715", f"cages need a panel, but {why}", (*at, "ports", port, "cages"), hint)
    for port in (port for port, item in spec.ports.items() if not item.on_panel):
        message = f"on_panel needs a panel, but {why}"
        problems.add("E715", message, (*at, "ports", port, "on_panel"), "remove on_panel")
    if spec.nos is not None and not tuple(stated):
        problems.add("E715", f"nos needs a panel, but {why}", (*at, "nos"), "remove nos")


def _refuse_uneven(owner: PanelOwner, stated: Mapping[str, PortSpec], noting: tuple[Problems, Path]) -> None:
    """Note cages that the chips of a box cannot share equally."""
    problems, at = noting
    for port, item in stated.items():
        cages = item.cages or ()
        whole = cages[: len(cages) // owner.chips * owner.chips]
        if len(whole) < len(cages):
            chips, number = count_words(owner.chips, "chip"), count_words(len(cages), "cage")
            message = f"the {chips} of {owner.box} cannot share {number} equally"
            hint = f"cages: {format_cages(whole)}" if whole else f"name {owner.chips} cages or more"
            problems.add("E829", message, (*at, "ports", port, "cages"), hint)


def _mode(panel: Panel, spec: DeviceSpec, item: PortSpec, noting: tuple[Problems, Path]) -> Mode | None:
    """Return the mode of a port group, None where its cages are not all there, free, and have it."""
    problems, at = noting
    cages = item.cages or ()
    missing = [number for number in cages if number not in panel.numbers]
    if missing:
        message = f"the panel of {spec.part} has no {_cages(missing)}"
        problems.add("E712", message, (*at, "cages"), f"its cages: {_rows(panel)}")
        return None
    reserved = [number for number in cages if number in panel.reserved]
    if reserved:
        message = (
            f"{_cages(reserved)} of {spec.part} {_are(reserved)} reserved: {panel.reserved[reserved[0]]}"
        )
        left = format_cages(set(cages) - set(reserved))
        hint = f"cages: {left}" if left else "choose other cages"
        problems.add("E714", message, (*at, "cages"), hint)
        return None
    return _one_mode(panel, spec, item, noting) if item.mode else None


def _one_mode(panel: Panel, spec: DeviceSpec, item: PortSpec, noting: tuple[Problems, Path]) -> Mode | None:
    """Return the one mode that all cages of a port group have and that its text means."""
    problems, at = noting
    stated: StatedMode | None = item.mode
    meant: dict[int, list[Mode]] = {
        number: modes_meant(row_of(panel, number), number, stated) if stated else []
        for number in item.cages or ()
    }
    without = [number for number, modes in meant.items() if not modes]
    if without:
        row = row_of(panel, without[0])
        hint = f"modes of cage {without[0]}: {_modes(row, without[0])}"
        problems.add("E713", f'{_cages(without)} of {spec.part}: no mode "{stated}"', (*at, "mode"), hint)
        return None
    shapes = list(dict.fromkeys(mode for modes in meant.values() for mode in modes))
    if len(shapes) > 1:
        hint = f"write {' or '.join(mode.in_lanes for mode in shapes)}"
        message = f'"{stated}" has several lane shapes on {_cages(meant)} of {spec.part}'
        problems.add("E713", message, (*at, "mode"), hint)
        return None
    return shapes[0]


def _refuse_shared(panel: Panel, cages: Mapping[str, tuple[int, ...]], noting: tuple[Problems, Path]) -> None:
    """Note cages that two port groups name."""
    problems, at = noting
    ports = list(cages)
    for index, port in enumerate(ports):
        for other in ports[:index]:
            shared = set(cages[port]) & set(cages[other])
            if not shared:
                continue
            alike = {
                number for row in panel.rows if not shared.isdisjoint(row.numbers) for number in row.numbers
            }
            wanted = sum(len(alike & set(numbers)) for numbers in cages.values())
            message = f'{_cages(shared)} {_are(shared)} in "{other}" and "{port}"'
            if wanted > len(alike):
                message += f": {wanted} cages of {len(alike)}"
            left = set(cages[port]) - set().union(*(cages[name] for name in ports if name != port))
            hint = f"give each cage to one port group, here cages: {format_cages(left)}"
            if not left:
                hint = f'remove "{port}", or give each cage to one port group'
            problems.add("E711", message, (*at, "ports", port, "cages"), hint)


def _refuse_disabled(
    panel: Panel,
    cages: Mapping[str, tuple[int, ...]],
    modes: Mapping[str, Mode],
    noting: tuple[Problems, Path],
) -> None:
    """Note cages that the mode of the cage before them disables."""
    problems, at = noting
    disabled = {
        number + 1: port
        for port, mode in modes.items()
        for number in cages[port]
        if number in row_of(panel, number).disabling.get(mode, ())
    }
    for port, numbers in cages.items():
        lost = [number for number in numbers if number in disabled]
        if lost:
            by = disabled[lost[0]]
            message = f'{_cages(lost)} {_are(lost)} disabled by the mode {modes[by]} of "{by}"'
            left = format_cages(set(numbers) - set(lost))
            hint = f"cages: {left}" if left else f'remove "{port}", or give "{by}" another mode'
            problems.add("E714", message, (*at, "ports", port, "cages"), hint)


def _rooms(panel: Panel, spec: DeviceSpec, owner: PanelOwner) -> dict[str, frozenset[int]]:
    """Return the cages that each port group names or may be in, empty where none fits.

    Left out are ports that are not on the panel, that share the cages of another place, or that have no rate.
    """
    rooms: dict[str, frozenset[int]] = {}
    for port, item in spec.ports.items():
        if item.cages is not None:
            rooms[port] = frozenset(item.cages)
            continue
        elsewhere = item.cage.on not in {None, owner.level or None}
        if not item.on_panel or elsewhere or not item.count:
            continue
        links = min(item.cage.links, item.count * (owner.chips if item.cage.on else 1))
        if item.lanes and item.lane_rate:
            rooms[port] = cages_for(panel, Mode(links, item.lanes, item.lane_rate))
        elif item.bandwidth:
            rooms[port] = cages_at(panel, links, item.bandwidth)
    return rooms


def _refuse_unfit(
    panel: Panel, spec: DeviceSpec, rooms: Mapping[str, frozenset[int]], noting: tuple[Problems, Path]
) -> None:
    """Note port groups that fit no cage of the panel."""
    problems, at = noting
    for port, item in spec.ports.items():
        if rooms.get(port, True):
            continue
        links = min(item.cage.links, item.count or 1)
        shape = f"{links} x {format_rate_long(item.bandwidth or 0)}"
        if item.lanes and item.lane_rate:
            shape = Mode(links, item.lanes, item.lane_rate).in_lanes
        message = f"no cage of {spec.part} has a mode {shape}; {modes_in_words(panel)}"
        hint = "use a mode of a cage; if these ports are not on the panel, write on_panel: false"
        problems.add("E743", message, (*at, "ports", port), hint)


def _refuse_overbooked(
    panel: Panel,
    drawing: tuple[DeviceSpec, PanelOwner],
    rooms: Mapping[str, frozenset[int]],
    noting: tuple[Problems, Path],
) -> None:
    """Note port groups that need more cages than the panel has of the kind that fits them.

    Cages that port groups name are taken; the others may be any that fit, so each kind of cage must hold all
    that fit nowhere else.
    """
    (problems, at), (spec, owner) = noting, drawing
    needs = {port: _cages_needed(spec.ports[port], owner.chips) for port in rooms}
    for room in dict.fromkeys(rooms.values()):
        held = [port for port in rooms if rooms[port] <= room]
        total = sum(needs[port] for port in held)
        if total > len(room):
            counts = " + ".join(f"{needs[port]} ({port})" for port in held)
            chips = f" of {count_words(owner.chips, 'chip')}" if owner.box else ""
            message = f"{total} cages of {len(room)} on the panel of {spec.part}: {counts}{chips}"
            over = count_words(total - len(room), "cage")
            hint = f"take away {over}, or give a box other than {panel.of} a part of its own without a panel"
            problems.add("E710", message, (*at, "ports", held[-1]), hint)
            return


def _cages_needed(item: PortSpec, chips: int) -> int:
    """Return how many cages a port group takes of its panel, those of all chips of a box together."""
    if item.cages is not None:
        return len(item.cages)
    count = item.count or 0
    if item.cage.on is not None:
        return -(-count * chips // item.cage.links)
    return -(-count // item.cage.links) * chips


def _cages(numbers: Iterable[int]) -> str:
    found = tuple(numbers)
    return f"{'cage' if len(found) == 1 else 'cages'} {format_cages(found)}"


def _are(numbers: Collection[int]) -> str:
    return "is" if len(numbers) == 1 else "are"


def _rows(panel: Panel) -> str:
    return ", ".join(_row(row) for row in panel.rows)


def _row(row: Cages) -> str:
    return f"{format_cages(row.numbers)} ({row.form_factor})"


def modes_in_words(panel: Panel) -> str:
    """Return the cages of a panel with their modes, as text."""
    return "; ".join(
        f"{_cages(row.numbers)} ({row.form_factor}): {_modes(row, row.numbers[0])}" for row in panel.rows
    )


def _modes(row: Cages, number: int) -> str:
    """Return the modes of a cage as text."""
    every = ", ".join(str(mode) for mode in modes_of(row, number))
    return f"{every}{', or slower' if len(row.lane_rates) > 1 else ''}"
