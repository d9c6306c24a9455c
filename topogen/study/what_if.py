"""What-ifs: totals of many variations of one fabric, each as if its changes were written in the file.

A variation that differs from one before only in what parts cost, who makes them and what they draw is the
same fabric with the same quantities, valued again; any other is built as every fabric is.
"""

from __future__ import annotations

from collections import deque
from dataclasses import field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.build.stages import build
from topogen.errors import InputError, LimitError
from topogen.figures.figures import quantity, read_quantity
from topogen.figures.no_figure import NoFigureError
from topogen.records import dataclass
from topogen.takeoff.gaps import is_lower_bound
from topogen.takeoff.rests_on import footnotes
from topogen.takeoff.roll_up import value
from topogen.takeoff.take_off import take_off

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from topogen.build.parsed import Parsed
    from topogen.catalog.model import Catalog
    from topogen.errors import Problem
    from topogen.language.quantity import Ask
    from topogen.language.scenario import Changes
    from topogen.model.fabric import Fabric
    from topogen.takeoff.gaps import Gap
    from topogen.takeoff.quantities import Quantity
    from topogen.takeoff.rests_on import Footnote
    from topogen.takeoff.roll_up import RollUp
    from topogen.work import Share

KEPT = 2
"""Fabrics that are kept to be valued again: the one that most variations start from, and the last."""

BLOCK = 16
"""Variations of one task: enough of them to value a fabric again, few enough to share out."""


@dataclass(frozen=True)
class WhatIf:
    """What one variation comes to; exact, base values, money in US dollars.

    ``refused`` says why it cannot be built. ``cost_usd``, ``power_w``, ``vendors`` and ``content`` are those
    of the interconnect, ``vendors`` by who is paid (procurement), ``content`` by who earns it. ``partial``
    and ``devices_partial`` say that the price of some part of the interconnect, or of some network device, is
    missing; ``missing`` names what the interconnect lacks, so that costs differ by what is shown only where
    it is the same. ``prices`` are those that the cost of the first variation rests on.
    ``figures`` are those asked for, None where a variation has no such thing, for the reason in ``notes``.
    """

    changes: Changes
    refused: str = ""
    gpus: int = 0
    links: int = 0
    cost_usd: Fraction = Fraction(0)
    network_device_usd: Fraction = Fraction(0)
    power_w: Fraction = Fraction(0)
    partial: bool = False
    devices_partial: bool = False
    missing: frozenset[tuple[object, ...]] = frozenset()
    vendors: Mapping[str, Fraction] = field(default_factory=dict)
    content: Mapping[str, Fraction] = field(default_factory=dict)
    figures: Mapping[str, Fraction | None] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = ()
    prices: tuple[Footnote, ...] = ()

    @property
    def cost_per_gpu_usd(self) -> Fraction | None:
        """Return the cost of the interconnect for each GPU package, None without one."""
        return self.cost_usd / self.gpus if self.gpus else None


def what_ifs(
    parse: Callable[[Changes, str], Parsed],
    variations: Iterable[Changes],
    figures: Sequence[str] = (),
    *,
    strict: bool = False,
    share_out: Share | None = None,
) -> Iterator[WhatIf]:
    """Yield what each variation comes to, one at a time.

    Parameters
    ----------
    parse
        Gives the parsed file with changes applied, which messages call by the second argument; what it
        refuses is a mistake and ends the work.
    variations
        Paths and their values as YAML text, one sequence a variation.
    figures
        Further figures, by the keys of ``expect``: ``parts.els8``, ``cost_usd.scale_out``, ``links.nvl``.
    strict
        Whether a variation with warnings is refused.
    share_out
        What runs tasks elsewhere, as ``topogen.work.share_out`` yields it; the rows are the same.

    Raises
    ------
    InputError
        E655 for a kind of figure that there is not; what a variation has wrong, with its number, from 1.
    """
    keys = {text: read_quantity(text) for text in figures}
    if share_out is None:
        return _each(parse, variations, keys, strict=strict)
    every = list(variations)
    blocks = [(parse, every[at : at + BLOCK], keys, strict, at + 1) for at in range(0, len(every), BLOCK)]
    return (row for rows in share_out(_block, blocks) for row in rows)


def _block(
    parse: Callable[[Changes, str], Parsed],
    variations: Sequence[Changes],
    keys: Mapping[str, Ask],
    strict: bool,  # noqa: FBT001 - an argument of a task
    first: int,
) -> list[WhatIf]:
    """Return the rows of variations that follow on each other: one task."""
    return list(_each(parse, variations, keys, strict=strict, first=first))


