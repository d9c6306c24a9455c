"""Rails and planes: whether every link keeps to the rail and the plane that its fabric is built in.

Proved from the links, no matter what made them: a link group of the file may join what a fabric keeps
apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from topogen.model.equivalence import classify_values
from topogen.model.expand import expand
from topogen.model.fabric import device_name
from topogen.naming.rail_numbers import NOT, plane_of, rail_of
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.language.topology import FabricSpec
    from topogen.model.arrays import Ints
    from topogen.model.fabric import Fabric

SHOWN = 5


@dataclass(frozen=True)
class Rule:
    """An assertion about a fabric: how many groups of links were looked at, and the links that break it."""

    fabric: str
    rule: str
    groups_checked: int
    violations: int
    first: tuple[str, ...]
    """The first violating links by the names of their devices."""


def check_rails(fabric: Fabric) -> tuple[Rule, ...]:
    """Return the rules that the fabrics of the file promise by ``rails_by`` and ``planes``."""
    return tuple(rule for name, spec in fabric.spec.fabrics.items() for rule in _rules(fabric, name, spec))


def _rules(fabric: Fabric, name: str, spec: FabricSpec) -> Iterator[Rule]:
    rails_by = spec.levels().rails_by
    if not rails_by and spec.planes == 1:
        return
    a, b = _network_links(fabric, spec.network)
    if rails_by:
        yield _one_rail_a_leaf(fabric, name, spec, (a, b))
    plane = plane_of(fabric, name, spec.planes)
    if spec.planes > 1 and (plane != NOT).any():  # without switches, planes are ports of the endpoints alone
        yield _planes_apart(fabric, name, plane, (a, b))
        yield _every_plane(fabric, name, plane, (a, b))


def _network_links(fabric: Fabric, network: str) -> tuple[Ints, Ints]:
    """Return the devices at both ends of every link of a network."""
    columns = [expand(fabric, link) for link in fabric.links if link.network == network and link.has_b]
    a = np.concatenate([one.a for one in columns] or [np.zeros(0, np.int32)]).astype(np.int64)
    b = np.concatenate([one.b for one in columns] or [np.zeros(0, np.int32)]).astype(np.int64)
    return a, b


def _one_rail_a_leaf(fabric: Fabric, name: str, spec: FabricSpec, links: tuple[Ints, Ints]) -> Rule:
    """Return whether each leaf meets ends of one rail; a link of another rail than most breaks the rule."""
    rail = rail_of(fabric, spec.ends, spec.levels().rails_by or "")
    is_leaf = _of_role(fabric, f"{name}/leaf")
    a, leaf = _toward(links, rail != NOT, is_leaf)
    wrong = usual(leaf, rail[a]) != rail[a]
    text = f"each leaf serves one rail (rails_by: {spec.levels().rails_by})"
    return _rule(fabric, (name, text, int(is_leaf.sum())), a[wrong], leaf[wrong])


def usual(leaf: Ints, rail: Ints) -> Ints:
    """Return the rail of most links at each link's leaf, the lowest where several are as many.

    >>> usual(np.array([4, 4, 4, 7, 7]), np.array([1, 0, 1, 3, 2])).tolist()
    [1, 1, 1, 2, 2]
    """
    at, leaves = classify_values(leaf)
    width = int(rail.max(initial=0)) + 1
    pairs, links = np.unique(at.astype(np.int64) * width + rail, return_counts=True)
    order = np.lexsort((pairs, -links, pairs // width))
    own, first = np.unique(pairs[order] // width, return_index=True)
    found = np.zeros(len(leaves), np.int64)
    found[own] = pairs[order][first] % width
    return found[at]


def _planes_apart(fabric: Fabric, name: str, plane: Ints, links: tuple[Ints, Ints]) -> Rule:
    """Return whether no link between switches joins two planes."""
    a, b = links
    wrong = (plane[a] != NOT) & (plane[b] != NOT) & (plane[a] != plane[b])
    planes = int(plane.max()) + 1
    return _rule(fabric, (name, "no link joins two planes", planes), a[wrong], b[wrong])


def _every_plane(fabric: Fabric, name: str, plane: Ints, links: tuple[Ints, Ints]) -> Rule:
    """Return whether each end has equally many links to every plane; one that has not, breaks by all."""
    a, switch = _toward(links, plane == NOT, plane != NOT)
    counted = np.zeros((fabric.n_devices, int(plane.max()) + 1), np.int64)
    np.add.at(counted, (a, plane[switch]), 1)
    wrong = (counted.min(axis=1) != counted.max(axis=1))[a]
    text = "each endpoint has the same number of links to every plane"
    return _rule(fabric, (name, text, len(np.unique(a))), a[wrong], switch[wrong])


def _rule(fabric: Fabric, said: tuple[str, str, int], a: Ints, b: Ints) -> Rule:
    pairs = zip(a[:SHOWN].tolist(), b[:SHOWN].tolist(), strict=True)
    first = tuple(f"{device_name(fabric, one)} to {device_name(fabric, other)}" for one, other in pairs)
    name, rule, checked = said
    return Rule(name, rule, checked, len(a), first)


def _toward(links: tuple[Ints, Ints], near: np.ndarray, far: np.ndarray) -> tuple[Ints, Ints]:
    """Return the links between two sets of devices, those of the first set in front."""
    a, b = links
    straight, turned = near[a] & far[b], near[b] & far[a]
    return np.concatenate([a[straight], b[turned]]), np.concatenate([b[straight], a[turned]])


def _of_role(fabric: Fabric, label: str) -> np.ndarray:
    return np.concatenate([np.full(group.count, group.label == label) for group in fabric.groups])
