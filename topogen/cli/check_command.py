"""``topogen check``: ports, rates, reach and expectations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import topology_options

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from topogen.errors import Problem
    from topogen.reading import Read

FORMATS = click.Choice(["text", "json"])


@click.command("check")
@topology_options
@click.option(
    "--format", "shape", type=FORMATS, default="text", help="Words for people, or JSON for editors."
)
@click.option(
    "--prices-at",
    metavar="DATE",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Name missing, old and partly shared prices too, as of this date.",
)
@click.pass_context
def command(  # noqa: PLR0913 - one argument an option
    ctx: click.Context,
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    shape: str,
    prices_at: datetime | None,
    *,
    strict: bool,
) -> None:
    """Check ports, rates, reach and what the file expects; exit 1 if an expectation fails.

    More links than ports, rates or interfaces that do not meet and exceeded reach are refused with exit 2.
    """
    from topogen.errors import InputError
    from topogen.reading import read
    from topogen.report.check_json import check_json

    try:
        done = read(name, scenario, catalogs)
        warnings = _warnings(done, prices_at, strict=strict)
    except InputError as error:
        if shape == "text":
            raise
        click.echo(check_json(error.problems))
        ctx.exit(2)
    ctx.exit(_report(done, warnings, shape))


def _warnings(done: Read, prices_at: datetime | None, *, strict: bool) -> tuple[Problem, ...]:
    """Return what is worth knowing, of the prices too if a date is given; raise it if ``strict``."""
    from topogen.errors import InputError
    from topogen.price_check import check_prices

    prices = check_prices(done.fabric, done.rollup, prices_at.date()) if prices_at else ()
    warnings = (*done.warnings, *prices)
    if strict and warnings:
        raise InputError(warnings)
    return warnings


def _report(done: Read, warnings: tuple[Problem, ...], shape: str) -> int:
    """Print what was checked; return the exit code."""
    from topogen.checks import check_expectations, check_quoted, failures
    from topogen.port_uses import port_uses
    from topogen.report.check_json import check_json
    from topogen.report.terminal import print_check

    expected = check_expectations(done.fabric, done.rollup)
    quoted = check_quoted(done.fabric, done.rollup)
    problems = (*failures(done.fabric, expected), *warnings)
    if shape == "json":
        click.echo(check_json(problems, expected, quoted))
    else:
        print_check(done.fabric, port_uses(done.fabric), (expected, quoted), problems)
    return 0 if all(item.holds for item in expected) else 1
