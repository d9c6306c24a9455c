"""Why each number is what it is: the explanations of totals and parts, to be folded open."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup, escape

from topogen.explain import explain_each, to_text
from topogen.explain.totals import TOTALS
from topogen.export.to_bom_gaps import bom_gaps_rows
from topogen.page.excerpts import excerpts
from topogen.units import format_count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topogen.export.options import Options
    from topogen.model.fabric import Fabric
    from topogen.page.excerpts import Excerpt
    from topogen.takeoff.roll_up import RollUp

MOST_PARTS = 60
NOTHING = re.compile(r": 0( \w+)?( \(0 to 0\))?$")
"""The end of the title of a total of nothing."""
MODULES, GAPS, EXPECTATIONS = "modules", "gaps", "expectations"
"""What only a page counts, beside the totals."""


class Reason(NamedTuple):
    """An explanation: ``what`` is a total or a part; ``text`` leads to the lines of the files it names."""

    id: str
    what: str
    title: str
    text: str


class Reasons(NamedTuple):
    """The reasons of a page, and the blocks of the files that they lead to."""

    items: list[Reason]
    excerpts: list[Excerpt]


def reasons(fabric: Fabric, roll_up: RollUp, options: Options) -> Reasons:
    """Return the reasons of the totals, then of the parts that are bought; a total of nothing has none."""
    parts = list(dict.fromkeys(line.part for line in roll_up.lines))[:MOST_PARTS]
    explained = explain_each(fabric, roll_up, [*TOTALS, *parts])
    found = {what: one for what, one in explained.items() if not NOTHING.search(one.title)}
    blocks = excerpts(fabric, (origin for one in found.values() for origin in one.sources))
    texts = [(what, one.title, _leading(to_text(one), blocks)) for what, one in found.items()]
    every = [
        *texts,
        *((what, title, escape(text)) for what, title, text in _counted(fabric, roll_up, options)),
    ]
    items = [Reason(f"why-{number}", *one) for number, one in enumerate(every)]
    return Reasons(items, list({one.id: one for one in blocks.values()}.values()))


def _leading(text: str, blocks: Mapping[str, Excerpt]) -> Markup:
    """Return a text in which each ``file:line`` leads to its block."""

    def link(found: re.Match[str]) -> str:
        at = found[0]
        return Markup('<a href="#{}">{}</a>').format(blocks[at].id, at) if at in blocks else str(escape(at))

    pieces = re.split(r"(\S+:\d+$)", text, flags=re.MULTILINE)
    return Markup("").join(
        Markup(link(found)) if (found := re.fullmatch(r"\S+:\d+", piece)) else escape(piece)  # noqa: S704 - escaped
        for piece in pieces
    )


def _counted(fabric: Fabric, roll_up: RollUp, options: Options) -> Iterator[tuple[str, str, str]]:
    """Yield the reasons of what only a page counts: name, title and text."""
    modules = Counter[str]()
    for row in roll_up.quantities:
        if row.per == "end" and row.qty:
            modules[f"{row.part or 'no part'} on {', '.join(row.groups)}"] += row.qty
    if modules:
        rule = "modules plugged into cages, counted at both ends of the links"
        yield _listed(
            MODULES,
            "modules",
            rule,
            [f"{format_count(n)} {name}" for name, n in modules.items()],
            modules.total(),
        )
    gaps = [f"{row['reason']}: {row['what_to_do']}" for row in bom_gaps_rows(fabric, roll_up, options)]
    yield _listed(GAPS, "gaps", "what the totals lack, then what an order lacks", gaps, len(gaps))
    if options.expect:
        rows = [
            f"{'ok  ' if one.holds else 'FAIL'} {one.key}: {one.expected}, found {one.found}"
            for one in options.expect
        ]
        yield _listed(
            EXPECTATIONS, "expectations", "stated in the file, checked against the fabric", rows, len(rows)
        )


def _listed(what: str, noun: str, rule: str, lines: Sequence[str], count: int) -> tuple[str, str, str]:
    return what, f"{noun}: {format_count(count)}", "\n".join((rule, "", *(f"  {line}" for line in lines), ""))
