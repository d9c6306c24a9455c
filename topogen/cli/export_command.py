"""``topogen export``: a fabric in the format of another program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import OUTPUT, topology_options

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = ("graphml", "gexf", "gml", "node-link")


@click.command("export")
@click.argument("form", metavar="FORMAT", type=click.Choice(FORMATS))
@topology_options
@click.option(
    "--graph",
    "what",
    metavar="WHAT",
    default="links",
    show_default=True,
    help="links: every link; groups: device types; or a level of the file, such as rack.",
)
@click.option("--output", "-o", metavar="FILE", type=OUTPUT, help="File to write. Default: NAME.ENDING here.")
def command(  # noqa: PLR0913 - one argument an option
    form: str,
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    what: str,
    output: Path | None,
    *,
    strict: bool,
) -> None:
    """Write a fabric as a graph that other programs read.

    \b
    graphml    yEd, Gephi, igraph, networkx
    gexf       Gephi, networkx
    gml        Cytoscape, igraph, networkx
    node-link  JSON of networkx and D3
    """  # noqa: D301 - click wants the backspace itself: do not wrap
    from pathlib import Path

    from topogen.cli.staging import staged_folder, write_pieces
    from topogen.graph.formats import ENDINGS, GRAPH_FORMATS, graph_of
    from topogen.load.reading import read

    done = read(name, scenario, catalogs, strict=strict)
    words = "-".join(filter(None, (done.fabric.name, done.fabric.scenario)))
    target = output or Path(f"{words}{ENDINGS[form]}")
    content = GRAPH_FORMATS[form](graph_of(done.fabric, what))
    with staged_folder(target.parent) as stage:
        write_pieces(stage / target.name, [content])
    click.echo(f"Written: {target}")
