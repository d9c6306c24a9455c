"""``topogen build``: writes all files of a fabric at once, or none."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import click

from topogen.cli.arguments import OUTPUT, buying_of, buying_options, topology_options
from topogen.cli.schedule_file import ASKED, LONGEST_UNASKED, STEM

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from topogen.export.options import Options
    from topogen.load.lock import Asked, Lock, ScheduleForm
    from topogen.load.reading import Design
    from topogen.model.fabric import Fabric
    from topogen.plot.theme import Spec


LABELS = "labels.csv"
"""Written where the cable schedule is: as CSV."""
PATCHING = "patching.csv"
"""Written where links pass through patch panels."""
TRAYS = "trays.csv"
"""Written where the cross-section of the cable trays is stated."""


class Pages(NamedTuple):
    """Whether the page and the workbook are written, and what draws the charts of the page."""

    html: bool = True
    xlsx: bool = False
    render: Callable[[Spec], str] | None = None


USUAL = Pages()


@click.command("build")
@topology_options
@click.option("--output", "-o", metavar="DIR", type=OUTPUT, help="Folder for the files. Default: NAME-out.")
@click.option(
    "--columns",
    type=click.Choice(["default", "full"]),
    default="default",
    help="Columns of the cable schedule.",
)
@click.option(
    "--all-links", is_flag=True, help="Include factory-installed links (backplanes, boards) in the schedule."
)
@click.option(
    "--schedule",
    "schedules",
    type=click.Choice(ASKED),
    multiple=True,
    default=("auto",),
    show_default="auto",
    help=f"Form of the cable schedule; repeat it for several. auto: csv up to {LONGEST_UNASKED:,} lines.",
)
@buying_options
@click.option("--no-report", is_flag=True, help="Leave out report.html.")
@click.option("--xlsx", is_flag=True, help="Write workbook.xlsx too, with formulas over its assumptions.")
@click.pass_context
def command(  # noqa: PLR0913, PLR0917 - one argument an option
    ctx: click.Context,
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    output: Path | None,
    columns: Literal["default", "full"],
    schedules: tuple[ScheduleForm, ...],
    buy: Literal["rack", "parts"],
    need_by: str | None,
    order_date: str | None,
    *,
    all_links: bool,
    no_report: bool,
    xlsx: bool,
    strict: bool,
) -> None:
    """Write BOM, cable schedule, drawing, report and summary of a fabric into a folder.

    All files are written at once, or none. If an expectation fails, the files are still written, the failure
    is printed, and the exit status is 1.
    """
    from topogen.cli.staging import telling
    from topogen.load.lock import Asked
    from topogen.load.reading import read
    from topogen.plot.beside import renderer_beside
    from topogen.report.bom_report import build_report
    from topogen.report.terminal import print_report

    asked = Asked(columns, all_links, schedules, buy, need_by, order_date, not no_report, xlsx)
    with renderer_beside(wanted=not no_report) as render:
        done = read(name, scenario, catalogs, strict=strict)
        options = options_of(done, asked)
        folder = output or Path(f"{done.fabric.name}-out")
        lock = lock_of(done, (name, scenario, catalogs), folder, asked)
        pages = Pages(html=not no_report, xlsx=xlsx, render=render)
        notes = write_files(done, folder, options, schedules, pages=pages, lock=lock)
    expected, quoted = options.expect or (), options.quoted or ()
    with telling(f"every file was written to {folder}"):
        print_report(build_report(done.fabric, done.rollup, (expected, quoted), notes))
    ctx.exit(0 if all(item.holds for item in expected) else 1)


def options_of(done: Design, asked: Asked) -> Options:
    """Return the options of the exports for those of the command line."""
    from topogen.checks.expectations import check_expectations, check_quoted
    from topogen.export.options import Options

    return Options(
        topology_rev=done.revision.topology,
        catalog_rev=done.revision.catalog,
        columns=asked.columns,
        all_links=asked.all_links,
        buying=buying_of(asked.buy, asked.need_by, asked.order_date),
        expect=check_expectations(done.fabric, done.rollup),
        quoted=check_quoted(done.fabric, done.rollup),
    )


def _page(done: Design, options: Options, stage: Path, render: Callable[[Spec], str] | None) -> str:
    """Return the page of a build, with the files that are written already as its tables."""
    from topogen.export import export_bytes
    from topogen.page import to_html
    from topogen.plot.render import render_svg

    def read(name: str) -> bytes:
        if (stage / name).exists():
            return (stage / name).read_bytes()
        return b"".join(export_bytes(name, done.fabric, done.rollup, options))

    return to_html(done.fabric, done.rollup, options, render=render or render_svg, read=read)


def write_files(
    done: Design,
    output: Path,
    options: Options,
    schedules: Sequence[str] = ("auto",),
    *,
    pages: Pages = USUAL,
    lock: Lock | None = None,
) -> list[str]:
    """Write every export, the drawing, the page, the data package and the lock; return notes for the user.

    ``schedules`` are the forms of the cable schedule, as asked for. The lock gets the hashes of all other
    files.
    """
    from topogen.cli.schedule_file import forms_of, lines_of, notes_on, write_schedule
    from topogen.cli.staging import staged_folder, write_pieces
    from topogen.draw import draw, draw_graph
    from topogen.draw.image import image_of
    from topogen.export import EXPORTS, export_bytes
    from topogen.export.datapackage import NAME as DATAPACKAGE
    from topogen.export.datapackage import datapackage
    from topogen.load.lock import NAME as LOCK
    from topogen.load.lock import hashes_of, lock_text

    with staged_folder(output) as stage:
        lines = lines_of(done.fabric, options) if any(one != "none" for one in schedules) else 0
        forms = forms_of(schedules, lines)
        for name in EXPORTS:
            if name != LABELS and not name.startswith(STEM) and _is_written(name, done.fabric):
                write_pieces(stage / name, export_bytes(name, done.fabric, done.rollup, options))
        for form in forms:
            write_schedule(done, stage / f"{STEM}{form}", options, lines)
        if "csv" in forms:
            write_pieces(stage / LABELS, export_bytes(LABELS, done.fabric, done.rollup, options))
        graph = draw_graph(done.fabric, done.rollup).picture
        write_pieces(stage / "fabric.dot", [image_of(graph, "dot").image or b""])
        rendered = image_of(draw(done.fabric, done.rollup).picture, "svg")
        if rendered.image is not None:
            write_pieces(stage / "fabric.svg", [rendered.image])
        if pages.html:
            write_pieces(stage / "report.html", [_page(done, options, stage, pages.render).encode()])
        if pages.xlsx:
            from topogen.workbook import to_workbook

            write_pieces(stage / "workbook.xlsx", [to_workbook(done.fabric, done.rollup, options)])
        package = datapackage(done.fabric, options, stage.iterdir())
        write_pieces(stage / DATAPACKAGE, [package.encode()])
        if lock is not None:
            written = replace(lock, outputs=hashes_of(stage.iterdir()))
            write_pieces(stage / LOCK, [lock_text(written).encode()])
        names = sorted(path.name for path in stage.iterdir())
    older = notes_on(output, options, forms, schedules, lines)
    notes = [rendered.reason, *left_out(done, options), *older, f"Written to {output}: {', '.join(names)}"]
    return [note for note in notes if note]


def _is_written(name: str, fabric: Fabric) -> bool:
    """Return whether a fabric has what a file is about: most have no patch panels, sized trays or phases."""
    from topogen.cable_trays.check import sized_tray
    from topogen.export import PHASED

    if name in PHASED:
        return bool(fabric.phase)
    if name == TRAYS:
        return sized_tray(fabric) is not None
    return name != PATCHING or any(group.through for group in fabric.links)


def lock_of(
    done: Design, asked: tuple[str, str | None, Sequence[Path]], folder: Path, options: Asked
) -> Lock:
    """Return the lock of a build without its outputs; ``asked`` is name, scenario and catalogs."""
    from topogen.load.lock import Lock
    from topogen.takeoff.basis_line import version_text

    name, scenario, catalogs = asked
    try:
        started = os.path.relpath(Path.cwd(), folder)
    except ValueError:  # on another drive
        started = str(Path.cwd())
    return Lock(
        topogen=version_text(),
        name=name,
        scenario=scenario,
        catalogs=tuple(map(str, catalogs)),
        started_in=Path(started).as_posix(),
        options=options,
        topology_rev=done.revision.topology,
        catalog_rev=done.revision.catalog,
        sources=dict(done.sources),
    )


def left_out(done: Design, options: Options) -> list[str]:
    """Return a sentence for links that nobody pulls on site and that the cable schedule therefore lacks."""
    from topogen.media.medium import is_installed

    factory = [group for group in done.fabric.links if not is_installed(done.fabric, group)]
    if options.all_links or not factory:
        return []
    groups = ", ".join(f"{group.count:,} {group.name}" for group in factory)
    return [f"Factory-installed links omitted from the schedule: {groups}. Use --all-links to include them."]
