"""Build a fabric with as many tiers as its size takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from topogen.build.stages import build
from topogen.errors import InputError, LimitError
from topogen.language.scenario import changes_to, combinations
from topogen.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from topogen.build.parsed import Parsed
    from topogen.errors import Problem
    from topogen.language.scenario import Changes
    from topogen.language.topology import TopologySpec
    from topogen.model.fabric import Fabric

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


def grown_sizes(
    parse: Callable[[Changes], Parsed],
    over: Mapping[str, Sequence[str]],
    *,
    fixed_tiers: bool = False,
    strict: bool = False,
) -> Iterator[tuple[Changes, Grown | Problem]]:
    """Yield each combination of values with its fabric, or with the first reason why it is refused.

    Parameters as for `build_growing`; with ``strict`` a warning is such a reason. What ``parse`` refuses is a
    mistake in ``over`` and ends the work.
    """
    for asked in combinations(over):
        parsed = parse(asked)
        try:
            grown = build_growing(parsed, asked, parse, fixed_tiers=fixed_tiers)
        except (InputError, LimitError) as error:
            yield asked, next(one for one in error.problems if one.is_error)
        else:
            yield asked, grown.fabric.warnings[0] if strict and grown.fabric.warnings else grown


class Row(Protocol):
    """A row of a table over sizes."""

    @property
    def asked(self) -> Changes:
        """Return the values of the row."""

    @property
    def refused(self) -> str:
        """Return why it cannot be built, empty if it can."""


AnyRow = TypeVar("AnyRow", bound=Row)


def previous(rows: Sequence[AnyRow], asked: Changes, over: Mapping[str, Sequence[str]]) -> AnyRow | None:
    """Return the last row that was built and differs only in the values that run fastest."""
    fastest = len(changes_to(list(over)[-1], ""))
    alike = (row for row in reversed(rows) if row.asked[:-fastest] == asked[:-fastest] and not row.refused)
    return next(alike, None)
