"""A file with phases: the design after each, whose cables keep the ports that they were laid to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from topogen.build.kept_ports import GONE, linked_ports
from topogen.build.pins import PortIds
from topogen.errors import InputError, Problems
from topogen.media.medium import is_installed
from topogen.model.path import path_names
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from topogen.build.parsed import Parsed
    from topogen.errors import Path, Problem
    from topogen.model.fabric import Fabric

UNUSED_PORTS = "W202"
"""Expected before the last phase: ports wait for it, and `phases.csv` counts them."""
PLACE = ("phases",)


def in_phases(parsed: Parsed, build: Callable[[Parsed, Fabric | None], Fabric]) -> Fabric:
    """Return the design after the last phase, with those before it; ``build`` makes one of the one before."""
    designs: list[Fabric] = []
    problems = Problems(parsed.marks)
    for one in (*parsed.earlier, parsed):
        before = designs[-1] if designs else None
        at = (*PLACE, one.phase)
        try:
            fabric = build(one, before if one.keeps_ports else None)
        except InputError as error:
            raise InputError(_named(one, error.problems) if one is not parsed else error.problems) from None
        if before is not None:
            _refuse_fewer_gpus(before, fabric, problems, at, one.phase)
            problems.raise_errors()
            if one.keeps_ports:
                _warn_of_moves(before, fabric, problems, at, one.phase)
        designs.append(replace(fabric, phase=one.phase))
    *earlier, last = designs
    known = {(problem.code, problem.path) for problem in last.warnings}
    passed = [
        problem
        for one, fabric in zip(parsed.earlier, earlier, strict=True)
        for problem in _named(one, fabric.warnings)
        if problem.code != UNUSED_PORTS and (problem.code, problem.path) not in known
    ]
    return replace(last, earlier=tuple(earlier), warnings=(*last.warnings, *passed, *problems.warnings))


def _named(parsed: Parsed, problems: Sequence[Problem]) -> list[Problem]:
    """Return problems of a design with the name of its phase."""
    return [replace(problem, message=f"phase {parsed.phase}: {problem.message}") for problem in problems]


def _refuse_fewer_gpus(before: Fabric, fabric: Fabric, problems: Problems, at: Path, name: str) -> None:
    """Note GPUs that the phase before had and this one has not."""
    there = set(_gpus(fabric))
    gone = [gpu for gpu in _gpus(before) if gpu not in there]
    if gone:
        message = (
            f'phase "{name}" lacks {format_count(len(gone))} GPUs of "{before.phase}", such as {gone[0]}'
        )
        hint = f'lower the counts of "{before.phase}" to at most those of "{name}"'
        problems.add("E778", message, at, hint)


def _gpus(fabric: Fabric) -> list[str]:
    groups = (group for group in fabric.groups if group.type.role == "gpu")
    return [name for group in groups for name in path_names(group.path)]


def _warn_of_moves(before: Fabric, fabric: Fabric, problems: Problems, at: Path, name: str) -> None:
    """Warn of links laid before that the design no longer has between the same ports."""
    ids = PortIds(fabric.groups)
    laid = [group for group in before.links if is_installed(before, group)]
    sides = linked_ports(before, laid, ids), linked_ports(fabric, fabric.links, ids)
    old, new = (np.minimum(a, b) * ids.total + np.maximum(a, b) for a, b in sides)
    there = (sides[0][0] != GONE) & (sides[0][1] != GONE)
    stays = there & np.isin(old, new)
    if moved := len(stays) - int(stays.sum()):
        message = (
            f'phase "{name}" changes {format_count(moved)} of {format_count(len(stays))} links laid before'
        )
        problems.add("W775", message, at, "topogen phases FILE --format csv --of recable lists their cables")
