"""Boxes of racks and what each holds, counted: trays, or devices that stand in no tray."""

from __future__ import annotations

from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING

import numpy as np

from topogen.build.tree import height_of
from topogen.draw.shown.part_pieces import part_pieces
from topogen.language.device import SWITCH_ROLES
from topogen.model.path import count_of, level_depth, path_name
from topogen.palette import family_of
from topogen.records import dataclass
from topogen.units import format_count, plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from topogen.graph.selection import Selection
    from topogen.model.arrays import Bools, Ints
    from topogen.model.devices import DeviceGroup
    from topogen.model.fabric import Fabric
    from topogen.model.path import Steps
    from topogen.takeoff.roll_up import RollUp

BOARD = "board"
TOGETHER = {
    "gpu": "GPUs",
    "cpu": "CPUs",
    "nic": "NICs and others",
    "switch": "switches",
    "els": "ELS",
    "engine": "optical engines",
    "own_laser": "optical engines with lasers",
    "module": "optical modules",
    "copper": "copper assemblies",
}
CARRIES = {"copper": "copper"}
"""What parts carry whose names do not say so."""
MOST_NAMED = 2
"""So many names of a colour are told apart."""
UNSAID = {"box", "sw"}
"""Names of switches that do not say what they are."""
ABBREVIATED = {"gpu", "cpu", "nic", "dpu", "tpu", "npu", "ocs"}
SHORT_RUN = 4
"""From this many names in a row on they are written as one selector."""
ROLE_COLOURS = {"gpu": "gpu", "cpu": "cpu", **dict.fromkeys(SWITCH_ROLES, "switch")}


@dataclass(frozen=True)
class Thing:
    """A kind of piece that is counted: devices of a label, or a part for a network; ``colour`` is a name."""

    name: str
    colour: str
    network: str = ""


@dataclass(frozen=True, eq=False)
class Boxes:
    """Trays and lone devices, numbered: ``node`` maps devices to boxes, ``first`` paths to first numbers.

    ``unit`` is the lowest U, -1 where unknown, ``rack`` the number of the rack, -1 where there is none, both
    of shape (boxes,). ``counts``, shape (boxes, things), has what is inside; ``shared``, shape (racks + 1,
    things), what serves several boxes of a rack, in its last row that of no rack; ``beyond``, shape
    (things,), what serves several racks.
    """

    things: tuple[Thing, ...]
    node: Ints
    first: dict[Steps, int]
    kind: Ints
    rack: Ints
    unit: Ints
    height: Ints
    counts: Ints
    shared: Ints
    beyond: Ints
    picked: Bools

    @cached_property
    def kinds(self) -> list[str]:
        """Return the names of the templates and device types by the numbers in ``kind``."""
        return list(dict.fromkeys(path[-1].type for path in self.first))

    def name(self, box: int) -> str:
        """Return the full name of a box."""
        path, first = next((path, at) for path, at in reversed(self.first.items()) if at <= box)
        return path_name(path, box - first)


