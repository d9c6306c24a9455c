"""``topogen import``: a topology of the cables in a file of another program."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, get_args

import click

from topogen.cli.arguments import OUTPUT
from topogen.cli.found_files import FORMATS, read_found
from topogen.language.fields import NetworkWord

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from topogen.found.topology import Imported


def _read_rate(_: click.Context, __: click.Parameter, given: str | None) -> int | None:
    from topogen.found.rows import read_found_rate

    rate = read_found_rate(given) if given is not None else None
    if given is not None and rate is None:
        raise click.BadParameter(f'"{given}" is no rate: write it like 400G')
    return rate


@click.command("import")
@click.argument("form", metavar="FORMAT", type=click.Choice(tuple(FORMATS)))
@click.argument("file", metavar="FILE", type=OUTPUT)
@click.option("-o", "--output", metavar="YAML", type=OUTPUT, required=True, help="Topology to write.")
@click.option("--rate", metavar="RATE", callback=_read_rate, help="Rate of cables without one, such as 400G.")
@click.option(
    "--network",
    type=click.Choice(get_args(NetworkWord)),
    default="scale_out",
    show_default=True,
    help="Network of the cables.",
)
@click.option("--switches", metavar="GLOB", multiple=True, help="Devices that are switches, such as 'leaf*'.")
def command(
    form: str, file: Path, output: Path, rate: int | None, network: str, switches: tuple[str, ...]
) -> None:
    """Write the cables of a FILE as a topology: device types, a list of cables, all names.

    Formats: p2p, a P2P sheet; ptm, a DOT file of PTM; ibnetdiscover, its output; lldp, a table of neighbours;
    infragraph, an infrastructure of InfraGraph.
    Writes YAML, YAML's name with -cables.csv, and with -names.csv, in one folder.
    """
    from topogen.cli.staging import staged_folder, write_pieces
    from topogen.found.topology import imported

    table = read_found(file, form)
    made = imported(table, output.stem, rate=rate, network=network, switches=switches)
    files = _files(made, output)
    refuse_there(files)
    with staged_folder(output.parent) as stage:
        for path, text in files.items():
            write_pieces(stage / path.name, [text.encode()])
    click.echo(f"{made.links:,} cables: {', '.join(map(str, files))}")
    for sentence in made.left_out:
        click.echo(f"Left out: {sentence}.")


def _files(made: Imported, output: Path) -> dict[Path, str]:
    return {
        output: made.topology,
        output.with_name(f"{output.stem}-cables.csv"): made.cables,
        output.with_name(f"{output.stem}-names.csv"): made.names,
    }


def refuse_there(files: Iterable[Path]) -> None:
    """Raise E617 for a file that is there already, E608 without a folder to write into."""
    from topogen.errors import InputError, Problem

    for path in files:
        if os.path.lexists(path):
            hint = "name another file with -o, or move this one away"
            raise InputError([Problem("E617", f'"{path}" already exists', hint=hint)])
        if not path.parent.is_dir():
            raise InputError([Problem("E608", f'"{path}" cannot be written: no such folder')])
