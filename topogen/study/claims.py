"""Claims: each published statement of a file beside what the file comes to, with a verdict.

Nothing is tuned and nothing is tolerated that is not written: a published value is met to the digits it has.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from topogen.build.stages import build
from topogen.errors import InputError, LimitError
from topogen.figures.bounds import UNPROVED
from topogen.figures.figures import bound, quantity
from topogen.figures.no_figure import NoFigureError
from topogen.language.claims import Variation, in_unit
from topogen.language.quantity import parse_quantity
from topogen.records import dataclass
from topogen.takeoff.roll_up import roll_up
from topogen.units import Triple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from fractions import Fraction

    from topogen.build.parsed import Parsed
    from topogen.conditions import Condition
    from topogen.language.claims import ClaimSpec
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

REPRODUCED = "reproduced"
UNDER_BASIS = "reproduced under basis"
NOT_REPRODUCED = "not reproduced"
INPUT_ONLY = "input only"
VERDICTS = (REPRODUCED, UNDER_BASIS, NOT_REPRODUCED, INPUT_ONLY)
RANGE = "range of prices and watts"
"""What low and high of a quantity rest on."""
AS_GIVEN = Variation()


@dataclass(frozen=True)
class Claim:
    """A published statement with its verdict.

    ``computed`` is in the unit of ``quoted``, None where there is no such quantity. ``bound`` says which way
    it is open because a price or watts are unknown. ``basis`` is the assumption that a claim is reproduced
    under, ``binding`` the one that moves ``computed`` most, by ``swing``: under an assumption the distance
    from base, for the range the distance from low to high.
    """

    name: str
    says: str
    quoted: str
    verdict: str
    source: str
    computed: Triple | None = None
    bound: str = ""
    unit: str = ""
    basis: str = ""
    binding: str = ""
    swing: Fraction | None = None
    inputs: tuple[str, ...] = ()
    remark: str = ""
    under: Mapping[str, Fraction] = field(default_factory=dict)
    """What the quantity comes to under each assumption that gives one."""


def check_file(
    label: str, claims: Mapping[str, ClaimSpec], parse: Callable[[Variation], Parsed]
) -> list[Claim]:
    """Return the claims of a file with their verdicts.

    Parameters
    ----------
    label
        The file, as ``inputs`` of each claim name it.
    parse
        Gives the file under an assumption; ``Variation()`` is the unmodified file.
    """
    tried = _Tried(parse)
    return [_claim(label, name, spec, tried) for name, spec in claims.items()]


class _Tried:
    """A file under its assumptions, each built once."""

    def __init__(self, parse: Callable[[Variation], Parsed]) -> None:
        self.parse = parse
        self.built: dict[Variation, tuple[Fabric, RollUp]] = {}

    def value(self, key: str, variation: Variation) -> tuple[Triple | None, str, str]:
        """Return a quantity under an assumption, which way it is open, and why there is none."""
        try:
            if variation not in self.built:
                fabric = build(self.parse(variation))
                self.built[variation] = fabric, roll_up(fabric)
            fabric, rollup = self.built[variation]
            return quantity(fabric, rollup, parse_quantity(key)), bound(fabric, rollup, "ratio", key), ""
        except NoFigureError as error:
            return None, "", str(error).partition("; available")[0]
        except (InputError, LimitError) as error:
            first = next(one for one in error.problems if one.is_error)
            return None, "", f"{first.code} {first.message}"


def _claim(label: str, name: str, spec: ClaimSpec, tried: _Tried) -> Claim:
    quoted = str(spec.quoted) if spec.quoted else ""
    if spec.of is None or spec.quoted is None:
        return _answered_elsewhere(name, spec, quoted)
    base, open_to, why = tried.value(spec.of, AS_GIVEN)
    under, notes = _under(spec, spec.of, spec.quoted, tried)
    inputs = (label, *(_with(label, variation) for variation in spec.over))
    computed = None if base is None else _in_unit(spec.quoted, base)
    verdict, basis = _verdict(spec.quoted, computed, open_to, under)
    if open_to and verdict == NOT_REPRODUCED:
        notes = [f"a price or watts are unknown: the computed value is {_OPEN[open_to]}", *notes]
    binding, swing = _binding(computed, under)
    reasons = [why] * bool(why) + notes
    return Claim(
        name, spec.says, quoted, verdict, spec.source,
        computed=computed, bound=open_to, unit=spec.unit or "", basis=basis, binding=binding, swing=swing,
        inputs=inputs, remark=" ".join([*(f"({one})" for one in reasons), *_some(spec.remark)]),
        under={text: value for text, (value, _) in under.items()},
    )  # fmt: skip


_OPEN = {"at_least": "a lower limit", "at_most": "an upper limit", "open": "not bounded"}


def _answered_elsewhere(name: str, spec: ClaimSpec, quoted: str) -> Claim:
    """Return a claim that no quantity answers: another command does, or nothing."""
    unit, remark = spec.unit or "", " ".join(_some(spec.input_only) + _some(spec.remark))
    if spec.answered_by is None or spec.answer is None or spec.quoted is None:
        return Claim(name, spec.says, quoted, INPUT_ONLY, spec.source, unit=unit, remark=remark)
    return Claim(
        name, spec.says, quoted,
        REPRODUCED if spec.quoted.rounds_to(spec.answer) else NOT_REPRODUCED,
        spec.source,
        computed=Triple(None, spec.answer, None), inputs=(spec.answered_by,), unit=unit, remark=remark,
    )  # fmt: skip


def _some(text: str | None) -> list[str]:
    return [text] if text else []


def _with(label: str, variation: Variation) -> str:
    return f"{label}@{variation}" if variation.scenario else f"{label} with {variation}"


def _in_unit(quoted: Condition, value: Triple) -> Triple:
    low, base, high = (one and in_unit(quoted, one) for one in (value.low, value.base, value.high))
    return Triple(low, base or value.base, high)


def _under(
    spec: ClaimSpec, key: str, quoted: Condition, tried: _Tried
) -> tuple[dict[str, tuple[Fraction, str]], list[str]]:
    """Return the base value and the open side under each assumption, and why some have none."""
    found: dict[str, tuple[Fraction, str]] = {}
    notes = []
    for variation in spec.over:
        value, open_to, why = tried.value(key, variation)
        if value is None:
            notes.append(f"{variation}: {why}")
        else:
            found[str(variation)] = in_unit(quoted, value.base), open_to
    return found, notes


def _verdict(
    quoted: Condition,
    computed: Triple | None,
    open_to: str,
    under: Mapping[str, tuple[Fraction, str]],
) -> tuple[str, str]:
    """Return the verdict, and the assumption that it needs."""
    if computed is not None and _meets(quoted, computed.base, open_to):
        return REPRODUCED, ""
    for name, (value, side) in under.items():
        if _meets(quoted, value, side):
            return UNDER_BASIS, name
    if computed is not None and quoted.kind not in UNPROVED[open_to] and _within_range(quoted, computed):
        return UNDER_BASIS, RANGE
    return NOT_REPRODUCED, ""


def _meets(quoted: Condition, value: Fraction, open_to: str) -> bool:
    """Return whether a value meets a condition; an open one proves no limit on its open side."""
    return quoted.rounds_to(value) and quoted.kind not in UNPROVED[open_to]


def _within_range(quoted: Condition, value: Triple) -> bool:
    """Return whether some value from low to high meets the condition."""
    if value.low is None and value.high is None:
        return False
    ends = (value.base if value.low is None else value.low, value.high)
    overlaps = (quoted.high is None or ends[0] <= quoted.high) and (
        quoted.low is None or ends[1] is None or quoted.low <= ends[1]
    )
    return overlaps or any(end is not None and quoted.rounds_to(end) for end in ends)


def _binding(
    computed: Triple | None, under: Mapping[str, tuple[Fraction, str]]
) -> tuple[str, Fraction | None]:
    """Return the assumption that moves a value most, and by how much."""
    if computed is None:
        return "", None
    swings = {name: abs(value - computed.base) for name, (value, _) in under.items()}
    if computed.low is not None and computed.high is not None:
        swings[RANGE] = computed.high - computed.low
    moved = {name: swing for name, swing in swings.items() if swing}
    if not moved:
        return "", None
    name = max(moved, key=lambda one: moved[one])
    return name, moved[name]
