"""Sized generators of a file: a fabric becomes switches and link groups."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from topogen.draft import Draft, Wired, keep, refuse_mixed_ends
from topogen.fabric import Ints, Step
from topogen.select import Piece, SelectionError
from topogen.selector import made_entry
from topogen.tree import device_types, switch_entry
from topogen.wire import Job, ends_seen, wire
from topogen.wiring.block import PatternError
from topogen.wiring.external import external
from topogen.wiring.fat_tree import Asked, FatTree, hosts, leaf_spine, rails_of, size_fat_tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topogen.fabric import DeviceType
    from topogen.spec import FabricSpec
    from topogen.wiring.block import Block


def add_fabric(draft: Draft, name: str, spec: FabricSpec) -> None:
    """Add the switches and links of a fabric to the draft, or note why it cannot be made."""
    at = ("fabrics", name)
    try:
        ends = draft.select(spec.ends, (*at, "ends"))
        rails, counts, ports = _ends_of(draft, spec, ends)
        tree = size_fat_tree(counts, _asked(draft, spec))
        leaf = _switches(draft, spec, name, "leaf", tree.leaves)
        spine = _switches(draft, spec, name, "spine", tree.spines)
        _link_hosts(draft, name, spec, ends, leaf, hosts(rails, ports, tree))
        _link_spines(draft, name, spec, leaf, spine, tree)
    except SelectionError as error:
        draft.problems.add("E203", error.message, error.at or at, error.hint)
    except PatternError as error:
        draft.problems.add(error.code, error.message, at, error.hint)


def _ends_of(draft: Draft, spec: FabricSpec, ends: Sequence[Piece]) -> tuple[Ints, list[int], int]:
    """Return the rail of each end, the links on each rail, and the ports each end brings."""
    a = ends_seen(draft.plant, Job(-1, external, ends, None, level=spec.rails_by))
    if not a.ports:
        raise PatternError(
            "E201", "the ends have no free port left", "name free ports in ends, or link them once"
        )
    rails = rails_of(a.position, spec.rails_by)
    counts = np.bincount(rails, minlength=int(rails.max()) + 1) * a.ports
    return rails, counts.tolist(), a.ports


def _asked(draft: Draft, spec: FabricSpec) -> Asked:
    leaf, spine = (_switch_type(draft, spec, role) for role in ("leaf", "spine"))
    total = sum(port.count for port in leaf.ports)
    named = {port.name: port.count for port in leaf.ports}
    down = spec.leaf.down if spec.leaf else named.get("down", total // 2)
    up = spec.leaf.up if spec.leaf else named.get("up", total - down)
    if down + up > total or min(down, up) < 1:
        message = f"a leaf of {down} ports down and {up} up needs {down + up}; {leaf.name} has {total}"
        raise PatternError("E201", message, f"down + up is at most {total}, each at least 1")
    faces = {port.name: port.count for port in spine.ports}
    return Asked(down, up, faces.get("down", spine.ports[0].count), spec.spines)


def _switch_type(draft: Draft, spec: FabricSpec, role: str) -> DeviceType:
    types = device_types(draft.parsed.spec)
    name = spec.switch.get(role) or spec.switch.get("*")
    if name is None:
        raise PatternError(
            "E203", f"switch names no type for the role {role}", "write switch: TYPE, or one for each role"
        )
    return types[name]


def _switches(draft: Draft, spec: FabricSpec, name: str, role: str, count: int) -> int:
    """Add the switches of a role and return the index of their device group."""
    kind = _switch_type(draft, spec, role)
    entry = replace(made_entry(role, count), type=kind.name)
    path = (Step(switch_entry(name), None), Step(entry, None))
    index = len(draft.tree.groups)
    draft.ports.add(index, draft.tree.add_devices(path, kind, f"{name}/{role}"))
    return index


def _all_of(draft: Draft, group: int, port: int, ports: range | None) -> Piece:
    path = draft.tree.groups[group].path
    picks = tuple(np.arange(step.count, dtype=np.int64) for step in path)
    return Piece(group, path, picks, port, tuple(ports) if ports is not None else None)


def _face(draft: Draft, group: int, name: str, ports: range) -> Piece:
    """Return the ports of a switch that face one way: its group of that name, or a range of its only one."""
    kind = draft.tree.groups[group].type
    index = next((i for i, port in enumerate(kind.ports) if port.name == name), None)
    return _all_of(draft, group, 0, ports) if index is None else _all_of(draft, group, index, None)


def _link_hosts(
    draft: Draft, name: str, spec: FabricSpec, ends: Sequence[Piece], leaf: int, block: Block
) -> None:
    down = _asked(draft, spec).down
    job = Job(len(draft.links), lambda _: [block], ends, [_face(draft, leaf, "down", range(down))])
    _keep_made(draft, name, "hosts", spec, job)


def _link_spines(draft: Draft, name: str, spec: FabricSpec, leaf: int, spine: int, tree: FatTree) -> None:
    up = _face(draft, leaf, "up", range(tree.down, tree.down + tree.up))
    kind = draft.tree.groups[spine].type
    everything = _face(draft, spine, "down", range(kind.ports[0].count))
    job = Job(len(draft.links), lambda _: [leaf_spine(tree)], [up], [everything])
    _keep_made(draft, name, "leaf_spine", spec, job)


def _keep_made(draft: Draft, fabric: str, name: str, spec: FabricSpec, job: Job) -> None:
    refuse_mixed_ends(draft, [job])
    blocks = wire(draft.plant, job)
    medium = spec.medium.get(name) or spec.medium.get("*")
    per_cable = spec.links_per_cable.get(name) or spec.links_per_cable.get("*") or 1
    wired = Wired(spec.network, medium, spec.pattern, [job], blocks, links_per_cable=per_cable)
    keep(draft, f"{fabric}/{name}", ("fabrics", fabric), wired)
