"""The arguments that every command about a topology takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

Command = TypeVar("Command", bound="Callable[..., object]")


def topology_options(function: Command) -> Command:
    """Return a command with the arguments of every command that reads a topology."""
    scenario = click.option("--scenario", "-s", metavar="S", help="Apply a scenario of the file.")
    catalog = click.option(
        "--catalog",
        "-c",
        "catalogs",
        metavar="DIR",
        type=click.Path(path_type=Path),
        multiple=True,
        help="Lay a folder of catalog files over the shipped ones.",
    )
    strict = click.option("--strict", is_flag=True, help="Take warnings for mistakes.")
    name = click.argument("name", metavar="NAME-OR-PATH")
    return name(scenario(catalog(strict(function))))
