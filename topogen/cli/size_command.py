"""``topogen size``: what a fabric takes at a range of sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import over_option, topology_options

if TYPE_CHECKING:
    from pathlib import Path


@click.command("size")
@topology_options
@over_option
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
    from topogen.load.parse import parse_merged
    from topogen.load.reading import Sources, merge_files
    from topogen.report.size_report import print_sizes, sizes_csv
    from topogen.study.sizing import size_table

    laid, _ = merge_files(name, scenario, catalogs, Sources())
    sizes = size_table(
        lambda changes: parse_merged(laid, changes, "--over"),
        over,
        fixed_tiers=fixed_tiers,
        strict=strict,
    )
    if shape == "csv":
        click.echo(sizes_csv(sizes), nl=False)
    else:
        print_sizes(sizes)
