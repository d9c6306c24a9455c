"""Sensitivity of a figure of a file: reads it, its scenarios and its variations, and asks the studies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topogen.build.stages import build
from topogen.errors import InputError, LimitError, Problem
from topogen.figures.figures import read_quantity
from topogen.figures.no_figure import NoFigureError
from topogen.figures.revalued import Revalued
from topogen.language.quantity import UNIT_OF, parse_quantity
from topogen.language.scenario import changes_to
from topogen.load.parse import parse_merged
from topogen.load.reading import Sources, merge_files, read, written
from topogen.records import dataclass
from topogen.study.draws import draw
from topogen.study.sensitivity import grid, tornado
from topogen.takeoff.basis_line import footer_of
from topogen.takeoff.rests_on import footnotes
from topogen.takeoff.roll_up import roll_up
from topogen.work import kept_in, share_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from fractions import Fraction
    from pathlib import Path

    from topogen.language.quantity import Ask
    from topogen.load.parse import MergedTree
    from topogen.study.draws import Draws
    from topogen.study.sensitivity import Grid, Swing
    from topogen.takeoff.rests_on import Footnote
    from topogen.work import Progress

Variation = tuple[str, "Revalued | InputError | LimitError"]


@dataclass(frozen=True)
class Sensitivity:
    """What moves a figure: every assumption by itself, the two strongest together, and random draws."""

    facts: dict[str, str | None]
    ask: Ask
    swings: tuple[Swing, ...]
    grid: Grid | None
    draws: Draws | None
    prices: tuple[Footnote, ...] = ()
    """What the cost of the file rests on, where the figure is money."""
    footer: str = ""
    """File, status, count basis, price dates and version, in one line."""


def sensitivity(  # noqa: PLR0913 - the options of one question
    name: str | Path,
    figure: str = "cost_usd per gpu",
    *,
    scenario: str | None = None,
    catalogs: Sequence[str | Path] = (),
    over: Mapping[str, Sequence[object]] | None = None,
    draws: int = 0,
    seed: int = 1,
    correlations: Mapping[tuple[str, str], Fraction] | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    resume: Path | None = None,
    progress: Progress | None = None,
    strict: bool = False,
) -> Sensitivity:
    """Return which assumption moves a figure of a shipped topology or a file, and how it spreads.

    Parameters
    ----------
    figure
        The figure, a key such as ``content.lumentum / content.tower``.
    over
        Further values by path, each a variation of the file.
    draws, seed
        How many random draws to make of all ranged values; none by default.
    correlations
        Between the prices of two parts, from -1 to 1.
    workers, cluster
        Local processes, or the address of a Dask cluster, that share the draws; the numbers are the same.
    resume
        A file that keeps finished draws, and that an earlier call has left.
    progress
        Called with the blocks of draws that are done, and all of them.

    Raises
    ------
    InputError
        E655 for a figure that there is not, E668 for correlations that cannot be; every error of the files.
    """
    ask = read_quantity(figure)
    design = read(str(name), scenario, catalogs, strict=strict)
    here = Revalued(design.parsed, design.fabric, design.rollup)
    variations = [
        *_scenarios(str(name), scenario, catalogs, design.parsed.scenarios),
        *(_variations(merge_files(name, scenario, catalogs, Sources()), over) if over else ()),
    ]
    try:
        swings = tornado(here, ask, variations)
    except NoFigureError as error:
        raise InputError([Problem("E655", f"{figure}: {error}")]) from error
    found = None
    if draws:
        drawn = [here, *(one for key, one in variations if "=" in key and isinstance(one, Revalued))]
        kept = kept_in(resume) if resume else None
        with share_out(workers, cluster, kept=kept, progress=progress) as shared:
            found = draw(
                drawn, _asked(here, ask), count=draws, seed=seed, correlations=correlations, share_out=shared
            )
    is_money = draws or any(UNIT_OF.get(term.kind) == "USD" for term in ask.terms)
    prices = footnotes(design.fabric, design.rollup) if is_money else ()
    footer = footer_of(design.fabric, design.rollup)
    return Sensitivity(design.facts, ask, swings, grid(here, ask, swings), found, prices, footer)


def _scenarios(
    name: str, scenario: str | None, catalogs: Sequence[str | Path], names: Sequence[str]
) -> Iterator[Variation]:
    """Yield every other scenario of the file, built."""
    for other in names:
        if other != scenario:
            try:
                design = read(name, other, catalogs)
            except (InputError, LimitError) as error:
                yield f"scenario {other}", error
            else:
                yield f"scenario {other}", Revalued(design.parsed, design.fabric, design.rollup)


def _variations(merged: MergedTree, over: Mapping[str, Sequence[object]]) -> Iterator[Variation]:
    """Yield each value of each path by itself, built."""
    for path, value in ((path, written(value)) for path, values in over.items() for value in values):
        parsed = parse_merged(merged, changes_to(path, value), "--over")
        try:
            fabric = build(parsed)
            yield f"{path}={value}", Revalued(parsed, fabric, roll_up(fabric))
        except (InputError, LimitError) as error:
            yield f"{path}={value}", error


def _asked(here: Revalued, ask: Ask) -> list[Ask]:
    """Return the figure, then the totals, layers and vendors that percentiles are shown of."""
    rows = here.rollup.vendors
    keys = ["cost_usd.interconnect", "cost_usd", "power_w"]
    if here.rollup.totals.gpus:
        keys.append("cost_usd per gpu")
    named: dict[str, None] = {}
    for view, kind, field in (("content", "layers", "layer"), ("content", "content", "vendor"),
                              ("procurement", "procurement", "vendor")):  # fmt: skip
        found = {
            getattr(row, field)
            for row in rows
            if row.view == view and row.cost_scope == "interconnect" and row.value and row.value.base
        }
        named |= dict.fromkeys(f"{kind}.{one}" for one in sorted(found) if one)
    return list(dict.fromkeys([ask, *map(parse_quantity, [*keys, *named])]))
