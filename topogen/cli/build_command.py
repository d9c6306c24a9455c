"""``topogen build``: every file of a fabric, moved into place when all of them are complete."""

from __future__ import annotations

from pathlib import Path

import click

from topogen.cli.reading import Read, read_fabric, topology_options


@click.command("build")
@topology_options
@click.option(
    "--output",
    "-o",
    metavar="DIR",
    type=click.Path(path_type=Path),
    required=True,
    help="Folder for the files.",
)
@click.option(
    "--columns",
    type=click.Choice(["default", "full"]),
    default="default",
    help="Columns of the cable schedule.",
)
@click.option("--all-links", is_flag=True, help="Schedule factory-installed links too (backplanes, boards).")
@click.pass_context
def command(
    ctx: click.Context,
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    output: Path,
    columns: str,
    all_links: bool,
) -> None:
    """Write BOM, cable schedule, picture and summary of a fabric into a folder.

    An expectation that fails does not stop the build: all files are written, exit is 1.
    """
    print(ctx, name, scenario, catalogs, output, columns, all_links, Read, read_fabric)
