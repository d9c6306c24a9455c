"""``topogen crossover``: media side by side over length and lane rate."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import catalog_option, format_option

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MOST = Decimal(10) ** 6
"""Metres, Gb/s, and other numbers, at most."""


def _number(text: str, unit: str, finest: Decimal) -> Fraction:
    """Return a number above 0 with or without its unit."""
    try:
        number = Decimal(text.strip().removesuffix(unit).strip())
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or not 0 < number <= MOST or number % finest:
        form = f"a number of {unit} from {finest} to {MOST:,}" if unit else f"a number above 0, to {MOST:,}"
        raise click.BadParameter(f'"{text.strip()}" is not {form}')
    return Fraction(number)


def _read_list(unit: str) -> Callable[[click.Context, click.Parameter, str], list[Fraction]]:
    """Return what reads numbers with commas between them."""
    return lambda _, __, given: [_number(text, unit, Decimal("0.001")) for text in given.split(",")]


def _read_one(_: click.Context, __: click.Parameter, given: str) -> Fraction:
    return _number(given, "", Decimal("1e-9"))


def _read_names(_: click.Context, __: click.Parameter, given: str) -> list[str]:
    return [name.strip() for name in given.split(",") if name.strip()]


@click.command("crossover")
@click.option(
    "--lengths",
    metavar="M,M",
    default="1,2,3,5,10,30,100,500",
    show_default=True,
    callback=_read_list("m"),
    help="Lengths in metres.",
)
@click.option(
    "--lane-rates",
    metavar="R,R",
    default="100 Gb/s,200 Gb/s",
    show_default=True,
    callback=_read_list("Gb/s"),
    help="Rates of a lane of the ports, in Gb/s.",
)
@click.option("--media", metavar="A,B", default="", callback=_read_names, help="Media; default: all.")
@click.option(
    "--usd-per-kwh",
    metavar="USD",
    default="0.08",
    show_default=True,
    callback=_read_one,
    help="Price of power; the default is set here.",
)
@click.option(
    "--pue",
    metavar="X",
    default="1.3",
    show_default=True,
    callback=_read_one,
    help="Power of the hall for each watt of equipment; the default is set here.",
)
@click.option(
    "--years", type=click.IntRange(1, 100), default=5, show_default=True, help="Years of power to pay for."
)
@catalog_option
@format_option
def command(  # noqa: PLR0913, PLR0917 - one argument an option
    lengths: list[Fraction],
    lane_rates: list[Fraction],
    media: list[str],
    usd_per_kwh: Fraction,
    pue: Fraction,
    years: int,
    catalogs: tuple[Path, ...],
    shape: str,
) -> None:
    """Print cost and energy of media side by side, and which is best from which length on.

    No topology is needed. Links of each medium are generated, counted and priced as in every fabric.
    """
    from topogen.load.reading import catalog_revision, crossover
    from topogen.report.crossover_report import crossover_report
    from topogen.report.formats import write_report
    from topogen.study.crossover import Tariff

    tariff = Tariff(usd_per_kwh, pue, years)
    found = crossover(lengths, lane_rates, media=media, tariff=tariff, catalogs=catalogs)
    report = crossover_report(found, catalog_revision(catalogs), programs=shape in ("csv", "json"))
    write_report(report, shape)
