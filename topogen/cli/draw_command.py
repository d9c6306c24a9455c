"""``topogen draw``: one drawing of a fabric, or of a part of it."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import OUTPUT, topology_options

if TYPE_CHECKING:
    from topogen.draw import Drawing
    from topogen.errors import Problem
    from topogen.load.reading import Design

FORMATS = ("svg", "png", "pdf", "dot")
THEMES = ("print", "slide")
DIAGRAMS = (
    "group",
    "tray",
    "rack",
    "elevation",
    "floor",
    "links",
    "tiers",
    "shape",
    "engines",
    "row",
    "rails",
)


@click.command("draw")
@topology_options
@click.option("--diagram", "-d", type=click.Choice(DIAGRAMS), help="Diagram kind. Default: same as `build`.")
@click.option(
    "--only", metavar="SELECTOR", multiple=True, help="Draw only these devices or places and their links."
)
@click.option("--format", "shape", type=click.Choice(FORMATS), help="Default: suffix of --output, or svg.")
@click.option("--theme", type=click.Choice(THEMES), default="print", show_default=True, help="Colours.")
@click.option("--width", type=click.IntRange(200, 8000), help="Pixels of a PNG. Default: 1200.")
@click.option(
    "--output", "-o", metavar="FILE-OR-DIR", type=OUTPUT, help="File or folder. Default: this folder."
)
def command(  # noqa: PLR0913, PLR0917 - one argument an option
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    diagram: str | None,
    only: tuple[str, ...],
    shape: str | None,
    theme: str,
    width: int | None,
    output: Path | None,
    *,
    strict: bool,
) -> None:
    """Draw a fabric, or a part of it.

    \b
    group      one box per device type, at any size
    tray       one box per tray; identical trays are merged
    rack       one box per rack
    elevation  rack fronts, U by U, a square for each piece in each tray
    floor      racks to scale, links between them as arcs, how far copper reaches
    links      every link with ports, engines and light sources, and which links fail with each
    tiers      a fat tree: GPUs, tiers of switches, links as bands, lengths and money
    shape      dragonfly, torus, HyperX, HammingMesh, slim fly or mesh, drawn as the shape it has
    engines    every optical engine and light source, in the place that holds it
    row        up to 12 racks from the front, links along the cable tray
    rails      which leaf each rail of each node is linked to, a dot a link; links that break the rule

    SELECTOR is written as in a topology file: `r1`, `r[1-2]/gpu`, `compute/leaf0`, `gpu.nvl[0-8]`.
    """  # noqa: D301 - click wants the backspace itself: do not wrap
    from topogen.draw import draw, draw_graph, graphs_of, has_dot, no_dot
    from topogen.errors import InputError
    from topogen.load.reading import read

    kind = format_of(shape, output)
    if width and kind != "png":
        raise InputError([_no_width(kind, shape, output)])
    done = read(name, scenario, catalogs, strict=strict)
    if kind == "dot" and diagram is None:
        drawn = draw_graph(done.fabric, done.rollup, only)
    else:
        drawn = draw(done.fabric, done.rollup, diagram, only)
    if kind == "dot" and not has_dot(drawn.picture):
        graphs = " or ".join(graphs_of(done.fabric, done.rollup, only))
        hint = f"use {asking_for('svg', shape, output)}, or --diagram {graphs}"
        raise InputError([no_dot(drawn.diagram, hint)])
    if strict and drawn.warnings:
        raise InputError(drawn.warnings)
    for warning in drawn.warnings:
        click.echo(str(warning), err=True)
    target = target_of(done, drawn.diagram, kind, output)
    for line in write_picture(drawn, target, theme, width):
        click.echo(line)


def format_of(shape: str | None, output: Path | None) -> str:
    """Return the format to write: that of ``--format``, else of the ending of a file, else ``svg``.

    Raises
    ------
    InputError
        E608 for the ending of another format, E850 for one that is not that of ``--format``.
    """
    from topogen.errors import InputError, Problem

    ending = _ending_of(output)
    if ending and ending not in FORMATS:
        hint = f"use {asking_for(shape or 'svg', shape, output)}, or an existing folder"
        raise InputError([Problem("E608", f'"{output}": drawings are not written as .{ending}', hint=hint)])
    if shape and ending and shape != ending:
        hint = f"use {asking_for(shape, shape, output)}, or leave out --format"
        raise InputError([Problem("E850", f'--format is {shape}, but the name is "{output}"', hint=hint)])
    return shape or ending or "svg"


def _ending_of(output: Path | None) -> str:
    """Return the ending of a file in lower case, none of a folder."""
    return "" if output is None or output.is_dir() else output.suffix[1:].lower()


def asking_for(kind: str, shape: str | None, output: Path | None) -> str:
    """Return the options that ask for a format, in place of those given."""
    named = ["-o " + quote(str(output.with_suffix(f".{kind}")))] if output and _ending_of(output) else []
    return " ".join([*named, *([f"--format {kind}"] if shape or not named else [])])


def _no_width(kind: str, shape: str | None, output: Path | None) -> Problem:
    """Return the problem that a width is asked for of what is no PNG."""
    from topogen.errors import Problem

    hint = f"use {asking_for('png', shape, output)}, or leave out --width"
    return Problem("E849", f"--width is that of a PNG: {kind} has no pixels", hint=hint)


def target_of(done: Design, diagram: str, kind: str, output: Path | None) -> Path:
    """Return the file to write: as named, or in the named folder, or here."""
    if output and _ending_of(output):
        return output
    words = [done.fabric.name, done.fabric.scenario, diagram]
    return (output or Path()) / f"{'-'.join(filter(None, words))}.{kind}"


def write_picture(drawn: Drawing, target: Path, theme: str, width: int | None) -> list[str]:
    """Write a picture in the format that its name ends in; return notes for the user.

    Without a renderer a graph is written as DOT and a layout of our own as SVG, with a note.
    """
    from topogen.cli.staging import staged_folder, write_pieces
    from topogen.draw.image import image_of
    from topogen.draw.sheet import WIDTH, Sheet

    image, reason = image_of(drawn.picture, target.suffix[1:].lower(), theme, width or WIDTH)
    if image is None:
        kind = "svg" if isinstance(drawn.picture, Sheet) else "dot"
        target, image = target.with_suffix(f".{kind}"), image_of(drawn.picture, kind, theme).image or b""
    with staged_folder(target.parent) as stage:
        write_pieces(stage / target.name, [image])
    return [line for line in (reason, f"Written: {target}") if line]
