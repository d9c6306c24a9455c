"""``topogen reproduce``: makes the files of a lock again and compares them byte by byte."""

from __future__ import annotations

from contextlib import chdir
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from topogen.cli.arguments import OUTPUT

if TYPE_CHECKING:
    from topogen.load.lock import Lock
    from topogen.load.reading import Design


@click.command("reproduce")
@click.argument("lock_file", metavar="LOCK", type=OUTPUT)
@click.option(
    "--output",
    "-o",
    metavar="DIR",
    type=OUTPUT,
    help="Folder for the files. Default: they are only compared.",
)
@click.pass_context
def command(ctx: click.Context, lock_file: Path, output: Path | None) -> None:
    """Make the files of a build again from its lock, and compare them byte by byte.

    LOCK is the topogen.lock that a build wrote. Needed are the same version of topogen and the files that
    the build read; what is missing or has changed is listed. The exit status is 1 if a file comes out with
    other bytes.
    """
    from topogen.load.lock import differing, read_lock, refuse_other_sources, refuse_other_version

    lock = read_lock(lock_file)
    refuse_other_version(lock)
    target = output.absolute() if output else None
    with chdir(_start_of(lock, lock_file.absolute().parent)):
        from topogen.load.reading import read

        done = read(lock.name, lock.scenario, lock.catalogs)
        refuse_other_sources(lock, done.sources)
        outputs = _made_again(lock, done, target)
    sentences = differing(lock, outputs)
    for sentence in sentences:
        click.echo(sentence)
    same = len(lock.outputs.items() & outputs.items())
    click.echo(f"{same} of {len(lock.outputs)} files have the same bytes.")
    ctx.exit(1 if sentences else 0)


def _start_of(lock: Lock, folder: Path) -> Path:
    """Return the folder in which the paths of a lock lead to files, where there is one."""
    from topogen.load.files import shipped_names

    paths = [*lock.catalogs, *([] if lock.name in shipped_names() else [lock.name])]
    starts = (folder / lock.started_in, Path.cwd(), folder)
    return next(
        (one for one in starts if one.is_dir() and all((one / path).exists() for path in paths)), Path.cwd()
    )


def _made_again(lock: Lock, done: Design, target: Path | None) -> dict[str, str]:
    """Write the files of a build anew, to a folder that is kept only if asked for; return their hashes."""
    from topogen.cli.build_command import Pages, options_of, write_files
    from topogen.load.lock import NAME, read_lock

    asked = lock.options
    with TemporaryDirectory(prefix="topogen-") as folder:
        place = target or Path(folder) / "out"
        write_files(
            done,
            place,
            options_of(done, asked),
            asked.schedules,
            pages=Pages(html=asked.report, xlsx=asked.xlsx),
            lock=replace(lock, outputs={}),
        )
        return dict(read_lock(place / NAME).outputs)
