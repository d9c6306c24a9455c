"""``topogen serve``: the page of a topology in a browser, built again whenever its files change."""

from __future__ import annotations

import socket
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import catalog_option
from topogen.cli.completing import scenarios, topologies

if TYPE_CHECKING:
    from pathlib import Path

NEEDED = ("starlette", "uvicorn")
LOOPBACK = "127.0.0.1"


@click.command("serve")
@click.argument("name", metavar="NAME-OR-PATH", shell_complete=topologies)
@click.option("--scenario", "-s", metavar="S", shell_complete=scenarios, help="Apply a scenario of the file.")
@catalog_option
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port. Default: one that is free.")
def command(name: str, scenario: str | None, catalogs: tuple[Path, ...], port: int) -> None:
    """Show the page of a topology in a browser, and build it again whenever its files change.

    Only this machine can reach it. Errors in the files are shown in the page with file, line and column; the
    last page that was good stays below. Ctrl-C ends it.
    """
    from topogen.errors import InputError, Problem

    if missing := [one for one in NEEDED if find_spec(one) is None]:
        message = f"serving a page needs {' and '.join(missing)}"
        raise InputError([Problem("E666", message, hint='pip install "topogen[serve]"')])
    import uvicorn

    from topogen.cli.report_command import page_of
    from topogen.load.files import find_topology
    from topogen.load.reading import read
    from topogen.serve import app
    from topogen.serve.board import EVENTS

    def make() -> str:
        return page_of(read(name, scenario, catalogs), follow=EVENTS)[0]

    _refuse_missing(name, catalogs)
    folders = [find_topology(name).resolve().parent, *catalogs]
    with _listening(port) as at:
        click.echo(f"Serving http://{LOOPBACK}:{at.getsockname()[1]}/ (Ctrl-C to stop)")
        config = uvicorn.Config(app(make, folders), log_level="warning", timeout_graceful_shutdown=1)
        uvicorn.Server(config).run(sockets=[at])


def _refuse_missing(name: str, catalogs: tuple[Path, ...]) -> None:
    """Raise ``InputError`` where there is no such file or folder; what is wrong in them the page shows."""
    from topogen.load.files import find_topology, read_bytes
    from topogen.load.reading import catalog_layer

    read_bytes(find_topology(name))
    for folder in catalogs:
        if not folder.is_dir():
            catalog_layer(folder)


def _listening(port: int) -> socket.socket:
    """Return a socket that this machine alone reaches.

    Raises
    ------
    InputError
        E667, if the port is taken.
    """
    from topogen.errors import InputError, Problem

    at = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    at.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        at.bind((LOOPBACK, port))
        at.listen()
    except OSError as error:
        at.close()
        hint = "leave --port out for one that is free"
        raise InputError(
            [Problem("E667", f"port {port} cannot be used: {error.strerror}", hint=hint)]
        ) from error
    return at
