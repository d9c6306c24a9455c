"""``topogen init``: a topology to start from, and its schema for editors."""

from __future__ import annotations

import os
from pathlib import Path

import click

from topogen.cli import completing
from topogen.cli.arguments import OUTPUT


@click.command("init")
@click.argument("name", metavar="NAME", shell_complete=completing.starters)
@click.option("--as", "target", metavar="FILE", type=OUTPUT, help="Write here instead of NAME.yaml.")
def command(name: str, target: Path | None) -> None:
    """Write a topology to start from, and its JSON Schema for editors, into this folder.

    NAME is a commented starter: nvl72 (copper inside a rack), cpo-rack (co-packaged optics) or fat-tree
    (racks on a two-tier network); or a shipped topology (see `topogen list`).
    """
    from topogen.errors import InputError, Problem, nearest
    from topogen.load.files import SCHEMA, read_text, shipped_files, starter_files, topologies_dir

    known = shipped_files() | starter_files()
    if name not in known:
        message = f'no starter or shipped topology "{name}"'
        raise InputError([Problem("E607", message, hint=nearest(name, known))])
    path = target or Path(f"{name}.yaml")
    texts = {path.name: read_text(known[name])}
    if not path.with_name(SCHEMA).exists():
        texts[SCHEMA] = read_text(topologies_dir() / SCHEMA)
    write_new(path, texts)
    click.echo(f"Written to {path}. Change it, then: topogen bom {path}")


def write_new(path: Path, texts: dict[str, str]) -> None:
    """Write texts by name into the folder of a file that is not there yet; E617 if it is."""
    from topogen.cli.staging import staged_folder, write_pieces
    from topogen.errors import InputError, Problem

    if os.path.lexists(path):
        hint = "name another file with --as, or move this one away"
        raise InputError([Problem("E617", f'"{path}" already exists', hint=hint)])
    if not path.parent.is_dir():
        raise InputError([Problem("E608", f'"{path}" cannot be written: no such folder')])
    with staged_folder(path.parent) as stage:
        for name, text in texts.items():
            write_pieces(stage / name, [text.encode()])
