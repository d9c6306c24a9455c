"""Names of rows and leaves: those of the site where a file states them, else those of the design."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.model.fabric import group_of
from topogen.model.path import path_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric
    from topogen.model.path import Steps
    from topogen.model.text_buffer import Texts


def site_named(fabric: Fabric, path: Steps, numbers: Sequence[int]) -> list[str]:
    """Return the names of some places or devices of a path, by their numbers in it."""
    texts = _site_texts(fabric, path)
    if texts is None:
        return [path_name(path, number) for number in numbers]
    return [bytes(texts.cells[number, : texts.widths[number]]).decode() for number in numbers]


def site_named_devices(fabric: Fabric, devices: Ints) -> list[str]:
    """Return the names of devices given by number, in the order given."""
    names = []
    for device in devices.tolist():
        group = group_of(fabric, device)
        names += site_named(fabric, group.path, [device - group.first])
    return names


def _site_texts(fabric: Fabric, path: Steps) -> Texts | None:
    """Return the names that the site has for the places or devices of a path."""
    names = fabric.names
    if names is None:
        return None
    if path in names.places:
        return names.places[path]
    index = next((number for number, one in enumerate(fabric.groups) if one.path == path), -1)
    return names.devices.get(index)
