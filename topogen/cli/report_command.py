"""``topogen report``: one self-contained page with everything a build knows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import OUTPUT, topology_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from topogen.load.reading import Design
    from topogen.plot.theme import Spec


@click.command("report")
@topology_options
@click.option("--output", "-o", metavar="FILE", type=OUTPUT, help="File to write. Default: NAME.html.")
@click.option("--all-links", is_flag=True, help="Include factory-installed links in schedule and pull sheet.")
@click.pass_context
def command(  # noqa: PLR0913 - one argument an option
    ctx: click.Context,
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    output: Path | None,
    *,
    all_links: bool,
    strict: bool,
) -> None:
    """Write one page with pictures, tables, reasons and sources of a fabric.

    The page is one HTML file that loads nothing from elsewhere. If an expectation of the file fails, it is
    still written and says so, and the exit status is 1.
    """
    from topogen.cli.staging import staged_folder, write_pieces
    from topogen.load.reading import read
    from topogen.plot.beside import renderer_beside

    with renderer_beside() as render:
        done = read(name, scenario, catalogs, strict=strict)
        page, holds = page_of(done, all_links=all_links, render=render)
    words = "-".join(filter(None, (done.fabric.name, done.fabric.scenario)))
    target = output or Path(f"{words}.html")
    if target.is_dir():
        target /= f"{words}.html"
    with staged_folder(target.parent) as stage:
        write_pieces(stage / target.name, [page.encode()])
    click.echo(f"Written: {target}")
    ctx.exit(0 if holds else 1)


def page_of(
    done: Design,
    *,
    all_links: bool = False,
    follow: str = "",
    render: Callable[[Spec], str] | None = None,
) -> tuple[str, bool]:
    """Return the page of a topology, and whether all its expectations hold."""
    from topogen.checks.expectations import check_expectations, check_quoted
    from topogen.export.options import Options
    from topogen.page import to_html
    from topogen.plot.render import render_svg

    expected = check_expectations(done.fabric, done.rollup)
    options = Options(
        topology_rev=done.revision.topology,
        catalog_rev=done.revision.catalog,
        all_links=all_links,
        expect=expected,
        quoted=check_quoted(done.fabric, done.rollup),
    )
    page = to_html(done.fabric, done.rollup, options, follow=follow, render=render or render_svg)
    return page, all(one.holds for one in expected)