def _each(
    parse: Callable[[Changes, str], Parsed],
    variations: Iterable[Changes],
    keys: Mapping[str, Ask],
    *,
    strict: bool,
    first: int = 1,
) -> Iterator[WhatIf]:
    built: deque[_BuiltVariation] = deque(maxlen=KEPT)
    for number, changes in enumerate(variations, start=first):
        parsed = parse(changes, f"variation {number}")
        try:
            fabric, rollup = _valued(parsed, built)
        except (InputError, LimitError) as error:
            yield _refused(changes, [one for one in error.problems if one.is_error])
            continue
        row = _variation_totals(changes, fabric, rollup, keys)
        row = replace(row, prices=footnotes(fabric, rollup)) if number == 1 else row
        yield _refused(changes, row.warnings) if strict and row.warnings else row


def _refused(changes: Changes, problems: Sequence[Problem]) -> WhatIf:
    return WhatIf(changes, refused=f"{problems[0].code} {problems[0].message}")


def _missing(catalog: Catalog, gap: Gap) -> tuple[object, ...]:
    """Return what a gap leaves out of a cost: the pieces, and the price of the metres that are not known."""
    metres = catalog.parts[gap.part].price_per_m_usd if gap.part else None
    return (gap.part, gap.qty, gap.links, gap.what, metres)


@dataclass(frozen=True)
class _BuiltVariation:
    """A variation that was built: what it was built from, and what it is made of."""

    parsed: Parsed
    fabric: Fabric
    quantities: tuple[Quantity, ...]


def _valued(parsed: Parsed, built: deque[_BuiltVariation]) -> tuple[Fabric, RollUp]:
    """Return a variation, built only if it is another than those at hand in more than prices."""
    same = next((one for one in built if same_quantities(one.parsed, parsed)), None)
    if same is None:
        fabric = build(parsed)
        same = _BuiltVariation(parsed, fabric, take_off(fabric))
    else:
        built.remove(same)
    built.append(same)
    fabric = replace(same.fabric, spec=parsed.spec, catalog=parsed.catalog, marks=parsed.marks)
    return fabric, value(fabric, same.quantities)


def same_quantities(one: Parsed, other: Parsed) -> bool:
    """Return whether two files differ at most in what only the value of parts depends on.

    A policy that chooses by price or power makes everything depend on it.
    """
    return (
        one.spec == other.spec
        and not any(policy.choice for policy in one.spec.policies.values())
        and (one.scenario, one.tables, one.warnings) == (other.scenario, other.tables, other.warnings)
        and one.catalog.media == other.catalog.media
        and _counted_parts(one.catalog) == _counted_parts(other.catalog)
    )


def _counted_parts(catalog: Catalog) -> dict[str, object]:
    """Return what building and counting read of parts."""
    return {
        name: (
            part.lengths_mm,
            part.bandwidth,
            part.plugs,
            part.connectors,
            part.sockets,
            part.shuffle,
            part.fibres,
            part.diameter_mm,
            part.glass,
            part.panel,
        )
        for name, part in catalog.parts.items()
    }


def _variation_totals(changes: Changes, fabric: Fabric, rollup: RollUp, keys: Mapping[str, Ask]) -> WhatIf:
    vendors: dict[str, dict[str, Fraction]] = {"procurement": {}, "content": {}}
    for row in rollup.vendors:
        if row.cost_scope == "interconnect" and row.value:
            held = vendors[row.view]
            held[row.vendor] = held.get(row.vendor, Fraction(0)) + row.value.base
    figures: dict[str, Fraction | None] = dict.fromkeys(keys)
    notes = []
    for text, asked in keys.items():
        try:
            figures[text] = quantity(fabric, rollup, asked).base
        except NoFigureError as error:
            notes.append(f"{text}: {error}")
    return WhatIf(
        changes,
        gpus=rollup.totals.gpus,
        links=rollup.totals.links,
        cost_usd=rollup.totals.cost_usd.base,
        network_device_usd=rollup.totals.network_device_usd.base,
        power_w=Fraction(rollup.totals.power_w.base),
        partial=is_lower_bound(rollup.gaps, "interconnect"),
        devices_partial=is_lower_bound(rollup.gaps, "network_device"),
        missing=frozenset(_missing(fabric.catalog, gap) for gap in rollup.gaps if gap.partial),
        vendors=vendors["procurement"],
        content=vendors["content"],
        figures=figures,
        notes=tuple(notes),
        warnings=(*fabric.warnings, *rollup.warnings),
    )
