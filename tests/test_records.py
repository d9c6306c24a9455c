"""Our ``dataclass`` decorator does what the standard one does."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from typing import Any

import pytest

from topogen import records

ARGUMENTS = ((1,), (1, "x"), (2,), (1, "x", [3]))


@records.dataclass(frozen=True)
class Frozen:
    """Frozen, with defaults of both kinds and a value that is not shown."""

    a: int
    b: str = "x"
    c: list[int] = dataclasses.field(default_factory=list, repr=False)


@records.dataclass(frozen=True, slots=True)
class Slotted:
    """Frozen, without a dictionary."""

    a: int
    b: str = "x"


def pair(**options: bool) -> tuple[Any, Any]:
    """Return one class made by both decorators."""

    class Sample:
        """A class."""

        a: int
        b: str = "x"
        c: list[int] = dataclasses.field(default_factory=list, repr=False)

    copy_of = type("Sample", (), {**Sample.__dict__, "__qualname__": Sample.__qualname__})
    ours: Any = records.dataclass
    standard: Any = dataclasses.dataclass
    return ours(**options)(Sample), standard(**options)(copy_of)


@pytest.mark.parametrize(
    "options", [{}, {"frozen": True}, {"eq": False}, {"frozen": True, "eq": False}], ids=str
)
def test_a_class_is_like_the_standard_one(options: dict[str, bool]) -> None:
    ours, standard = pair(**options)
    assert str(inspect.signature(ours)) == str(inspect.signature(standard))
    assert [field.name for field in dataclasses.fields(ours)] == ["a", "b", "c"]
    assert ours.__match_args__ == standard.__match_args__
    for words in ARGUMENTS:
        assert repr(ours(*words)) == repr(standard(*words))
        assert dataclasses.asdict(ours(*words)) == dataclasses.asdict(standard(*words))
        for others in ARGUMENTS:
            assert (ours(*words) == ours(*others)) == (standard(*words) == standard(*others))
    assert (ours.__hash__ is None) == (standard.__hash__ is None)


def test_a_frozen_instance_refuses_changes() -> None:
    made: Any = Frozen(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.a = 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        del made.a
    assert dataclasses.replace(made, a=2) == Frozen(2)


def test_a_default_factory_makes_a_value_for_each_instance() -> None:
    assert Frozen(1).c is not Frozen(1).c


def test_equal_instances_hash_alike_and_only_within_a_class() -> None:
    assert hash(Slotted(1)) == hash(Slotted(1, "x"))
    assert Slotted(1) != Frozen(1)  # type: ignore[comparison-overlap]
    assert {Slotted(1): "found"}[Slotted(1)] == "found"


def test_slots_leave_no_dictionary_and_instances_are_copied() -> None:
    assert not hasattr(Slotted(1), "__dict__")
    assert pickle.loads(pickle.dumps(Slotted(1))) == Slotted(1)  # noqa: S301 - our own bytes
    assert copy.deepcopy(Frozen(1, "y", [2])) == Frozen(1, "y", [2])
