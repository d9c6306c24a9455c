"""Resolve the selectors of a long list at once: those that name ports of one device, as cable lists do.

Selectors that differ in their numbers only, such as ``r01/gpu[3].nic`` and ``r17/gpu[0].nic``, are compared
with the tree together. What names several devices, nothing, or ports by rules of its own is left to
`topogen.model.select`, which also explains what is wrong with it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.model.arrays import Bools, Ints
    from topogen.model.devices import DeviceGroup
    from topogen.model.path import Step, Steps
    from topogen.selector import Entry

NONE = -1
"""The group of a selector that is left to ``select_ports``."""

_NUMBER = re.compile(r"(\d+)", re.ASCII)
_MOST_DIGITS = 9
_PICK = re.compile(r"([a-z#][a-z0-9_#]*?)(?:\[#\]|(#))?", re.ASCII)
_PORT = re.compile(r"([a-z][a-z0-9_#]*)(\[#(-#)?\])?", re.ASCII)


@dataclass(frozen=True)
class NamedPorts:
    """The ports that each selector of a list names, each array of shape (selectors,).

    ``group`` and ``port`` are a device group and a port group, ``device`` a number in the device group. The
    ports are ``count`` from ``first`` on. ``group`` is ``NONE`` where a selector is left to others.
    """

    group: Ints
    port: Ints
    device: Ints
    first: Ints
    count: Ints


class _Pick(NamedTuple):
    """A step with one number: its name, or what stands before the number; and in which column that is."""

    name: str
    column: int
    bracket: bool


class _Form(NamedTuple):
    """What selectors have in common that differ in their numbers only; columns are those of numbers."""

    picks: tuple[_Pick | str, ...]
    port: str | None
    ports: tuple[int, ...]


def name_ports(groups: Sequence[DeviceGroup], texts: Sequence[str]) -> NamedPorts:
    """Return the ports of the selectors that name one device, and a range of its ports."""
    named = NamedPorts(*(np.full(len(texts), NONE, np.int64) for _ in range(5)))
    alike: dict[tuple[str, ...], list[int]] = {}
    split = [_NUMBER.split(text) for text in texts]
    for row, parts in enumerate(split):
        alike.setdefault(tuple(parts[::2]), []).append(row)
    fixed = {name for group in groups for step in group.path for name in (step.entry.stem, step.entry.type)}
    for literals, rows in alike.items():
        if any("#" in literal for literal in literals):
            continue
        digits = [split[row][1::2] for row in rows]
        for form, some in _forms("#".join(literals), digits):
            _resolve(groups, fixed, form, np.array(rows)[some], [digits[i] for i in some], named)
    return named


def _forms(text: str, digits: Sequence[Sequence[str]]) -> Iterator[tuple[_Form, list[int]]]:
    """Yield the forms of selectors that are alike but for numbers, and which of them have each.

    A number inside a name belongs to the name, so that ``b200[1]`` and ``b300[1]`` have two forms.
    """
    names = _columns_of_names(text)
    found: dict[tuple[str, ...], list[int]] = {}
    for row, numbers in enumerate(digits):
        found.setdefault(tuple(numbers[column] for column in names), []).append(row)
    for inside, rows in found.items():
        form = _form(text, dict(zip(names, inside, strict=True)))
        if form:
            yield form, rows


def _columns_of_names(text: str) -> list[int]:
    """Return which numbers of a selector, marked ``#``, stand inside a name."""
    columns: list[int] = []
    column = 0
    places, _, port = text.partition(".")
    for step in places.split("/"):
        own = step.partition("[")[0].count("#") - step.endswith("#")
        columns += range(column, column + own)
        column += step.count("#")
    return [*columns, *range(column, column + port.partition("[")[0].count("#"))]


def _form(text: str, inside: dict[int, str]) -> _Form | None:
    """Return the form of a selector whose numbers are marked ``#``, None where it has no such form."""
    places, dot, port_text = text.partition(".")
    column = 0
    picks: list[_Pick | str] = []
    for step in places.split("/"):
        found = _PICK.fullmatch(step)
        if not found:
            return None
        name = _filled(found[1], column, inside)
        column += step.count("#")
        numbered = step.endswith(("#", "]"))
        picks.append(_Pick(name, column - 1, step.endswith("]")) if numbered else name)
    if not dot:
        return _Form(tuple(picks), None, ())
    found = _PORT.fullmatch(port_text)
    if not found:
        return None
    ports = range(column + found[1].count("#"), column + port_text.count("#"))
    return _Form(tuple(picks), _filled(found[1], column, inside), tuple(ports))


def _filled(name: str, column: int, inside: dict[int, str]) -> str:
    """Return a name with the numbers that belong to it."""
    parts = name.split("#")
    return "".join(
        part + (inside[column + place] if place < len(parts) - 1 else "") for place, part in enumerate(parts)
    )


