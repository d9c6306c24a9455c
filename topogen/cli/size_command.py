"""``topogen size``: what a fabric takes at a range of sizes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import topology_options

if TYPE_CHECKING:
    from pathlib import Path

BETWEEN = re.compile(r",(?![^\[{]*[\]}])")
"""A comma that separates values, not one inside a value's own brackets."""


def _read_over(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, list[str]]:
    over = {}
    for text in given:
        path, equals, values = text.partition("=")
        if not (path.strip() and equals and values.strip()):
            raise click.BadParameter(f'"{text}" is not PATH=VALUE,VALUE: write instances.su=1,2,4')
        over[path.strip()] = [value.strip() for value in BETWEEN.split(values)]
    return over


@click.command("size")
@topology_options
@click.option(
    "--over",
    metavar="PATH=V,V",
    multiple=True,
    required=True,
    callback=_read_over,
    help="A path of the file and its values, as in a scenario; several paths combine.",
)
@click.option("--fixed-tiers", is_flag=True, help="Refuse what is too large for the tiers of the file.")
@click.option("--format", "shape", type=click.Choice(["text", "csv"]), default="text", help="Table, or CSV.")
def command(  # noqa: PLR0913 - one argument an option
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    over: dict[str, list[str]],
    shape: str,
    *,
    fixed_tiers: bool,
    strict: bool,
) -> None:
    """Print GPUs, switches, cables, optics and power over a range of sizes, and mark where they step.

    A fat tree that is too large for its tiers gets a tier more. Sizes that cannot be built are shown as
    refused, with the reason; `null` as a value leaves the key out.
    """
    from topogen.reading import Sources, parse_files
    from topogen.report.size_report import print_sizes, sizes_csv
    from topogen.sizing import size_table

    sizes = size_table(
        lambda changes: parse_files(name, scenario, catalogs, Sources(), changes)[0],
        over,
        fixed_tiers=fixed_tiers,
        strict=strict,
    )
    if shape == "csv":
        click.echo(sizes_csv(sizes), nl=False)
    else:
        print_sizes(sizes)
