"""Why each number is what it is: the explanations of totals and parts, to be folded open."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from topogen.explain import explain_each, to_text
from topogen.explain.totals import TOTALS

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

MOST_PARTS = 60


class Reason(NamedTuple):
    """An explanation: ``what`` is a total or a part."""

    id: str
    what: str
    title: str
    text: str


def reasons(fabric: Fabric, roll_up: RollUp) -> list[Reason]:
    """Return the reasons of the totals, then of the parts that are bought."""
    parts = list(dict.fromkeys(line.part for line in roll_up.lines))[:MOST_PARTS]
    found = explain_each(fabric, roll_up, [*TOTALS, *parts])
    return [
        Reason(f"why-{number}", what, one.title, to_text(one))
        for number, (what, one) in enumerate(found.items())
    ]
