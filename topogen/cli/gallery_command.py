"""``topogen gallery``: a static site of topologies, one page each and an index."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import OUTPUT, catalog_option
from topogen.cli.completing import topologies

if TYPE_CHECKING:
    from topogen.load.reading import Design
    from topogen.page.gallery import Entry


@click.command("gallery")
@click.argument("names", nargs=-1, metavar="[NAME-OR-PATH ...]", shell_complete=topologies)
@catalog_option
@click.option("--output", "-o", metavar="DIR", type=OUTPUT, help="Folder for the site. Default: gallery.")
def command(names: tuple[str, ...], catalogs: tuple[Path, ...], output: Path | None) -> None:
    """Write the pages of topologies, all that are shipped unless some are named, with an index.

    All files are written at once, or none.
    """
    from topogen.cli.report_command import page_of
    from topogen.cli.staging import staged_folder, write_pieces
    from topogen.draw import draw
    from topogen.draw.image import image_of
    from topogen.load.files import shipped_names
    from topogen.load.reading import read
    from topogen.page.gallery import index_html
    from topogen.takeoff.basis_line import version_text

    target, entries = output or Path("gallery"), []
    with staged_folder(target) as stage:
        for name in names or shipped_names():
            done = read(name, None, catalogs)
            write_pieces(stage / f"{done.fabric.name}.html", [page_of(done)[0].encode()])
            picture = image_of(draw(done.fabric, done.rollup).picture, "svg")
            write_pieces(stage / f"{done.fabric.name}.svg", [picture.image or b""])
            entries.append(_entry(done))
        write_pieces(stage / "index.html", [index_html(entries, version_text()).encode()])
    click.echo(f"Written to {target}: index.html and {len(entries)} pages")


def _entry(done: Design) -> Entry:
    from topogen.draw.shown.finding import finding, key_figures
    from topogen.page.gallery import Entry

    fabric = done.fabric
    figures = tuple((one.value, one.note) for one in key_figures(fabric, done.rollup))
    return Entry(
        fabric.name, fabric.spec.title or "", finding(fabric, done.rollup), fabric.spec.status or "", figures
    )
