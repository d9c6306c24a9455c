"""``topogen draw``: one drawing of a fabric, or of a part of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import OUTPUT, topology_options

if TYPE_CHECKING:
    from topogen.draw import Drawing
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
@click.option(
    "--width", type=click.IntRange(200, 8000), default=1200, show_default=True, help="Pixels of a PNG."
)
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
    width: int,
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
    from topogen.draw import draw, draw_graph
    from topogen.errors import InputError
    from topogen.load.reading import read

    done = read(name, scenario, catalogs, strict=strict)
    as_dot = shape == "dot" or (shape is None and output is not None and output.suffix == ".dot")
    if as_dot and diagram is None:
        drawn = draw_graph(done.fabric, done.rollup, only)
    else:
        drawn = draw(done.fabric, done.rollup, diagram, only)
    if strict and drawn.warnings:
        raise InputError(drawn.warnings)
    for warning in drawn.warnings:
        click.echo(str(warning), err=True)
    target = target_of(done, drawn.diagram, shape, output)
    for line in write_picture(drawn, target, theme, width):
        click.echo(line)


def target_of(done: Design, diagram: str, shape: str | None, output: Path | None) -> Path:
    """Return the file to write: as named, or in the named folder, or here."""
    ending = output.suffix.removeprefix(".") if output else ""
    if output and ending and ending not in FORMATS and not output.is_dir():
        from topogen.errors import InputError, Problem

        hint = f"write one of .{', .'.join(FORMATS)}, or an existing folder"
        raise InputError([Problem("E608", f'"{output}": drawings are not written as .{ending}', hint=hint)])
    if output and not output.is_dir() and ending in FORMATS:
        return output.with_suffix(f".{shape or ending}")
    words = [done.fabric.name, done.fabric.scenario, diagram]
    return (output or Path()) / f"{'-'.join(filter(None, words))}.{shape or 'svg'}"


def write_picture(drawn: Drawing, target: Path, theme: str, width: int) -> list[str]:
    """Write a picture in the format that its name ends in; return notes for the user.

    Without a renderer a graph is written as DOT and a layout of our own as SVG, with a note.

    Raises
    ------
    InputError
        E690, if a diagram that is not a graph is asked for as DOT.
    """
    from topogen.cli.staging import staged_folder, write_pieces
    from topogen.draw.image import image_of
    from topogen.draw.sheet import Sheet
    from topogen.draw.sheet_dot import is_graph
    from topogen.errors import InputError, Problem

    kind, sheet = target.suffix[1:], isinstance(drawn.picture, Sheet)
    if isinstance(drawn.picture, Sheet) and kind == "dot" and not is_graph(drawn.picture):
        hint = "use --format svg, png or pdf, or a diagram that Graphviz lays out: group, tray, rack"
        raise InputError([Problem("E690", f"{drawn.diagram} is not a graph: no DOT of it", hint=hint)])
    image, reason = image_of(drawn.picture, kind, theme, width)
    if image is None:
        kind = "svg" if sheet else "dot"
        target, image = target.with_suffix(f".{kind}"), image_of(drawn.picture, kind, theme).image or b""
    with staged_folder(target.parent) as stage:
        write_pieces(stage / target.name, [image])
    return [line for line in (reason, f"Written: {target}") if line]