def boxes_of(fabric: Fabric, roll_up: RollUp, touched: Selection | None = None) -> Boxes:
    """Return all boxes of a fabric and what stands in them; ``touched`` says which of them are picked."""
    node, first = _numbered(fabric)
    total = sum(count_of(path) for path in first)
    racks = len(fabric.sites.racks)
    rack = np.full(total, -1, np.int64)
    rack[node] = fabric.sites.rack
    unit = np.full(total, np.iinfo(np.int64).max)
    np.minimum.at(unit, node, fabric.sites.unit)
    things: dict[Thing, tuple[Ints, Ints, int]] = {}
    for group in fabric.groups:
        here = np.bincount(node[group.first : group.first + group.count], minlength=total)
        _add(things, Thing(group.label, _device_colour(group)), here, np.zeros(racks + 1, np.int64), 0)
    by_rack = np.where(fabric.sites.rack < 0, racks, fabric.sites.rack)
    inside = part_pieces(fabric, node, total, roll_up.quantities)
    around = part_pieces(fabric, by_rack, racks + 1, roll_up.quantities)
    media = {(row.part or "", row.line, row.network): row.medium for row in roll_up.quantities}
    for near, far in zip(inside, around, strict=True):
        family = family_of(fabric.catalog.media[media[near.part, near.line, near.network]])
        colour = "els" if near.line == "els" else family
        shared = far.here.copy()
        np.subtract.at(shared, np.where(rack < 0, racks, rack), near.here)
        _add(things, Thing(near.part, colour, near.network), near.here, shared, int(far.larger.sum()))
    paths = list(first)
    kinds = {name: number for number, name in enumerate(dict.fromkeys(path[-1].type for path in paths))}
    repeats = [count_of(path) for path in paths]
    picked = np.bincount(node[touched.devices], minlength=total) > 0 if touched else np.ones(total, bool)
    columns = list(things.values())
    return Boxes(
        things=tuple(things),
        node=node,
        first=first,
        kind=np.repeat([kinds[path[-1].type] for path in paths], repeats),
        rack=rack,
        unit=unit,
        height=np.repeat([height_of(fabric.spec, path[-1].type) for path in paths], repeats),
        counts=np.stack([one[0] for one in columns], axis=1),
        shared=np.stack([one[1] for one in columns], axis=1),
        beyond=np.array([one[2] for one in columns]),
        picked=picked,
    )


def _add(
    things: dict[Thing, tuple[Ints, Ints, int]], thing: Thing, here: Ints, shared: Ints, beyond: int
) -> None:
    old = things.get(thing)
    things[thing] = (here + old[0], shared + old[1], beyond + old[2]) if old else (here, shared, beyond)


def _device_colour(group: DeviceGroup) -> str:
    return ROLE_COLOURS.get(group.type.role, "nic")


def _numbered(fabric: Fabric) -> tuple[Ints, dict[Steps, int]]:
    """Return the box of each device, shape (devices,), and the first box of each path."""
    node = np.zeros(fabric.n_devices, np.int64)
    first: dict[Steps, int] = {}
    total = 0
    for group in fabric.groups:
        path = group.path[: box_depth(group)]
        if path not in first:
            first[path] = total
            total += count_of(path)
        inside = count_of(group.path[len(path) :])
        node[group.first : group.first + group.count] = first[path] + np.arange(group.count) // inside
    return node, first


def box_depth(group: DeviceGroup) -> int:
    """Return how many steps lead to the box of a device: what has a U, else its innermost tray."""
    for depth, step in enumerate(group.path, start=1):
        if step.units:
            return depth
    rack = level_depth(group.path, "rack") or 0
    places = [
        depth for depth, step in enumerate(group.path, start=1) if step.level not in (None, BOARD, "rack")
    ]
    return max((depth for depth in places if depth > rack), default=len(group.path))


def counted_words(colour: str, counts: Mapping[str, int]) -> str:
    """Return how many pieces of a colour there are, by what they are called; together where of many names.

    >>> counted_words("gpu", {"gpu": 72}), counted_words("switch", {"chip": 144})
    ('72 GPU', '144 switch chips')
    >>> counted_words("switch", {"box": 1}), counted_words("switch", {"inner_chip": 144, "outer_chip": 72})
    ('1 switch', '144 inner, 72 outer switch chips')
    >>> counted_words("switch", {"q3450": 1}), counted_words("switch", {"net/leaf": 4})
    ('1 q3450 switch', '4 leaf switches')
    >>> counted_words("nic", {"nic": 144, "dpu": 18}), counted_words("els", {"els8": 396})
    ('144 NIC, 18 DPU set apart', '396 ELS')
    """
    total = sum(counts.values())
    if colour in ("els", "engine", "own_laser", "module") or len(counts) > MOST_NAMED:
        return f"{format_count(total)} {TOGETHER.get(colour, colour)}"
    called = [_called(colour, name, count) for name, count in counts.items()]
    ends = {words.partition(" ")[2] for words in called}
    if len(called) > 1 and len(ends) == 1 and "" not in ends:
        called = [*(words.partition(" ")[0] for words in called[:-1]), called[-1]]
    if colour == "nic":  # of one look: only their place tells them apart
        called = [called[0], *(f"{words} set apart" for words in called[1:])]
    numbered = zip(counts.values(), called, strict=True)
    return ", ".join(f"{format_count(count)} {words}" for count, words in numbered)


