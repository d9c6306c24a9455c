"""``topogen catalog``: list, show, audit and check parts, media and panels."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from topogen.cli.arguments import format_option
from topogen.cli.completing import parts, scenarios, topologies

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from topogen.catalog.model import Catalog

Command = TypeVar("Command", bound="Callable[..., object]")
FOLDER = click.Path(path_type=Path)


def overlays(function: Command) -> Command:
    """Return a command that takes folders of catalog files."""
    text = "Add catalog files; they override the shipped ones."
    option = click.option("--catalog", "-c", "catalogs", metavar="DIR", type=FOLDER, multiple=True, help=text)
    return option(function)


@click.group("catalog")
def command() -> None:
    """List, show, audit and check parts and media."""


@command.command("list")
@click.argument("text", required=False, default="")
@overlays
@format_option
def list_command(text: str, catalogs: tuple[Path, ...], shape: str) -> None:
    """List parts and media with price and confidence; with TEXT only those that contain it."""
    from topogen.report.catalog_report import catalog_report
    from topogen.report.formats import write_report

    write_report(catalog_report(read_catalog(catalogs), text), shape)


@command.command("show")
@click.argument("name", metavar="ID", shell_complete=parts)
@overlays
def show_command(name: str, catalogs: tuple[Path, ...]) -> None:
    """Show one part or medium: price, contents, makers, sources, and which shipped topologies use it.

    Scenarios of the shipped topologies are not considered.
    """
    from topogen.errors import InputError, Problem, nearest
    from topogen.report.catalog_report import medium_report, part_report
    from topogen.report.terminal import print_report

    catalog = read_catalog(catalogs)
    if name not in catalog.parts and name not in catalog.media:
        hint = nearest(name, {*catalog.parts, *catalog.media})
        raise InputError(
            [Problem("E501", f'"{name}" is neither a part nor a medium of the catalog', hint=hint)]
        )
    used_by, unread = users_of(name, catalogs)
    if name in catalog.parts:
        print_report(part_report(catalog, catalog.parts[name], used_by, unread))
    else:
        print_report(medium_report(catalog.media[name], used_by, unread))


@command.command("panels")
@overlays
@format_option
def panels_command(catalogs: tuple[Path, ...], shape: str) -> None:
    """List the cages of switches and network adapters, and the parts whose panel is not known."""
    from topogen.report.catalog_report import panels_report
    from topogen.report.formats import write_report

    write_report(panels_report(read_catalog(catalogs)), shape)


@command.command("audit")
@click.argument("name", metavar="[NAME-OR-PATH]", required=False, default="", shell_complete=topologies)
@click.option("--scenario", "-s", metavar="S", shell_complete=scenarios, help="Apply a scenario of the file.")
@overlays
@click.option(
    "--at",
    metavar="DATE",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Count ages up to DATE; default: today.",
)
@format_option
def audit_command(
    name: str, scenario: str | None, catalogs: tuple[Path, ...], at: datetime | None, shape: str
) -> None:
    """Show what the figures rest on: shares of each total of a topology by confidence, basis and age.

    Without a topology every price of the catalog counts once.
    """
    from topogen.checks.audit import audit, audit_catalog
    from topogen.load.reading import read
    from topogen.report.audit_report import audit_report
    from topogen.report.formats import write_report

    if scenario and not name:
        raise click.UsageError("--scenario needs a topology: name it first")
    day = at.date() if at else date.today()  # noqa: DTZ011 - the day of the reader
    if name:
        done = read(name, scenario, catalogs)
        rows = audit(done.fabric, done.rollup, day)
    else:
        rows = audit_catalog(read_catalog(catalogs), day)
    write_report(audit_report(rows, name or "the catalog", day), shape)


@command.command("check")
@click.argument("folders", metavar="[DIR]...", nargs=-1, type=FOLDER)
def check_command(folders: tuple[Path, ...]) -> None:
    """Check folders of catalog files, each overriding those before it; exit 2 if one is invalid.

    Without a folder the shipped catalog is checked.
    """
    from topogen.report.catalog_report import good_catalog_report
    from topogen.report.terminal import print_report

    print_report(good_catalog_report(read_catalog(folders), [str(folder) for folder in folders]))


def read_catalog(folders: Sequence[Path]) -> Catalog:
    """Return the shipped catalog overridden by folders; raises ``InputError`` with every error."""
    from topogen.load.files import catalog_dir
    from topogen.load.parse import parse_catalog
    from topogen.load.reading import catalog_layer

    return parse_catalog([catalog_layer(folder) for folder in (catalog_dir(), *folders)])


def users_of(name: str, catalogs: Sequence[Path]) -> tuple[list[str], list[str]]:
    """Return the shipped topologies that need a part or medium, and those that could not be built."""
    from topogen.errors import TopogenError
    from topogen.load.files import shipped_names

    users, unread = [], []
    for topology in shipped_names():
        try:
            if name in needed_by(topology, catalogs):
                users.append(topology)
        except TopogenError:
            unread.append(topology)
    return users, unread


def needed_by(topology: str, catalogs: Sequence[Path]) -> set[str]:
    """Return the media and parts a shipped topology needs, with what is inside the parts."""
    from topogen.load.reading import read_fabric
    from topogen.takeoff.bill import bom_lines
    from topogen.takeoff.take_off import take_off

    fabric = read_fabric(topology, catalogs=catalogs)
    media = {medium for group in fabric.links for medium in group.media or ()}
    lines = bom_lines(fabric.catalog, take_off(fabric))
    return media | with_contents(fabric.catalog, {line.part for line in lines})


def with_contents(catalog: Catalog, parts: set[str]) -> set[str]:
    """Return parts, what they contain and what may take their place, at any depth."""
    found: set[str] = set()
    todo = [name for name in parts if name in catalog.parts]
    while todo:
        part = catalog.parts[todo.pop()]
        if part.id not in found:
            found.add(part.id)
            todo += [*part.contains, *part.alternates]
    return found
