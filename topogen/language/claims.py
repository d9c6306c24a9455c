"""Claims: published statements about a fabric, each with the quantity that answers it."""

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Self

from pydantic import model_validator

from topogen.conditions import Condition
from topogen.errors import Problems, nearest
from topogen.language.fields import Number, Reads, Strict, Text, condition, shape
from topogen.language.quantity import parse_quantity
from topogen.language.references import Checker
from topogen.language.scenario import Changes, find_path, refusal
from topogen.language.yaml_tree import Node
from topogen.records import dataclass
from topogen.units import ReadError

PERCENT = "%"


@dataclass(frozen=True, slots=True)
class Variation:
    """An assumption that a claim is tried under: a scenario of the file, or values at paths."""

    scenario: str = ""
    changes: Changes = ()

    def __str__(self) -> str:
        """Return the scenario, or the values as a file would say them."""
        return self.scenario or ", ".join(f"{path}: {_plain(text)}" for path, text in self.changes)


def _plain(text: str) -> str:
    """Return a value without the quotes of a single word."""
    value = json.loads(text)
    return value if isinstance(value, str) else text.replace('"', "")


def _read_variations(value: object) -> tuple[Variation, ...]:
    items = value if isinstance(value, list | tuple) else [value]
    return tuple(_read_variation(item) for item in items)


def _read_variation(item: object) -> Variation:
    if isinstance(item, str) and item:
        return Variation(item)
    if not isinstance(item, Mapping) or not item:
        hint = 'write scenarios and values: "over: [one-die, {catalog.parts.els8.price_usd: 260}]"'
        raise ReadError("E642", f"expected a scenario or a map of path: value, not {shape(item)}", hint)
    return Variation(changes=tuple((str(path), json.dumps(value)) for path, value in item.items()))


def _read_quantity(text: str) -> str:
    return str(parse_quantity(text))


Quantity = Annotated[str, Reads(_read_quantity)]
Stated = Annotated[Condition, condition("", PERCENT)]
Variations = Annotated[
    tuple[Variation, ...], Reads(_read_variations, {"type": ["array", "string", "object"]}, scalar=False)
]
ANSWERS = ("of", "answered_by", "input_only")
"""Keys of which a claim has one: where its answer comes from."""
_BELONGS = {"over": "of", "answer": "answered_by"}


class ClaimSpec(Strict):
    """A published statement, and the quantity that answers it."""

    says: Text
    """the statement, in short"""
    source: Text
    """who published it"""
    of: Quantity | None = None
    """quantity that answers it, such as `content.lumentum per engine`, or a ratio `A / B`"""
    quoted: Stated | None = None
    """published value, as a condition: `7`, `about 350`, `40% to 60%`, `at least 5000`"""
    over: Variations = ()
    """assumptions to try: scenarios of the file, or maps of path: value"""
    unit: Text | None = None
    """unit to show"""
    remark: Text | None = None
    """what to know about the verdict, such as the arithmetic of a difference"""
    answered_by: Text | None = None
    """another command that answers it; it is not run"""
    answer: Number | None = None
    """number that this command prints"""
    input_only: Text | None = None
    """why no quantity of a topology answers it"""

    @model_validator(mode="after")
    def _one_answer(self) -> Self:
        given = [key for key in ANSWERS if getattr(self, key) is not None]
        if not given:
            hint = "add one of: of (a quantity), answered_by (a command), input_only (a reason)"
            raise ReadError("E641", "nothing answers this claim", hint)
        if len(given) > 1:
            hint = f"keep one of {', '.join(given)}"
            raise ReadError("E645", f'"{given[0]}" and "{given[1]}" exclude each other', hint, (given[1],))
        for key, needs in _BELONGS.items():
            if getattr(self, key) and given[0] != needs:
                message = f'"{key}" has no effect with "{given[0]}"'
                raise ReadError("E645", message, f'remove it; it belongs to "{needs}"', (key,))
        needed = {"of": ("quoted",), "answered_by": ("quoted", "answer"), "input_only": ()}[given[0]]
        if missing := [key for key in needed if getattr(self, key) is None]:
            hint = f"add {missing[0]}: 7, with the number that belongs to this claim"
            raise ReadError("E641", f'"{missing[0]}" is missing', hint)
        return self


def in_unit(quoted: Condition, value: Fraction) -> Fraction:
    """Return a quantity in the unit of the published value."""
    return 100 * value if quoted.unit == PERCENT else value


def check_claims(
    claims: Mapping[str, ClaimSpec], root: Node, scenarios: tuple[str, ...], problems: Problems
) -> None:
    """Note every assumption of a claim that names a scenario or a path that the file does not have."""
    checker = Checker(root, problems)
    for name, claim in claims.items():
        for number, variation in enumerate(claim.over):
            place = ("claims", name, "over", str(number))
            unknown = {variation.scenario} - {"", *scenarios}
            for scenario in unknown:
                hint = nearest(scenario, scenarios) or "the file has no scenarios"
                checker.note("E615", f'there is no scenario "{scenario}"', place, hint)
            for path, _ in variation.changes:
                if find_path(root, path) is None:
                    code, message, hint = refusal(root, path)
                    checker.note(code, message, (*place, path), hint)
