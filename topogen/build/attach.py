"""Attachments: which device of the same place another belongs to, such as the GPU of each NIC."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.errors import nearest
from topogen.language.device import SWITCH_ROLES
from topogen.model.fabric import Attachment
from topogen.model.path import count_of
from topogen.records import dataclass
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topogen.build.draft import Draft
    from topogen.errors import Path
    from topogen.model.arrays import Ints
    from topogen.model.devices import DeviceGroup
    from topogen.model.path import Steps

RESERVED = "end_to_end"


class _AttachError(ValueError):
    """An attachment that cannot be made: code, sentence and hint."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


@dataclass(frozen=True)
class _Stated:
    """One entry of ``attach``: a device type, the type it belongs to, and the places it holds in."""

    at: Path
    device: str
    to: str
    scopes: tuple[Steps, ...]
    template: str = ""


def attached(draft: Draft) -> tuple[Attachment, ...]:
    """Return what the file attaches; wrong entries are noted as problems.

    In each place the devices are shared out in their order: of 8 NICs and 4 GPUs, the first two belong to
    the first GPU; of 4 NICs and 8 GPUs, the first belongs to the first two.
    """
    found: list[Attachment] = []
    seen: dict[int, str] = {}
    for one in _stated(draft):
        try:
            _refuse_types(draft, one)
            made = list(_joined(draft.tree.groups, one))
            _refuse_twice(draft, one, made, seen)
        except _AttachError as error:
            draft.problems.add(error.code, error.message, one.at, error.hint)
        else:
            found += made
    if found and RESERVED in draft.parsed.spec.fabrics:
        message = f'"{RESERVED}" is the name of all networks together where devices are attached'
        draft.problems.add("E762", message, ("fabrics", RESERVED), "give the fabric another name")
    return tuple(found)


def _stated(draft: Draft) -> Iterator[_Stated]:
    """Yield the entries of the file, then those of its templates."""
    spec, groups = draft.parsed.spec, draft.tree.groups
    for device, to in spec.attach.items():
        scopes = [_common(group.path, to, groups) for group in groups if group.type.name == device]
        yield _Stated(("attach", device), device, to, tuple(dict.fromkeys(scopes)))
    for name, template in spec.templates.items():
        places = tuple(place.path for place in draft.tree.places if place.template == name)
        for device, to in template.attach.items():
            yield _Stated(("templates", name, "attach", device), device, to, places, name)


def _common(path: Steps, to: str, groups: Sequence[DeviceGroup]) -> Steps:
    """Return the innermost place of some devices that holds a device of a type too; empty if none does."""
    others = [group.path for group in groups if group.type.name == to]
    depths = range(len(path) - 1, 0, -1)
    return next((path[:n] for n in depths if any(other[:n] == path[:n] for other in others)), ())


def _refuse_types(draft: Draft, one: _Stated) -> None:
    """Raise for what is no device type, for a switch, and for devices that belong to an attached one."""
    spec = draft.parsed.spec
    for name in (one.device, one.to):
        if name not in spec.devices:
            raise _AttachError("E758", f'no device type "{name}"', nearest(name, spec.devices))
        if spec.devices[name].role in SWITCH_ROLES:
            hint = "links join switches; attach joins a NIC and its GPU"
            raise _AttachError("E761", f'"{name}" is a switch, which has links', hint)
    further = [*spec.attach, *(name for template in spec.templates.values() for name in template.attach)]
    if one.device == one.to or one.to in further:
        message = f'"{one.device}" is attached to "{one.to}", which is attached itself'
        raise _AttachError("E760", message, "attach each device to the last one of the chain")


def _joined(groups: Sequence[DeviceGroup], one: _Stated) -> Iterator[Attachment]:
    """Yield the attachments of one entry, place by place alike."""
    if not any(group.type.name == one.device for group in groups):
        raise _AttachError("E758", f'the fabric has no "{one.device}"', "add some, or leave the line out")
    for scope in one.scopes:
        devices, others = (_in_places(groups, scope, name) for name in (one.device, one.to))
        where = f"a {scope[-1].level}" if scope else ""
        if not scope or not (devices.size and others.size):
            missing = next(
                (name for name, some in ((one.device, devices), (one.to, others)) if not some.size), one.to
            )
            message = (
                f'no place holds both "{one.device}" and "{one.to}"'
                if not scope
                else f'{where} "{one.template}" holds no "{missing}"'
            )
            raise _AttachError("E762", message, "put both in one template, or leave the line out")
        n, m = devices.shape[1], others.shape[1]
        if n % m and m % n:
            message = f"{where} holds {_count(n, one.device)} and {_count(m, one.to)}"
            hint = f'as many "{one.device}" as "{one.to}", or a whole number of one for each of the other'
            raise _AttachError("E759", message, hint)
        each, shared = max(1, n // m), max(1, m // n)
        yield Attachment(np.repeat(devices, shared, axis=1).ravel(), np.repeat(others, each, axis=1).ravel())


def _in_places(groups: Sequence[DeviceGroup], scope: Steps, name: str) -> Ints:
    """Return the devices of a type in each of some places, shape (places, devices)."""
    depth, places = len(scope), count_of(scope)
    found = [
        group.first + np.arange(group.count).reshape(places, -1)
        for group in groups
        if group.type.name == name and group.path[:depth] == scope and len(group.path) > depth
    ]
    return np.concatenate([np.zeros((places, 0), np.int64), *found], axis=1)


def _refuse_twice(draft: Draft, one: _Stated, made: Sequence[Attachment], seen: dict[int, str]) -> None:
    """Raise for devices that an earlier entry has attached."""
    device = np.concatenate([np.zeros(0, np.int64), *(each.device for each in made)])
    for index, group in enumerate(draft.tree.groups):
        if ((device >= group.first) & (device < group.first + group.count)).any():
            if index in seen:
                message = f'"{one.device}" is attached to "{seen[index]}" by another line too'
                raise _AttachError("E760", message, "attach each device once")
            seen[index] = one.to


def _count(count: int, name: str) -> str:
    return f'{format_count(count)} "{name}"'
