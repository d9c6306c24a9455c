"""An explanation as lines of at most 100 columns."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from topogen.explain.steps import Explanation, Origin, Step

WIDTH = 100
MARGIN = 14
"""Column at which what a label stands for begins."""


def to_text(explanation: Explanation) -> str:
    """Return the explanation as text that ends in a line feed, equations last."""
    lines = [*_wrapped("", explanation.title), *_wrapped("", explanation.about)]
    if explanation.steps and explanation.steps[0].indent:
        lines.append("")
    above = ""
    for step in explanation.steps:
        lines += _step(step, step.label if step.label != above or step.label == "links" else "")
        above = step.label or above
    lines += _sources(explanation.sources)
    if explanation.equations:
        lines += ["", "To paste"]
        for equation in explanation.equations:
            lines += _clauses(equation)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _step(step: Step, label: str) -> Iterator[str]:
    if step.indent == 0:
        yield ""
        yield from _heading(step)
        return
    start = f"  {label}".ljust(MARGIN) + "  " * (step.indent - 1)
    yield from _wrapped(start, ": ".join(word for word in (step.text, step.formula) if word))


def _clauses(equation: str) -> Iterator[str]:
    """Yield an equation, each clause of it on a line of its own."""
    start = "  "
    clauses = equation.split("; ")
    for clause in clauses:
        yield from _wrapped(start, clause if clause is clauses[-1] else f"{clause};")
        start = "    "


def _heading(step: Step) -> Iterator[str]:
    """Yield a heading with its result at the right edge."""
    gap = WIDTH - len(step.text) - len(step.label)
    if gap < 2 or not step.label:  # noqa: PLR2004 - two spaces keep the words apart
        yield from _wrapped("", f"{step.text}  {step.label}".rstrip())
    else:
        yield step.text + " " * gap + step.label


def _wrapped(start: str, words: str) -> list[str]:
    """Return words after ``start``, further lines below the first word; a line that fits keeps its spaces."""
    if len(start + words) <= WIDTH:
        return [start + words] if words else []
    wrapper = textwrap.TextWrapper(WIDTH, break_long_words=False, break_on_hyphens=False)
    wrapper.initial_indent, wrapper.subsequent_indent = start, " " * (len(start) + 2)
    return wrapper.wrap(words)


def _sources(origins: Iterable[Origin]) -> Iterator[str]:
    rows = list(origins)
    if not rows:
        return
    yield ""
    yield "Written in"
    for origin in rows:
        gap = WIDTH - 2 - len(origin.path) - len(origin.at)
        if gap > 1:
            yield f"  {origin.path}{' ' * gap}{origin.at}"
        else:
            yield f"  {origin.path}"
            yield f"    {origin.at}"
        yield from _wrapped("    ", origin.says)