def _resolve(
    groups: Sequence[DeviceGroup],
    fixed: set[str],
    form: _Form,
    rows: Ints,
    digits: Sequence[Sequence[str]],
    named: NamedPorts,
) -> None:
    """Enter the ports of the selectors of one form."""
    columns = [_Numbers.of(column) for column in zip(*digits, strict=True)]
    usable = np.all([column.short for column in columns], axis=0) if columns else np.ones(len(rows), bool)
    for pick in form.picks:
        if isinstance(pick, _Pick) and not pick.bracket:
            usable &= [pick.name + numbers[pick.column] not in fixed for numbers in digits]
    hits = np.zeros(len(rows), np.int64)
    depths_of = [_depths(group.path, form.picks) for group in groups]
    if None in depths_of:
        return
    for index, (group, depths) in enumerate(zip(groups, depths_of, strict=True)):
        port = _port_index(group, form.port)
        if not depths or port is None:
            continue
        there, device = _devices(group.path, depths, form.picks, columns, len(rows))
        several = any(
            step.count > 1 for depth, step in enumerate(group.path) if _is_open(depth, depths, form)
        )
        hits += there * (2 if several else 1)
        first, count, inside = _ports_of(group.type.ports[port].usable, form, columns, len(rows))
        usable &= inside | ~there
        for column, values in zip(
            (named.group, named.port, named.device, named.first, named.count),
            (index, port, device, first, count),
            strict=True,
        ):
            column[rows[there]] = np.broadcast_to(np.asarray(values), len(rows))[there]
    named.group[rows[(hits != 1) | ~usable]] = NONE


@dataclass(frozen=True)
class _Numbers:
    """The numbers in one place of many selectors; zeros ahead of them do not count."""

    values: Ints
    short: Bools

    @classmethod
    def of(cls, texts: Sequence[str]) -> _Numbers:
        """Return the numbers of some digits; those that are too long are 0 and not ``short``."""
        short = np.array([len(text) <= _MOST_DIGITS for text in texts])
        values = np.array([int(text) if len(text) <= _MOST_DIGITS else 0 for text in texts], np.int64)
        return cls(values, short)


def _depths(path: Steps, picks: Sequence[_Pick | str]) -> list[int] | None:
    """Return at which step of a path each pick is, empty where it is at none; None if there is a choice."""
    found = []
    for pick in picks:
        depths = [depth for depth, step in enumerate(path) if _may_name(step, pick)]
        if len(depths) > 1:
            return None
        found += depths
    fits = len(found) == len(picks) and found == sorted(set(found)) and found[-1] == len(path) - 1
    return found if fits else []


def _may_name(step: Step, pick: _Pick | str) -> bool:
    """Return whether a pick can name a step, whatever its number is."""
    entry = step.entry
    if isinstance(pick, str) or pick.bracket:
        return (pick if isinstance(pick, str) else pick.name) in (entry.stem, entry.type)
    return not entry.plain and pick.name == f"{entry.stem}{entry.separator}"


def _is_open(depth: int, depths: Sequence[int], form: _Form) -> bool:
    """Return whether no pick says a number at a step."""
    return depth not in depths or isinstance(form.picks[depths.index(depth)], str)


def _devices(
    path: Steps,
    depths: Sequence[int],
    picks: Sequence[_Pick | str],
    columns: Sequence[_Numbers],
    count: int,
) -> tuple[Bools, Ints]:
    """Return which selectors have a device on a path, and its number there."""
    there, device = np.ones(count, bool), np.zeros(count, np.int64)
    at = dict(zip(depths, picks, strict=True))
    for depth, step in enumerate(path):
        device *= step.count
        pick = at.get(depth)
        if isinstance(pick, _Pick):
            column = columns[pick.column]
            index = _places(step.entry, column.values)
            there &= index >= 0
            device += index
    return there, device


def _places(entry: Entry, values: Ints) -> Ints:
    """Return which place of a line has each number, -1 for none."""
    numbers = entry.numbers
    if isinstance(numbers, range):
        index = (values - numbers.start) // numbers.step
        known = (values >= numbers.start) & (values < numbers.stop)
        return np.where(known & ((values - numbers.start) % numbers.step == 0), index, -1)
    listed = np.array(numbers, np.int64)
    order = np.argsort(listed)
    place = order[np.minimum(np.searchsorted(listed, values, sorter=order), len(listed) - 1)]
    return np.where(listed[place] == values, place, -1)


def _port_index(group: DeviceGroup, name: str | None) -> int | None:
    """Return which port group of a device a name is; without one, the only one."""
    ports = group.type.ports
    if name is None:
        return 0 if len(ports) == 1 else None
    return next((index for index, port in enumerate(ports) if port.name == name), None)


def _ports_of(there: int, form: _Form, columns: Sequence[_Numbers], rows: int) -> tuple[Ints, Ints, Bools]:
    """Return the first port and the number of ports, and whether the device has them.

    Without numbers the ports are those that are free, which is known beforehand of a single port only.
    """
    if not form.ports:
        return np.zeros(rows, np.int64), np.ones(rows, np.int64), np.full(rows, there == 1)
    first, last = (columns[form.ports[end]].values for end in (0, -1))
    return first, last - first + 1, (first <= last) & (last < there)


def spread_ports(named: NamedPorts, rows: Ints) -> tuple[Ints, Ints]:
    """Return the row and the port number of each port that some selectors name."""
    counts = named.count[rows]
    row = np.repeat(rows, counts)
    start = np.repeat(np.cumsum(counts) - counts, counts)
    return row, named.first[row] + np.arange(len(row)) - start
