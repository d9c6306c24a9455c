"""Choices: why the links of a group have their medium, and why no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.explain.lengths import metres
from topogen.explain.steps import Step, count_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topogen.model.links import Choice, LinkGroup

FEW = 6
"""So many kinds of links are told apart; the rest stands in ``link_classes.csv``."""


def choice_steps(link: LinkGroup) -> Iterator[Step]:
    """Yield the rule that gave links their medium, and each medium that was passed over, with its reason."""
    kinds: dict[tuple[str, tuple[tuple[str, str], ...]], list[Choice]] = {}
    for choice in link.choices:
        passed = tuple((one.medium, one.reason) for one in choice.rejected)
        kinds.setdefault((choice.rule, passed), []).append(choice)
    for (rule, passed), choices in list(kinds.items())[:FEW]:
        links = sum(choice.links for choice in choices)
        yield Step("chosen", f"{rule} ({count_of(links, 'link')}{_span(choices)})")
        for medium, reason in passed:
            yield Step("not", f"{medium}: {reason}")
    if len(kinds) > FEW:
        yield Step("", f"and {len(kinds) - FEW} more kinds of links in link_classes.csv")


def _span(choices: list[Choice]) -> str:
    """Return the lengths of links in words."""
    known = [choice.length_mm for choice in choices if choice.length_mm is not None]
    if not known:
        return ""
    if min(known) == max(known):
        return f" of {metres(min(known))}"
    return f" of {metres(min(known))} to {metres(max(known))}"
