"""``topogen export``: a fabric in the format of another program."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import OUTPUT, topology_options

if TYPE_CHECKING:
    from collections.abc import Iterable

    from topogen.handoff.formats import Wanted
    from topogen.model.fabric import Fabric

GRAPHS = ("graphml", "gexf", "gml", "node-link")
DRAWINGS = ("mermaid", "drawio", "d2")
SHEETS = ("links", "ib", "ethernet")
PROTOCOLS = ("ib", "ethernet", "nvlink")
CABLES = ("p2p", "ptm", "infragraph", "ns3", "netbox")
FORMATS = (*GRAPHS, *DRAWINGS, *CABLES)


@click.command("export")
@click.argument("form", metavar="FORMAT", type=click.Choice(FORMATS))
@topology_options
@click.option(
    "--graph",
    "what",
    metavar="WHAT",
    help="Of a graph or drawing. links: every link; groups: device types; or a level of the file, such as "
    "rack. Default: links, of a drawing groups.",
)
@click.option(
    "--network",
    "networks",
    metavar="NAME",
    multiple=True,
    help="Of a file of cables: only this network or link group; may be repeated. Default: all.",
)
@click.option(
    "--sheet", type=click.Choice(SHEETS), default="links", show_default=True, help="Form of the p2p sheet."
)
@click.option(
    "--protocol", type=click.Choice(PROTOCOLS), help="Of a p2p sheet. Default: that of the switches."
)
@click.option("--output", "-o", metavar="FILE", type=OUTPUT, help="File to write. Default: NAME.ENDING here.")
def command(  # noqa: PLR0913, PLR0917 - one argument an option
    form: str,
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    what: str | None,
    networks: tuple[str, ...],
    sheet: str,
    protocol: str | None,
    output: Path | None,
    *,
    strict: bool,
) -> None:
    """Write a fabric in a form that other programs read.

    \b
    graphml    yEd, Gephi, igraph, networkx
    gexf       Gephi, networkx
    gml        Cytoscape, igraph, networkx
    node-link  JSON of networkx and D3
    mermaid    flowchart of Mermaid, which GitHub and GitLab draw in Markdown
    drawio     draw.io (diagrams.net): boxes and lines to move and edit
    d2         D2 (d2lang.com)
    p2p        sheet of cables, as the cable validation of UFM reads it
    ptm        DOT of ports, as the Prescriptive Topology Manager reads it
    infragraph JSON of InfraGraph 3.1, for simulators
    ns3        links between nodes, as the topology reader of ns-3 takes them
    netbox     folder of files for the bulk import of NetBox 4.6
    """  # noqa: D301 - click wants the backspace itself: do not wrap
    from topogen.cli.staging import staged_folder, write_pieces
    from topogen.graph.formats import GROUPS
    from topogen.handoff.formats import Wanted
    from topogen.load.reading import read

    _refuse_idle_options(form, what, networks, sheet, protocol)
    fabric = read(name, scenario, catalogs, strict=strict).fabric
    if form == "netbox":
        _write_netbox(fabric, Wanted(networks, sheet, protocol), output)
        return
    ending, content, left_out = _file(fabric, form, what, Wanted(networks, sheet, protocol, what or GROUPS))
    words = "-".join(filter(None, (fabric.name, fabric.scenario)))
    target = output or Path(f"{words}{ending}")
    with staged_folder(target.parent) as stage:
        write_pieces(stage / target.name, content)
    for sentence in left_out:
        click.echo(f"Left out: {sentence}")
    click.echo(f"Written: {target}")


def _refuse_idle_options(
    form: str, what: str | None, networks: tuple[str, ...], sheet: str, protocol: str | None
) -> None:
    """Raise for options that a format takes no notice of."""
    from topogen.errors import InputError, Problem

    given = (
        ("--graph", what is not None, (*GRAPHS, *DRAWINGS)),
        ("--network", bool(networks), CABLES),
        ("--sheet", sheet != SHEETS[0], ("p2p",)),
        ("--protocol", protocol is not None, ("p2p",)),
    )
    idle = [
        Problem(
            "E764", f"{option} has no effect on {form}", hint=f"leave it out; it is for {', '.join(forms)}"
        )
        for option, is_given, forms in given
        if is_given and form not in forms
    ]
    if idle:
        raise InputError(idle)


def _write_netbox(fabric: Fabric, wanted: Wanted, output: Path | None) -> None:
    """Write the files of NetBox into a folder."""
    from topogen.cli.staging import staged_folder, write_pieces
    from topogen.handoff.formats import files_of

    target = output or Path("-".join(filter(None, (fabric.name, fabric.scenario, "netbox"))))
    files, left_out = files_of(fabric, wanted)
    with staged_folder(target) as stage:
        names = []
        for name, content in files:
            write_pieces(stage / name, content)
            names.append(name)
    for sentence in left_out:
        click.echo(f"Left out: {sentence}")
    click.echo(f"Written to {target}: {', '.join(names)}")


def _file(
    fabric: Fabric, form: str, what: str | None, wanted: Wanted
) -> tuple[str, Iterable[bytes], tuple[str, ...]]:
    """Return the ending of a file, its pieces, and sentences on what it leaves out."""
    if form in GRAPHS:
        from topogen.graph import formats

        return (
            formats.ENDINGS[form],
            [formats.GRAPH_FORMATS[form](formats.graph_of(fabric, what or formats.LINKS))],
            (),
        )
    from topogen.handoff import formats as handoff

    found = handoff.file_of(fabric, form, wanted)
    return handoff.ENDINGS[form], found.pieces, found.left_out
