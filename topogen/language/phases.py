"""Phases of an installation: each is the file with some values as they are after it, like a scenario."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from topogen.language.scenario import apply_lines
from topogen.language.topology import PhaseSpec
from topogen.language.yaml_tree import Node, child

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from topogen.errors import Problems
    from topogen.language.scenario import Changed

SECTION = "phases"
OWN = tuple(PhaseSpec.model_fields)
"""Keys of a phase; all others are paths of the file."""
MAY_CHANGE = (
    "devices", "templates", "instances", "links", "fabrics", "patch_panels", "names", "layout", "policies",
    "overrides",
)  # fmt: skip
"""Sections that a phase may change: what is built, and nothing that is the same in all phases."""
FINAL_ONLY = (SECTION, "expect", "quoted", "claims")
"""Sections that are about the last phase."""


def without_values(phases: Node) -> Node:
    """Return the section with the keys of each phase, but not the values that it sets."""
    if not isinstance(phases.value, dict):
        return phases
    return Node({name: _picked(phase, own=True) for name, phase in phases.value.items()}, phases.mark)


def _picked(phase: Node, *, own: bool) -> Node:
    if not isinstance(phase.value, dict):
        return phase if own else Node({}, phase.mark)
    return Node({key: node for key, node in phase.value.items() if (key in OWN) == own}, phase.mark)


def check_phases(root: Node, specs: Mapping[str, PhaseSpec], problems: Problems) -> None:
    """Note phases out of order, and values that no phase or not this one can set."""
    phases = child(root, SECTION)
    if not specs or phases is None:
        return
    for (before, old), (name, new) in pairwise(specs.items()):
        if new.need_by <= old.need_by:
            message = f'need_by {new.need_by} is not after that of phase "{before}", {old.need_by}'
            hint = "list phases in the order in which they are built, each with a later day"
            _note(phases, name, "need_by", ("E775", message, hint), problems)
    if need_by := child(root, "need_by"):
        message = "a file with phases has no day of its own"
        hint = "delete this line: each phase has its own need_by"
        problems.add_at("E776", message, need_by.mark, "need_by", hint)
    last = list(specs)[-1]
    for name, path in _paths(phases):
        section = path.partition(".")[0]
        if section not in MAY_CHANGE and child(root, section) is not None:
            hint = f"a phase can change {', '.join(MAY_CHANGE)}"
            _note(phases, name, path, ("E776", f'a phase cannot change "{section}"', hint), problems)
        elif name == last:
            message = f'the last phase, "{name}", is the file itself and cannot change "{path}"'
            hint = "move the value into the file, or list another phase after this one"
            _note(phases, name, path, ("E777", message, hint), problems)


def _paths(phases: Node) -> Iterator[tuple[str, str]]:
    """Yield each path that a phase sets, after the name of the phase."""
    for name, phase in phases.value.items() if isinstance(phases.value, dict) else ():
        values = _picked(phase, own=False).value
        yield from ((name, path) for path in values) if isinstance(values, dict) else ()


def _note(phases: Node, name: str, key: str, what: tuple[str, str, str], problems: Problems) -> None:
    code, message, hint = what
    phase = child(phases, name)
    node = child(phase, key) if phase else None
    problems.add_at(code, message, (node or phase or phases).mark, f"{SECTION}.{name}", hint)


def design_after(root: Node, name: str, problems: Problems) -> tuple[Node, Changed]:
    """Return the tree of the file without what is about the last phase, and as it stands after a phase."""
    phases = child(root, SECTION)
    held = root.value if isinstance(root.value, dict) else {}
    built = Node({key: node for key, node in held.items() if key not in FINAL_ONLY}, root.mark)
    phase = child(phases, name) if phases else None
    values = Node({name: _picked(phase, own=False)} if phase else {}, root.mark)
    return built, apply_lines(built, values, name, "phase", problems)
