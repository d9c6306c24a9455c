"""The arguments that every command about a topology takes."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from topogen.cli.completing import scenarios, topologies
from topogen.units import read_finite

if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from datetime import date

    from topogen.ordering.orders import Buying


class _OutputPath(click.Path):
    """A path to write to, which cannot be empty."""

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:  # noqa: ANN401 - click's signature
        if not str(value):
            self.fail("the path is empty: name a file or folder, or leave the option out", param, ctx)
        return super().convert(value, param, ctx)


OUTPUT = _OutputPath(path_type=Path)


class _Nanoseconds(click.ParamType):  # type: ignore[type-arg]  # click 8.1 has no type argument
    """A finite number of nanoseconds, not negative."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:  # noqa: ANN401
        try:
            number = Decimal(value)
        except InvalidOperation:
            self.fail(f'"{value}" is not a number', param, ctx)
        if not number.is_finite() or number < 0:
            self.fail(f'"{value}" is not a length of time: write a number from 0, such as 350', param, ctx)
        return number


NANOSECONDS = _Nanoseconds()
FORMATS = ("text", "json", "csv", "md")
Command = TypeVar("Command", bound="Callable[..., object]")


catalog_option = click.option(
    "--catalog",
    "-c",
    "catalogs",
    metavar="DIR",
    type=OUTPUT,
    multiple=True,
    help="Add catalog files; they override the shipped ones.",
)
"""The option of every command that reads a catalog; may be repeated."""

strict_option = click.option("--strict", is_flag=True, help="Treat warnings as errors.")
"""The option of every command that may warn."""


def topology_options(function: Command) -> Command:
    """Return a command with the arguments of every command that reads a topology."""
    scenario = click.option(
        "--scenario", "-s", metavar="S", shell_complete=scenarios, help="Apply a scenario of the file."
    )
    name = click.argument("name", metavar="NAME-OR-PATH", shell_complete=topologies)
    return name(scenario(catalog_option(strict_option(function))))


def _read_over(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, list[str]]:
    from topogen.language.over import read_over

    return read_over(given) if given else {}


def over_option(*, required: bool) -> Callable[[Command], Command]:
    """Return the option that varies a file; it gives the values by path."""
    return click.option(
        "--over",
        metavar="PATH=V,V",
        multiple=True,
        required=required,
        callback=_read_over,
        help="Values for a path of the file, as in a scenario; several paths are combined. 1..8 and "
        "10..50..10 are ranges. PATH,PATH=V,V gives both paths the same value.",
    )


fixed_tiers_option = click.option(
    "--fixed-tiers", is_flag=True, help="Fail if the fabric needs more tiers than the file allows."
)
"""The option of every command that grows a fabric."""


def _read_set(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    changes = {}
    for text in given:
        path, equals, value = text.partition("=")
        if not (path.strip() and equals and value.strip()):
            raise click.BadParameter(f'"{text}" is not PATH=VALUE: write links.nvl.medium=dac')
        changes[path.strip()] = value.strip()
    return tuple(changes.items())


set_option = click.option(
    "--set",
    "changes",
    metavar="PATH=VALUE",
    multiple=True,
    callback=_read_set,
    help="A value for a path of the file, as in a scenario.",
)
"""The option that changes a value of a file; may be repeated."""


def buying_options(function: Command) -> Command:
    """Return a command that takes how the order is placed."""
    buy = click.option(
        "--buy",
        type=click.Choice(["rack", "parts"]),
        default="rack",
        show_default=True,
        help="Order systems such as racks whole, or their parts instead.",
    )
    need_by = click.option("--need-by", metavar="DATE", help="Day of delivery. Default: need_by of the file.")
    ordered = click.option(
        "--order-date", metavar="DATE", help="Day of the order, to show the slack in days."
    )
    return buy(need_by(ordered(function)))


def buying_of(buy: str, need_by: str | None, order_date: str | None) -> Buying:
    """Return how the order is placed."""
    from topogen.language.fields import read_day
    from topogen.ordering.orders import Buying
    from topogen.units import ReadError

    def day(option: str, text: str | None) -> date | None:
        try:
            return read_day(text) if text is not None else None
        except ReadError as error:
            raise click.BadParameter(f"{error.message}: {error.hint}", param_hint=option) from None

    dates = day("--need-by", need_by), day("--order-date", order_date)
    return Buying("parts" if buy == "parts" else "rack", *dates)


def format_option(function: Command) -> Command:
    """Return a command that takes the format of its output."""
    option = click.option(
        "--format",
        "shape",
        type=click.Choice(FORMATS),
        default="text",
        show_default=True,
        help="Output format.",
    )
    return option(function)


def footnotes_option(function: Command) -> Command:
    """Return a command that can show every price that its money rests on."""
    text = "Show every price that the money rests on, not only the largest."
    return click.option("--footnotes", "every_footnote", is_flag=True, help=text)(function)


def workers_options(function: Command) -> Command:
    """Return a command whose work may be shared out."""
    workers = click.option(
        "--workers", type=click.IntRange(1, 512), metavar="N", help="Share the work among N local processes."
    )
    cluster = click.option("--cluster", metavar="ADDRESS", help="Share the work on a Dask cluster.")
    return workers(cluster(function))


def resume_options(function: Command) -> Command:
    """Return a command whose work shows how far it is, and can be taken up again."""
    resume = click.option(
        "--resume",
        metavar="FILE",
        type=OUTPUT,
        help="Keep finished tasks in a file, and leave out those in it.",
    )
    progress = click.option(
        "--progress", is_flag=True, help="Show progress on standard error even if it is no terminal."
    )
    return resume(progress(function))


MOST_NUMBER = Decimal(10) ** 6
"""Metres, Gb/s, and other numbers of options, at most."""


def read_number(text: str, unit: str, finest: Decimal) -> Fraction:
    """Return a number above 0 with or without its unit."""
    number = read_finite(text.strip().removesuffix(unit))
    if number is None or not 0 < number <= MOST_NUMBER or number % finest:
        most = f"{MOST_NUMBER:,}"
        form = f"a number of {unit} from {finest} to {most}" if unit else f"a number above 0, to {most}"
        raise click.BadParameter(f'"{text.strip()}" is not {form}')
    return Fraction(number)


def read_positive(_: click.Context, __: click.Parameter, given: str | None) -> Fraction | None:
    """Return a number above 0, None where none is given."""
    return None if given is None else read_number(given, "", Decimal("1e-9"))


def tariff_options(function: Command) -> Command:
    """Return a command that takes what power costs, and for how many years."""
    price = click.option(
        "--usd-per-kwh",
        metavar="USD",
        default="0.08",
        show_default=True,
        callback=read_positive,
        help="Price of power; the default is set here.",
    )
    pue = click.option(
        "--pue",
        metavar="X",
        default="1.3",
        show_default=True,
        callback=read_positive,
        help="Power of the hall for each watt of equipment; the default is set here.",
    )
    years = click.option(
        "--years",
        type=click.IntRange(1, 100),
        default=5,
        show_default=True,
        help="Years of power to pay for.",
    )
    return price(pue(years(function)))
