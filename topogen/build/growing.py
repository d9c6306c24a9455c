"""Build a fabric with as many tiers as its size takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from topogen.build.stages import build
from topogen.errors import InputError, LimitError
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from topogen.build.parsed import Parsed
    from topogen.language.topology import TopologySpec
    from topogen.model.fabric import Fabric

Changes: TypeAlias = "tuple[tuple[str, str], ...]"
"""Paths and their values, as in a scenario."""

TOO_LARGE = "E204"


@dataclass(frozen=True)
class Grown:
    """A fabric, and by name why a fabric of it was too large for the tiers that it had."""

    fabric: Fabric
    reasons: Mapping[str, str]


def build_growing(
    parsed: Parsed, changes: Changes, parse: Callable[[Changes], Parsed], *, fixed_tiers: bool = False
) -> Grown:
    """Return the fabric of a file with changes; a fat tree too large for its tiers gets another.

    Parameters
    ----------
    parsed
        The file with ``changes`` applied.
    parse
        Gives the file with other changes applied.
    fixed_tiers
        Whether a fat tree that is too large for its tiers is an error.

    Raises
    ------
    InputError, LimitError
        For what cannot be built.
    """
    reasons: dict[str, str] = {}
    while True:
        try:
            return Grown(build(parsed), reasons)
        except (InputError, LimitError) as error:
            name, message, larger = ("", "", {}) if fixed_tiers else _larger(parsed.spec, error)
            if not larger:
                raise
            reasons[name] = message
            changes = (*changes, *larger.items())
            parsed = parse(changes)


def _larger(spec: TopologySpec, error: InputError | LimitError) -> tuple[str, str, Mapping[str, str]]:
    """Return a fabric too large for its keys, the message, and what to change; empty if nothing helps."""
    for problem in error.problems:
        name = problem.path.removeprefix("fabrics.").partition(".")[0]
        fabric = spec.fabrics.get(name) if problem.code == TOO_LARGE else None
        if fabric and (changes := fabric.larger()):
            return name, problem.message, {f"fabrics.{name}.{key}": value for key, value in changes.items()}
    return "", "", {}
