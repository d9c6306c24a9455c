"""The option ``--chart``, and the file that it writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import OUTPUT

if TYPE_CHECKING:
    from pathlib import Path

    from topogen.cli.arguments import Command
    from topogen.plot.theme import Spec


def _read_chart(_: click.Context, __: click.Parameter, given: Path | None) -> Path | None:
    from topogen.plot.render import refuse_chart

    refuse_chart(given)
    return given


def chart_option(function: Command) -> Command:
    """Return a command that may draw what it prints."""
    option = click.option(
        "--chart",
        metavar="FILE",
        type=OUTPUT,
        callback=_read_chart,
        help="Write a chart as .svg, .png, .pdf or .json (the Vega-Lite specification).",
    )
    return option(function)


def write_chart(path: Path, spec: Spec) -> None:
    """Write a chart in the format that the name of its file says."""
    from topogen.cli.staging import write_pieces
    from topogen.load.files import refuse_input
    from topogen.plot.render import render

    refuse_input(path)
    write_pieces(path, [render(spec, path.suffix.lower())])
    click.echo(f"Written to {path}", err=True)
