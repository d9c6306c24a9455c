"""Which devices, ports and places a selector names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from topogen.errors import nearest
from topogen.fabric import DeviceGroup, Ints, PlaceGroup, Step, Steps, count_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from topogen.selector import Pick, Selector


class SelectionError(ValueError):
    """A selector that names nothing, or more than there is."""

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

    def split(self, depth: int) -> tuple[Ints, Ints]:
        """Return the first device of each scope ``depth`` steps down, and the devices counted from there."""
        inside = self.path[depth:]
        scopes = mixed_radix(self.picks[:depth], self.path[:depth]) * count_of(inside)
        return scopes, mixed_radix(self.picks[depth:], inside)


def mixed_radix(picks: Sequence[Ints], path: Steps) -> Ints:
    """Return the numbers of all combinations of picked indices, the last step running fastest."""
    numbers = np.zeros(1, np.int64)
    for pick, step in zip(picks, path, strict=True):
        numbers = (numbers[:, None] * step.count + pick[None, :]).ravel()
    return numbers


def select_devices(groups: Sequence[DeviceGroup], selector: Selector) -> list[Piece]:
    """Return the devices of a name, or all that stand below places of that name."""
    found = _pieces([(index, group.path) for index, group in enumerate(groups)], selector, below=False)
    found = found or _pieces(
        [(index, group.path) for index, group in enumerate(groups)], selector, below=True
    )
    if not found:
        raise SelectionError(f'"{selector.text}" matches nothing', nearest_name(groups, selector))
    _refuse_missing_numbers([group.path for group in groups], selector)
    return found


def select_ports(groups: Sequence[DeviceGroup], selector: Selector) -> list[Piece]:
    """Return the devices a selector names, each with the port group that it names there."""
    pieces = [_with_port(groups, piece, selector) for piece in select_devices(groups, selector)]
    found = [piece for piece in pieces if piece]
    if not found:
        ports = {
            port.name for piece in select_devices(groups, selector) for port in groups[piece.group].type.ports
        }
        label = f'a port "{selector.port}"' if selector.port else "one port group: name the port after a dot"
        hint = nearest(selector.port or "", ports) if ports else "its device types have no ports"
        raise SelectionError(f'"{selector.text}": no device here has {label}', hint)
    return found


def select_places(places: Sequence[PlaceGroup], selector: Selector) -> list[Piece]:
    """Return the places a selector names; the group of a piece is the index of its place group."""
    return _pieces([(index, place.path) for index, place in enumerate(places)], selector, below=False)


def count_named(groups: Sequence[DeviceGroup], places: Sequence[PlaceGroup], selector: Selector) -> int:
    """Return how many devices, or else places, a selector names; never what stands below them."""
    found = _pieces([(index, group.path) for index, group in enumerate(groups)], selector, below=False)
    found = found or select_places(places, selector)
    if not found:
        raise SelectionError(f'"{selector.text}" matches nothing', nearest_name(groups, selector))
    return sum(piece.count for piece in found)


def nearest_name(groups: Sequence[DeviceGroup], selector: Selector) -> str:
    """Return a hint with the names that come nearest to the first step that no device has."""
    names = {name for group in groups for step in group.path for name in _names(step)}
    unknown = [pick.name for pick in selector.steps if pick.name not in names]
    return nearest(unknown[0], names) if unknown else "each step is here, but not one below the other"


def _names(step: Step) -> set[str]:
    return {step.entry.stem, step.type} | (
        {step.entry.name(0)} if step.entry.plain or step.count == 1 else set()
    )


def _pieces(paths: Iterable[tuple[int, Steps]], selector: Selector, *, below: bool) -> list[Piece]:
    found = []
    for index, path in paths:
        ends = range(len(path), 0, -1) if below else [len(path)]
        picks = next((picks for end in ends if (picks := _match(path[:end], selector.steps))), None)
        if picks:
            rest = [np.arange(step.count, dtype=np.int64) for step in path[len(picks) :]]
            found.append(Piece(index, path, (*picks, *rest)))
    return found


def _match(path: Steps, steps: tuple[Pick, ...]) -> list[Ints] | None:
    """Return the picked indices at each step of a path whose last step is the last of the selector."""
    picks = [np.arange(step.count, dtype=np.int64) for step in path]
    left = list(steps)
    for depth in range(len(path) - 1, -1, -1):
        chosen = _chosen(path[depth], left[-1])
        if chosen is None:
            if depth == len(path) - 1:
                return None
            continue
        if not len(chosen):
            return None
        picks[depth] = chosen
        left.pop()
        if not left:
            return picks
    return None


def _chosen(step: Step, pick: Pick) -> Ints | None:
    """Return which of a step's numbers a pick takes, None if it does not name this step."""
    entry = step.entry
    if pick.name in (entry.stem, entry.type):
        if pick.numbers is None:
            return np.arange(step.count, dtype=np.int64)
        wanted = set(pick.numbers)
        return np.array([i for i, number in enumerate(entry.numbers) if number in wanted], np.int64)
    if (
        pick.name.startswith(entry.stem)
        and pick.numbers is None
        and pick.name[len(entry.stem) :].strip("_").isdigit()
    ):
        number = int(pick.name[len(entry.stem) :].strip("_"))
        found = [i for i, own in enumerate(entry.numbers) if own == number and entry.name(i) == pick.name]
        return np.array(found, np.int64) if found else None
    return None


def _refuse_missing_numbers(paths: Sequence[Steps], selector: Selector) -> None:
    """Raise if a number in brackets exists nowhere: fewer devices than asked for is a wrong count."""
    steps = {id(step): step for path in paths for step in path}.values()
    for pick in selector.steps:
        named = [step for step in steps if pick.name in (step.entry.stem, step.type)]
        there = {number for step in named for number in step.entry.numbers}
        missing = sorted(set(pick.numbers or ()) - there)
        if missing and there:
            message = f'"{selector.text}": there is no {pick.name}[{missing[0]}]'
            raise SelectionError(message, f"{pick.name} has numbers {min(there)} to {max(there)}")


def _with_port(groups: Sequence[DeviceGroup], piece: Piece, selector: Selector) -> Piece | None:
    ports = groups[piece.group].type.ports
    if selector.port is None:
        index = 0 if len(ports) == 1 else None
    else:
        index = next((i for i, port in enumerate(ports) if port.name == selector.port), None)
    if index is None:
        return None
    numbers = selector.port_numbers
    if numbers and max(numbers) >= ports[index].count:
        name = groups[piece.group].type.name
        message = f'"{selector.text}": {name} has {ports[index].count} ports "{ports[index].name}"'
        raise SelectionError(message, f"they are numbered 0 to {ports[index].count - 1}")
    return Piece(piece.group, piece.path, piece.picks, index, numbers)
