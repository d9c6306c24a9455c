"""Check the references of a topology: types, parts and media exist, and nothing contains itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from topogen.language.references import PART, Checker, keys, loops
from topogen.language.validate import locate

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from topogen.errors import Path, Problems
    from topogen.language.topology import FabricSpec, MediumRef, PolicySpec, TopologySpec
    from topogen.language.yaml_tree import Node

MEDIUM = ("E507", 'medium "{}" is not in the catalog')
TYPE = ("E210", 'there is no device or template "{}"')
DEVICE = ("E210", 'there is no device "{}"')


def check_topology(spec: TopologySpec, tree: Node, problems: Problems) -> None:
    """Report unknown types, parts and media, names used twice, and templates that contain themselves."""
    checker = Checker(tree, problems)
    _check_types(spec, checker)
    _check_parts(spec, keys(_below(tree, "catalog"), "parts"), checker)
    _check_media(spec, keys(_below(tree, "catalog"), "media"), checker)


def _below(tree: Node, key: str) -> Node:
    _, node = locate(tree, (key,))
    return node


def _check_types(spec: TopologySpec, checker: Checker) -> None:
    known = {*spec.devices, *spec.templates}
    for name in sorted(spec.devices.keys() & spec.templates.keys()):
        message = f'"{name}" is defined twice, as a device and as a template'
        checker.note("E601", message, ("templates", name), "rename one of them")
    for name, path in _type_uses(spec, checker.tree):
        checker.known(name, known, path, TYPE)
    for name, fabric in spec.fabrics.items():
        for role, switch in fabric.switch_types().items():
            if switch not in spec.templates:
                checker.known(switch, spec.devices, ("fabrics", name, "switch", role), DEVICE)
    for loop in loops({name: tuple(_contained(spec, name)) for name in spec.templates}):
        message = f"a template contains itself: {' -> '.join(loop)}"
        checker.note("E211", message, ("templates", loop[0]), "remove one of them from contains or slots")


def _type_uses(spec: TopologySpec, tree: Node) -> Iterator[tuple[str, Path]]:
    """Yield every use of a type, with the path of its line."""
    yield from _lines((entry.type for entry in spec.instances), tree, ("instances",))
    for name, template in spec.templates.items():
        path = ("templates", name)
        yield from _lines((entry.type for entry in template.contains), tree, (*path, "contains"))
        yield from _lines((slot.type for slot in template.slots), tree, (*path, "slots"))


def _lines(types: Iterable[str], tree: Node, path: Path) -> Iterator[tuple[str, Path]]:
    """Pair the types of a map with its keys: both are in the order of the file."""
    below, node = locate(tree, path)
    keys = node.value if below == path and isinstance(node.value, dict) else {}
    for name, key in zip(types, keys, strict=True):
        yield name, (*path, key)


def _contained(spec: TopologySpec, name: str) -> Iterator[str]:
    template = spec.templates[name]
    yield from (entry.type for entry in template.contains)
    yield from (slot.type for slot in template.slots)


def _check_parts(spec: TopologySpec, known: frozenset[str], checker: Checker) -> None:
    for section, owners in (("devices", spec.devices), ("templates", spec.templates)):
        for name, owner in owners.items():
            if owner.part:
                checker.known(owner.part, known, (section, name, "part"), PART)
    for name, panel in spec.patch_panels.items():
        for key in ("part", "trunk", "cord"):
            if part := getattr(panel, key):
                checker.known(part, known, ("patch_panels", name, key), PART)
    for section, figures in (("expect", spec.expect), ("quoted", spec.quoted)):
        for key in figures.parts:
            checker.known(key.split()[0], known, (section, "parts", key), PART)


class _Names(NamedTuple):
    """The names that ``medium:`` accepts: media and policies share one name space."""

    media: Collection[str]
    policies: Collection[str]


def _check_media(spec: TopologySpec, known: frozenset[str], checker: Checker) -> None:
    names = _Names(known, spec.policies)
    for name, policy in spec.policies.items():
        if name in known:
            checker.note(
                "E601", f'"{name}" is both a medium and a policy', ("policies", name), "rename one of them"
            )
        for medium, below in _media_of(policy):
            checker.known(medium, known, ("policies", name, *below), MEDIUM)
    for number, override in enumerate(spec.overrides):
        _check_ends(override.medium, _Names(known, ()), ("overrides", str(number), "medium"), checker)
    for name, link in spec.links.items():
        _check_ends(link.medium, names, ("links", name, "medium"), checker)
    for name, fabric in spec.fabrics.items():
        _check_fabric_media(name, fabric, names, checker)


def _media_of(policy: PolicySpec) -> Iterator[tuple[str, Path]]:
    """Yield the media that a policy names, with their paths below it."""
    for number, rule in enumerate(policy.rules):
        yield rule.use, (str(number), "use")
    for number, medium in enumerate(policy.choice.among if policy.choice else ()):
        yield medium, ("among", str(number))


def _check_fabric_media(name: str, fabric: FabricSpec, names: _Names, checker: Checker) -> None:
    for group, medium in fabric.medium.items():
        _check_ends(medium, names, ("fabrics", name, "medium", group), checker)


def _check_ends(medium: MediumRef | None, names: _Names, path: Path, checker: Checker) -> None:
    if medium is None:
        return
    if medium.a == medium.b:
        checker.known(medium.a, {*names.media, *names.policies}, path, MEDIUM)
        return
    for end, key in ((medium.a, "a"), (medium.b, "b")):
        if end in names.policies and end not in names.media:
            message = f'"{end}" is a policy, and a policy applies to both ends'
            hint = f"write medium: {end}, or name a medium for each end"
            checker.note("E507", message, (*path, key), hint)
        else:
            checker.known(end, names.media, (*path, key), MEDIUM)
