"""``topogen what-if``: what a fabric costs as its file would with other values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import over_option, topology_options

if TYPE_CHECKING:
    from pathlib import Path


@click.command("what-if")
@topology_options
@over_option
@click.option(
    "--figure",
    "figures",
    metavar="KEY",
    multiple=True,
    help="A further column, by a key of expect: parts.els8, links.nvl, cost_usd.scale_out.",
)
@click.option("--format", "shape", type=click.Choice(["text", "csv"]), default="text", help="Table, or CSV.")
def command(  # noqa: PLR0913 - one argument an option
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    over: dict[str, list[str]],
    figures: tuple[str, ...],
    shape: str,
    *,
    strict: bool,
) -> None:
    """Print links, money and power of a fabric for every combination of values.

    The first row is the file as it stands. Where only prices, makers or power of parts differ, nothing is
    built again. `--format csv` has what each vendor is paid, too; `null` as a value leaves the key out.
    """
    from topogen.load.parse import parse_merged
    from topogen.load.reading import Sources, merge_files
    from topogen.report.what_if_report import print_what_ifs, what_ifs_csv
    from topogen.study.sizing import combinations
    from topogen.study.what_if import what_ifs

    laid, _ = merge_files(name, scenario, catalogs, Sources())
    variations = [(), *combinations(over)]
    rows = list(
        what_ifs(lambda changes, _: parse_merged(laid, changes, "--over"), variations, figures, strict=strict)
    )
    if shape == "csv":
        click.echo(what_ifs_csv(rows), nl=False)
    else:
        print_what_ifs(rows)
