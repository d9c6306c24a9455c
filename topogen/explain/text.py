"""An explanation as lines of at most 100 columns."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from topogen.explain.steps import Explanation, Origin, Step

WIDTH = 100
MARGIN = 13
"""Column at which what a label stands for begins."""


def to_text(explanation: Explanation) -> str:
    """Return the explanation as text that ends in a line feed, equations last."""
    lines = [*_wrapped("", explanation.title), *_wrapped("", explanation.about)]
    for step in explanation.steps:
        lines += _step(step)
    lines += _sources(explanation.sources)
    if explanation.equations:
        lines += ["", "In one line"]
        for equation in explanation.equations:
            lines += _wrapped("  ", equation)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _step(step: Step) -> Iterator[str]:
    if step.indent == 0:
        yield ""
        yield from _heading(step)
        return
    start = f"  {step.label}".ljust(MARGIN) + "  " * (step.indent - 1)
    yield from _wrapped(start, ": ".join(word for word in (step.text, step.formula) if word))


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
    after = " " * (len(start) + 2)
    return textwrap.wrap(
        words, WIDTH, initial_indent=start, subsequent_indent=after, break_long_words=False, break_on_hyphens=False
    )  # fmt: skip


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