def _called(colour: str, name: str, count: int) -> str:
    """Return the name of a device or part in words: a switch says that it is one."""
    plain = name.rpartition("/")[2].replace("_", " ")
    if colour == "switch" and "switch" not in plain:
        if plain in UNSAID:
            what = "switch"
        else:
            what = plain.replace("chip", "switch chip") if "chip" in plain else f"{plain} switch"
        return what if count == 1 else plural(what)
    named = plain.upper() if plain in ABBREVIATED else plain
    return f"{named}{'s' * (count > 1)} ({CARRIES[colour]})" if colour in CARRIES else named


def drawn_names(names: list[str], most: int = 36) -> str:
    """Return the names of equal places: runs of numbers or letters as selectors, in full while that is short.

    >>> drawn_names(["c3", "c7", "c8"]), drawn_names(["r1", "r2", "r3", "r4"])
    ('c3, c7, c8', 'r[1-4]')
    >>> drawn_names([f"middle_of_row_{row}0" for row in "abcdefghi"])
    'middle_of_row_[a-i]0'
    >>> drawn_names(["rack_a", "rack_d", "rack_e"], 12)
    'rack_a +2'
    """
    if len(names) >= SHORT_RUN and (run := _run_inside(names)):
        return run
    runs: list[list[str]] = []
    for name in names:
        if runs and _follows(runs[-1][-1], name):
            runs[-1].append(name)
        else:
            runs.append([name])
    text = ", ".join(word for run in runs for word in _run_words(run))
    return text if len(text) <= most or len(names) == 1 else f"{names[0]} +{len(names) - 1:,}"


def _run_inside(names: list[str]) -> str:
    """Return names that differ in one number or letter alone, which goes up by one; else nothing."""
    digits = "0123456789"
    before, after = _shared(names), _shared([name[::-1] for name in names])[::-1]
    for head, tail, turn in (
        (before, after, _letter),
        (before.rstrip(digits), after.lstrip(digits), _number),
    ):
        inside = [name[len(head) : len(name) - len(tail)] for name in names]
        turns = [turn(one) for one in inside]
        if tail and turns == list(range(turns[0], turns[0] + len(turns))) and turns[0] >= 0:
            return f"{head}[{inside[0]}-{inside[-1]}]{tail}"
    return ""


def _shared(names: list[str]) -> str:
    """Return what all names begin with."""
    same = takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    return "".join(letters[0] for letters in same)


def _letter(text: str) -> int:
    return ord(text) if len(text) == 1 and text.isascii() and text.isalpha() else -1


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else -1


def _follows(one: str, other: str) -> bool:
    stem = one.rstrip("0123456789")
    ends = one.removeprefix(stem), other.removeprefix(stem)
    return all(end.isdecimal() for end in ends) and int(ends[1]) == int(ends[0]) + 1


def _run_words(run: list[str]) -> list[str]:
    if len(run) < SHORT_RUN:
        return run
    stem = run[0].rstrip("0123456789")
    return [f"{stem}[{run[0].removeprefix(stem)}-{run[-1].removeprefix(stem)}]"]


def shared_in(fabric: Fabric, roll_up: RollUp, boxes: Boxes, around: Ints, places: int) -> tuple[Ints, Ints]:
    """Return what serves several boxes of a place, shape (places, things), and several places, (things,).

    ``around`` has the place of each box, shape (boxes,).
    """
    shared = np.zeros((places, len(boxes.things)), np.int64)
    beyond = np.zeros(len(boxes.things), np.int64)
    column = {(thing.name, thing.network): number for number, thing in enumerate(boxes.things)}
    for one in part_pieces(fabric, around[boxes.node], places, roll_up.quantities):
        number = column[one.part, one.network]
        shared[:, number] += one.here
        beyond[number] += one.larger.sum()
    for number, thing in enumerate(boxes.things):
        if thing.network:
            np.subtract.at(shared[:, number], around, boxes.counts[:, number])
    return shared, beyond
