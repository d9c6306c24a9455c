"""Resolve selectors to devices, ports and places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.errors import nearest
from topogen.model.devices import BOX_STEPS, DeviceGroup, PlaceGroup
from topogen.model.path import Step, Steps, count_of
from topogen.model.runs import arange
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from topogen.model.arrays import Ints
    from topogen.model.devices import Port
    from topogen.selector import Pick, Selector


class SelectionError(ValueError):
    """A selector that matches nothing, or asks for more than exists."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint
        self.at: tuple[str, ...] = ()
        """Where in the file the selector stands, once that is known."""


@dataclass(frozen=True)
class Piece:
    """Part of one device group: the chosen indices at each step of its path, and of which ports.

    ``ports`` are the port numbers that the selector asks for, None for whichever are free.
    """

    group: int
    path: Steps
    picks: tuple[Ints, ...]
    port: int = -1
    ports: tuple[int, ...] | None = None

    @property
    def count(self) -> int:
        """Return the number of devices."""
        return int(np.prod([len(pick) for pick in self.picks], dtype=np.int64))

    def devices(self) -> Ints:
        """Return the numbers of the devices in their group, ascending."""
        return mixed_radix(self.picks, self.path)

    def is_whole(self, depth: int = 0) -> bool:
        """Return whether everything is chosen from ``depth`` steps down."""
        return _are_whole(self.picks[depth:], self.path[depth:])

    def places(self, depth: int) -> Ints:
        """Return the numbers of the places ``depth`` steps down in which it stands."""
        return mixed_radix(self.picks[:depth], self.path[:depth])

    def inside(self, depth: int) -> range | Ints:
        """Return the devices in each place ``depth`` steps down, a range where they follow one another."""
        path = self.path[depth:]
        if self.is_whole(depth):
            return range(count_of(path))
        local = mixed_radix(self.picks[depth:], path)
        first, last = int(local[0]), int(local[-1])
        return range(first, last + 1) if (local == first + np.arange(len(local))).all() else local


def mixed_radix(picks: Sequence[Ints], path: Steps) -> Ints:
    """Return the numbers of all combinations of picked indices, the last step running fastest."""
    if _are_whole(picks, path):
        return np.arange(count_of(path), dtype=np.int64)
    numbers = np.zeros(1, np.int64)
    for pick, step in zip(picks, path, strict=True):
        numbers = (numbers[:, None] * step.count + pick[None, :]).ravel()
    return numbers


def _are_whole(picks: Sequence[Ints], path: Steps) -> bool:
    return all(
        len(pick) == step.count and bool((pick == np.arange(step.count)).all())
        for pick, step in zip(picks, path, strict=True)
    )


def select_devices(groups: Sequence[DeviceGroup], selector: Selector) -> list[Piece]:
    """Return the devices of a name, or all that stand below places of that name."""
    paths = [group.path for group in groups]
    found = _pieces_of_selector(paths, selector, below=False) or _pieces_of_selector(
        paths, selector, below=True
    )
    if not found:
        raise SelectionError(f'"{selector.text}" matches nothing', nearest_name(groups, selector))
    return found


def mark_devices(groups: Sequence[DeviceGroup], selector: Selector) -> NDArray[np.bool_]:
    """Return which devices of the fabric a selector names; one entry more, False, is the outside."""
    named = np.zeros(sum(group.count for group in groups) + 1, bool)
    for piece in select_devices(groups, selector):
        named[groups[piece.group].first + piece.devices()] = True
    return named


def select_ports(groups: Sequence[DeviceGroup], selector: Selector) -> list[Piece]:
    """Return the devices a selector names, each with the port group that it names there."""
    pieces = [_with_port(groups, piece, selector) for piece in select_devices(groups, selector)]
    found = [piece for piece in pieces if piece]
    return found or _refuse_port(groups, selector)


def _refuse_port(groups: Sequence[DeviceGroup], selector: Selector) -> list[Piece]:
    """Raise an error that lists the ports of the selected devices."""
    types = [groups[piece.group].type for piece in select_devices(groups, selector)]
    ports = sorted({port.name for kind in types for port in kind.ports})
    if not ports:
        raise SelectionError(
            f'"{selector.text}": none of these devices has ports', "add ports to the device type"
        )
    if selector.port is None:
        message = f'"{selector.text}": which port? available: {", ".join(ports)}'
        raise SelectionError(message, f'name it after a dot: "{selector.text}.{ports[0]}"')
    message = f'"{selector.text}": none of these devices has a port "{selector.port}"'
    raise SelectionError(message, nearest(selector.port, ports))


def select_places(places: Sequence[PlaceGroup], selector: Selector) -> list[Piece]:
    """Return the places a selector names, if any; ``group`` is the index of their place group."""
    return _pieces_of_selector([place.path for place in places], selector, below=False)


def count_named(groups: Sequence[DeviceGroup], places: Sequence[PlaceGroup], selector: Selector) -> int:
    """Return how many devices, or else places, a selector names; never what stands below them.

    The role of a fabric names its switches, also where they are chips of boxes; a template names the boxes.
    """
    found = _pieces_of_selector([group.path for group in groups], selector, below=False)
    found = found or _chips_of_role(groups, selector) or select_places(places, selector)
    if not found:
        raise SelectionError(f'"{selector.text}" matches nothing', nearest_name(groups, selector))
    return sum(piece.count for piece in found)


def _chips_of_role(groups: Sequence[DeviceGroup], selector: Selector) -> list[Piece]:
    """Return the chips of boxes that are named as switches of a fabric and not by their template."""
    boxed = [group.path for group in groups if group.is_boxed]
    boxed = [path for path in boxed if path[BOX_STEPS - 1].type != selector.steps[-1].name]
    return _pieces_of_selector(boxed, selector, below=True)


