"""Which links of a fabric a setting of its optical circuit switches joins: light passes through them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from topogen.model.expand import expand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.language.circuits import Setting
    from topogen.model.arrays import Ints
    from topogen.model.devices import DeviceGroup
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup

SLASH = "/"
"""Between a fabric and a setting of its switches: ``ici/twisted``."""


class Lit(NamedTuple):
    """Links by number, as in the link groups: ``direct`` ones, and ``near`` and ``far`` of each circuit."""

    direct: Ints
    near: Ints
    far: Ints


def setting_names(fabric: Fabric) -> list[str]:
    """Return ``FABRIC/SETTING`` of every setting of every fabric of the file."""
    return [
        f"{name}{SLASH}{setting}"
        for name, spec in fabric.spec.fabrics.items()
        for setting in spec.circuit_settings()
    ]


def lit(fabric: Fabric, groups: Sequence[LinkGroup], name: str, setting: str) -> Lit:
    """Return the links of a fabric that meet no circuit switch, and those that a setting joins.

    A circuit with a port that has no link is dark, and one that leads back to its own end is no way to
    another: both are left out.
    """
    spec = fabric.spec.fabrics[name]
    switches = next(group for group in fabric.groups if group.label == f"{name}/ocs")
    columns = [expand(fabric, group) for group in groups]
    a, b, port = (
        np.concatenate([getattr(one, side) for one in columns]).astype(np.int64)
        for side in ("a", "b", "b_port")
    )
    number = np.where((b >= switches.first) & (b < switches.first + switches.count), b - switches.first, -1)
    near, far = _joined(
        _at_ports(number, port, switches), switches, spec.planes, spec.circuit_settings()[setting]
    )
    both = (near >= 0) & (far >= 0)
    near, far = near[both], far[both]
    apart = a[near] != a[far]
    return Lit(np.flatnonzero(number < 0), near[apart], far[apart])


def _at_ports(number: Ints, port: Ints, switches: DeviceGroup) -> Ints:
    """Return the link at each port of each switch, -1 where there is none: shape (switches, ports)."""
    here = np.flatnonzero(number >= 0)
    link = np.full((switches.count, max(one.count for one in switches.type.ports)), -1, np.int64)
    link[number[here], port[here]] = here
    return link


def _joined(link: Ints, switches: DeviceGroup, planes: int, setting: Setting) -> tuple[Ints, Ints]:
    """Return the two links of each circuit of all planes, -1 where its port has none."""
    first = np.arange(planes) * (switches.count // planes)
    sides = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for line in setting:
        numbers = (first[:, None] + np.array(line.switches)[None, :]).ravel()
        pairs = np.array(line.pairs, np.int64).reshape(-1, 2)
        for side, port in zip(sides, pairs.T, strict=True):
            side.append(link[numbers[:, None], port[None, :]].ravel())
    near, far = (np.concatenate(side) for side in sides)
    return near, far
