"""``topogen build``: every file of a fabric, moved into place when all of them are complete."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from topogen.cli.arguments import topology_options

if TYPE_CHECKING:
    from collections.abc import Iterable

    from topogen.export.options import Options
    from topogen.reading import Read

OUTPUT = click.Path(path_type=Path)


@click.command("build")
@topology_options
@click.option("--output", "-o", metavar="DIR", type=OUTPUT, required=True, help="Folder for the files.")
@click.option(
    "--columns",
    type=click.Choice(["default", "full"]),
    default="default",
    help="Columns of the cable schedule.",
)
@click.option("--all-links", is_flag=True, help="Schedule factory-installed links too (backplanes, boards).")
@click.pass_context
def command(  # noqa: PLR0913 - one argument an option
    ctx: click.Context,
    name: str,
    scenario: str | None,
    catalogs: tuple[Path, ...],
    output: Path,
    columns: Literal["default", "full"],
    *,
    all_links: bool,
    strict: bool,
) -> None:
    """Write BOM, cable schedule, picture and summary of a fabric into a folder.

    An expectation that fails does not stop the build: all files are written, each failure is printed, exit
    is 1.
    """
    from topogen.checks import check_expectations, check_quoted
    from topogen.export.options import Options
    from topogen.reading import read
    from topogen.report.terminal import print_built

    done = read(name, scenario, catalogs, strict=strict)
    expected = check_expectations(done.fabric, done.rollup)
    quoted = check_quoted(done.fabric, done.rollup)
    options = Options(
        topology_rev=done.revision.topology,
        catalog_rev=done.revision.catalog,
        columns=columns,
        all_links=all_links,
        expect=expected,
        quoted=quoted,
    )
    notes = write_files(done, output, options)
    print_built(done.fabric, done.rollup, (expected, quoted), notes)
    ctx.exit(0 if all(item.holds for item in expected) else 1)


def write_files(done: Read, output: Path, options: Options) -> list[str]:
    """Write every export and the picture; return what a person should know of them."""
    from topogen.draw import draw
    from topogen.draw.dot import to_dot
    from topogen.draw.renderer import render
    from topogen.export import EXPORTS, export_bytes
    from topogen.files import staged_folder

    with staged_folder(output) as stage:
        for name in EXPORTS:
            _write(stage / name, export_bytes(name, done.fabric, done.rollup, options))
        dot = to_dot(draw(done.fabric, done.rollup).picture)
        _write(stage / "fabric.dot", [dot.encode()])
        rendered = render(dot, "svg")
        if rendered.image is not None:
            _write(stage / "fabric.svg", [rendered.image])
        names = sorted(path.name for path in stage.iterdir())
    notes = [rendered.reason, *left_out(done, options), f"Written to {output}: {', '.join(names)}"]
    return [note for note in notes if note]


def left_out(done: Read, options: Options) -> list[str]:
    """Return a sentence for links that nobody pulls on site and that the cable schedule therefore lacks."""
    from topogen.export.to_cable_schedule import is_installed

    factory = [group for group in done.fabric.links if not is_installed(done.fabric, group)]
    if options.all_links or not factory:
        return []
    groups = ", ".join(f"{group.count:,} {group.name}" for group in factory)
    return [f"Not in the cable schedule, being installed at the factory: {groups}; --all-links adds them."]


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file in pieces, as they are made."""
    with path.open("wb") as file:
        file.writelines(pieces)