def nearest_name(groups: Sequence[DeviceGroup], selector: Selector) -> str:
    """Return a hint with the names that come nearest to the first step that no device has."""
    names = {name for group in groups for step in group.path for name in _names_of_step(step)}
    unknown = [pick.name for pick in selector.steps if pick.name not in names]
    return (
        nearest(unknown[0], names) if unknown else "every name exists, but they are not nested in this order"
    )


def _names_of_step(step: Step) -> set[str]:
    return {step.entry.stem, step.type} | (
        {step.entry.name(0)} if step.entry.plain or step.count == 1 else set()
    )


@dataclass(frozen=True)
class _Match:
    """Picked indices at the steps of a path, and which step each step of the selector names."""

    picks: tuple[Ints, ...]
    steps: tuple[Step, ...]
    named: tuple[Ints, ...]


def _pieces_of_selector(paths: Sequence[Steps], selector: Selector, *, below: bool) -> list[Piece]:
    """Return what a selector names at the end of paths, or anywhere along them."""
    matches: list[tuple[int, _Match]] = []
    for index, path in enumerate(paths):
        ends = range(len(path), 0, -1) if below else [len(path)]
        match = next((match for end in ends if (match := _match(path[:end], selector.steps))), None)
        if match:
            matches.append((index, match))
    _refuse_missing_numbers([match for _, match in matches], selector)
    return [_piece_of_match(index, paths[index], match) for index, match in matches if _is_found(match)]


def _is_found(match: _Match) -> bool:
    return all(len(pick) for pick in match.picks)


def _piece_of_match(index: int, path: Steps, match: _Match) -> Piece:
    rest = [arange(step.count) for step in path[len(match.picks) :]]
    return Piece(index, path, (*match.picks, *rest))


def _match(path: Steps, steps: tuple[Pick, ...]) -> _Match | None:
    """Return what a selector picks along a path whose last step is its last; None if it names another."""
    found: dict[int, Ints] = {}
    for depth in range(len(path) - 1, -1, -1):
        chosen = _chosen(path[depth], steps[-1 - len(found)])
        if chosen is not None:
            found[depth] = chosen
        if not found:
            return None
        if len(found) == len(steps):
            picks = [found.get(depth, arange(step.count)) for depth, step in enumerate(path)]
            order = sorted(found)
            return _Match(tuple(picks), tuple(path[d] for d in order), tuple(found[d] for d in order))
    return None


def _chosen(step: Step, pick: Pick) -> Ints | None:
    """Return which of a step's numbers a pick takes, as listed; None if it names another step."""
    entry = step.entry
    if pick.name in (entry.stem, entry.type):
        if pick.numbers is None:
            return arange(step.count)
        return _places_of_numbers(entry.numbers, pick.numbers)
    before = f"{entry.stem}{entry.separator}"
    digits = pick.name.removeprefix(before)
    if pick.numbers is None and pick.name.startswith(before) and digits.isdigit() and not entry.plain:
        number = int(digits)  # leading zeros do not count: no two names differ in them only
        if number in entry.numbers:
            return np.array([entry.numbers.index(number)], np.int64)
    return None


def _places_of_numbers(numbers: range | tuple[int, ...], asked: Sequence[int]) -> Ints:
    """Return which place has each of the numbers that are asked for and exist."""
    if isinstance(numbers, range):
        return np.array([numbers.index(number) for number in asked if number in numbers], np.int64)
    index = {number: place for place, number in enumerate(numbers)}
    return np.array([index[number] for number in asked if number in index], np.int64)


def _refuse_missing_numbers(matches: Sequence[_Match], selector: Selector) -> None:
    """Raise if a number in brackets exists nowhere: fewer devices than asked for is a wrong count."""
    for position, pick in enumerate(selector.steps if matches else ()):
        if pick.numbers is None:
            continue
        missing = sorted(set(pick.numbers) - _numbers_found(matches, position))
        if missing:
            there = [_lowest_and_highest(match.steps[position].entry.numbers) for match in matches]
            first, last = min(low for low, _ in there), max(high for _, high in there)
            message = f'"{selector.text}": {pick.name}[{missing[0]}] does not exist'
            raise SelectionError(message, f"{pick.name} is numbered {first} to {last}")


def _lowest_and_highest(numbers: range | tuple[int, ...]) -> tuple[int, int]:
    return (numbers[0], numbers[-1]) if isinstance(numbers, range) else (min(numbers), max(numbers))


def _numbers_found(matches: Sequence[_Match], position: int) -> set[int]:
    return {
        match.steps[position].entry.numbers[index]
        for match in matches
        for index in match.named[position].tolist()
    }


def _with_port(groups: Sequence[DeviceGroup], piece: Piece, selector: Selector) -> Piece | None:
    ports = groups[piece.group].type.ports
    if selector.port is None:
        index = 0 if len(ports) == 1 else None
    else:
        index = next((i for i, port in enumerate(ports) if port.name == selector.port), None)
    if index is None:
        return None
    numbers = selector.port_numbers
    if numbers and max(numbers) >= ports[index].usable:
        raise _no_such_port(groups[piece.group].type.name, ports[index], selector)
    return Piece(piece.group, piece.path, piece.picks, index, numbers)


def _no_such_port(name: str, port: Port, selector: Selector) -> SelectionError:
    """Return the error of a number that no port has, or only one that is reserved."""
    message = f'"{selector.text}": {name} has {port.count} ports "{port.name}"'
    if not port.reserved:
        return SelectionError(message, f"ports are numbered 0 to {port.count - 1}")
    use = f"0 to {port.usable - 1} can have links" if port.usable else "none can have links"
    return SelectionError(f"{message}, {port.reserved} of them reserved", f"{use}; or lower reserved")
