"""Options of commands that count pieces of parts: yields and spares by part, and what is counted."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import set_option
from topogen.units import read_finite

if TYPE_CHECKING:
    from collections.abc import Callable

    from topogen.cli.arguments import Command

MOST = Decimal(10) ** 18


def _read_parts(_: click.Context, option: click.Parameter, given: tuple[str, ...]) -> dict[str, Fraction]:
    """Return numbers by part id; those of --yield and --spares are written in per cent."""
    found = {}
    percent = option.name != "capacity"
    for text in given:
        part, equals, value = text.partition("=")
        number = read_finite(value.strip().removesuffix("%") if percent else value)
        if not (part.strip() and equals) or number is None or not 0 <= number <= MOST:
            form = "PART=PERCENT, such as uhp_laser=85" if percent else "PART=PIECES, such as uhp_laser=50e6"
            raise click.BadParameter(f'"{text}" is not {form}')
        found[part.strip()] = Fraction(number) / (100 if percent else 1)
        if option.name == "yields" and not 0 < found[part.strip()] <= 1:
            raise click.BadParameter(f'"{text}": a yield is above 0 and at most 100 per cent')
    return found


def by_part(option: str, name: str, words: str) -> Callable[[Command], Command]:
    """Return an option of numbers by part, which may be repeated."""
    form = "PART=PIECES" if name == "capacity" else "PART=PERCENT"
    return click.option(option, name, metavar=form, multiple=True, callback=_read_parts, help=words)


def count_options(function: Command) -> Command:
    """Return a command with the options that say what of a fabric is counted."""
    far_ends = click.option(
        "--far-ends",
        metavar="GROUP",
        multiple=True,
        help="Count the far end of these external links as well; it takes what this end takes.",
    )
    network = click.option("--network", metavar="N", default="", help="Count only this network: scale_up.")
    return network(far_ends(set_option(function)))


def making_options(function: Command) -> Command:
    """Return a command with the options of yields and spares by part."""
    yields = by_part("--yield", "yields", "Share of the pieces that is good: uhp_laser=85.")
    spares = by_part("--spares", "spares", "Spares beside the pieces fitted, in per cent of them.")
    return yields(spares(function))
