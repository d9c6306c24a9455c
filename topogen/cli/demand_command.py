"""``topogen demand``: parts for a number of builds, and builds for a capacity of parts."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import format_option, topology_options

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from topogen.cli.arguments import Command

MOST = Decimal(10) ** 18


def _read_parts(_: click.Context, option: click.Parameter, given: tuple[str, ...]) -> dict[str, Fraction]:
    """Return numbers by part id; those of --yield and --spares are written in per cent."""
    found = {}
    percent = option.name != "capacity"
    for text in given:
        part, equals, value = text.partition("=")
        try:
            number = Decimal(value.strip().removesuffix("%") if percent else value.strip())
        except InvalidOperation:
            number = Decimal(-1)
        if not (part.strip() and equals) or not number.is_finite() or not 0 <= number <= MOST:
            form = "PART=PERCENT, such as uhp_laser=85" if percent else "PART=PIECES, such as uhp_laser=50e6"
            raise click.BadParameter(f'"{text}" is not {form}')
        found[part.strip()] = Fraction(number) / (100 if percent else 1)
        if option.name == "yields" and not 0 < found[part.strip()] <= 1:
            raise click.BadParameter(f'"{text}": a yield is above 0 and at most 100 per cent')
    return found


def _by_part(option: str, name: str, words: str) -> Callable[[Command], Command]:
    """Return an option of numbers by part, which may be repeated."""
    form = "PART=PIECES" if name == "capacity" else "PART=PERCENT"
    return click.option(option, name, metavar=form, multiple=True, callback=_read_parts, help=words)


@click.command("demand")
@topology_options
@click.option("--builds", type=click.IntRange(1, 10**9), default=1, show_default=True, help="Builds.")
@_by_part("--capacity", "capacity", "Pieces that can be made: uhp_laser=50e6.")
@_by_part("--yield", "yields", "Share of the pieces that is good: uhp_laser=85.")
@_by_part("--spares", "spares", "Spares beside the pieces fitted, in per cent of them.")
@format_option
def command(  # noqa: PLR0913, PLR0917 - one argument an option
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    builds: int,
    capacity: dict[str, Fraction],
    yields: dict[str, Fraction],
    spares: dict[str, Fraction],
    shape: str,
    *,
    strict: bool,
) -> None:
    """Print the pieces of each part that builds take, and how many builds a capacity is enough for.

    A build is the file once. Lasers and dies inside engines and modules are counted.
    """
    from topogen.load.reading import read
    from topogen.report.demand_report import demand_report
    from topogen.report.formats import write_report
    from topogen.study.demand import demand
    from topogen.takeoff.roll_up import roll_up

    design = read(name, scenario, catalogs, strict=strict)
    found = demand(
        design.fabric,
        roll_up(design.fabric),
        builds=builds,
        capacity=capacity,
        yields=yields,
        spares=spares,
    )
    revision = design.revision.topology, design.revision.catalog
    write_report(demand_report(design.fabric, found, revision, programs=shape in ("csv", "json")), shape)
