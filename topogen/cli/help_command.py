"""``topogen help``: the help of topogen or of one of its commands."""

from __future__ import annotations

import click


@click.command("help")
@click.argument("words", metavar="[COMMAND]...", nargs=-1)
def command(words: tuple[str, ...]) -> None:
    """Show help for topogen or for a command.

    `topogen help build` prints the same as `topogen build --help`.
    """
    from topogen.cli import group

    group.main([*words, "--help"], prog_name="topogen", standalone_mode=False)
